import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../src/base/mod.ts";
import { Group } from "./group.ts";
import { votersOnly } from "./group_node.ts";

function empty(): Group {
  return new Group({ ids: [1, 2, 3], confState: votersOnly([]) });
}

Deno.test("RawNode.bootstrap() makes a group that can elect a leader", () => {
  const group = empty();
  for (const { raft } of group.nodes) raft.bootstrap([1, 2, 3]);
  group.settle();
  group.elect(2);
  group.propose(2, "a");
  for (const { applied, raft } of group.nodes) {
    assertEquals(applied, ["a"]);
    assertEquals(raft.confState(), votersOnly([1, 2, 3]));
    assertEquals(raft.status().commit, 5, "three members, a term, an entry");
  }
});

Deno.test("RawNode.bootstrap() writes its hard state", () => {
  const group = empty();
  const { raft } = group.node(1);
  raft.bootstrap([1]);
  const ready = raft.ready();
  assertEquals(ready.hardState, { term: 1, vote: 0, commit: 1 });
  assertEquals(ready.entries.map(({ kind }) => kind), ["change-v1"]);
  assertEquals(ready.mustSync, true);
});

Deno.test("RawNode.bootstrap() survives a crash, in part or whole", () => {
  const group = empty();
  for (const { raft } of group.nodes) raft.bootstrap([1, 2, 3]);
  for (const node of group.nodes) {
    node.takeReady();
    node.crash(1);
  }
  group.settle();
  group.elect(1);
  assertEquals(group.node(3).raft.confState(), votersOnly([1, 2, 3]));
});

Deno.test("RawNode.bootstrap() is for empty logs", () => {
  const group = new Group({ ids: [1] });
  group.elect(1);
  assertThrows(() => group.node(1).raft.bootstrap([1]), AssertionError);
  assertThrows(() => empty().node(1).raft.bootstrap([]), AssertionError);
});
