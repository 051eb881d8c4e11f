import { assert, assertEquals } from "@std/assert";
import type { Append, PeerMessage, RaftConfig } from "../../../src/raft/mod.ts";
import { Group } from "./group.ts";
import { votersOnly } from "./group_node.ts";
import { data } from "./harness.ts";

function three(config: Partial<RaftConfig> = {}): Group {
  const group = new Group({ ids: [1, 2, 3], config });
  group.elect(1);
  return group;
}

function appendsTo(id: number, messages: readonly PeerMessage[]): Append[] {
  return messages.filter((one): one is Append =>
    one.kind === "append" && one.to === id
  );
}

const words = (count: number) =>
  Array.from({ length: count }, (_, at) => `${at}`);

Deno.test("a leader sends on without waiting for answers", () => {
  const group = three();
  const { raft } = group.node(1);
  for (const word of words(3)) raft.propose(data(word));
  const appends = appendsTo(2, group.takeMessages());
  assertEquals(appends.map(({ previous }) => previous.index), [1, 2, 3]);
});

Deno.test("a leader sends appends of bounded size, of one entry at least", () => {
  for (
    const [appendBytesMax, sizes] of [[0, [1, 1, 1, 1]], [60, [2, 2]]] as const
  ) {
    const group = three({ appendBytesMax });
    group.isolate(2);
    group.propose(1, ...words(4));
    group.heal();
    const before = group.delivered.length;
    group.tick(1, 1);
    group.settle();
    const appends = appendsTo(2, group.delivered.slice(before))
      .filter(({ entries }) => entries.length > 0);
    assertEquals(appends.map(({ entries }) => entries.length), [...sizes]);
  }
});

Deno.test("a leader stops sending when the window is full", () => {
  const group = three({ inflightAppendsMax: 2 });
  const { raft } = group.node(1);
  for (const word of words(5)) raft.propose(data(word));
  const sent = group.takeMessages();
  const withEntries = appendsTo(2, sent).filter((one) =>
    one.entries.length > 0
  );
  assertEquals(withEntries.length, 2);
  const member = raft.members()[1]!;
  assertEquals([member.inflightAppends, member.isWindowFull], [2, true]);
  group.deliver(sent);
  group.settle();
  assertEquals(group.node(2).applied, words(5));
});

Deno.test("a leader stops sending when the bytes in flight are enough", () => {
  const group = three({ inflightBytesMax: 10 });
  const { raft } = group.node(1);
  for (const word of ["123456", "123456", "123456"]) raft.propose(data(word));
  const appends = appendsTo(2, group.takeMessages());
  const withEntries = appends.filter((one) => one.entries.length > 0);
  assertEquals(withEntries.length, 2, "the second one reaches the bound");
});

Deno.test("a full window that is lost does not stop replication", () => {
  const group = three({ inflightAppendsMax: 2 });
  group.isolate(2);
  group.propose(1, ...words(5));
  assertEquals(group.node(1).raft.members()[1]!.isWindowFull, true);
  group.heal();
  group.tick(1, 1);
  group.settle();
  assertEquals(group.node(2).applied, words(5));
});

Deno.test("a follower learns at once that its entries are committed", () => {
  const group = three();
  group.propose(1, "a");
  assertEquals(
    group.nodes.map(({ raft }) => raft.status().commit),
    [2, 2, 2],
  );
  const beats = group.delivered.filter(({ kind }) => kind === "heartbeat");
  assertEquals(beats, []);
});

Deno.test("an append that arrives twice or in another order does no harm", () => {
  const group = three();
  const { raft } = group.node(1);
  for (const word of words(3)) raft.propose(data(word));
  const messages = group.takeMessages();
  group.deliver([...messages].reverse());
  group.deliver(messages);
  group.settle();
  for (const { applied } of group.nodes) assertEquals(applied, words(3));
});

const snapshots = (group: Group) =>
  group.takeMessages().filter(({ kind }) => kind === "snapshot");

for (const isHeard of [true, false]) {
  Deno.test(`a snapshot goes ${isHeard ? "" : "not "}to a node ${isHeard ? "" : "not "}heard of`, () => {
    const group = three({ checkQuorum: true, electionTicks: 5 });
    const leader = group.node(1);
    group.isolate(3);
    if (!isHeard) group.tick(1, 5);
    group.propose(1, "a");
    leader.takeSnapshot();
    leader.raft.reportUnreachable(3);
    leader.raft.propose(data("b"));
    const { state } = leader.raft.members()[2]!;
    assertEquals(state, isHeard ? "snapshot" : "probe");
    assertEquals(snapshots(group).length, isHeard ? 1 : 0);
  });
}

Deno.test("a snapshot of a time before the node was a member is not sent", () => {
  const confState = votersOnly([1]);
  const group = new Group({ ids: [1, 2], confState });
  const leader = group.elect(1);
  group.propose(1, "a");
  leader.takeSnapshot();
  const stale = leader.snapshotIndex;
  leader.raft.proposeChangeV1({
    kind: "add-node",
    nodeId: 2,
    context: new Uint8Array(0),
  });
  group.settle();
  group.tick(1, 1);
  group.settle();
  const [sent] = group.delivered.flatMap((message) =>
    message.kind === "snapshot" ? [message.snapshot] : []
  );
  assert(sent !== undefined && sent.index > stale);
  assertEquals(group.node(2).raft.confState().voters, [1, 2]);
});

Deno.test("a stale snapshot is not sent to a member that it does not know", () => {
  const confState = votersOnly([1]);
  const stale = { index: 2, term: 1, confState, data: new Uint8Array(0) };
  const config = { snapshot: () => stale };
  const group = new Group({ ids: [1, 2], confState, config });
  const leader = group.elect(1);
  group.propose(1, "a");
  leader.takeSnapshot();
  const context = new Uint8Array(0);
  leader.raft.proposeChangeV1({ kind: "add-node", nodeId: 2, context });
  group.settle();
  group.tick(1, 2);
  group.settle();
  assertEquals(leader.raft.members()[1]!.state, "probe");
  assertEquals(group.delivered.some(({ kind }) => kind === "snapshot"), false);
});

Deno.test("a leader without a snapshot at hand sends none", () => {
  const group = three({ snapshot: () => undefined });
  group.isolate(3);
  group.propose(1, "a");
  group.node(1).takeSnapshot();
  group.heal();
  group.tick(1, 2);
  group.settle();
  const { state, isPaused } = group.node(1).raft.members()[2]!;
  assertEquals([state, isPaused], ["probe", false], "it is asked again");
  assertEquals(group.delivered.some(({ kind }) => kind === "snapshot"), false);
});
