import { assert, assertEquals } from "@std/assert";
import {
  SNAPSHOT_CHUNK_BYTES,
  SNAPSHOT_LANE_MESSAGES_MAX,
  SNAPSHOT_STALL_MS_MAX,
} from "../../../src/config/mod.ts";
import type { SnapshotFate } from "../../../src/transport/mod.ts";
import {
  connect,
  hostOf,
  PORT,
  say,
  type TestNode,
  type TestNodeOptions,
  TestNodes,
} from "./nodes.ts";
import type { Frame } from "../../../src/transport/frame.ts";
import { PROGRESS } from "../../../src/transport/snapshot_messages.ts";
import { acceptAs } from "./raw_acceptor.ts";
import { MemoryShelf, MemorySource, outgoing, patternOf } from "./snapshots.ts";

const CONTENT = patternOf(10 * SNAPSHOT_CHUNK_BYTES + 77);

interface Pair {
  readonly nodes: TestNodes;
  readonly one: TestNode;
  readonly two: TestNode;
  readonly shelf: MemoryShelf;
  readonly fates: string[];
}

/** Two nodes; the second one keeps snapshots on a shelf. */
async function pair(options: TestNodeOptions = {}): Promise<Pair> {
  const nodes = new TestNodes(1);
  const shelf = new MemoryShelf();
  const one = await nodes.start(1, options);
  const two = await nodes.start(2, { openSnapshot: shelf.openSink });
  connect(one.transport, 2);
  await nodes.time.run(100);
  return { nodes, one, two, shelf, fates: [] };
}

function send({ one, fates }: Pair, id: string, source: MemorySource): void {
  const done = (fate: SnapshotFate) => fates.push(`${id} ${fate}`);
  one.transport.sendSnapshot(outgoing(id, source), done);
}

Deno.test("a snapshot arrives whole, then its message", async () => {
  const test = await pair();
  const source = new MemorySource(CONTENT);
  send(test, "a", source);
  await test.nodes.time.run(1000);
  assertEquals(test.fates, ["a taken"]);
  assertEquals(test.shelf.kept.get("a"), CONTENT);
  assertEquals(test.shelf.finished, ["a"]);
  assertEquals(
    test.shelf.offers.map((
      { message, id, bytes },
    ) => [message.from, id, bytes]),
    [
      [1, "a", CONTENT.length],
    ],
  );
  assertEquals(test.two.arrivals, [
    { from: 1, lane: "snapshot", word: "a" },
  ]);
  assertEquals([source.closed, test.shelf.open], [1, 0]);
  const counts = test.one.transport.counts.peers.get(2)!.snapshot;
  assertEquals([counts.sent, counts.sentBytes], [1, CONTENT.length]);
});

Deno.test("an empty snapshot is taken as well", async () => {
  const test = await pair();
  send(test, "a", new MemorySource(new Uint8Array(0)));
  await test.nodes.time.run(100);
  assertEquals([test.fates, test.shelf.finished], [["a taken"], ["a"]]);
});

Deno.test("a snapshot goes on where it was when its connection breaks", async () => {
  const test = await pair({ snapshotBytesPerSecond: 4 * SNAPSHOT_CHUNK_BYTES });
  const source = new MemorySource(CONTENT);
  send(test, "a", source);
  for (let breaks = 0; breaks < 3; breaks++) {
    await test.nodes.time.run(300);
    test.nodes.network.break(hostOf(1), hostOf(2));
  }
  await test.nodes.time.run(20_000);
  assertEquals(test.fates, ["a taken"]);
  assertEquals(test.shelf.kept.get("a"), CONTENT);
  assertEquals(test.shelf.offers.length, 4);
  assert(source.reads.length < 2 * 11, "what is kept is not read again");
  assertEquals(test.shelf.open, 0);
});

Deno.test("a snapshot spends no more than its rate", async () => {
  const perSecond = 2 * SNAPSHOT_CHUNK_BYTES;
  const test = await pair({ snapshotBytesPerSecond: perSecond });
  send(test, "a", new MemorySource(CONTENT));
  for (let second = 1; second <= 3; second++) {
    await test.nodes.time.run(1000);
    const burst = 4 * SNAPSHOT_CHUNK_BYTES;
    const { sentBytes } = test.one.transport.counts.peers.get(2)!.snapshot;
    assert(sentBytes <= burst + second * perSecond, `second ${second}`);
    assert(sentBytes >= burst + (second - 1) * perSecond);
  }
  assertEquals(test.fates, []);
  await test.nodes.time.run(1000);
  assertEquals(test.fates, ["a taken"]);
});

Deno.test("snapshots that wait are bounded, and sent one after another", async () => {
  const test = await pair();
  const ids = ["a", "b", "c", "d", "e"];
  assertEquals(ids.length, SNAPSHOT_LANE_MESSAGES_MAX + 1);
  const sources = ids.map(() => new MemorySource(CONTENT));
  ids.forEach((id, at) => send(test, id, sources[at]!));
  const counts = test.one.transport.counts.peers.get(2)!.snapshot;
  assertEquals(counts.waiting, SNAPSHOT_LANE_MESSAGES_MAX);
  await test.nodes.time.run(5000);
  assertEquals(test.fates, [
    "e full",
    "a taken",
    "b taken",
    "c taken",
    "d taken",
  ]);
  assertEquals(sources.map(({ closed }) => closed), [1, 1, 1, 1, 1]);
  assertEquals([counts.waiting, counts.dropped.full], [0, 1]);
});

Deno.test("a snapshot that is not wanted is told so", async () => {
  const test = await pair();
  test.shelf.isWanted = false;
  const source = new MemorySource(CONTENT);
  send(test, "a", source);
  await test.nodes.time.run(100);
  assertEquals([test.fates, source.reads], [["a unwanted"], []]);
  assertEquals(test.two.arrivals, []);
});

Deno.test("a snapshot that cannot be read or kept has failed, and the next one goes on", async () => {
  const test = await pair();
  const unreadable = new MemorySource(CONTENT);
  unreadable.failsAt = 3 * SNAPSHOT_CHUNK_BYTES;
  send(test, "a", unreadable);
  await test.nodes.time.run(1000);
  assertEquals(test.fates, ["a failed"]);
  assert(test.one.logged.some((line) => line.includes("no such bytes")));
  test.shelf.failsAt = 2 * SNAPSHOT_CHUNK_BYTES;
  send(test, "b", new MemorySource(CONTENT));
  await test.nodes.time.run(1000);
  assertEquals(test.fates, ["a failed", "b failed"]);
  assert(test.two.logged.some((line) => line.includes("no room")));
  test.shelf.failsAt = Number.POSITIVE_INFINITY;
  send(test, "b", new MemorySource(CONTENT));
  await test.nodes.time.run(1000);
  assertEquals(test.fates, ["a failed", "b failed", "b taken"]);
  assertEquals(test.shelf.kept.get("b"), CONTENT);
  assertEquals([test.two.arrivals.length, test.shelf.open], [1, 0]);
});

Deno.test("a snapshot without progress has failed", async () => {
  const test = await pair();
  test.nodes.network.cut(hostOf(1), hostOf(2));
  send(test, "a", new MemorySource(CONTENT));
  await test.nodes.time.run(SNAPSHOT_STALL_MS_MAX - 100);
  assertEquals(test.fates, []);
  await test.nodes.time.run(200);
  assertEquals(test.fates, ["a failed"]);
  test.nodes.network.heal(hostOf(1), hostOf(2));
  await test.nodes.time.run(3000);
  send(test, "b", new MemorySource(CONTENT));
  await test.nodes.time.run(1000);
  assertEquals(test.fates, ["a failed", "b taken"]);
});

Deno.test("snapshots for a peer that is removed are given up", async () => {
  const test = await pair({ snapshotBytesPerSecond: SNAPSHOT_CHUNK_BYTES });
  const sources = [0, 1, 2].map(() => new MemorySource(CONTENT));
  send(test, "a", sources[0]!);
  send(test, "b", sources[1]!);
  await test.nodes.time.run(500);
  test.one.transport.removePeer(2);
  send(test, "c", sources[2]!);
  await test.nodes.time.run(500);
  assertEquals(test.fates, ["a removed", "b removed", "c removed"]);
  assertEquals(sources.map(({ closed }) => closed), [1, 1, 1]);
  assertEquals(test.shelf.open, 0);
});

Deno.test("heartbeats pass while a snapshot is on its way", async () => {
  const test = await pair({ snapshotBytesPerSecond: SNAPSHOT_CHUNK_BYTES });
  send(test, "a", new MemorySource(CONTENT));
  for (let beat = 0; beat < 20; beat++) {
    say(test.one, 2, "control", `${beat}`);
    await test.nodes.time.run(3);
    assertEquals(test.two.arrivals.length, beat + 1);
  }
});

Deno.test("answers to no offer, or beyond what was sent, do no harm", async () => {
  const nodes = new TestNodes(1);
  const one = await nodes.start(1);
  const answers: ((frame: Frame) => void)[] = [];
  const host = hostOf(2);
  await nodes.network.of(host).listen({ hostname: host, port: PORT }, {
    accepted: (wire) => acceptAs(2, wire, (send) => answers.push(send)),
    refused: () => {},
  });
  connect(one.transport, 2);
  await nodes.time.run(50);
  const { snapshot } = one.transport.counts.peers.get(2)!;
  assertEquals([answers.length, snapshot.connects], [4, 1]);
  const say = async (attempt: number, offset: number) => {
    const content = PROGRESS.encode({ attempt, offset });
    for (const send of answers) send({ kind: "snapshotProgress", content });
    await nodes.time.run(5);
  };
  await say(0, 0);
  await say(1, 0);
  assertEquals(snapshot.failures, 0);
  const source = new MemorySource(CONTENT);
  one.transport.sendSnapshot(outgoing("a", source), () => {});
  await say(2, 0);
  await say(1, CONTENT.length + 1);
  assertEquals([snapshot.failures, source.reads], [1, []]);
});
