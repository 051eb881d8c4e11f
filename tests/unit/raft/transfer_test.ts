import { assertEquals } from "@std/assert";
import type { PeerMessage, RaftConfig } from "../../../src/raft/mod.ts";
import { Group } from "./group.ts";
import { votersOnly } from "./group_node.ts";
import { data } from "./harness.ts";

function three(config: Partial<RaftConfig> = {}): Group {
  const group = new Group({
    ids: [1, 2, 3],
    config: { electionTicks: 5, ...config },
  });
  group.elect(1);
  return group;
}

const leaders = (group: Group) =>
  group.nodes.filter(({ raft }) => raft.status().role === "leader")
    .map(({ id }) => id);

for (const config of [{}, { preVote: true, checkQuorum: true }]) {
  Deno.test(`RawNode.transferLeadership() hands over, ${JSON.stringify(config)}`, () => {
    const group = three(config);
    assertEquals(group.node(1).raft.transferLeadership(2), true);
    group.settle();
    assertEquals(leaders(group), [2]);
    group.node(2).raft.transferLeadership(1);
    group.settle();
    assertEquals(leaders(group), [1]);
  });
}

Deno.test("RawNode.transferLeadership() of a follower asks the leader", () => {
  const group = three();
  assertEquals(group.node(3).raft.transferLeadership(2), true);
  group.settle();
  assertEquals(leaders(group), [2]);
});

Deno.test("RawNode.transferLeadership() needs a leader", () => {
  const group = new Group({ ids: [1, 2, 3] });
  assertEquals(group.node(3).raft.transferLeadership(2), false);
});

Deno.test("RawNode.transferLeadership() waits for a node behind a snapshot", () => {
  const group = three();
  group.isolate(3);
  group.propose(1, "a");
  group.node(1).takeSnapshot();
  group.heal();
  group.tick(1, 1);
  group.node(1).raft.transferLeadership(3);
  group.settle();
  assertEquals(leaders(group), [3]);
  assertEquals(group.node(3).applied, ["a"]);
});

Deno.test("RawNode.transferLeadership() to itself, a learner or a stranger does nothing", () => {
  const confState = { ...votersOnly([1, 2]), learners: [3] };
  const group = new Group({ ids: [1, 2, 3], confState });
  const { raft } = group.elect(1);
  for (const to of [1, 3, 9]) {
    raft.transferLeadership(to);
    assertEquals(raft.status().transferee, 0);
  }
  assertEquals(raft.propose(data("a")).state, "accepted");
});

Deno.test("RawNode.transferLeadership() is given up after an election timeout", () => {
  const group = three();
  const { raft } = group.node(1);
  group.isolate(2);
  raft.transferLeadership(2);
  group.tick(1, 4);
  assertEquals(raft.propose(data("a")).state, "transferring");
  group.tick(1, 1);
  assertEquals(raft.propose(data("a")).state, "accepted");
});

Deno.test("RawNode.transferLeadership() to the same node does not start anew", () => {
  const group = three();
  const { raft } = group.node(1);
  group.isolate(2);
  raft.transferLeadership(2);
  group.tick(1, 3);
  raft.transferLeadership(2);
  group.tick(1, 2);
  assertEquals(raft.status().transferee, 0);
});

Deno.test("RawNode.transferLeadership() to another node replaces the first one", () => {
  const group = three();
  const { raft } = group.node(1);
  group.isolate(2);
  raft.transferLeadership(2);
  group.tick(1, 1);
  raft.transferLeadership(3);
  group.settle();
  assertEquals(leaders(group), [3]);
});

Deno.test("a leader that meets a newer term gives its transfer up", () => {
  const group = three();
  group.isolate(1);
  group.node(1).raft.transferLeadership(2);
  group.elect(3);
  group.heal();
  group.tick(3, 1);
  group.settle();
  assertEquals(group.node(1).raft.status().transferee, 0);
});

Deno.test("RawNode.step() ignores a request to campaign that came late", () => {
  const group = three();
  const late: PeerMessage[] = [];
  group.isLost = (message) => {
    if (message.kind === "timeout-now") late.push(message);
    return message.kind === "timeout-now";
  };
  group.node(1).raft.transferLeadership(2);
  group.settle();
  group.tick(1, 5);
  group.heal();
  group.propose(1, "the leader went on");
  group.deliver(late);
  group.settle();
  assertEquals(leaders(group), [1]);
  assertEquals(group.node(2).raft.term, 1);
});
