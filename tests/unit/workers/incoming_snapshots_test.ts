import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  CorruptionError,
  DiskError,
  SnapshotError,
} from "../../../src/base/mod.ts";
import { findSnapshot, writeSnapshot } from "../../../src/storage/mod.ts";
import type {
  IncomingSnapshot,
  SnapshotSink,
} from "../../../src/transport/mod.ts";
import { IncomingSnapshots } from "../../../src/workers/incoming_snapshots.ts";
import { SimulatedDisk } from "../../simulation/simulated_disk.ts";

const TERM = 3;

/** The bytes of a snapshot at `index` whose content is one block of `fill`. */
async function snapshotBytes(index: number, fill = 1): Promise<Uint8Array> {
  const disk = new SimulatedDisk();
  const block = new Uint8Array(1000).fill(fill);
  await writeSnapshot(disk, { index, term: TERM }, [block]);
  return disk.files.get(findSnapshot(disk)!.name)!;
}

function offer(id: string, index: number, bytes: number): IncomingSnapshot {
  const snapshot = {
    index,
    term: TERM,
    confState: {
      voters: [1, 2, 3],
      learners: [],
      votersOutgoing: [],
      learnersNext: [],
      autoLeave: false,
    },
    data: new Uint8Array(0),
  };
  return {
    id,
    bytes,
    message: { kind: "snapshot", from: 1, to: 2, term: TERM, snapshot },
  };
}

function pointAt(index: number) {
  return offer("", index, 0).message.snapshot;
}

/** A node that wants snapshots behind entry 10. */
function makeNode() {
  const disk = new SimulatedDisk();
  const incoming = new IncomingSnapshots(disk, (index) => index > 10);
  const temporary = () => disk.list().filter((name) => name.endsWith(".tmp"));
  return { disk, incoming, temporary };
}

/** Sends `bytes` from what is kept on to `end`, by pieces. */
async function send(
  sink: SnapshotSink,
  bytes: Uint8Array,
  end = bytes.length,
): Promise<void> {
  for (let at = sink.keptBytes; at < end;) {
    const piece = bytes.subarray(at, Math.min(at + 300, end));
    await sink.write(at, piece);
    at += piece.length;
  }
}

async function take(
  incoming: IncomingSnapshots,
  id: string,
  index: number,
  bytes: Uint8Array,
): Promise<void> {
  const sink = await incoming.open(offer(id, index, bytes.length));
  await send(sink!, bytes);
  await sink!.finish();
}

Deno.test("IncomingSnapshots takes one in, which is the newest when raft has it adopted", async () => {
  const { disk, incoming, temporary } = makeNode();
  const bytes = await snapshotBytes(20);
  await take(incoming, "a", 20, bytes);
  assertEquals(findSnapshot(disk), undefined);
  await incoming.adopt(pointAt(20));
  assertEquals(findSnapshot(disk)?.index, 20);
  assertEquals(temporary(), []);
  assertEquals(incoming.counts, { whole: 1, failed: 0, replaced: 0 });
});

Deno.test("IncomingSnapshots wants none that its log has passed", async () => {
  const { disk, incoming } = makeNode();
  assertEquals(await incoming.open(offer("a", 10, 100)), undefined);
  assertEquals(disk.list(), []);
});

Deno.test("IncomingSnapshots goes on with what it kept when the same one is offered again", async () => {
  const { disk, incoming } = makeNode();
  const bytes = await snapshotBytes(20);
  const first = await incoming.open(offer("a", 20, bytes.length));
  await send(first!, bytes, 500);
  first!.close();
  const second = await incoming.open(offer("a", 20, bytes.length));
  assertEquals(second!.keptBytes, 500);
  await send(second!, bytes);
  await second!.finish();
  await incoming.adopt(pointAt(20));
  assertEquals(disk.files.get(findSnapshot(disk)!.name), bytes);
});

Deno.test("IncomingSnapshots says so at once when the same one, or another of its index, is whole", async () => {
  const { incoming } = makeNode();
  const bytes = await snapshotBytes(20);
  await take(incoming, "a", 20, bytes);
  for (const id of ["a", "of another node"]) {
    const again = await incoming.open(offer(id, 20, bytes.length));
    assertEquals(again!.keptBytes, bytes.length);
    await again!.finish();
    await assertRejects(() => again!.write(0, bytes), SnapshotError);
  }
  await incoming.adopt(pointAt(20));
  assertEquals(incoming.counts.whole, 1);
});

Deno.test("IncomingSnapshots drops what another leader's takes the place of", async () => {
  const { disk, incoming, temporary } = makeNode();
  const bytes = await snapshotBytes(20);
  const old = await incoming.open(offer("a", 20, bytes.length));
  await send(old!, bytes, 600);
  const newer = await snapshotBytes(30);
  const sink = await incoming.open(offer("b", 30, newer.length));
  assertEquals([sink!.keptBytes, temporary().length], [0, 1]);
  await assertRejects(() => old!.write(600, bytes), SnapshotError, "its place");
  await assertRejects(() => old!.finish(), SnapshotError, "its place");
  await send(sink!, newer);
  await sink!.finish();
  await incoming.adopt(pointAt(30));
  assertEquals(findSnapshot(disk)?.index, 30);
  assertEquals(incoming.counts, { whole: 1, failed: 0, replaced: 1 });
});

Deno.test("IncomingSnapshots begins anew when another leader's has the same index", async () => {
  const { disk, incoming } = makeNode();
  const bytes = await snapshotBytes(20, 1);
  const other = await snapshotBytes(20, 2);
  const old = await incoming.open(offer("a", 20, bytes.length));
  await send(old!, bytes, 600);
  await take(incoming, "b", 20, other);
  await incoming.adopt(pointAt(20));
  assertEquals(disk.files.get(findSnapshot(disk)!.name), other);
});

Deno.test("IncomingSnapshots keeps a whole one for raft though another one comes", async () => {
  const { disk, incoming, temporary } = makeNode();
  const bytes = await snapshotBytes(20);
  await take(incoming, "a", 20, bytes);
  const newer = await snapshotBytes(30);
  const sink = await incoming.open(offer("b", 30, newer.length));
  await send(sink!, newer, 600);
  await incoming.adopt(pointAt(20));
  assertEquals(findSnapshot(disk)?.index, 20);
  // The log that it was for is gone.
  assertEquals(temporary(), []);
  await assertRejects(() => sink!.write(600, newer), SnapshotError);
});

Deno.test("IncomingSnapshots keeps at most two whole ones", async () => {
  const { disk, incoming, temporary } = makeNode();
  for (const index of [20, 30, 40]) {
    await take(incoming, `${index}`, index, await snapshotBytes(index));
    assert(temporary().length <= 2);
  }
  await incoming.adopt(pointAt(30));
  assertEquals([findSnapshot(disk)?.index, temporary()], [30, []]);
});

Deno.test("IncomingSnapshots drops all, and adopts none, when the one that raft was told of is gone", async () => {
  const { disk, incoming, temporary } = makeNode();
  for (const index of [20, 30, 40]) {
    await take(incoming, `${index}`, index, await snapshotBytes(index));
  }
  await incoming.adopt(pointAt(20));
  assertEquals([findSnapshot(disk), temporary()], [undefined, []]);
  // The next start of a log removes such files: they must not be counted on.
  const bytes = await snapshotBytes(40);
  const again = await incoming.open(offer("40", 40, bytes.length));
  assertEquals(again!.keptBytes, 0);
});

Deno.test("IncomingSnapshots opens one after another, whoever offers", async () => {
  const { incoming, temporary } = makeNode();
  const bytes = await snapshotBytes(20);
  const [one, other] = await Promise.all([
    incoming.open(offer("a", 20, bytes.length)),
    incoming.open(offer("b", 20, bytes.length)),
  ]);
  await assertRejects(() => one!.write(0, bytes), SnapshotError);
  await send(other!, bytes);
  await other!.finish();
  assertEquals(temporary().length, 1);
});

Deno.test("IncomingSnapshots gives up one that was damaged on its way, and takes it when sent again", async () => {
  const { disk, incoming, temporary } = makeNode();
  const bytes = await snapshotBytes(20);
  for (let at = 0; at < bytes.length; at += 97) {
    const damaged = bytes.slice();
    damaged[at]! ^= 0x40;
    await assertRejects(
      () => take(incoming, "a", 20, damaged),
      CorruptionError,
      undefined,
      `byte ${at}`,
    );
    assertEquals(temporary(), []);
  }
  for (const length of [0, 10, 40, bytes.length - 1]) {
    await assertRejects(
      () => take(incoming, "a", 20, bytes.subarray(0, length)),
      CorruptionError,
      undefined,
      `${length} bytes`,
    );
  }
  await take(incoming, "a", 20, bytes);
  await incoming.adopt(pointAt(20));
  assertEquals(findSnapshot(disk)?.index, 20);
});

Deno.test("IncomingSnapshots gives up one that is not what was offered", async () => {
  const { incoming, temporary } = makeNode();
  const bytes = await snapshotBytes(21);
  await assertRejects(
    () => take(incoming, "a", 20, bytes),
    CorruptionError,
    "not the one that was sent",
  );
  assertEquals([temporary(), incoming.counts.failed], [[], 1]);
});

for (const kind of ["create", "append", "sync", "open"] as const) {
  Deno.test(`IncomingSnapshots gives up when the disk fails to ${kind}, and begins anew`, async () => {
    const { disk, incoming, temporary } = makeNode();
    const bytes = await snapshotBytes(20);
    let left = kind === "append" ? 2 : 1;
    disk.before = (operation) => {
      if (operation.kind !== kind || --left !== 0) return undefined;
      return { code: "ENOSPC", writtenBytes: kind === "append" ? 100 : 0 };
    };
    await assertRejects(() => take(incoming, "a", 20, bytes), DiskError);
    assertEquals(temporary(), []);
    const sink = await incoming.open(offer("a", 20, bytes.length));
    assertEquals(sink!.keptBytes, 0);
    await send(sink!, bytes);
    await sink!.finish();
    await incoming.adopt(pointAt(20));
    assertEquals(disk.files.get(findSnapshot(disk)!.name), bytes);
  });
}

Deno.test("IncomingSnapshots reports a disk that fails to adopt", async () => {
  const { disk, incoming } = makeNode();
  await take(incoming, "a", 20, await snapshotBytes(20));
  disk.before = ({ kind }) => kind === "rename" ? { code: "EIO" } : undefined;
  await assertRejects(() => incoming.adopt(pointAt(20)), DiskError);
});
