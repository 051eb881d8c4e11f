import { assertEquals } from "@std/assert";
import type { RaftConfig } from "../../../src/raft/mod.ts";
import { Group } from "./group.ts";
import { votersOnly } from "./group_node.ts";

function led(config: Partial<RaftConfig> = {}): Group {
  const settings = { electionTicks: 5, checkQuorum: true, ...config };
  const group = new Group({ ids: [1, 2, 3], config: settings });
  group.elect(1);
  return group;
}

const roleOf = (group: Group, id: number) => group.node(id).raft.status().role;

Deno.test("RawNode.tick() of a leader sends a heartbeat every heartbeatTicks", () => {
  const group = led({ heartbeatTicks: 2 });
  const count = () =>
    group.delivered.filter(({ kind, to }) => kind === "heartbeat" && to === 2)
      .length;
  for (let tick = 0; tick < 4; tick++) {
    group.tick(1, 1);
    group.settle();
  }
  assertEquals(count(), 2);
});

Deno.test("RawNode.tick() lets a leader step down without a quorum", () => {
  const group = led();
  group.isolate(1);
  group.tick(1, 9);
  assertEquals(
    roleOf(group, 1),
    "leader",
    "it heard of them in the first five",
  );
  group.tick(1, 1);
  assertEquals(roleOf(group, 1), "follower");
  assertEquals(group.node(1).raft.term, 1);
});

Deno.test("RawNode.tick() keeps a leader that hears of a quorum", () => {
  const group = led();
  group.isolate(3);
  for (let tick = 0; tick < 30; tick++) {
    group.tick(1, 1);
    group.settle();
  }
  assertEquals(roleOf(group, 1), "leader");
});

Deno.test("RawNode.tick() does not count learners as a quorum", () => {
  const confState = { ...votersOnly([1, 2]), learners: [3] };
  const config = { electionTicks: 5, checkQuorum: true };
  const group = new Group({ ids: [1, 2, 3], confState, config });
  group.elect(1);
  group.isolate(2);
  for (let tick = 0; tick < 10; tick++) {
    group.tick(1, 1);
    group.settle();
  }
  assertEquals(roleOf(group, 1), "follower");
});

Deno.test("RawNode.tick() keeps a leader without the check, though nobody answers", () => {
  const group = led({ checkQuorum: false });
  group.isolate(1);
  group.tick(1, 50);
  assertEquals(roleOf(group, 1), "leader");
});

Deno.test("RawNode.tick() does not let a follower campaign that hears of its leader", () => {
  const group = led();
  for (let tick = 0; tick < 30; tick++) {
    for (const { id } of group.nodes) group.tick(id, 1);
    group.settle();
  }
  assertEquals(group.nodes.map(({ raft }) => raft.term), [1, 1, 1]);
});

Deno.test("RawNode.tick() frees a candidate that went on to a later term alone", () => {
  const group = led();
  group.isolate(3);
  group.node(3).raft.campaign();
  group.settle();
  group.heal();
  // Its term makes the leader, whom the others protect, step down and be elected again.
  for (let tick = 0; tick < 30; tick++) {
    for (const { id } of group.nodes) group.tick(id, 1);
    group.settle();
  }
  const terms = group.nodes.map(({ raft }) => raft.term);
  assertEquals(new Set(terms).size, 1);
  assertEquals(group.roles().filter((role) => role === "leader").length, 1);
});
