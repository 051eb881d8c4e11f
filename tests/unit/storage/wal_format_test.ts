import { assert, assertEquals } from "@std/assert";
import {
  BATCH_MARKS,
  batchBytes,
  type BatchHeader,
  batchHeaderCrc,
  countZeroSectors,
  decodeSegmentHeader,
  encodeSegmentHeader,
  entryRecordBytes,
  getU64,
  isZero,
  readBatchHeader,
  SEGMENT_HEADER_BYTES,
  type SegmentHeader,
  segmentName,
  segmentSequence,
  segmentVersion,
  setU64,
  writeBatchHeader,
} from "../../../src/storage/wal_format.ts";

const LARGE = Number.MAX_SAFE_INTEGER;

const SEGMENT: SegmentHeader = {
  sequence: LARGE,
  firstIndex: LARGE - 1,
  firstBatch: LARGE - 2,
  reservedBytes: LARGE - 3,
  hardState: { term: LARGE - 4, vote: LARGE - 5, commit: LARGE - 6 },
  salt: 0xffff_ffff,
  previousEnd: 0x8000_0001,
};

const BATCH: BatchHeader = {
  bodyBytes: 0xffff_ffff,
  zeroSectors: 7,
  batch: 2 ** 40 + 3,
  durableBatch: 2 ** 40,
  previousEnd: 0xdead_beef,
  mark: BATCH_MARKS.records,
};

Deno.test("segmentName() and segmentSequence() are each other's inverse", () => {
  for (const sequence of [1, 255, 2 ** 32, LARGE]) {
    assertEquals(segmentSequence(segmentName(sequence)), sequence);
  }
  assertEquals(segmentName(255), "wal-00000000000000ff.log");
  for (
    const name of ["wal-1.log", "wal-00000000000000FF.log", "LOCK", "x.tmp"]
  ) {
    assertEquals(segmentSequence(name), undefined);
  }
});

Deno.test("setU64() and getU64() keep every safe integer", () => {
  const view = new DataView(new ArrayBuffer(8));
  for (const value of [0, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, LARGE]) {
    setU64(view, 0, value);
    assertEquals(getU64(view, 0), value);
    assertEquals(view.getBigUint64(0, true), BigInt(value));
  }
});

Deno.test("decodeSegmentHeader() reads what encodeSegmentHeader() wrote", () => {
  const bytes = encodeSegmentHeader(SEGMENT);
  assertEquals(bytes.length, SEGMENT_HEADER_BYTES);
  assertEquals(decodeSegmentHeader(bytes), SEGMENT);
});

Deno.test("decodeSegmentHeader() refuses short bytes, other versions and wrong sums", () => {
  const bytes = encodeSegmentHeader(SEGMENT);
  assertEquals(decodeSegmentHeader(bytes.subarray(0, -1)), undefined);
  for (let at = 0; at < bytes.length; at++) {
    const changed = bytes.with(at, bytes[at]! ^ 0x10);
    assertEquals(decodeSegmentHeader(changed), undefined);
  }
});

Deno.test("segmentVersion() names the version of a segment alone", () => {
  const bytes = encodeSegmentHeader(SEGMENT);
  assertEquals(segmentVersion(bytes), 1);
  assertEquals(segmentVersion(bytes.with(7, 9)), 9);
  assertEquals(segmentVersion(bytes.with(0, 9)), undefined);
  assertEquals(segmentVersion(bytes.subarray(0, 7)), undefined);
});

Deno.test("readBatchHeader() reads what writeBatchHeader() wrote, with its salt", () => {
  const bytes = new Uint8Array(32);
  const crc = writeBatchHeader(bytes, BATCH, 99);
  assertEquals(readBatchHeader(bytes, 99), BATCH);
  assertEquals(batchHeaderCrc(bytes), crc);
  assertEquals(readBatchHeader(bytes, 98), undefined);
  assertEquals(readBatchHeader(bytes.subarray(1), 99), undefined);
  assertEquals(readBatchHeader(new Uint8Array(32), 0), undefined);
  for (let at = 0; at < bytes.length; at++) {
    const changed = bytes.with(at, bytes[at]! ^ 1);
    assertEquals(readBatchHeader(changed, 99), undefined);
  }
});

Deno.test("entryRecordBytes() and batchBytes() round up", () => {
  const records = [0, 1, 8, 9].map(entryRecordBytes);
  assertEquals(records, [24, 32, 32, 40]);
  assertEquals([0, 24, 32, 56, 57].map(batchBytes), [64, 64, 96, 96, 128]);
  assertEquals(batchBytes(2 ** 32 - 1), 2 ** 32 + 64, "beyond 32 bits");
});

Deno.test("isZero() looks at the given part", () => {
  const bytes = Uint8Array.of(1, 0, 0, 2);
  assert(isZero(bytes, 1, 3));
  assert(!isZero(bytes, 1));
  assert(!isZero(bytes));
  assert(isZero(bytes, 2, 2));
});

Deno.test("countZeroSectors() counts whole sectors between header and trailer", () => {
  const batch = new Uint8Array(2048);
  // Sectors of the file: the first and the last hold header and trailer.
  assertEquals(countZeroSectors(batch, 0), 2);
  assertEquals(countZeroSectors(batch, 512 * 3), 2);
  assertEquals(countZeroSectors(batch, 96), 3);
  assertEquals(countZeroSectors(batch.with(700, 1), 0), 1);
  assertEquals(countZeroSectors(batch.with(5, 1), 0), 2);
  assertEquals(countZeroSectors(new Uint8Array(96), 96), 0);
  assertEquals(countZeroSectors(new Uint8Array(96), 480), 0);
});
