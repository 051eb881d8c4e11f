import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  AssertionError,
  CorruptionError,
  DiskError,
} from "../../../src/base/mod.ts";
import { SNAPSHOT_BLOCK_BYTES_MAX } from "../../../src/config/mod.ts";
import {
  checkSnapshot,
  findSnapshot,
  writeSnapshot,
} from "../../../src/storage/mod.ts";
import { SnapshotWalk } from "../../../src/storage/snapshot_walk.ts";
import { SimulatedDisk } from "../../simulation/simulated_disk.ts";

const POINT = { index: 7, term: 2, members: Uint8Array.of(1, 2, 3) };
const CONTENT = [
  new Uint8Array(700).fill(1),
  Uint8Array.of(2),
  new Uint8Array(40).fill(3),
];

/** A disk with a snapshot, its name and its bytes. */
async function written(content = CONTENT) {
  const disk = new SimulatedDisk();
  await writeSnapshot(disk, POINT, content);
  const { name } = findSnapshot(disk)!;
  return { disk, name, bytes: disk.files.get(name)! };
}

/** Walks through `bytes`; the blocks. */
function walkThrough(bytes: Uint8Array): Uint8Array[] {
  const walk = new SnapshotWalk("/d/s", { ...POINT, bytes: bytes.length });
  const blocks: Uint8Array[] = [];
  for (let want = walk.want; want !== undefined; want = walk.want) {
    const { length, offset } = want;
    const block = walk.take(bytes.subarray(offset, offset + length));
    if (block !== undefined) blocks.push(block);
  }
  return blocks;
}

Deno.test("SnapshotWalk asks for each byte of the content once, and gives the blocks", async () => {
  const { bytes } = await written();
  assertEquals(walkThrough(bytes), CONTENT);
  assertEquals(walkThrough((await written([])).bytes), []);
});

Deno.test("SnapshotWalk reads nothing behind the end", async () => {
  const { bytes } = await written([]);
  const walk = new SnapshotWalk("/d/s", { ...POINT, bytes: bytes.length });
  const { length, offset } = walk.want!;
  walk.take(bytes.subarray(offset, offset + length));
  assertEquals(walk.want, undefined);
  assertThrows(() => walk.take(new Uint8Array(8)), AssertionError);
});

Deno.test("SnapshotWalk tells any damage by file and offset, wherever it is", async () => {
  const { bytes } = await written();
  const start = new SnapshotWalk("", { ...POINT, bytes: 0 }).want!.offset;
  for (let at = start; at < bytes.length; at++) {
    const damaged = bytes.with(at, bytes[at]! ^ 0x80);
    const error = assertThrows(() => walkThrough(damaged), CorruptionError);
    assert(error.message.includes('in "/d/s" at offset '), error.message);
  }
});

Deno.test("SnapshotWalk takes no file that is cut, or longer than it says", async () => {
  const { bytes } = await written();
  for (let length = 0; length < bytes.length; length++) {
    assertThrows(() => walkThrough(bytes.subarray(0, length)), CorruptionError);
  }
  const longer = new Uint8Array(bytes.length + 1);
  longer.set(bytes);
  assertThrows(() => walkThrough(longer), CorruptionError);
});

Deno.test("SnapshotWalk takes no file that lacks a block, or has two in another order", async () => {
  const { bytes } = await written();
  const other = await written([CONTENT[1]!, CONTENT[0]!, CONTENT[2]!]);
  const footer = bytes.subarray(-24);
  const swapped = other.bytes.slice();
  swapped.set(footer, swapped.length - footer.length);
  assertThrows(() => walkThrough(swapped), CorruptionError, "the end");
});

Deno.test("SnapshotWalk asks for no more than a block may have", async () => {
  const { bytes } = await written();
  const walk = new SnapshotWalk("/d/s", { ...POINT, bytes: bytes.length });
  const prefix = bytes.slice(walk.want!.offset).subarray(0, 24);
  new DataView(prefix.buffer).setUint32(0, SNAPSHOT_BLOCK_BYTES_MAX + 1, true);
  assertThrows(() => walk.take(prefix), CorruptionError, "a block is damaged");
});

Deno.test("checkSnapshot() takes the snapshot at its point, and no other", async () => {
  const { disk, name } = await written();
  await checkSnapshot(disk, name, { index: 7, term: 2 });
  for (const point of [{ index: 8, term: 2 }, { index: 7, term: 1 }]) {
    await assertRejects(
      () => checkSnapshot(disk, name, point),
      CorruptionError,
      "not the one that was sent",
    );
  }
});

Deno.test("checkSnapshot() finds every byte that is damaged", async () => {
  const { bytes, name } = await written();
  for (let at = 0; at < bytes.length; at++) {
    const damaged = bytes.with(at, bytes[at]! ^ 1);
    const disk = SimulatedDisk.of(new Map([[name, damaged]]));
    await assertRejects(
      () => checkSnapshot(disk, name, POINT),
      CorruptionError,
      undefined,
      `byte ${at}`,
    );
  }
});

Deno.test("checkSnapshot() reports a disk that fails, and closes the file", async () => {
  const { disk, name } = await written();
  disk.before = ({ kind }) => kind === "open" ? { code: "EIO" } : undefined;
  await assertRejects(() => checkSnapshot(disk, name, POINT), DiskError);
  disk.before = () => undefined;
  let isClosed = false;
  const open = disk.open.bind(disk);
  disk.open = async (path) => {
    const file = await open(path);
    return {
      read: () => Promise.reject(new DiskError("EIO", "it cannot be read")),
      close: () => {
        isClosed = true;
        file.close();
      },
    };
  };
  await assertRejects(() => checkSnapshot(disk, name, POINT), DiskError);
  assert(isClosed);
});
