import { assertEquals } from "@std/assert";
import {
  decodeSegmentHeader,
  type SegmentHeader,
} from "../../../src/storage/wal_format.ts";
import {
  OpenSegment,
  segmentBytesFor,
} from "../../../src/storage/wal_segment.ts";
import { SimulatedDisk } from "../../simulation/simulated_disk.ts";

const HEADER: SegmentHeader = {
  sequence: 3,
  firstIndex: 10,
  firstBatch: 5,
  reservedBytes: 8192,
  hardState: { term: 2, vote: 1, commit: 9 },
  stamp: 0x0700_0007,
  earlierStamps: [],
  previousEnd: 8,
};

Deno.test("OpenSegment.begin() makes name, header and length durable", async () => {
  const disk = new SimulatedDisk();
  const segment = await OpenSegment.begin(disk, HEADER);
  const worst = disk.crashed(() => 0);
  assertEquals(worst.list(), ["wal-0000000000000003.log"]);
  const bytes = worst.files.get("wal-0000000000000003.log")!;
  assertEquals(bytes.length, 8192);
  assertEquals(decodeSegmentHeader(bytes), HEADER);
  assertEquals(segment.hasBatches, false);
});

Deno.test("OpenSegment.begin() shows nothing under the name before it is whole", async () => {
  const disk = new SimulatedDisk();
  const names = new Set<string>();
  disk.afterOperation = () => {
    const isWhole = disk.list().some((name) => name.endsWith(".log"));
    names.add(`${isWhole} ${disk.crashed(() => 0).list().length}`);
    if (!isWhole) return;
    const [name] = disk.list();
    assertEquals(decodeSegmentHeader(disk.read(name!, 0, 512)), HEADER);
  };
  await OpenSegment.begin(disk, HEADER);
  assertEquals([...names], ["false 0", "true 0", "true 1"]);
});

Deno.test("OpenSegment.begin() writes over a spare file, which goes by another name then", async () => {
  const old = new Uint8Array(8192).fill(0xee);
  const disk = SimulatedDisk.of(new Map([["spare.tmp", old]]));
  const header = { ...HEADER, earlierStamps: [0x1234_5678] };
  const segment = await OpenSegment.begin(disk, header, "spare.tmp");
  const name = "wal-0000000000000003.log";
  const worst = disk.crashed(() => 0);
  assertEquals(worst.list(), [name]);
  assertEquals(decodeSegmentHeader(worst.read(name, 0, 512)), header);
  assertEquals(disk.size(name), 8192);
  // The page of the header is whole; the others are as they were.
  assertEquals(disk.read(name, 512, 4096 - 512), new Uint8Array(4096 - 512));
  assertEquals(disk.read(name, 4096, 4096), old.subarray(4096));
  assertEquals(segment.offset, 512);
});

Deno.test("OpenSegment.append() goes on behind what was written, over its padding", async () => {
  const disk = new SimulatedDisk();
  const segment = await OpenSegment.begin(disk, HEADER);
  await segment.append(new Uint8Array(512).fill(1), 0);
  const padded = new Uint8Array(1024);
  padded.fill(2, 0, 512);
  await segment.append(padded, 512);
  await segment.append(new Uint8Array(512).fill(3), 0);
  assertEquals(segment.offset, 2048);
  assertEquals(segment.hasBatches, true);
  const name = "wal-0000000000000003.log";
  const firsts = [512, 1024, 1536, 2048].map((at) => disk.read(name, at, 1)[0]);
  assertEquals(firsts, [1, 2, 3, 0]);
  assertEquals(disk.size(name), 8192);
});

Deno.test("OpenSegment.paddingFor() makes every page whole that is begun", async () => {
  const segment = await OpenSegment.begin(new SimulatedDisk(), HEADER);
  // The header's page is whole already.
  assertEquals(segment.paddingFor(512), 0);
  assertEquals(segment.paddingFor(4096 - 512), 0);
  assertEquals(segment.paddingFor(4096), 4096 - 512);
  await segment.append(new Uint8Array(8192 - 512), 4096 - 512);
  assertEquals(segment.offset, 4608);
  assertEquals(segment.paddingFor(512), 0, "written by the padding");
  const odd = { ...HEADER, reservedBytes: 8192 + 512 };
  const last = await OpenSegment.begin(new SimulatedDisk(), odd);
  assertEquals(last.paddingFor(8192 - 512), 0);
  assertEquals(last.paddingFor(8192), 0, "never beyond the end");
});

Deno.test("OpenSegment.hasRoom() keeps a sector free behind the last batch", async () => {
  const segment = await OpenSegment.begin(new SimulatedDisk(), HEADER);
  assertEquals(segment.hasRoom(8192 - 512 - 512), true);
  assertEquals(segment.hasRoom(8192 - 512 - 511), false);
  assertEquals(segmentBytesFor(8192 - 512 - 512), 8192);
});
