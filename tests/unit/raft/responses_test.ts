import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../src/base/mod.ts";
import { Group } from "./group.ts";

/** Three nodes led by node 1; node 3 lacks what node 1 has compacted away. */
function withSnapshotUnderWay(): Group {
  const group = new Group({ ids: [1, 2, 3] });
  group.elect(1);
  group.isolate(3);
  group.propose(1, "a", "b");
  group.node(1).takeSnapshot();
  group.isLost = ({ kind }) => kind === "snapshot";
  group.tick(1, 1);
  group.settle();
  group.heal();
  return group;
}

const third = (group: Group) => group.node(1).raft.members()[2]!;

Deno.test("a node that gets a snapshot gets nothing else", () => {
  const group = withSnapshotUnderWay();
  assertEquals([third(group).state, third(group).pendingSnapshot], [
    "snapshot",
    3,
  ]);
  group.propose(1, "c");
  group.tick(1, 3);
  group.settle();
  assertEquals(group.node(3).raft.status().lastIndex, 1);
});

Deno.test("RawNode.reportSnapshot() of a failure tries again after a heartbeat", () => {
  const group = withSnapshotUnderWay();
  group.node(1).raft.reportSnapshot(3, false);
  assertEquals([third(group).state, third(group).isPaused], ["probe", true]);
  assertEquals(third(group).next, third(group).match + 1);
  group.settle();
  assertEquals(group.node(3).applied, []);
  group.tick(1, 1);
  group.settle();
  assertEquals(group.node(3).applied, ["a", "b"]);
});

Deno.test("RawNode.reportSnapshot() of a success goes on behind the snapshot", () => {
  const group = withSnapshotUnderWay();
  group.node(1).raft.reportSnapshot(3, true);
  assertEquals([third(group).state, third(group).next], ["probe", 4]);
});

Deno.test("RawNode.reportSnapshot() without a snapshot under way does nothing", () => {
  const group = new Group({ ids: [1, 2, 3] });
  const { raft } = group.elect(1);
  const before = raft.members();
  raft.reportSnapshot(3, true);
  raft.reportSnapshot(9, false);
  assertEquals(raft.members(), before);
});

Deno.test("a node that got on by other ways leaves the snapshot behind", () => {
  const group = withSnapshotUnderWay();
  // The snapshot of another leader, say, up to the entry before the log's first one.
  group.node(1).raft.step({
    kind: "append-response",
    from: 3,
    to: 1,
    term: 1,
    index: 3,
  });
  assertEquals([third(group).state, third(group).match], ["replicate", 3]);
});

Deno.test("an acknowledgement from before the log's start leaves the snapshot to come", () => {
  const group = withSnapshotUnderWay();
  group.node(1).raft.step({
    kind: "append-response",
    from: 3,
    to: 1,
    term: 1,
    index: 2,
  });
  assertEquals(third(group).state, "snapshot");
});

Deno.test("RawNode.reportUnreachable() probes before more is sent", () => {
  const group = new Group({ ids: [1, 2, 3] });
  const { raft } = group.elect(1);
  raft.reportUnreachable(2);
  assertEquals(raft.members()[1]!.state, "probe");
  group.tick(1, 1);
  group.settle();
  assertEquals(raft.members()[1]!.state, "replicate");
});

Deno.test("a stale rejection does not set a node back", () => {
  const group = new Group({ ids: [1, 2, 3] });
  const { raft } = group.elect(1);
  group.propose(1, "a", "b");
  const before = raft.members();
  raft.step({
    kind: "append-rejection",
    from: 2,
    to: 1,
    term: 1,
    index: 1,
    hint: { index: 0, term: 0 },
  });
  assertEquals(raft.members(), before);
});

Deno.test("a leader stops when a member holds what it does not", () => {
  const group = new Group({ ids: [1, 2, 3] });
  const { raft } = group.elect(1);
  assertThrows(
    () =>
      raft.step({
        kind: "append-response",
        from: 2,
        to: 1,
        term: 1,
        index: 99,
      }),
    AssertionError,
    "leader's log",
  );
});

Deno.test("RawNode.step() refuses answers of nodes that are no members", () => {
  const group = new Group({ ids: [1, 2, 3] });
  const { raft } = group.elect(1);
  const outcome = raft.step({
    kind: "heartbeat-response",
    from: 9,
    to: 1,
    term: 8,
    round: 1,
  });
  assertEquals([outcome, raft.term], ["unknown-peer", 1]);
});
