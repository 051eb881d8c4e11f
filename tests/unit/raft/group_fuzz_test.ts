/**
 * Groups under random losses, delays, crashes, snapshots and membership changes. After
 * each event the safety properties of thesis figure 3.2 are checked, and that reads are
 * linearizable; at the end, that a group that nothing disturbs comes to an agreement.
 */

import { assert, assertEquals } from "@std/assert";
import { SeededRandom } from "../../../src/base/mod.ts";
import type { ConfChange, NodeChange } from "../../../src/raft/change.ts";
import { jointVoteResult } from "../../../src/raft/joint_quorum.ts";
import { isUpToDate } from "../../../src/raft/log_matching.ts";
import type { Entry, PeerMessage, RaftConfig } from "../../../src/raft/mod.ts";
import type { TraceEvent } from "../../../src/raft/trace.ts";
import { entryKey, GroupNode, votersOnly } from "./group_node.ts";
import { printedSeed } from "../seed.ts";

type Random = (bound: number) => number;

const IDS = [1, 2, 3, 4, 5];
const FIRST_VOTERS = [1, 2, 3];

/** What must be true of all nodes together, at all times. */
class Observer {
  readonly #leaders = new Map<number, number>();
  readonly #votes = new Map<string, number>();
  /** Entries that some node knows to be committed, by index. */
  readonly #committed = new Map<number, number>();
  readonly #applied = new Map<number, string>();
  /** Highest index that some node knows to be committed. */
  committedIndex = 0;

  leads(node: GroupNode, term: number): void {
    const known = this.#leaders.get(term);
    assert(known === undefined || known === node.id, `two leaders of ${term}`);
    this.#leaders.set(term, node.id);
    for (const [index, entryTerm] of this.#committed) {
      const own = node.log.termAt(index);
      if (own === undefined && index < node.log.firstIndex) continue;
      assertEquals(own, entryTerm, `leader of ${term} has entry ${index}`);
    }
  }

  sends(message: PeerMessage): void {
    if (message.kind !== "vote-response" || !message.granted) return;
    const key = `${message.from} in ${message.term}`;
    const known = this.#votes.get(key) ?? message.to;
    assertEquals(message.to, known, `votes of ${key}`);
    this.#votes.set(key, message.to);
  }

  applies(entry: Entry): void {
    const key = entryKey(entry);
    const known = this.#applied.get(entry.index) ?? key;
    assertEquals(key, known, `entry ${entry.index} is the same everywhere`);
    this.#applied.set(entry.index, key);
  }

  look(node: GroupNode): void {
    const { commit } = node.raft.status();
    for (let index = commit; index > this.committedIndex; index--) {
      const term = node.log.termAt(index);
      if (term !== undefined) this.#committed.set(index, term);
    }
    const term = node.log.termAt(commit);
    const known = this.#committed.get(commit);
    if (term !== undefined && known !== undefined) assertEquals(term, known);
    this.committedIndex = Math.max(this.committedIndex, commit);
  }
}

/** What may happen, and how often at most, against the others. */
const WEIGHTS = {
  deliver: 40,
  ready: 25,
  append: 25,
  apply: 12,
  tick: 20,
  propose: 12,
  read: 4,
  snapshot: 4,
  change: 4,
  transfer: 2,
  crash: 2,
  unreachable: 1,
  report: 1,
  forget: 1,
  partition: 2,
} as const;

type FuzzEvent = keyof typeof WEIGHTS;

/**
 * Draws how often each event happens. Some are left out each time, since what is hidden
 * by one fault may come to light without it.
 */
function drawWeights(next: Random): ReadonlyMap<FuzzEvent, number> {
  const events = Object.keys(WEIGHTS) as FuzzEvent[];
  return new Map(events.map((event) => {
    const isNeeded = WEIGHTS[event] > 10;
    const isOut = !isNeeded && next(3) === 0;
    return [event, isOut ? 0 : 1 + next(WEIGHTS[event])];
  }));
}

class World {
  readonly observer = new Observer();
  readonly nodes: GroupNode[];
  readonly #next: Random;
  #network: PeerMessage[] = [];
  readonly #lossPercent: number;
  readonly #weights: ReadonlyMap<FuzzEvent, number>;
  readonly #reads = new Map<number, number>();
  #context = 0;
  #word = 0;
  #cut = new Set<number>();
  readonly #silent = new Set<number>();

  constructor(next: Random) {
    this.#next = next;
    this.#lossPercent = next(4) * 7;
    this.#weights = drawWeights(next);
    const config = this.#drawConfig();
    this.nodes = IDS.map((id) => {
      // The members as of the start of the log, also where a node joins later.
      const confState = votersOnly(FIRST_VOTERS);
      const node: GroupNode = new GroupNode({
        id,
        confState,
        config,
        onTrace: (event: TraceEvent) => this.#traced(id, event),
        onApply: (entry) => this.observer.applies(entry),
      });
      return node;
    });
  }

  #drawConfig(): Partial<RaftConfig> {
    const next = this.#next;
    const isOn = () => next(2) === 0;
    return {
      random: next,
      electionTicks: 5,
      preVote: isOn(),
      checkQuorum: isOn(),
      stepDownOnRemoval: isOn(),
      disableProposalForwarding: isOn(),
      appendBytesMax: [0, 60, Infinity][next(3)]!,
      inflightAppendsMax: 1 + next(4),
      inflightBytesMax: 20 + next(200),
      applyingBytesMax: 1 + next(100),
      uncommittedBytesMax: 20 + next(200),
    };
  }

  #traced(id: number, event: TraceEvent): void {
    if (event.event !== "became" || event.role !== "leader") return;
    this.observer.leads(this.nodes[id - 1]!, event.term);
  }

  /** Lets one thing happen to one node. */
  step(): void {
    const node = this.nodes[this.#next(this.nodes.length)]!;
    const chances = [...this.#weights.values()];
    const total = chances.reduce((sum, weight) => sum + weight, 0);
    let left = this.#next(total);
    for (const [event, weight] of this.#weights) {
      left -= weight;
      if (left >= 0) continue;
      this.#happen(event, node);
      break;
    }
    this.#collect(node);
  }

  #happen(event: FuzzEvent, node: GroupNode): void {
    const { raft } = node;
    switch (event) {
      case "deliver":
        return this.#deliver();
      case "ready":
        return void node.takeReady();
      case "append":
        return void node.finishAppend();
      case "apply":
        return void node.finishApply();
      case "tick":
        return raft.tick();
      case "propose":
        return void this.#leader(node).raft.propose(this.#newWord());
      case "read":
        return this.#read(this.#leader(node));
      case "snapshot":
        return node.takeSnapshot();
      case "change":
        return this.#change(this.#leader(node));
      case "transfer":
        return void raft.transferLeadership(this.#anyId());
      case "crash":
        return node.crash(this.#next(node.appends.length + 1));
      case "unreachable":
        return raft.reportUnreachable(this.#anyId());
      case "report":
        return raft.reportSnapshot(this.#anyId(), this.#next(2) === 0);
      case "forget":
        return void raft.forgetLeader();
      case "partition":
        return this.#partition();
    }
  }

  #anyId(): number {
    return 1 + this.#next(IDS.length);
  }

  /** A node that takes itself for the leader, most often; else `node`. */
  #leader(node: GroupNode): GroupNode {
    const leaders = this.nodes.filter(({ raft }) =>
      raft.status().role === "leader"
    );
    if (leaders.length === 0 || this.#next(5) === 0) return node;
    return leaders[this.#next(leaders.length)]!;
  }

  #partition(): void {
    this.#cut = new Set(IDS.filter(() => this.#next(3) === 0));
    if (this.#next(2) === 0) this.#cut.clear();
  }

  #newWord(): Uint8Array {
    return new TextEncoder().encode(`${this.#word++}`);
  }

  #read(node: GroupNode): void {
    const context = ++this.#context;
    this.#reads.set(context, this.observer.committedIndex);
    node.raft.readIndex(context);
  }

  #change(node: GroupNode): void {
    const kinds = ["add-node", "remove-node", "add-learner-node"] as const;
    const changes: NodeChange[] = Array.from(
      { length: this.#next(4) },
      () => ({ kind: kinds[this.#next(3)]!, nodeId: 1 + this.#next(5) }),
    );
    const transitions = ["auto", "joint-implicit", "joint-explicit"] as const;
    const change: ConfChange = {
      transition: changes.length === 0 ? "auto" : transitions[this.#next(3)]!,
      changes,
      context: new Uint8Array(0),
    };
    if (this.#isPossible(node, change)) node.raft.proposeChange(change);
  }

  /** Removing the last voter is a mistake that raft lets its owner answer for. */
  #isPossible(node: GroupNode, { changes }: ConfChange): boolean {
    const voters = new Set(node.raft.configuration.voters.incoming);
    for (const { kind, nodeId } of changes) {
      if (kind === "add-node") voters.add(nodeId);
      else voters.delete(nodeId);
    }
    return voters.size > 0 && node.raft.status().role === "leader";
  }

  #deliver(): void {
    if (this.#network.length === 0) return;
    const at = this.#next(this.#network.length);
    const message = this.#network[at]!;
    // Some arrive twice.
    if (this.#next(20) > 0) this.#network.splice(at, 1);
    const isLost = this.#next(100) < this.#lossPercent ||
      this.#cut.has(message.from) !== this.#cut.has(message.to);
    this.#report(message, !isLost);
    if (isLost) return;
    const node = this.nodes[message.to - 1]!;
    node.raft.step(message);
    this.#collect(node);
  }

  /** Whoever sends snapshots has to know what became of them. */
  #report({ from, kind, to }: PeerMessage, isSent: boolean): void {
    if (kind !== "snapshot") return;
    this.nodes[from - 1]!.raft.reportSnapshot(to, isSent);
  }

  #collect(node: GroupNode): void {
    this.observer.look(node);
    for (const message of node.outbox.splice(0)) {
      this.observer.sends(message);
      this.#network.push(message);
    }
    for (const { context, index } of node.reads.splice(0)) {
      assert(index >= this.#reads.get(context)!, `read ${context} is stale`);
    }
    // The oldest ones are lost where too many pile up.
    if (this.#network.length <= 300) return;
    for (const lost of this.#network.splice(0, 100)) this.#report(lost, false);
  }

  /** The members by the newest configuration applied. Others get stopped in the end. */
  #members(): ReadonlySet<number> {
    const newest = this.nodes.reduce((a, b) =>
      b.raft.status().applied > a.raft.status().applied ? b : a
    );
    const { learners, voters } = newest.raft.configuration;
    return new Set([...voters.incoming, ...voters.outgoing, ...learners]);
  }

  /**
   * Ends all faults, and lets everything work until all members agree.
   *
   * @returns What they do not agree on in the end.
   */
  heal(): string | undefined {
    this.#cut.clear();
    for (let round = 0; round < 100; round++) {
      this.#workOn(50);
      if (this.#disagreement() === undefined) return undefined;
    }
    return this.#disagreement();
  }

  /** Who was removed still votes, but does not campaign. */
  #silence(node: GroupNode, isRemoved: boolean): void {
    if (isRemoved) {
      this.#silent.add(node.id);
      node.raft.setElectionTimeout(Infinity);
    } else if (this.#silent.delete(node.id)) {
      node.raft.setElectionTimeout(5 + this.#next(5));
    }
  }

  #workOn(rounds: number): void {
    for (let round = 0; round < rounds; round++) {
      const members = this.#members();
      for (const node of this.nodes) {
        this.#silence(node, !members.has(node.id));
        node.raft.tick();
        node.work();
        this.#collect(node);
      }
      for (const message of this.#network.splice(0)) {
        const node = this.nodes[message.to - 1]!;
        node.raft.step(message);
        node.work();
        this.#collect(node);
        this.#report(message, true);
      }
    }
  }

  /**
   * Whether any votes could elect `node`, if it campaigns at all. Since members change when a change is applied,
   * not when it is appended, a group can come to a state in which nobody can win: the
   * only voters left do not know that the change is committed, and lack entries that
   * those have who are no voters any more.
   */
  #canWin(node: GroupNode): boolean {
    const { voters } = node.raft.configuration;
    if (this.#silent.has(node.id)) return false;
    if (!voters.incoming.has(node.id) && !voters.outgoing.has(node.id)) {
      return false;
    }
    const last = node.log.lastId();
    const votes = new Map(
      this.nodes.map(({ id, log }) => [id, isUpToDate(log, last)]),
    );
    return jointVoteResult(voters, votes) === "won";
  }

  /** What members that nothing disturbs still differ in. */
  #disagreement(): string | undefined {
    const leaders = this.nodes.filter(({ raft }) =>
      raft.status().role === "leader"
    ).sort((a, b) => b.raft.term - a.raft.term);
    const leader = leaders[0];
    if (leader === undefined) {
      const isPossible = this.nodes.some((node) => this.#canWin(node));
      return isPossible ? "nobody leads" : undefined;
    }
    const { incoming, outgoing } = leader.raft.configuration.voters;
    const { commit, lastIndex } = leader.raft.status();
    if (commit < lastIndex) return `${lastIndex - commit} are not committed`;
    for (const id of [...incoming, ...outgoing]) {
      const node = this.nodes[id - 1]!;
      if (node.raft.status().applied < commit) return `${id} lags`;
      assertEquals(node.applied, leader.applied, `the state of ${id}`);
    }
    return undefined;
  }
}

Deno.test("groups keep their safety properties under random faults", () => {
  const seed = printedSeed();
  const rounds = Number(Deno.env.get("LANEKV_RAFT_ROUNDS") ?? 60);
  for (let round = 0; round < rounds; round++) {
    const random = new SeededRandom(seed + round);
    const world = new World((bound) => random.below(bound));
    try {
      for (let step = 0; step < 4_000; step++) world.step();
      assertEquals(world.heal(), undefined);
    } catch (cause) {
      const replay = `LANEKV_SEED=${seed + round} LANEKV_RAFT_ROUNDS=1`;
      throw new Error(`round ${round} (replay: ${replay})`, { cause });
    }
  }
});
