import { assertEquals, assertThrows } from "@std/assert";
import { CorruptionError } from "../../../src/base/mod.ts";
import { segmentName } from "../../../src/storage/wal_format.ts";
import {
  type FoundSegment,
  WalReader,
} from "../../../src/storage/wal_reader.ts";
import { FixedFiles } from "./fixed_files.ts";
import {
  makeSegment,
  type TestBatch,
  testEntry,
  type TestSegment,
} from "./segments.ts";

/** A reader of `segments`, and what is found of each. */
function readerOf(segments: readonly TestSegment[], snapshotIndex = 0) {
  const found = segments.map(({ header, bytes }): FoundSegment => ({
    name: segmentName(header.sequence),
    size: bytes.length,
    header,
  }));
  const files = new FixedFiles(
    new Map(segments.map(({ bytes }, at) => [found[at]!.name, bytes])),
  );
  const log: string[] = [];
  const reader = new WalReader(files, (line) => log.push(line), snapshotIndex);
  const read = () =>
    found.forEach((segment, at) => reader.segment(segment, found[at + 1]));
  return { reader, read, log };
}

const BATCHES: readonly TestBatch[] = [
  { entries: [testEntry(1)] },
  { entries: [testEntry(2)] },
  { entries: [testEntry(3)], unsynced: 1 },
];

function zeroed(segment: TestSegment, start: number): TestSegment {
  const bytes = segment.bytes.slice();
  bytes.fill(0, start);
  return { ...segment, bytes };
}

Deno.test("WalReader.segment() says how much was durable for certain", () => {
  const { reader, read, log } = readerOf([makeSegment(BATCHES)]);
  read();
  const [{ bytes, durableBytes } = { bytes: 0, durableBytes: 0 }] =
    reader.segments;
  assertEquals([bytes, durableBytes], [512 * 4, 512 * 2]);
  assertEquals([reader.lastIndex, reader.nextBatch, log], [3, 4, []]);
});

Deno.test("WalReader.segment() passes over a torn end of the last segment, and says so", () => {
  const [first, second] = BATCHES;
  const last = { entries: [testEntry(3, 600)] };
  const segment = makeSegment([first!, second!, last]);
  const torn = readerOf([zeroed(segment, segment.offsets[2]! + 512)]);
  torn.read();
  assertEquals(torn.reader.lastIndex, 2);
  assertEquals(torn.log.length, 1);
  const gone = readerOf([zeroed(segment, segment.offsets[2]!)]);
  gone.read();
  assertEquals([gone.reader.lastIndex, gone.log], [2, []]);
});

Deno.test("WalReader.segment() refuses zeros below a durable mark", () => {
  const segment = makeSegment([
    { entries: [testEntry(1, 600)] },
    { entries: [testEntry(2, 600)] },
    { entries: [testEntry(3)] },
  ]);
  const [, second, third] = segment.offsets;
  const bytes = segment.bytes.slice();
  bytes.fill(0, second, third);
  const { read } = readerOf([{ ...segment, bytes }]);
  const error = assertThrows(read, CorruptionError);
  assertEquals(error.offset, second);
});

Deno.test("WalReader.segment() refuses a shortened file, the last one alone", () => {
  const segment = makeSegment(BATCHES);
  const cut = (bytes: number) => ({
    ...segment,
    bytes: segment.bytes.subarray(0, bytes),
  });
  const error = assertThrows(readerOf([cut(4095)]).read, CorruptionError);
  assertEquals(error.offset, 4095);
  const next = makeSegment([], {
    sequence: 2,
    firstIndex: 4,
    firstBatch: 4,
    previousEnd: segment.end,
  });
  const { reader, read } = readerOf([cut(512 * 4), next]);
  read();
  assertEquals(reader.lastIndex, 3);
  assertThrows(readerOf([cut(512 * 4 - 1), next]).read, CorruptionError);
});

Deno.test("WalReader.segment() leaves what a later segment was begun without", () => {
  const segment = makeSegment(BATCHES);
  const before = makeSegment(BATCHES.slice(0, 2));
  const next = makeSegment([{ entries: [testEntry(3, 50)] }], {
    sequence: 2,
    firstIndex: 3,
    firstBatch: 3,
    previousEnd: before.end,
  });
  const { reader, read } = readerOf([segment, next]);
  read();
  assertEquals(reader.segments.map(({ bytes }) => bytes), [512 * 3, 512 * 2]);
  assertEquals(reader.lastIndex, 3);
});

Deno.test("WalReader.segment() refuses a segment that does not follow", () => {
  const segment = makeSegment(BATCHES);
  const right = {
    sequence: 2,
    firstIndex: 4,
    firstBatch: 4,
    previousEnd: segment.end,
  };
  readerOf([segment, makeSegment([], right)]).read();
  const wrong = [{ firstIndex: 5 }, { firstBatch: 5 }, { previousEnd: 1 }];
  for (const change of wrong) {
    const next = makeSegment([], { ...right, ...change });
    assertThrows(readerOf([segment, next]).read, CorruptionError);
  }
});

Deno.test("WalReader.segment() looks for nothing behind a clean stop", () => {
  const segment = makeSegment([BATCHES[0]!, { mark: "cleanStop" }]);
  const bytes = segment.bytes.slice().fill(1, segment.offsets[2]);
  const { reader, read } = readerOf([{ ...segment, bytes }]);
  read();
  assertEquals([reader.isCleanStop, reader.nextBatch], [true, 3]);
  const next = {
    sequence: 2,
    firstIndex: 2,
    firstBatch: 3,
    previousEnd: segment.end,
  };
  const begun = readerOf([segment, makeSegment([], next)]);
  begun.read();
  assertEquals(begun.reader.isCleanStop, false, "another run has begun");
  const later = makeSegment([], { ...next, firstBatch: 4 });
  assertThrows(readerOf([segment, later]).read, CorruptionError);
});

Deno.test("WalReader.segment() refuses entries and batches out of order", () => {
  const gap = makeSegment([{ entries: [testEntry(1), testEntry(3)] }]);
  assertThrows(readerOf([gap]).read, CorruptionError, "entry 2 is missing");
  const segment = makeSegment(BATCHES);
  const [first, second] = segment.offsets;
  const bytes = segment.bytes.slice();
  // The second batch in the place of the first.
  bytes.copyWithin(first!, second!, segment.offsets[2]);
  const moved = readerOf([{ ...segment, bytes }]);
  assertThrows(moved.read, CorruptionError, "a batch is missing");
});
