import { assertEquals } from "@std/assert";
import { SEGMENT_LIVES_MAX } from "../../../src/config/mod.ts";
import {
  BATCH_MARKS,
  type BatchHeader,
  batchHeaderCrc,
  decodeSegmentHeader,
  encodeSegmentHeader,
  entryRecordBytes,
  getU64,
  readBatchHeader,
  SEGMENT_HEADER_BYTES,
  type SegmentHeader,
  segmentName,
  segmentSequence,
  segmentVersion,
  setU64,
  WAL_VERSION,
  writeBatchHeader,
} from "../../../src/storage/wal_format.ts";

const LARGE = Number.MAX_SAFE_INTEGER;

const SEGMENT: SegmentHeader = {
  sequence: LARGE,
  firstIndex: LARGE - 1,
  firstBatch: LARGE - 2,
  reservedBytes: LARGE - 3,
  hardState: { term: LARGE - 4, vote: LARGE - 5, commit: LARGE - 6 },
  stamp: 0xffff_ffff,
  earlierStamps: Array.from(
    { length: SEGMENT_LIVES_MAX - 1 },
    (_, at) => ~at >>> 1,
  ),
  previousEnd: 0x8000_0001,
};

const BATCH: BatchHeader = {
  bodyBytes: 0xffff_ffff,
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
  assertEquals(segmentVersion(bytes), WAL_VERSION);
  assertEquals(segmentVersion(bytes.with(7, 9)), 9);
  assertEquals(segmentVersion(bytes.with(0, 9)), undefined);
  assertEquals(segmentVersion(bytes.subarray(0, 7)), undefined);
});

Deno.test("readBatchHeader() reads what writeBatchHeader() wrote, with its stamp", () => {
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

Deno.test("entryRecordBytes() rounds up", () => {
  assertEquals([0, 1, 8, 9].map(entryRecordBytes), [24, 32, 32, 40]);
});
