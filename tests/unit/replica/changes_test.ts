/** Changes of a group as its leader makes them or refuses to. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { RESIGNATION_MS_MAX } from "../../../src/config/mod.ts";
import { encodeChange, ServeToRaft } from "../../../src/replica/mod.ts";
import { type ChangeKind, Changes } from "../../../src/replica/changes.ts";
import { NO_MEMBERS } from "../../../src/replica/members.ts";
import {
  decodeConfChange,
  type Entry,
  MemoryLog,
  type Message,
  RawNode,
} from "../../../src/raft/mod.ts";
import { Cluster, TICK_MS } from "./cluster.ts";

/** Node 1 of a group whose other nodes the test speaks for. */
class Party {
  readonly node: RawNode;
  readonly changes: Changes;
  readonly own = { open: 0 };
  readonly #stable = new MemoryLog();
  readonly #answers = new Map<number, string>();
  #id = 0;

  constructor(voters = [1, 2, 3], learners = [4]) {
    this.node = new RawNode({
      id: 1,
      confState: { ...NO_MEMBERS.confState, voters, learners },
      stable: this.#stable,
      random: () => 0,
      electionTicks: 3,
      checkQuorum: true,
      stepDownOnRemoval: true,
      disableProposalForwarding: true,
    });
    const answer = (id: number, problem: string) =>
      void this.#answers.set(id, problem);
    this.changes = new Changes(this.node, 1, this.own, answer, 2);
  }

  /** Does what raft has to do; what is committed takes effect. */
  work(): void {
    while (this.node.hasReady()) {
      const ready = this.node.ready();
      this.#stable.append(ready.entries);
      this.#deliver(ready.afterAppend);
      for (const entry of ready.committed) this.#apply(entry);
      this.#deliver(ready.afterApply);
      const { leader, role } = this.node.status();
      const { term } = this.node;
      this.changes.note({ term, leader, isLeader: role === "leader" });
    }
  }

  #deliver(messages: readonly Message[]): void {
    for (const message of messages) {
      if (message.to === 1) this.node.step(message);
    }
  }

  #apply(entry: Entry): void {
    if (entry.kind === undefined || entry.kind === "normal") return;
    this.node.applyChange(entry.index, decodeConfChange(entry.data)!);
    this.changes.made(entry.index);
  }

  /** Node 2 votes for this one, and has all of its log. */
  lead(): void {
    this.node.campaign();
    this.work();
    const { term } = this.node;
    const vote = { from: 2, to: 1, term, granted: true };
    this.node.step({ kind: "vote-response", ...vote });
    this.work();
    this.acknowledge(2);
  }

  /** The node `from` has all of the log. */
  acknowledge(from: number): void {
    const { lastIndex: index, term } = this.node.status();
    this.node.step({ kind: "append-response", from, to: 1, term, index });
    this.work();
  }

  /** Node 3 leads in the next term, or node `from`. */
  loseTo(from = 3): void {
    const term = this.node.term + 1;
    const heartbeat = { from, to: 1, term, commit: 0, round: 1 };
    this.node.step({ kind: "heartbeat", ...heartbeat });
    this.work();
  }

  ask(kind: ChangeKind, nodeId: number, address = ""): void {
    this.changes.request({ id: ++this.#id, kind, nodeId, address });
    this.changes.proceed();
    this.work();
  }

  /** The answer to the last request, or the one before it. */
  answer(before = 0): string | undefined {
    return this.#answers.get(this.#id - before);
  }
}

function led(...members: ConstructorParameters<typeof Party>): Party {
  const party = new Party(...members);
  party.lead();
  return party;
}

Deno.test("a change is answered when it has been made", () => {
  const party = led();
  party.ask("add", 5, "e:1");
  assertEquals(party.answer(), undefined);
  party.acknowledge(2);
  assertEquals(party.answer(), "");
  assertEquals(party.node.confState().learners, [4, 5]);
});

Deno.test("only the leader takes wishes", () => {
  const party = new Party();
  party.ask("add", 5, "e:1");
  assertEquals(party.answer(), "NOTLEADER no node is known to lead");
  party.loseTo();
  party.ask("add", 5, "e:1");
  assertEquals(party.answer(), "NOTLEADER node 3 leads");
});

Deno.test("one change is made at a time", () => {
  const party = led();
  party.ask("add", 5, "e:1");
  party.ask("add", 6, "f:1");
  assertMatch(party.answer()!, /^BUSY another change/);
  party.acknowledge(2);
  assertEquals(party.answer(1), "");
  party.ask("add", 6, "f:1");
  party.acknowledge(2);
  assertEquals(party.answer(), "");
});

Deno.test("what makes no sense is refused", () => {
  const party = led();
  const problems: readonly (readonly [ChangeKind, number, string])[] = [
    ["add", 2, "ERR node 2 is a member already"],
    ["add", 4, "ERR node 4 is a member already"],
    ["promote", 2, "ERR node 2 is a voter already"],
    ["promote", 9, "ERR node 9 is no member"],
    ["remove", 9, "ERR node 9 is no member"],
    ["transfer", 4, "ERR node 4 is no voter"],
    ["transfer", 9, "ERR node 9 is no member"],
  ];
  for (const [kind, nodeId, problem] of problems) {
    party.ask(kind, nodeId);
    assertEquals(party.answer(), problem);
  }
});

Deno.test("a learner gets a vote when it has nearly all of the log", () => {
  const party = led();
  for (let count = 0; count < 200; count++) {
    party.node.propose(new Uint8Array([1]));
  }
  party.work();
  party.acknowledge(2);
  party.ask("promote", 4);
  assertMatch(party.answer()!, /^LAGGING node 4 lacks \d+ entries/);
  party.acknowledge(4);
  party.ask("promote", 4);
  party.acknowledge(2);
  assertEquals(party.answer(), "");
  assertEquals(party.node.confState().voters, [1, 2, 3, 4]);
});

Deno.test("a learner that was never heard of gets no vote, however short the log is", () => {
  const party = led([1, 2], []);
  party.ask("add", 3);
  party.acknowledge(2);
  assertEquals(party.answer(), "");
  party.ask("promote", 3);
  party.acknowledge(2);
  assertMatch(party.answer()!, /^SILENT node 3 has not been heard of/);
  assertEquals(party.node.confState().voters, [1, 2]);
  party.acknowledge(3);
  party.ask("promote", 3);
  party.acknowledge(2);
  assertEquals(party.answer(), "");
  assertEquals(party.node.confState().voters, [1, 2, 3]);
});

Deno.test("a node stays if no majority could be reached without it", () => {
  const party = led();
  // Nothing was heard of node 3: it and node 1 are no majority that works.
  party.ask("remove", 2);
  assertMatch(
    party.answer()!,
    /^NOQUORUM of the 2 voters without node 2 only 1 /,
  );
  party.ask("remove", 3);
  party.acknowledge(2);
  assertEquals(party.answer(), "");
  party.ask("remove", 2);
  party.acknowledge(2);
  assertEquals(party.answer(), "");
  party.ask("remove", 1);
  assertEquals(party.answer(), "ERR the last voter cannot be removed");
});

Deno.test("a transfer is done when the other node leads", () => {
  const party = led();
  party.ask("transfer", 2);
  assertEquals(party.answer(), undefined);
  party.loseTo(2);
  assertEquals(party.answer(), "");
  const other = led();
  other.ask("transfer", 2);
  other.loseTo(3);
  assertEquals(other.answer(), "ERR node 3 leads instead");
  const own = led();
  own.ask("transfer", 1);
  assertEquals(own.answer(), "");
});

Deno.test("a transfer waits for what is open, for half of its time", () => {
  const party = led();
  const transferee = () => party.node.status().transferee;
  party.own.open = 1;
  party.ask("transfer", 2);
  assertEquals([transferee(), party.changes.holdsProposals], [0, true]);
  party.own.open = 0;
  party.changes.proceed();
  assertEquals(transferee(), 2);
  party.loseTo(2);
  assertEquals(party.changes.holdsProposals, false);
  const late = led();
  late.own.open = 1;
  late.ask("transfer", 2);
  late.changes.tick();
  late.changes.proceed();
  assertEquals(late.node.status().transferee, 2);
});

Deno.test("a transfer that nobody takes up has failed, and the next may begin", () => {
  const party = led();
  party.ask("transfer", 3);
  assertMatch(party.answer()!, /^SILENT node 3/);
  party.ask("transfer", 2);
  party.changes.tick();
  assertEquals(party.answer(), undefined);
  party.changes.tick();
  assertEquals(party.answer(), "ERR node 2 did not take over in time");
});

Deno.test("what becomes of a change is not known when the leader is lost", () => {
  const party = led();
  party.ask("add", 5, "e:1");
  party.loseTo();
  assertMatch(party.answer()!, /^UNCERTAIN /);
});

// -- In a group --

Deno.test("Replica loses nothing by a transfer that is asked for: what comes meanwhile waits", async () => {
  const cluster = new Cluster();
  const leader = await cluster.elect();
  cluster.cuts.add("2>1");
  cluster.cuts.add("3>1");
  leader.serve.propose("open");
  await cluster.settle();
  const { CHANGE } = ServeToRaft;
  leader.serve.push(CHANGE, 7, 2, encodeChange("transfer", ""));
  leader.serve.propose("later");
  await cluster.settle();
  assertEquals(leader.of("REFUSED", "LOST", "COMMITTED"), []);
  assertEquals(leader.replica.status().transferee, 0);
  cluster.cuts.clear();
  await cluster.tick(3);
  assertEquals(cluster.leader?.id, 2);
  assertEquals(
    leader.of("REFUSED", "LOST", "COMMITTED").map((frame) =>
      frame.split(" ")[0]
    ),
    ["COMMITTED", "REFUSED"],
  );
  assertEquals(leader.of("REFUSED"), ["REFUSED 2 2"]);
  assertEquals(leader.of("CHANGED").length, 1);
});

Deno.test("Replica stops though a transfer that was asked for does not end", async () => {
  const cluster = new Cluster();
  const leader = await cluster.elect();
  const { CHANGE, STOP } = ServeToRaft;
  cluster.isolate(1);
  leader.serve.push(CHANGE, 7, 2, encodeChange("transfer", ""));
  leader.serve.push(STOP);
  await cluster.settle();
  assert(leader.replica.phase === "stopping", "STOP waits for no transfer");
  await cluster.tick(RESIGNATION_MS_MAX / TICK_MS);
  assertEquals(leader.replica.phase, "drained");
});
