/** The lane over a real log, on a disk that stalls and fails when told. */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CorruptionError, DiskError } from "../../../src/base/mod.ts";
import {
  type FsyncPolicy,
  UNSYNCED_BYTES_MAX,
} from "../../../src/config/mod.ts";
import { INITIAL_HARD_STATE, type Ready } from "../../../src/raft/mod.ts";
import { RaftStatistics, STATISTICS_BYTES } from "../../../src/replica/mod.ts";
import { AppendLane } from "../../../src/replica/append_lane.ts";
import { Wal } from "../../../src/storage/mod.ts";
import {
  entryRecordBytes,
  SEGMENT_HEADER_BYTES,
  STATE_RECORD_BYTES,
} from "../../../src/storage/wal_format.ts";
import { batchBytes } from "../../../src/storage/wal_stamps.ts";
import { Gate, settle } from "../storage/gate.ts";
import {
  type Operation,
  SimulatedDisk,
} from "../../simulation/simulated_disk.ts";
import { entry } from "./harness.ts";

const SEGMENT_BYTES = 16 * 1024;

/** A lane over a log on a disk of its own, after the vote for itself. */
class Rig {
  readonly disk = new SimulatedDisk();
  readonly wal: Wal;
  readonly lane: AppendLane;
  nowMs = 0;
  #lastIndex = 0;

  private constructor(disk: SimulatedDisk, wal: Wal, fsync: FsyncPolicy) {
    this.disk = disk;
    this.wal = wal;
    const memory = new SharedArrayBuffer(STATISTICS_BYTES);
    const statistics = new RaftStatistics(memory);
    this.lane = new AppendLane(0, wal, fsync, INITIAL_HARD_STATE, statistics);
  }

  static async of(fsync: FsyncPolicy, preparesSegments = false): Promise<Rig> {
    const disk = new SimulatedDisk();
    const options = {
      segmentBytes: SEGMENT_BYTES,
      preparesSegments,
      stamp: () => 1,
      log() {},
    };
    const { wal } = await Wal.open(disk, options);
    return new Rig(disk, wal, fsync);
  }

  /** Adds an entry, and a vote if asked to, and starts what can be started. */
  write(hasVote = false, dataBytes = 0): void {
    const added = {
      ...entry(1, ++this.#lastIndex),
      ...(dataBytes > 0 && { data: new Uint8Array(dataBytes) }),
    };
    const ready: Ready = {
      softState: undefined,
      snapshot: undefined,
      entries: [added],
      hardState: hasVote
        ? { term: this.#lastIndex, vote: 1, commit: 0 }
        : undefined,
      mustSync: true,
      afterAppend: [],
      committed: [],
      afterApply: [],
      messages: [],
      reads: [],
    };
    this.lane.add(ready);
    this.lane.start(this.nowMs);
  }

  /** Lets the disk work; how many appends are done since the last call. */
  async done(): Promise<number> {
    await settle();
    return this.lane.takeDone(this.nowMs)?.length ?? 0;
  }
}

Deno.test("AppendLane under always says what is on disk, and the log says so too", async () => {
  const rig = await Rig.of("always");
  rig.write(true);
  assertEquals([await rig.done(), rig.wal.durableBatch], [1, 1]);
  rig.write();
  assertEquals([await rig.done(), rig.wal.durableBatch], [1, 2]);
});

Deno.test("AppendLane under everysec moves the durable mark once a second", async () => {
  const rig = await Rig.of("everysec");
  rig.write(true);
  assertEquals([await rig.done(), rig.wal.durableBatch], [1, 1]);
  rig.write();
  assertEquals([await rig.done(), rig.wal.durableBatch], [1, 1]);
  rig.nowMs = 1000;
  rig.lane.start(rig.nowMs);
  assert(rig.lane.background !== undefined);
  await settle();
  assertEquals(rig.wal.durableBatch, 2);
  assertEquals(rig.lane.background, undefined);
});

Deno.test("AppendLane under no starts a sync when much waits for one, and goes on", async () => {
  const rig = await Rig.of("no");
  rig.write(true);
  await rig.done();
  rig.write(false, UNSYNCED_BYTES_MAX - 1);
  await rig.done();
  rig.lane.start(rig.nowMs);
  assertEquals(rig.lane.background, undefined);
  rig.write(false, 1);
  await rig.done();
  rig.lane.start(rig.nowMs);
  assert(rig.lane.background !== undefined);
  rig.write();
  assertEquals([await rig.done(), rig.wal.durableBatch], [1, 3]);
  assertEquals(rig.lane.background, undefined);
});

Deno.test("AppendLane under no calls durable what a vote or a new segment synced", async () => {
  const rig = await Rig.of("no");
  rig.write(true);
  await rig.done();
  rig.write();
  rig.nowMs = 100_000;
  rig.lane.start(rig.nowMs);
  await rig.done();
  assertEquals(rig.wal.durableBatch, 1);
  rig.write(true);
  await rig.done();
  assertEquals(rig.wal.durableBatch, 3);
  let batches = 3;
  while (rig.disk.list().length === 1) {
    rig.write();
    batches += await rig.done();
  }
  assertEquals(rig.wal.durableBatch, batches - 1);
});

Deno.test("AppendLane notes what is durable when nothing is written for a while, once", async () => {
  const rig = await Rig.of("always");
  rig.write(true);
  await rig.done();
  const written: number[] = [];
  for (const nowMs of [50, 99, 100, 150, 300]) {
    rig.nowMs = nowMs;
    const { operations } = rig.disk;
    rig.lane.start(nowMs);
    await rig.done();
    written.push(rig.disk.operations - operations);
  }
  assertEquals(written, [0, 0, 1, 0, 0]);
  rig.write();
  assertEquals(await rig.done(), 1, "the next batch is as any other");
});

Deno.test("AppendLane lets no damage to the last batch pass for a torn write after a while", async () => {
  const rig = await Rig.of("everysec");
  rig.write(true);
  await rig.done();
  rig.write();
  await rig.done();
  // The vote's batch comes first; each has one entry of three bytes.
  const record = entryRecordBytes(3);
  const second = SEGMENT_HEADER_BYTES + batchBytes(record + STATE_RECORD_BYTES);
  const openDamaged = () => {
    const [name] = rig.disk.list();
    const bytes = rig.disk.files.get(name!)!;
    bytes.fill(0, second, second + batchBytes(record));
    const damaged = SimulatedDisk.of(new Map([[name!, bytes]]));
    const options = {
      segmentBytes: SEGMENT_BYTES,
      preparesSegments: false,
      stamp: () => 2,
      log() {},
    };
    return Wal.open(damaged, options);
  };
  for (const nowMs of [1000, 1099]) {
    rig.nowMs = nowMs;
    rig.lane.start(nowMs);
    assertEquals((await openDamaged()).wal.lastIndex, 1, "it looks torn");
    await rig.done();
  }
  rig.lane.start(1100);
  await rig.done();
  await assertRejects(openDamaged, CorruptionError);
});

for (const kind of ["append", "sync"] as const) {
  Deno.test(`AppendLane goes on gathering while the disk stalls at ${kind}`, async () => {
    const rig = await Rig.of("always");
    const gate = new Gate(rig.disk, kind);
    for (let round = 0; round < 100; round++) {
      rig.write();
      assertEquals(await rig.done(), 0);
    }
    assertEquals(gate.waiting, 1);
    await gate.letGo();
    assertEquals(await rig.done(), 1);
    rig.lane.start(rig.nowMs);
    await settle();
    await gate.letGo();
    assertEquals(await rig.done(), 99, "what was gathered meanwhile");
  });
}

Deno.test("AppendLane goes on while the disk stalls at the removal of old log", async () => {
  const rig = await Rig.of("always");
  while (rig.disk.list().length === 1) {
    rig.write();
    await rig.done();
  }
  const gate = new Gate(
    rig.disk,
    "rename",
    (name) => name.startsWith("spare-"),
  );
  rig.lane.trim(rig.wal.lastIndex);
  rig.lane.trim(rig.wal.lastIndex);
  await settle();
  assertEquals(gate.waiting, 1);
  assert(rig.lane.background !== undefined);
  assertEquals(rig.lane.isIdle, false, "the log is not closed yet");
  for (let round = 0; round < 3; round++) {
    rig.write();
    assertEquals(await rig.done(), 1);
  }
  while (gate.waiting > 0) await gate.letGo();
  assertEquals(rig.lane.background, undefined);
  assertEquals(rig.lane.isIdle, true);
});

Deno.test("AppendLane throws what any work of the disk reported, ever after", async () => {
  const failing: readonly [Operation["kind"], FsyncPolicy][] = [
    ["append", "always"],
    ["sync", "always"],
    ["append", "everysec"],
    ["sync", "everysec"],
    ["rename", "always"],
    ["syncDirectory", "always"],
  ];
  for (const [failingKind, fsync] of failing) {
    const rig = await Rig.of(fsync);
    while (rig.disk.list().length === 1) {
      rig.write();
      await rig.done();
    }
    rig.disk.before = ({ kind }) =>
      kind === failingKind ? { code: "EIO" } : undefined;
    rig.nowMs = 1000;
    rig.write();
    rig.lane.trim(rig.wal.lastIndex);
    await settle();
    const { operations } = rig.disk;
    rig.disk.before = () => undefined;
    for (let again = 0; again < 3; again++) {
      const what = `${failingKind} under ${fsync}`;
      assertThrows(() => rig.lane.takeDone(rig.nowMs), DiskError, "EIO", what);
      assertThrows(() => rig.lane.start(rig.nowMs), DiskError, "EIO", what);
    }
    assertEquals(rig.disk.operations, operations, "the disk is left alone");
  }
});

Deno.test("AppendLane goes on while the disk stalls at a prepared segment, one at a time", async () => {
  const rig = await Rig.of("always", true);
  const gate = new Gate(
    rig.disk,
    "append",
    (name) => name.startsWith("prepared-"),
  );
  for (let turn = 0; turn < 5; turn++) {
    rig.write();
    assertEquals(await rig.done(), 1);
  }
  assertEquals(gate.waiting, 1);
  assert(rig.lane.background !== undefined && !rig.lane.isIdle);
  await gate.letGo();
  assert(rig.lane.isIdle);
  rig.write();
  assertEquals(await rig.done(), 1);
  assertEquals(rig.disk.list().length, 2, "the prepared segment is begun");
  rig.write();
  assertEquals([await rig.done(), gate.waiting], [1, 1]);
});
