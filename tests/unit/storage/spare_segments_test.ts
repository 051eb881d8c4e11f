import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { DiskError } from "../../../src/base/mod.ts";
import { SPARE_SEGMENTS_MAX } from "../../../src/config/mod.ts";
import { SpareSegments } from "../../../src/storage/spare_segments.ts";
import {
  type SegmentHeader,
  segmentName,
} from "../../../src/storage/wal_format.ts";
import { SimulatedDisk } from "../../simulation/simulated_disk.ts";

const BYTES = 4096;

/** Headers of segments `1` to `count`, whose files are on the disk. */
function withSegments(count: number): [SimulatedDisk, SegmentHeader[]] {
  const headers = Array.from({ length: count }, (_, at): SegmentHeader => ({
    sequence: at + 1,
    firstIndex: at + 1,
    firstBatch: at + 1,
    reservedBytes: BYTES,
    hardState: { term: 1, vote: 1, commit: 0 },
    stamp: 100 + at,
    earlierStamps: [at],
    previousEnd: 0,
  }));
  const files = headers.map(({ sequence }) =>
    [segmentName(sequence), new Uint8Array(BYTES)] as const
  );
  return [SimulatedDisk.of(new Map(files)), headers];
}

Deno.test("SpareSegments.retire() keeps files under other names, with all their stamps", async () => {
  const [disk, headers] = withSegments(2);
  const spares = new SpareSegments(disk, BYTES);
  await spares.retire(headers);
  const names = [1, 2].map((sequence) => `spare-${segmentName(sequence)}.tmp`);
  assertEquals(disk.crashed(() => 0).list(), names);
  assertEquals(spares.take(), { name: names[1]!, stamps: [1, 101] });
  assertEquals(spares.take(), { name: names[0]!, stamps: [0, 100] });
  assertEquals(spares.take(), undefined);
});

Deno.test("SpareSegments.retire() removes files of another size and what is too many", async () => {
  const [disk, headers] = withSegments(SPARE_SEGMENTS_MAX + 3);
  const spares = new SpareSegments(disk, BYTES);
  const [first, ...rest] = headers;
  await spares.retire([{ ...first!, reservedBytes: 2 * BYTES }, ...rest]);
  assertEquals(spares.count, SPARE_SEGMENTS_MAX);
  assertEquals(disk.list().length, SPARE_SEGMENTS_MAX);
});

Deno.test("SpareSegments.retire() gives no file out whose old name may come back", async () => {
  const [disk, headers] = withSegments(1);
  const spares = new SpareSegments(disk, BYTES);
  disk.before = ({ kind }) =>
    kind === "syncDirectory" ? { code: "EIO" } : undefined;
  await assertRejects(() => spares.retire(headers), DiskError);
  assertEquals(spares.take(), undefined);
});

Deno.test("SpareSegments.prepare() makes a file whose zeros are on disk", async () => {
  const disk = new SimulatedDisk();
  const spares = new SpareSegments(disk, BYTES);
  assert(await spares.prepare(7, () => {}));
  const name = "prepared-wal-0000000000000007.log.tmp";
  assertEquals(spares.take(), { name, stamps: [] });
  await disk.syncDirectory();
  const left = disk.crashed(() => 0).files.get(name);
  assertEquals(left, new Uint8Array(BYTES));
});

for (const kind of ["create", "append", "sync"] as const) {
  Deno.test(`SpareSegments.prepare() leaves nothing when the disk refuses to ${kind}`, async () => {
    const disk = new SimulatedDisk();
    const spares = new SpareSegments(disk, BYTES);
    disk.before = (operation) =>
      operation.kind === kind ? { code: "ENOSPC" } : undefined;
    const lines: string[] = [];
    assertEquals(await spares.prepare(1, (line) => lines.push(line)), false);
    assertEquals([disk.list(), spares.count], [[], 0]);
    assertMatch(lines.join(), /^Goes on without .*ENOSPC$/);
  });
}
