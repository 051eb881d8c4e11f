import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { AssertionError, CorruptionError } from "../../../src/base/mod.ts";
import {
  SEGMENT_LIVES_MAX,
  SPARE_SEGMENTS_MAX,
} from "../../../src/config/mod.ts";
import { readEntries, Wal } from "../../../src/storage/mod.ts";
import { recoverWal } from "../../../src/storage/recovery.ts";
import {
  decodeSegmentHeader,
  segmentName,
  segmentSequence,
} from "../../../src/storage/wal_format.ts";
import { testEntry } from "./segments.ts";
import { Gate, settle } from "./gate.ts";
import { SimulatedDisk } from "../../simulation/simulated_disk.ts";

const OPTIONS = {
  segmentBytes: 4096,
  preparesSegments: false,
  stamp: () => 42,
  log: () => {},
};
const STATE = { term: 1, vote: 1, commit: 0 };

async function openOn(disk: SimulatedDisk, snapshotIndex = 0): Promise<Wal> {
  return (await Wal.open(disk, OPTIONS, snapshotIndex)).wal;
}

function indexes(disk: SimulatedDisk, snapshotIndex = 0): number[] {
  const wal = recoverWal(disk, () => {}, snapshotIndex);
  const entries = readEntries(disk, wal, snapshotIndex);
  return Array.from(entries, ({ index }) => index);
}

/** What is certain to be there if the power is lost now. */
function durable(disk: SimulatedDisk, snapshotIndex = 0): number[] {
  return indexes(disk.crashed(() => 0), snapshotIndex);
}

function segments(disk: SimulatedDisk): number[] {
  return disk.list().flatMap((name) => segmentSequence(name) ?? []);
}

Deno.test("Wal.flush() with a sync makes what was appended durable", async () => {
  const disk = new SimulatedDisk();
  const wal = await openOn(disk);
  wal.append([testEntry(1), testEntry(2)], STATE);
  await wal.flush(true);
  assertEquals(durable(disk), [1, 2]);
  assertEquals(wal.durableBatch, 1);
  assertEquals(recoverWal(disk, () => {}, 0).hardState, STATE);
});

Deno.test("Wal.flush() without a sync writes, and calls nothing durable", async () => {
  const disk = new SimulatedDisk();
  const wal = await openOn(disk);
  wal.append([testEntry(1)]);
  await wal.flush(false);
  assertEquals(indexes(disk), [1]);
  assertEquals(durable(disk), []);
  assertEquals(wal.durableBatch, 0);
});

Deno.test("Wal.flush() of nothing writes nothing", async () => {
  const disk = new SimulatedDisk();
  const wal = await openOn(disk);
  const { files } = disk;
  await wal.flush(false);
  await wal.flush(true);
  assertEquals(disk.files, files);
});

Deno.test("Wal gathers while a flush is in flight", async () => {
  const disk = new SimulatedDisk();
  const wal = await openOn(disk);
  const gate = new Gate(disk, "sync");
  wal.append([testEntry(1)]);
  const first = wal.flush(true);
  wal.append([testEntry(2)]);
  wal.append([testEntry(3)]);
  await settle();
  assertEquals(indexes(disk), [1]);
  await assertRejects(() => wal.flush(true), AssertionError, "one flush");
  await gate.letGo();
  await first;
  const second = wal.flush(true);
  await settle();
  await gate.letGo();
  await second;
  assertEquals(durable(disk), [1, 2, 3]);
  assertEquals(wal.durableBatch, 2, "two flushes are two batches");
});

Deno.test("Wal.sync() moves the durable mark to what was flushed before it", async () => {
  const disk = new SimulatedDisk();
  const wal = await openOn(disk);
  wal.append([testEntry(1)]);
  await wal.flush(false);
  const gate = new Gate(disk, "sync");
  const syncing = wal.sync();
  wal.append([testEntry(2)]);
  await wal.flush(false);
  assertEquals(wal.durableBatch, 0);
  await gate.letGo();
  await syncing;
  assertEquals(wal.durableBatch, 1, "the second batch came later");
  assertEquals(durable(disk), [1]);
});

Deno.test("Wal says in each batch what a sync beside the flushes made durable", async () => {
  const disk = new SimulatedDisk();
  const wal = await openOn(disk);
  wal.append([testEntry(1, 600)]);
  await wal.flush(false);
  await wal.sync();
  wal.append([testEntry(2, 10)]);
  await wal.flush(false);
  // The first batch's sectors are lost though they were synced.
  const [name] = disk.list();
  const bytes = disk.files.get(name!)!.fill(0, 512, 512 + 1024);
  const damaged = SimulatedDisk.of(new Map([[name!, bytes]]));
  assertThrows(() => indexes(damaged), CorruptionError, "durable batch");
});

Deno.test("Wal.mark() notes what is durable, unless it is noted", async () => {
  const disk = new SimulatedDisk();
  const wal = await openOn(disk);
  wal.append([testEntry(1)]);
  await wal.flush(true);
  const before = disk.operations;
  await wal.mark();
  await wal.mark();
  assertEquals(disk.operations, before + 1);
  assertEquals(recoverWal(disk, () => {}, 0).segments[0]!.durableBytes, 1024);
  wal.append([testEntry(2)]);
  await wal.flush(true);
  assertEquals(durable(disk), [1, 2]);
});

Deno.test("Wal.append() refuses entries out of order", async () => {
  const wal = await openOn(new SimulatedDisk());
  assertThrows(() => wal.append([testEntry(2)]), AssertionError);
});

Deno.test("Wal begins a segment when one is full, behind a sync of it", async () => {
  const disk = new SimulatedDisk();
  const wal = await openOn(disk);
  for (let index = 1; index <= 9; index++) {
    wal.append([testEntry(index, 700)]);
    await wal.flush(false);
  }
  assertEquals(segments(disk), [1, 2, 3]);
  assertEquals(indexes(disk), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assertEquals(durable(disk), [1, 2, 3, 4, 5, 6], "all but the last segment");
  assertEquals(wal.durableBatch, 6);
});

Deno.test("Wal gives a batch that is larger than a segment one of its own", async () => {
  const disk = new SimulatedDisk();
  const wal = await openOn(disk);
  wal.append([testEntry(1)]);
  await wal.flush(true);
  wal.append([testEntry(2, 5000)]);
  await wal.flush(true);
  wal.append([testEntry(3)]);
  await wal.flush(true);
  assertEquals(segments(disk), [1, 2, 3]);
  assertEquals(durable(disk), [1, 2, 3]);
});

Deno.test("Wal begins a segment while a sync of the old one is in flight", async () => {
  const disk = new SimulatedDisk();
  const wal = await openOn(disk);
  wal.append([testEntry(1, 2000)]);
  await wal.flush(false);
  const gate = new Gate(disk, "sync");
  const syncing = wal.sync();
  wal.append([testEntry(2, 2000)]);
  const flushing = wal.flush(true);
  for (let sync = 0; sync < 4; sync++) {
    await settle();
    await gate.letGo();
  }
  await Promise.all([syncing, flushing]);
  assertEquals(durable(disk), [1, 2]);
  assertEquals(wal.durableBatch, 2);
});

Deno.test("Wal.trim() takes away segments whose entries a snapshot holds", async () => {
  const disk = new SimulatedDisk();
  const wal = await openOn(disk);
  for (let index = 1; index <= 9; index++) {
    wal.append([testEntry(index, 700)]);
    await wal.flush(true);
  }
  await wal.trim(2);
  assertEquals(segments(disk), [1, 2, 3]);
  await wal.trim(5);
  assertEquals(segments(disk), [2, 3]);
  assertEquals(durable(disk, 5), [6, 7, 8, 9]);
  await wal.trim(9);
  assertEquals(segments(disk), [3], "the segment being written stays");
  wal.append([testEntry(10)]);
  await wal.flush(true);
  await wal.trim(9);
  assertEquals(segments(disk), [4], "and goes once there is a next one");
  assertEquals(durable(disk, 9), [10]);
});

/** A log of entries up to `last`, three to a segment, all of which a snapshot holds. */
async function trimmedLog(disk: SimulatedDisk, last: number): Promise<Wal> {
  const wal = await openOn(disk);
  for (let index = 1; index <= last; index++) {
    wal.append([testEntry(index, 700)]);
    await wal.flush(true);
  }
  await wal.trim(last);
  return wal;
}

/** Names of files that wait to be written over. */
function spares(disk: SimulatedDisk): string[] {
  return disk.list().filter((name) => name.startsWith("spare-"));
}

Deno.test("Wal writes later segments over the files of earlier ones", async () => {
  const disk = new SimulatedDisk();
  const wal = await trimmedLog(disk, 9);
  assertEquals(spares(disk).length, 2);
  const kinds: string[] = [];
  disk.before = ({ kind }) => {
    kinds.push(kind);
    return undefined;
  };
  for (let index = 10; index <= 13; index++) {
    wal.append([testEntry(index, 700)]);
    await wal.flush(index < 13);
    assertEquals(indexes(disk, 9).at(-1), index);
  }
  assertEquals([...new Set(kinds)].includes("create"), false);
  assertEquals(kinds.filter((kind) => kind === "reuse").length, 2);
  assertEquals([segments(disk), spares(disk)], [[3, 4, 5], []]);
  // What the files held before is not taken for part of the log.
  assertEquals(durable(disk, 9), [10, 11, 12]);
  const again = await openOn(disk, 9);
  assertEquals(again.lastIndex, 13);
});

Deno.test("Wal.trim() keeps a bounded number of files", async () => {
  const disk = new SimulatedDisk();
  await trimmedLog(disk, 3 * (SPARE_SEGMENTS_MAX + 4));
  assertEquals(spares(disk).length, SPARE_SEGMENTS_MAX);
  assertEquals(segments(disk), [SPARE_SEGMENTS_MAX + 4]);
});

Deno.test("Wal gives a file up after its last life", async () => {
  const disk = new SimulatedDisk();
  const wal = await openOn(disk);
  const lives = new Set<number>();
  let removals = 0;
  disk.before = ({ kind }) => {
    if (kind === "remove") removals++;
    return undefined;
  };
  for (let index = 1; index <= 2 * SEGMENT_LIVES_MAX + 2; index++) {
    wal.append([testEntry(index, 2600)]);
    await wal.flush(true);
    const name = segmentName(segments(disk).at(-1)!);
    const header = decodeSegmentHeader(disk.read(name, 0, 512))!;
    lives.add(header.earlierStamps.length + 1);
    const stamps = [...header.earlierStamps, header.stamp];
    assertEquals(new Set(stamps).size, stamps.length);
    await wal.trim(index);
  }
  assertEquals(Math.max(...lives), SEGMENT_LIVES_MAX);
  assert(removals >= 1);
  assertEquals(durable(disk, 2 * SEGMENT_LIVES_MAX + 1), [
    2 * SEGMENT_LIVES_MAX + 2,
  ]);
});

Deno.test("Wal takes a spare into use only when its old name is gone for certain", async () => {
  const disk = new SimulatedDisk();
  const wal = await trimmedLog(disk, 9);
  disk.afterOperation = () => {
    const lost = disk.crashed(() => 0);
    recoverWal(lost, () => {}, 9);
  };
  for (let index = 10; index <= 30; index++) {
    wal.append([testEntry(index, 700)]);
    await wal.flush(true);
    if (index % 5 === 0) await wal.trim(9);
  }
});

const PREPARING = { ...OPTIONS, preparesSegments: true };

Deno.test("Wal begins a prepared segment soon, and the next one when that is full", async () => {
  const disk = new SimulatedDisk();
  const { wal } = await Wal.open(disk, PREPARING);
  const made: string[] = [];
  disk.before = ({ kind, name }) => {
    if (kind === "create" || kind === "reuse") made.push(`${kind} ${name}`);
    return undefined;
  };
  const sequences: (number | undefined)[] = [];
  for (let index = 1; index <= 6; index++) {
    wal.append([testEntry(index, 700)]);
    await wal.flush(true);
    sequences.push(segments(disk).at(-1));
    if (wal.isPreparationDue) await wal.prepare();
    assertEquals(wal.isPreparationDue, false);
  }
  assertEquals(sequences, [1, 2, 2, 2, 3, 3]);
  assertEquals(made, [
    "create prepared-wal-0000000000000002.log.tmp",
    "reuse wal-0000000000000002.log.tmp",
    "create prepared-wal-0000000000000003.log.tmp",
    "reuse wal-0000000000000003.log.tmp",
    "create prepared-wal-0000000000000004.log.tmp",
  ]);
  assertEquals(durable(disk), [1, 2, 3, 4, 5, 6]);
});

Deno.test("Wal prepares none where a spare is there, nor before it has written its share", async () => {
  const disk = new SimulatedDisk();
  const options = { ...PREPARING, segmentBytes: 128 * 1024 };
  const { wal } = await Wal.open(disk, options);
  wal.append([testEntry(1, 100)]);
  await wal.flush(true);
  assertEquals(wal.isPreparationDue, false, "1 KiB of 128");
  wal.append([testEntry(2, 1000)]);
  await wal.flush(true);
  assertEquals(wal.isPreparationDue, true);
  wal.append([testEntry(3, 128_000)]);
  await wal.flush(true);
  await wal.trim(3);
  assertEquals(spares(disk).length, 1);
  assertEquals(wal.isPreparationDue, false);
});

Deno.test("Wal goes on when the disk has no room for a prepared segment", async () => {
  const disk = new SimulatedDisk();
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  const { wal } = await Wal.open(disk, { ...PREPARING, log });
  disk.before = ({ kind, name }) =>
    kind === "append" && name.startsWith("prepared-")
      ? { code: "ENOSPC", writtenBytes: 1000 }
      : undefined;
  for (let index = 1; index <= 6; index++) {
    wal.append([testEntry(index, 700)]);
    await wal.flush(true);
    if (wal.isPreparationDue) await wal.prepare();
  }
  assertEquals(disk.list().filter((name) => name.endsWith(".tmp")), []);
  assertEquals(lines.length, 2, "once a segment");
  assertMatch(lines[0]!, /without a prepared segment: .*ENOSPC/);
  assertEquals(durable(disk), [1, 2, 3, 4, 5, 6]);
});

Deno.test("Wal.bytesSinceSnapshot falls when a snapshot holds what was written", async () => {
  const disk = new SimulatedDisk();
  const { wal } = await Wal.open(disk, { ...OPTIONS, segmentBytes: 1 << 20 });
  for (let index = 1; index <= 10; index++) {
    wal.append([testEntry(index, 70_000)]);
    await wal.flush(false);
  }
  const before = wal.bytesSinceSnapshot;
  assert(before > 700_000 && before < 715_000);
  await wal.trim(7);
  const after = wal.bytesSinceSnapshot;
  assert(after > 210_000 && after < 220_000);
  await wal.close();
  const again = await Wal.open(disk, OPTIONS, 7);
  assert(Math.abs(again.wal.bytesSinceSnapshot - after) < 1000);
});

Deno.test("Wal.open() goes on behind what it finds, in a new segment", async () => {
  const disk = new SimulatedDisk();
  const first = await openOn(disk);
  first.append([testEntry(1)], STATE);
  await first.flush(true);
  const second = await openOn(disk);
  assertEquals(second.lastIndex, 1);
  second.append([testEntry(2)]);
  await second.flush(true);
  assertEquals(segments(disk), [1, 2]);
  assertEquals(durable(disk), [1, 2]);
});

Deno.test("Wal.open() makes durable what it found unsynced", async () => {
  const disk = new SimulatedDisk();
  const first = await openOn(disk);
  first.append([testEntry(1), testEntry(2, 900)]);
  await first.flush(false);
  assertEquals(durable(disk), []);
  await openOn(disk);
  assertEquals(durable(disk), [1, 2]);
});

Deno.test("Wal.open() removes segments that a crash kept though later ones were removed", async () => {
  const disk = new SimulatedDisk();
  const first = await openOn(disk);
  for (let index = 1; index <= 9; index++) {
    first.append([testEntry(index, 700)]);
    await first.flush(true);
  }
  const files = disk.files;
  files.delete("wal-0000000000000002.log");
  const crashed = SimulatedDisk.of(files);
  await openOn(crashed, 8);
  assertEquals(segments(crashed), [3, 4]);
});

Deno.test("Wal.close() marks a clean stop and ends the log", async () => {
  const disk = new SimulatedDisk();
  const wal = await openOn(disk);
  wal.append([testEntry(1)]);
  await wal.close();
  assertEquals(durable(disk), [1]);
  assertEquals(recoverWal(disk, () => {}, 0).isCleanStop, true);
  assertThrows(() => wal.append([]), Error, "closed");
  await assertRejects(() => wal.flush(true), Error, "closed");
  const again = await openOn(disk);
  again.append([testEntry(2)]);
  await again.flush(true);
  assertEquals(recoverWal(disk, () => {}, 0).isCleanStop, false);
});
