import { assertEquals } from "@std/assert";
import type { RaftConfig } from "../../../src/raft/mod.ts";
import { Group } from "./group.ts";
import { votersOnly } from "./group_node.ts";
import { data } from "./harness.ts";

function groupOf(ids: readonly number[], config: Partial<RaftConfig> = {}) {
  return new Group({ ids, config: { electionTicks: 5, ...config } });
}

/** Election timeouts that differ from draw to draw. */
function spread(): (bound: number) => number {
  let drawn = 0;
  return (bound) => 7 * drawn++ % bound;
}

const roleOf = (group: Group, id: number) => group.node(id).raft.status().role;

Deno.test("a candidate that a majority cannot hear stays one", () => {
  const group = groupOf([1, 2, 3, 4, 5]);
  group.isLost = ({ from, to }) => from > 2 || to > 2;
  group.node(1).raft.campaign();
  group.settle();
  assertEquals(roleOf(group, 1), "candidate");
});

Deno.test("a candidate that a majority refuses follows", () => {
  const group = groupOf([1, 2, 3]);
  group.elect(1);
  group.isolate(3);
  group.propose(1, "a");
  group.heal();
  group.node(3).raft.campaign();
  group.settle();
  assertEquals(roleOf(group, 3), "follower");
  assertEquals(group.node(3).raft.term, 2);
});

Deno.test("a candidate follows the leader of its term", () => {
  const group = groupOf([1, 2, 3]);
  group.isolate(3);
  group.node(3).raft.campaign();
  group.elect(1);
  group.heal();
  group.tick(1, 1);
  group.settle();
  assertEquals(group.roles(), ["leader", "follower", "follower"]);
});

Deno.test("a leader replaces entries that were never committed, however new", () => {
  const group = groupOf([1, 2, 3, 4, 5]);
  // Node 1 leads term 1 alone, node 3 leads term 2 alone: neither is heard.
  group.elect(1);
  group.isolate(1);
  group.propose(1, "one");
  group.elect(3);
  group.isolate(1, 3);
  group.propose(3, "three");
  group.elect(2);
  group.heal();
  group.tick(2, 1);
  group.propose(2, "two");
  for (const { applied } of group.nodes) assertEquals(applied, ["two"]);
});

Deno.test("a learner that is asked votes: it may be a voter already", () => {
  const confState = { ...votersOnly([1, 2]), learners: [3] };
  const group = new Group({ ids: [1, 2, 3], confState });
  group.elect(1);
  // Node 3 does not hear of its promotion.
  group.isLost = ({ to }) => to === 3;
  group.node(1).raft.proposeChangeV1({
    kind: "add-node",
    nodeId: 3,
    context: new Uint8Array(0),
  });
  group.settle();
  group.isolate(1);
  group.elect(2);
  assertEquals(group.node(3).raft.confState().voters, [1, 2, 3]);
});

Deno.test("a learner does not campaign", () => {
  const confState = { ...votersOnly([1, 2]), learners: [3] };
  const group = new Group({ ids: [1, 2, 3], confState });
  assertEquals(group.node(3).raft.campaign(), false);
  group.tick(3, 100);
  assertEquals([roleOf(group, 3), group.node(3).raft.term], ["follower", 0]);
});

Deno.test("a node with a committed change to apply does not campaign", () => {
  const group = groupOf([1, 2, 3]);
  const { raft } = group.elect(1);
  raft.proposeChangeV1({
    kind: "add-learner-node",
    nodeId: 4,
    context: new Uint8Array(0),
  });
  raft.propose(data("a"));
  const follower = group.node(2);
  // Node 2 knows that the change is committed, but its state machine is slow.
  for (let round = 0; round < 6; round++) {
    for (const id of [1, 3]) group.node(id).work();
    while (follower.takeReady() || follower.finishAppend());
    group.deliver(group.nodes.flatMap(({ outbox }) => outbox.splice(0)));
  }
  while (follower.takeReady() || follower.finishAppend());
  assertEquals(follower.applies.length > 0, true);
  assertEquals(follower.raft.campaign(), false);
  follower.raft.transferLeadership(2);
  group.deliver(follower.outbox.splice(0));
  group.node(1).work();
  group.deliver(group.node(1).outbox.splice(0));
  assertEquals(roleOf(group, 2), "follower", "not even when it is asked to");
  group.settle();
  assertEquals(
    roleOf(group, 2),
    "leader",
    "when it is applied, the transfer goes on",
  );
});

// -- Pre-votes --

Deno.test("a pre-candidate changes neither its term nor others'", () => {
  const group = groupOf([1, 2, 3], { preVote: true });
  group.elect(1);
  group.isolate(3);
  group.propose(1, "a");
  group.heal();
  group.node(3).raft.campaign();
  group.settle();
  assertEquals(group.nodes.map(({ raft }) => raft.term), [1, 1, 1]);
  assertEquals(roleOf(group, 1), "leader");
});

Deno.test("a pre-vote is granted to two nodes at once", () => {
  const group = groupOf([1, 2, 3], { preVote: true });
  const last = { index: 0, term: 0 };
  for (const from of [1, 2]) {
    group.node(3).raft.step({ kind: "pre-vote", from, to: 3, term: 1, last });
  }
  group.node(3).work();
  const answers = group.node(3).outbox.map((message) =>
    message.kind === "pre-vote-response" && message.granted
  );
  assertEquals(answers, [true, true]);
  assertEquals(group.node(3).raft.status().vote, 0);
});

Deno.test("a pre-candidate of an older term learns of the newer one", () => {
  const group = groupOf([1, 2, 3], { preVote: true });
  group.elect(1);
  group.isolate(3);
  group.node(1).raft.transferLeadership(2);
  group.settle();
  group.heal();
  group.node(3).raft.campaign();
  group.settle();
  assertEquals(group.node(3).raft.term, 2);
});

/**
 * Nodes 1 and 2 ask for pre-votes, node 3 does not yet: it has gone on to a later term
 * by itself, with less in its log.
 */
function mixed(): Group {
  const random = spread();
  const config = (id: number) => ({
    electionTicks: 5,
    random,
    preVote: id < 3,
  });
  const group = new Group({ ids: [1, 2, 3], config });
  group.elect(1);
  group.isolate(3);
  group.propose(1, "a");
  for (let count = 0; count < 3; count++) group.node(3).raft.campaign();
  return group;
}

Deno.test("nodes with pre-votes and nodes without elect a leader together", () => {
  const group = mixed();
  group.heal();
  for (let count = 0; count < 40; count++) {
    for (const { id } of group.nodes) group.tick(id, 1);
    group.settle();
  }
  assertEquals(group.roles().filter((role) => role === "leader").length, 1);
  assertEquals(group.node(3).applied, ["a"]);
});

Deno.test("nodes with pre-votes elect a leader beside a lone one of a later term", () => {
  const group = mixed();
  // The leader is gone; nodes 2 and 3 are left, and node 3 cannot win.
  group.isolate(1);
  group.node(3).raft.campaign();
  group.node(2).raft.campaign();
  group.settle();
  group.node(2).raft.campaign();
  group.settle();
  assertEquals(roleOf(group, 2), "leader");
});

Deno.test("a node of a smaller term wins once it has learned of the larger one", () => {
  const group = groupOf([1, 2, 3], { preVote: true });
  group.elect(1);
  group.isolate(3);
  // Nodes 1 and 2 go on to later terms, without entries that node 3 lacks.
  for (let count = 0; count < 2; count++) {
    group.node(1).raft.transferLeadership(2);
    group.settle();
    group.node(2).raft.transferLeadership(1);
    group.settle();
  }
  group.heal();
  group.tick(1, 1);
  group.settle();
  group.isolate(1);
  group.node(3).raft.campaign();
  group.settle();
  assertEquals(roleOf(group, 3), "leader");
});

// -- After the start --

Deno.test("a node keeps out of elections for quietTicks after its start", () => {
  const group = groupOf([1, 2, 3], { quietTicks: 5, electionTicks: 5 });
  group.node(1).raft.campaign();
  group.settle();
  assertEquals(roleOf(group, 1), "candidate", "nobody votes");
  for (const id of [2, 3]) group.tick(id, 4);
  group.node(1).raft.campaign();
  group.settle();
  assertEquals(roleOf(group, 1), "candidate");
  group.tick(2, 1);
  assertEquals(roleOf(group, 2), "candidate", "its own time has come");
  group.settle();
  group.node(1).raft.campaign();
  group.settle();
  assertEquals(group.roles().includes("leader"), true);
});

Deno.test("a node votes in its quiet time where the leader asked for it", () => {
  const group = groupOf([1, 2, 3], { quietTicks: 5, random: spread() });
  for (let tick = 0; tick < 20; tick++) {
    for (const { id } of group.nodes) group.tick(id, 1);
    group.settle();
  }
  const [leader] = group.nodes.filter(({ id }) =>
    roleOf(group, id) === "leader"
  );
  const other = group.nodes.find((node) => node !== leader)!;
  for (const node of group.nodes) if (node !== leader) node.crash(0);
  group.tick(leader!.id, 1);
  group.settle();
  leader!.raft.transferLeadership(other.id);
  group.settle();
  assertEquals(roleOf(group, other.id), "leader");
});
