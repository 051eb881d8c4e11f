/**
 * One test for each rule of "Consensus: Bridging Theory and Practice" that safety rests
 * on, with its section, on groups of several nodes. `safety_test.ts` has what a group of
 * one can show.
 */

import { assert, assertEquals } from "@std/assert";
import type { NodeChangeKind } from "../../../src/raft/change.ts";
import type { PeerMessage } from "../../../src/raft/mod.ts";
import { Group } from "./group.ts";
import { votersOnly } from "./group_node.ts";

const NO_CONTEXT = new Uint8Array(0);

function three(): Group {
  return new Group({ ids: [1, 2, 3] });
}

/** Messages of `kind` that arrived. */
function arrived<Kind extends PeerMessage["kind"]>(
  group: Group,
  kind: Kind,
): Extract<PeerMessage, { kind: Kind }>[] {
  return group.delivered.filter((message) => message.kind === kind) as Extract<
    PeerMessage,
    { kind: Kind }
  >[];
}

function change(kind: NodeChangeKind, nodeId: number) {
  return {
    transition: "auto",
    changes: [{ kind, nodeId }],
    context: NO_CONTEXT,
  } as const;
}

// -- 3.3, 3.4: terms and elections --

Deno.test("3.3: a leader that meets a newer term follows", () => {
  const group = three();
  group.elect(1);
  group.isolate(1);
  group.elect(2);
  group.heal();
  assertEquals(group.roles(), ["leader", "leader", "follower"]);
  group.tick(2, 1);
  group.settle();
  assertEquals(group.roles(), ["follower", "leader", "follower"]);
  assertEquals(group.node(1).raft.status().leader, 2);
});

Deno.test("3.3: a message of an older term changes nothing", () => {
  const group = three();
  group.elect(1);
  group.isolate(1);
  group.elect(2);
  group.propose(1, "lost");
  const stale = group.node(1).outbox;
  group.tick(1, 1);
  group.node(1).work();
  assertEquals(stale.some(({ kind }) => kind === "heartbeat"), true);
  for (const message of stale.splice(0)) {
    if (message.to === 3) group.node(3).raft.step(message);
  }
  const { lastIndex, leader, term } = group.node(3).raft.status();
  assertEquals([term, leader, lastIndex], [2, 2, 2]);
});

Deno.test("3.4: a node votes once in a term", () => {
  const group = three();
  group.node(1).raft.campaign();
  group.node(2).raft.campaign();
  group.settle();
  const granted = arrived(group, "vote-response").filter((one) => one.granted);
  assertEquals(granted.filter(({ from }) => from === 3).length, 1);
  assertEquals(
    group.roles().filter((role) => role === "leader").length <= 1,
    true,
  );
});

Deno.test("3.4: a vote survives a crash", () => {
  const group = three();
  group.node(1).raft.campaign();
  group.settle();
  const { vote } = group.node(3).raft.status();
  assertEquals(vote, 1);
  group.node(3).crash(0);
  group.isolate(1);
  group.node(2).raft.step({
    kind: "vote-response",
    from: 3,
    to: 2,
    term: 0,
    granted: false,
  });
  assertEquals(group.node(3).raft.status().vote, 1);
  assertEquals(group.node(3).raft.term, 1);
});

Deno.test("3.4: a vote leaves the node only when it is on disk", () => {
  const group = three();
  group.node(1).raft.campaign();
  const requests = group.takeMessages();
  group.deliver(requests);
  const voter = group.node(2);
  voter.takeReady();
  assertEquals(voter.outbox, []);
  voter.finishAppend();
  assertEquals(voter.outbox.map(({ kind }) => kind), ["vote-response"]);
});

Deno.test("3.4: election timeouts are drawn anew and differ", () => {
  const draws: number[] = [];
  const group = new Group({
    ids: [1, 2, 3],
    config: {
      electionTicks: 10,
      random: (bound) => {
        draws.push(bound);
        return draws.length % bound;
      },
    },
  });
  const before = draws.length;
  group.elect(1);
  assert(draws.length > before, "each change of role draws");
  assert(draws.every((bound) => bound === 10));
});

// -- 3.5: log replication --

Deno.test("3.5: logs that match at an index match before it", () => {
  const group = three();
  group.elect(1);
  group.isolate(1);
  group.propose(1, "a", "b", "c");
  group.elect(2);
  group.propose(2, "x");
  group.heal();
  group.tick(2, 1);
  group.settle();
  const terms = group.nodes.map(({ log }) =>
    [1, 2, 3].map((index) => log.term(index))
  );
  assertEquals(terms, [[1, 2, 2], [1, 2, 2], [1, 2, 2]]);
  assertEquals(group.node(1).applied, ["x"]);
});

Deno.test("3.5: a follower acknowledges entries only when its disk has them", () => {
  const group = three();
  const leader = group.elect(1);
  leader.raft.propose(new TextEncoder().encode("a"));
  leader.work();
  for (const message of leader.outbox.splice(0)) {
    if (message.to === 2) group.node(2).raft.step(message);
  }
  const follower = group.node(2);
  follower.takeReady();
  assertEquals(follower.outbox, []);
  follower.finishAppend();
  assertEquals(follower.outbox.map(({ kind }) => kind), ["append-response"]);
});

Deno.test("3.5: an append that was overtaken does not shorten the log", () => {
  const group = three();
  const leader = group.elect(1);
  leader.raft.propose(new TextEncoder().encode("a"));
  leader.work();
  const first = leader.outbox.filter(({ to }) => to === 2);
  group.deliver(leader.outbox.splice(0));
  group.propose(1, "b", "c");
  const { lastIndex } = group.node(2).raft.status();
  group.deliver(first);
  assertEquals(group.node(2).raft.status().lastIndex, lastIndex);
});

Deno.test("3.5: the leader finds where logs part within one append a term", () => {
  const group = new Group({ ids: [1, 2, 3, 4, 5] });
  const many = Array.from({ length: 40 }, (_, at) => `${at}`);
  group.elect(1);
  // Node 3 has a tail of term 2 that nobody else has, node 4 has nothing for long.
  group.isolate(4);
  group.elect(3);
  group.isLost = ({ from, to }) => from >= 3 || to >= 3;
  group.propose(3, ...many);
  group.isolate(3, 4);
  group.elect(1);
  group.propose(1, ...many);
  group.elect(2);
  group.heal();
  const before = group.delivered.length;
  group.tick(2, 1);
  group.settle();
  const rejections = group.delivered.slice(before)
    .filter(({ kind }) => kind === "append-rejection");
  const by = (id: number) =>
    rejections.filter(({ from }) => from === id).length;
  assertEquals([by(3) <= 2, by(4)], [true, 1], `${rejections.length} in all`);
  for (const { applied } of group.nodes) assertEquals(applied, many);
});

// -- 3.6: safety --

Deno.test("3.6.1: a node whose log lags is not elected", () => {
  const group = three();
  group.elect(1);
  group.isolate(3);
  group.propose(1, "a");
  group.heal();
  group.node(3).raft.campaign();
  group.settle();
  assertEquals(group.node(3).raft.status().role, "follower");
  group.elect(2);
  assertEquals(group.node(3).applied, ["a"]);
});

Deno.test("3.6.2: an entry of an earlier term is not committed by counting", () => {
  const group = new Group({ ids: [1, 2, 3, 4, 5] });
  group.elect(1);
  // Figure 3.7: the entry reaches node 2 alone, then a majority in a later term.
  group.isLost = ({ from, to }) => to > 2 || from > 2;
  group.propose(1, "old");
  group.isLost = ({ from, to }) => from === 1 || to === 1;
  const index = group.node(2).raft.status().lastIndex;
  group.node(2).raft.campaign();
  // Entries of term 1 may pass, not the one that begins the new term.
  group.isLost = (message) =>
    message.from === 1 || message.to === 1 ||
    (message.kind === "append" &&
      message.entries.some(({ term }) => term > 1));
  group.settle();
  assertEquals(group.node(2).raft.status().role, "leader");
  assertEquals(group.node(2).raft.status().commit, index - 1);
  group.heal();
  group.tick(2, 1);
  group.settle();
  assertEquals(group.node(2).raft.status().commit, index + 1);
});

Deno.test("3.6.3: a leader has every entry committed before it", () => {
  const group = new Group({ ids: [1, 2, 3, 4, 5] });
  group.elect(1);
  for (const [leader, cut] of [[2, 1], [3, 2], [4, 3]] as const) {
    group.isolate(cut);
    group.elect(leader);
    group.propose(leader, `by ${leader}`);
    group.heal();
    group.tick(leader, 1);
    group.settle();
  }
  for (const { applied } of group.nodes) {
    assertEquals(applied, ["by 2", "by 3", "by 4"]);
  }
});

Deno.test("3.8: a restarted node applies the same entries in the same order", () => {
  const group = three();
  group.elect(1);
  group.propose(1, "a", "b", "c");
  const before = [...group.node(2).applied];
  group.node(2).crash(0);
  group.tick(1, 1);
  group.settle();
  assertEquals(group.node(2).applied, before);
});

// -- 3.10: leadership transfer --

Deno.test("3.10: the transferee is asked to campaign when its log is complete", () => {
  const group = three();
  group.elect(1);
  group.isolate(2);
  group.propose(1, "a");
  group.heal();
  group.node(1).raft.transferLeadership(2);
  group.settle();
  assertEquals(group.roles(), ["follower", "leader", "follower"]);
  assertEquals(group.node(2).applied, ["a"]);
});

// -- 4: membership --

Deno.test("4.1: only one change is under way", () => {
  const group = new Group({
    ids: [1, 2, 3, 4, 5],
    confState: votersOnly([1, 2, 3]),
  });
  const { raft } = group.elect(1);
  assertEquals(raft.proposeChange(change("add-node", 4)).state, "accepted");
  assertEquals(raft.proposeChange(change("add-node", 5)).state, "refused");
  group.settle();
  assertEquals(raft.confState().voters, [1, 2, 3, 4]);
  assertEquals(raft.proposeChange(change("add-node", 5)).state, "accepted");
});

Deno.test("4.1: a new leader takes no change before all before it are applied", () => {
  const group = three();
  group.elect(1);
  group.isLost = ({ kind }) => kind === "append-response";
  group.propose(1, "may be a change");
  const { raft } = group.elect(2);
  assertEquals(raft.proposeChange(change("add-node", 4)).state, "refused");
  group.heal();
  group.tick(2, 1);
  group.settle();
  assertEquals(raft.proposeChange(change("add-node", 4)).state, "accepted");
});

Deno.test("4.2.1: a learner's acknowledgement does not commit", () => {
  const confState = { ...votersOnly([1, 2]), learners: [3] };
  const group = new Group({ ids: [1, 2, 3], confState });
  const { raft } = group.elect(1);
  const { commit } = raft.status();
  group.isolate(2);
  group.propose(1, "a");
  assertEquals(group.node(3).raft.status().lastIndex, commit + 1);
  assertEquals(raft.status().commit, commit);
});

Deno.test("4.2.2: a leader that removes itself is not counted any more", () => {
  const group = three();
  const { raft } = group.elect(1);
  raft.proposeChange(change("remove-node", 1));
  raft.propose(new TextEncoder().encode("later"));
  group.isLost = ({ from }) => from === 3;
  group.settle();
  // Node 2 alone is no majority of 2 and 3.
  assertEquals(raft.confState().voters, [2, 3]);
  group.propose(1, "never");
  const { commit } = raft.status();
  group.heal();
  group.tick(1, 1);
  group.settle();
  assert(raft.status().commit >= commit);
  assertEquals(group.node(2).applied, ["later"]);
});

Deno.test("4.2.3: a node that hears of its leader refuses to vote", () => {
  const group = new Group({ ids: [1, 2, 3], config: { checkQuorum: true } });
  group.elect(1);
  group.node(3).raft.campaign();
  group.settle();
  assertEquals(group.node(2).raft.term, 1, "the request did not change it");
});

/** A leader, node 1, on the way from the voters 1 to 3 to the voters 4 to 6. */
function joint(): Group {
  const confState = votersOnly([1, 2, 3]);
  const group = new Group({ ids: [1, 2, 3, 4, 5, 6], confState });
  const added = [4, 5, 6].map((
    nodeId,
  ) => ({ kind: "add-node", nodeId } as const));
  const removed = [1, 2, 3].map((nodeId) =>
    ({ kind: "remove-node", nodeId }) as const
  );
  group.elect(1).raft.proposeChange({
    transition: "joint-explicit",
    changes: [...added, ...removed],
    context: NO_CONTEXT,
  });
  group.settle();
  assertEquals(group.node(1).raft.confState().votersOutgoing, [1, 2, 3]);
  return group;
}

for (const missing of [[4, 5], [2, 3]]) {
  Deno.test(`4.3: a joint group decides nothing without nodes ${missing}`, () => {
    const group = joint();
    const { raft } = group.node(1);
    const { commit } = raft.status();
    group.isolate(...missing);
    group.propose(1, "a");
    assertEquals(raft.status().commit, commit);
    group.heal();
    group.tick(1, 1);
    group.settle();
    assertEquals(raft.status().commit, commit + 1);
  });
}

// -- 5: log compaction --

Deno.test("5: a node that lacks compacted entries gets a snapshot", () => {
  const group = three();
  group.elect(1);
  group.isolate(3);
  group.propose(1, "a", "b");
  group.node(1).takeSnapshot();
  group.heal();
  group.tick(1, 1);
  group.settle();
  assertEquals(arrived(group, "snapshot").length, 1);
  assertEquals(group.node(3).applied, ["a", "b"]);
  group.propose(1, "c");
  assertEquals(group.node(3).applied, ["a", "b", "c"]);
});

// -- 6.4: reads --

Deno.test("6.4: a leader that was replaced unnoticed answers no read", () => {
  const group = three();
  group.elect(1);
  group.isolate(1);
  group.elect(2);
  group.propose(2, "new");
  group.node(1).raft.readIndex(7);
  group.settle();
  assertEquals(group.node(1).reads, []);
  group.heal();
  group.tick(2, 1);
  group.settle();
  assertEquals(group.node(1).reads, [], "the request is forgotten");
  group.elect(1);
  group.tick(1, 1);
  group.settle();
  assertEquals(group.node(1).reads, [], "for ever");
});

// -- 9.6: pre-votes --

Deno.test("9.6: a node that was cut off does not disturb the group", () => {
  const group = new Group({
    ids: [1, 2, 3],
    config: { preVote: true, checkQuorum: true, electionTicks: 5 },
  });
  group.elect(1);
  group.isolate(3);
  group.tick(3, 50);
  group.settle();
  assertEquals(group.node(3).raft.term, 1, "its term did not run away");
  group.heal();
  group.tick(3, 5);
  group.settle();
  assertEquals(group.node(1).raft.status().role, "leader");
  assertEquals(group.node(1).raft.term, 1);
});
