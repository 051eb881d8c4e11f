import { assertEquals } from "@std/assert";
import { crc32 } from "../../../src/base/mod.ts";
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
import {
  makeSegment,
  TEST_STAMP,
  testEntry,
  type TestSegment,
} from "./segments.ts";

const OLD_STAMP = 0x1234_5678;

function scannerOf(
  bytes: Uint8Array,
  earlierStamps: readonly number[] = [],
): SegmentScanner {
  const files = new FixedFiles(new Map([["file", bytes]]));
  const header = { ...SEGMENT.header, earlierStamps };
  return new SegmentScanner(files, "file", bytes.length, header);
}

/** `segment` with what an earlier life left in sectors [start, end). */
function stale(
  { bytes }: TestSegment,
  start: number,
  end: number,
): SegmentScanner {
  const changed = bytes.slice();
  const view = new DataView(changed.buffer);
  for (let at = start; at < end; at += 512) {
    changed.fill(at / 512, at, at + 512);
    view.setUint32(at + 508, OLD_STAMP, true);
  }
  return scannerOf(changed, [0x1111_1111, OLD_STAMP]);
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
  const batch = bytes.subarray(FIRST, FIRST + 512);
  batch[36] = 9;
  const header = {
    bodyBytes: 40,
    batch: 1,
    durableBatch: 0,
    previousEnd: 0,
    mark: BATCH_MARKS.records,
  };
  const crc = writeBatchHeader(batch, header, TEST_STAMP);
  const trailer = batch.length - BATCH_TRAILER_BYTES;
  const end = crc32(batch, 32, trailer, crc);
  new DataView(batch.buffer, batch.byteOffset).setUint32(trailer, end, true);
  assertEquals(scannerOf(bytes).batchAt(FIRST), undefined);
  batch[36] = 1;
  assertEquals(scannerOf(bytes).unreadableAt(FIRST), "damaged");
});

Deno.test("SegmentScanner.unreadableAt() sees that nothing was written", () => {
  assertEquals(scannerOf(SEGMENT.bytes).unreadableAt(END), "nothing");
  assertEquals(stale(SEGMENT, END, 4096).unreadableAt(END), "nothing");
  assertEquals(stale(SEGMENT, END, 4096).batchAt(END), undefined);
});

Deno.test("SegmentScanner.unreadableAt() takes sectors never written for torn", () => {
  assertEquals(SECOND, FIRST + 3 * 512);
  for (const spoil of [zeroed, stale]) {
    for (
      const [start, end] of [[FIRST + 512, FIRST + 1024], [
        FIRST + 1024,
        SECOND,
      ], [FIRST + 512, 4096]]
    ) {
      const scanner = spoil(SEGMENT, start!, end!);
      assertEquals(scanner.batchAt(FIRST), undefined);
      assertEquals(scanner.unreadableAt(FIRST), "torn", `${start} to ${end}`);
    }
    const headerLost = spoil(SEGMENT, FIRST, FIRST + 512);
    assertEquals(headerLost.unreadableAt(FIRST), "nothing");
  }
});

Deno.test("SegmentScanner.unreadableAt() takes a write that was cut for torn", () => {
  for (let cut = FIRST; cut < SECOND; cut++) {
    const expected = cut < FIRST + 512 ? "nothing" : "torn";
    // A stamp cut in two is neither old nor new.
    if (cut % 512 > 508 || cut === FIRST + 508) continue;
    const { bytes } = SEGMENT;
    assertEquals(zeroed(SEGMENT, cut, 4096).unreadableAt(FIRST), expected);
    const old = new Uint8Array(4096).fill(7);
    const view = new DataView(old.buffer);
    for (let at = 508; at < 4096; at += 512) {
      view.setUint32(at, OLD_STAMP, true);
    }
    old.set(bytes.subarray(0, cut));
    assertEquals(scannerOf(old, [OLD_STAMP]).unreadableAt(FIRST), expected);
  }
});

Deno.test("SegmentScanner.unreadableAt() takes anything else for damage", () => {
  for (let at = FIRST; at < SECOND; at++) {
    const changed = SEGMENT.bytes.with(at, SEGMENT.bytes[at]! ^ 1);
    const scanner = scannerOf(changed, [OLD_STAMP]);
    assertEquals(scanner.batchAt(FIRST), undefined);
    assertEquals(scanner.unreadableAt(FIRST), "damaged", `${at}`);
  }
  const inside = zeroed(SEGMENT, FIRST + 600, FIRST + 1000);
  assertEquals(inside.unreadableAt(FIRST), "damaged");
  const header = zeroed(SEGMENT, FIRST, FIRST + 32);
  assertEquals(header.unreadableAt(FIRST), "damaged");
  const unknown = stale(SEGMENT, FIRST + 512, FIRST + 1024);
  assertEquals(unknown.unreadableAt(FIRST), "torn");
  const short = scannerOf(SEGMENT.bytes.subarray(0, SECOND - 1));
  assertEquals(short.unreadableAt(FIRST), "damaged");
  assertEquals(short.unreadableAt(SECOND - 512), "damaged");
});

Deno.test("SegmentScanner.unreadableAt() takes zeros of a batch for what they are", () => {
  const zeros = makeSegment([{ entries: [testEntry(0, 2000)] }]);
  const changed = zeros.bytes.with(FIRST + 200, 1);
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
  const old = stale(SEGMENT, FOURTH, END);
  assertEquals(old.durableBatchBehind(FIRST), 2);
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
