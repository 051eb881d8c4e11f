import { assertEquals } from "@std/assert";
import { crc32c } from "../../../src/storage/mod.ts";
import {
  BATCH_MARKS,
  BATCH_TRAILER_BYTES,
  writeBatchHeader,
} from "../../../src/storage/wal_format.ts";
import {
  isCleanStop,
  SegmentScanner,
} from "../../../src/storage/wal_scanner.ts";
import { FixedFiles } from "./fixed_files.ts";
import { makeSegment, testEntry, type TestSegment } from "./segments.ts";

function scannerOf(bytes: Uint8Array): SegmentScanner {
  const files = new FixedFiles(new Map([["file", bytes]]));
  return new SegmentScanner(files, "file", bytes.length, 42);
}

/** `segment` with zeros in bytes `[start, end)`. */
function zeroed(
  { bytes }: TestSegment,
  start: number,
  end: number,
): SegmentScanner {
  const changed = bytes.slice();
  changed.fill(0, start, end);
  return scannerOf(changed);
}

const SEGMENT = makeSegment([
  { entries: [testEntry(1), testEntry(2, 1000)] },
  { entries: [testEntry(3, 100)], unsynced: 1 },
  { hardState: { term: 5, vote: 1, commit: 2 }, unsynced: 0 },
  { mark: "cleanStop" },
]);

const [FIRST, SECOND, THIRD, FOURTH, END] = SEGMENT.offsets as [
  number,
  number,
  number,
  number,
  number,
];

Deno.test("SegmentScanner.batchAt() reads batch after batch", () => {
  const scanner = scannerOf(SEGMENT.bytes);
  const batches = [FIRST, SECOND, THIRD, FOURTH].map((at) =>
    scanner.batchAt(at)!
  );
  assertEquals(batches.map(({ endOffset }) => endOffset), [
    SECOND,
    THIRD,
    FOURTH,
    END,
  ]);
  assertEquals(batches[0]!.entries, [testEntry(1), testEntry(2, 1000)]);
  assertEquals(batches[2]!.hardState, { term: 5, vote: 1, commit: 2 });
  assertEquals(batches.map(({ header }) => isCleanStop(header)), [
    false,
    false,
    false,
    true,
  ]);
  assertEquals(batches[3]!.end, SEGMENT.end);
});

Deno.test("SegmentScanner.batchAt() finds nothing where no whole batch starts", () => {
  const scanner = scannerOf(SEGMENT.bytes);
  for (let at = 0; at < SEGMENT.bytes.length; at++) {
    if (SEGMENT.offsets.includes(at) && at < END) continue;
    assertEquals(scanner.batchAt(at), undefined, `${at}`);
  }
  const short = scannerOf(SEGMENT.bytes.subarray(0, END - 1));
  assertEquals(short.batchAt(FOURTH), undefined);
});

Deno.test("SegmentScanner.batchAt() refuses a record of an unknown type", () => {
  const { bytes } = makeSegment([{ entries: [testEntry(1)] }]);
  const batch = bytes.subarray(FIRST, FIRST + 96);
  batch[36] = 9;
  const header = {
    bodyBytes: 40,
    zeroSectors: 0,
    batch: 1,
    durableBatch: 0,
    previousEnd: 0,
    mark: BATCH_MARKS.records,
  };
  const crc = writeBatchHeader(batch, header, 42);
  const trailer = batch.length - BATCH_TRAILER_BYTES;
  const end = crc32c(batch, 32, trailer, crc);
  new DataView(batch.buffer, batch.byteOffset).setUint32(trailer, end, true);
  assertEquals(scannerOf(bytes).batchAt(FIRST), undefined);
  batch[36] = 1;
  assertEquals(scannerOf(bytes).unreadableAt(FIRST), "damaged");
});

Deno.test("SegmentScanner.unreadableAt() sees that nothing was written", () => {
  assertEquals(scannerOf(SEGMENT.bytes).unreadableAt(END), "nothing");
  const last = makeSegment([{ entries: [testEntry(1, 300)] }]);
  assertEquals(last.offsets[1], 480, "a header ends with its sector");
  assertEquals(scannerOf(last.bytes).unreadableAt(480), "nothing");
});

Deno.test("SegmentScanner.unreadableAt() takes sectors never written for torn", () => {
  for (const [start, end] of [[512, 1024], [1024, SECOND], [512, 4096]]) {
    const scanner = zeroed(SEGMENT, start!, end!);
    assertEquals(scanner.unreadableAt(FIRST), "torn", `${start} to ${end}`);
  }
  const headerLost = zeroed(SEGMENT, FIRST, 512);
  assertEquals(headerLost.unreadableAt(FIRST), "nothing");
});

Deno.test("SegmentScanner.unreadableAt() takes a write that was cut for torn", () => {
  for (let cut = SECOND + 1; cut <= THIRD - 8; cut++) {
    const inHeader = cut > SECOND + 24 && cut < SECOND + 32;
    if (inHeader) continue;
    assertEquals(zeroed(SEGMENT, cut, 4096).unreadableAt(SECOND), "torn");
  }
});

Deno.test("SegmentScanner.unreadableAt() takes anything else for damage", () => {
  for (let at = FIRST; at < SECOND; at++) {
    const changed = SEGMENT.bytes.with(at, SEGMENT.bytes[at]! ^ 1);
    assertEquals(scannerOf(changed).unreadableAt(FIRST), "damaged", `${at}`);
  }
  assertEquals(zeroed(SEGMENT, 600, 1030).unreadableAt(FIRST), "damaged");
  assertEquals(
    zeroed(SEGMENT, FIRST, FIRST + 32).unreadableAt(FIRST),
    "damaged",
  );
  assertEquals(
    zeroed(SEGMENT, SECOND - 8, SECOND).unreadableAt(FIRST),
    "damaged",
  );
  const short = scannerOf(SEGMENT.bytes.subarray(0, SECOND - 1));
  assertEquals(short.unreadableAt(FIRST), "damaged");
  assertEquals(short.unreadableAt(SECOND - 1), "damaged");
});

Deno.test("SegmentScanner.unreadableAt() knows zeros that belong to a batch", () => {
  const zeros = makeSegment([{ entries: [testEntry(0, 2000)] }]);
  const changed = zeros.bytes.with(200, 1);
  assertEquals(scannerOf(changed).unreadableAt(FIRST), "damaged");
});

Deno.test("SegmentScanner.durableBatchBehind() finds the newest mark", () => {
  const scanner = scannerOf(SEGMENT.bytes);
  const found = [FIRST, SECOND, THIRD, FOURTH].map((at) =>
    scanner.durableBatchBehind(at)
  );
  assertEquals(found, [3, 3, 3, 0]);
  const without = zeroed(SEGMENT, FOURTH, END);
  assertEquals(without.durableBatchBehind(FIRST), 2);
  const headersOnly = zeroed(SEGMENT, FOURTH + 32, END);
  assertEquals(headersOnly.durableBatchBehind(FIRST), 3);
});

Deno.test("SegmentScanner reads batches larger than its window, and many of them", () => {
  const large = makeSegment(
    [
      { entries: [testEntry(1, 3_000_000)] },
      { entries: [testEntry(2, 700_000)] },
      { entries: [testEntry(3, 700_000)] },
    ],
    { reservedBytes: 5_000_000 },
  );
  const scanner = scannerOf(large.bytes);
  const first = scanner.batchAt(FIRST)!;
  const second = scanner.batchAt(first.endOffset)!;
  const third = scanner.batchAt(second.endOffset)!;
  assertEquals(first.entries, [testEntry(1, 3_000_000)]);
  assertEquals(second.entries, [testEntry(2, 700_000)]);
  assertEquals(third.entries, [testEntry(3, 700_000)]);
  assertEquals(third.endOffset, large.offsets[3]);
});
