import { assertEquals } from "@std/assert";
import {
  decodeSegmentHeader,
  type SegmentHeader,
} from "../../../src/storage/wal_format.ts";
import {
  OpenSegment,
  segmentBytesFor,
} from "../../../src/storage/wal_segment.ts";
import { SimulatedDisk } from "./simulated_disk.ts";

const HEADER: SegmentHeader = {
  sequence: 3,
  firstIndex: 10,
  firstBatch: 5,
  reservedBytes: 1024,
  hardState: { term: 2, vote: 1, commit: 9 },
  salt: 7,
  previousEnd: 8,
};

Deno.test("OpenSegment.begin() makes name, header and length durable", async () => {
  const disk = new SimulatedDisk();
  const segment = await OpenSegment.begin(disk, HEADER);
  const worst = disk.crashed(() => 0);
  assertEquals(worst.list(), ["wal-0000000000000003.log"]);
  const bytes = worst.files.get("wal-0000000000000003.log")!;
  assertEquals(bytes.length, 1024);
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
    assertEquals(decodeSegmentHeader(disk.read(name!, 0, 96)), HEADER);
  };
  await OpenSegment.begin(disk, HEADER);
  assertEquals([...names], ["false 0", "true 0", "true 1"]);
});

Deno.test("OpenSegment.append() goes on behind what was written", async () => {
  const disk = new SimulatedDisk();
  const segment = await OpenSegment.begin(disk, HEADER);
  await segment.append(Uint8Array.of(1, 2));
  await segment.append(Uint8Array.of(3));
  assertEquals(segment.offset, 99);
  assertEquals(segment.hasBatches, true);
  const name = "wal-0000000000000003.log";
  assertEquals([...disk.read(name, 96, 4)], [1, 2, 3, 0]);
  assertEquals(disk.size(name), 1024);
});

Deno.test("OpenSegment.hasRoom() keeps a header's room behind the last batch", async () => {
  const segment = await OpenSegment.begin(new SimulatedDisk(), HEADER);
  assertEquals(segment.hasRoom(1024 - 96 - 32), true);
  assertEquals(segment.hasRoom(1024 - 96 - 31), false);
  assertEquals(segmentBytesFor(1024 - 96 - 32), 1024);
});
