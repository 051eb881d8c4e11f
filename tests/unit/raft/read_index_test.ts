import { assertEquals } from "@std/assert";
import { Group } from "./group.ts";
import { votersOnly } from "./group_node.ts";

const contexts = (reads: readonly { readonly context: number }[]) =>
  reads.map(({ context }) => context);

Deno.test("RawNode.readIndex() gives the commit index of when it was asked", () => {
  const group = new Group({ ids: [1, 2, 3] });
  const { raft } = group.elect(1);
  group.propose(1, "a");
  const { commit } = raft.status();
  assertEquals(raft.readIndex(5), true);
  group.settle();
  assertEquals(group.node(1).reads, [{ index: commit, context: 5 }]);
});

Deno.test("RawNode.readIndex() of a new leader waits for an entry of its term", () => {
  const group = new Group({ ids: [1, 2, 3] });
  group.elect(1);
  group.propose(1, "a");
  group.isLost = ({ kind }) => kind === "append-response";
  const { raft } = group.elect(2);
  const before = group.node(1).raft.status().commit;
  raft.readIndex(5);
  group.tick(2, 3);
  group.settle();
  assertEquals(group.node(2).reads, []);
  group.heal();
  group.tick(2, 1);
  group.settle();
  assertEquals(contexts(group.node(2).reads), [5]);
  assertEquals(group.node(2).reads[0]!.index > before, true);
});

Deno.test("RawNode.readIndex() is not confirmed by answers to earlier rounds", () => {
  const group = new Group({ ids: [1, 2, 3] });
  const { raft } = group.elect(1);
  // Answers to a first read are on their way when the leader is cut off.
  raft.readIndex(5);
  const beats = group.takeMessages();
  group.deliver(beats);
  const late = group.takeMessages();
  group.isolate(1);
  group.elect(2);
  group.propose(2, "new");
  // The same request again, as a client might: another read, with another round.
  raft.readIndex(5);
  group.heal();
  group.deliver(late);
  assertEquals(group.node(1).raft.status().role, "leader");
  group.node(1).work();
  assertEquals(group.node(1).reads.length, 1, "the first one alone");
  assertEquals(group.node(1).reads[0]!.index, 1);
});

Deno.test("RawNode.readIndex() of a follower asks the leader", () => {
  const group = new Group({ ids: [1, 2, 3] });
  group.elect(1);
  group.propose(1, "a");
  assertEquals(group.node(3).raft.readIndex(8), true);
  group.settle();
  const { commit } = group.node(1).raft.status();
  assertEquals(group.node(3).reads, [{ index: commit, context: 8 }]);
  assertEquals(group.node(1).reads, []);
});

Deno.test("RawNode.readIndex() needs a leader", () => {
  const group = new Group({ ids: [1, 2, 3] });
  assertEquals(group.node(3).raft.readIndex(8), false);
  group.node(3).raft.campaign();
  assertEquals(group.node(3).raft.readIndex(8), false);
});

Deno.test("RawNode.readIndex() of the only voter needs nobody else", () => {
  const confState = { ...votersOnly([1]), learners: [2] };
  const group = new Group({ ids: [1, 2], confState });
  const { raft } = group.elect(1);
  group.isolate(2);
  raft.readIndex(5);
  group.settle();
  assertEquals(contexts(group.node(1).reads), [5]);
});

Deno.test("RawNode.readIndex() of a removed leader gets no answer from one voter left", () => {
  const group = new Group({ ids: [1, 2] });
  const { raft } = group.elect(1);
  raft.proposeChangeV1({
    kind: "remove-node",
    nodeId: 1,
    context: new Uint8Array(0),
  });
  group.settle();
  assertEquals(raft.confState().voters, [2]);
  group.isolate(2);
  raft.readIndex(5);
  group.settle();
  assertEquals(group.node(1).reads, []);
});

Deno.test("RawNode.readIndex() is answered when the missing voters are removed", () => {
  const group = new Group({ ids: [1, 2] });
  const { raft } = group.elect(1);
  raft.proposeChangeV1({
    kind: "remove-node",
    nodeId: 2,
    context: new Uint8Array(0),
  });
  // The acknowledgement comes through, later answers to heartbeats do not.
  group.isLost = ({ kind }) => kind === "heartbeat-response";
  raft.readIndex(5);
  group.settle();
  assertEquals(raft.confState().voters, [1]);
  assertEquals(contexts(group.node(1).reads), [5]);
});

Deno.test("RawNode.readIndex() drops reads beyond the bound", () => {
  const group = new Group({ ids: [1, 2, 3], config: { waitingReadsMax: 2 } });
  const { raft } = group.elect(1);
  group.isolate(1);
  const taken = [1, 2, 3].map((context) => raft.readIndex(context));
  assertEquals(taken, [true, true, false]);
});

Deno.test("RawNode.readIndex() with leases asks nobody", () => {
  const config = { checkQuorum: true, reads: "lease" } as const;
  const group = new Group({ ids: [1, 2, 3], config });
  const { raft } = group.elect(1);
  group.isolate(1);
  raft.readIndex(5);
  group.node(1).work();
  assertEquals(contexts(group.node(1).reads), [5]);
});
