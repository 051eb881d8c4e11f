/**
 * The bytes of a WAL segment; see FORMAT.md. Reader and writer share this file.
 *
 * @module
 */

import { assert, crc32 } from "../base/mod.ts";
import type { EntryKind, HardState } from "../raft/mod.ts";

/** Version of the format of segments. */
export const WAL_VERSION = 3;

/** First bytes of every segment; its version follows. */
const SEGMENT_MAGIC = new Uint8Array([0x4c, 0x4b, 0x56, 0x57, 0x41, 0x4c, 0]);

/**
 * What the disk writes as a whole, at the least. Every sector of a segment ends with
 * the stamp of the life of the file in which it was written.
 */
export const SECTOR_BYTES = 512;

/** Offset of the stamp in a sector. */
export const STAMP_AT = SECTOR_BYTES - 4;

/** Bytes of a segment's header: a sector of its own. */
export const SEGMENT_HEADER_BYTES = SECTOR_BYTES;

/** Offset of the checksum in a segment's header. */
const SEGMENT_CRC_AT = STAMP_AT - 4;

/** Offset of the stamps of earlier lives in a segment's header. */
const EARLIER_STAMPS_AT = 76;

/** Bytes of a batch's header. */
export const BATCH_HEADER_BYTES = 32;

/** Bytes of a batch's trailer: its checksum and a stamp. */
export const BATCH_TRAILER_BYTES = 8;

/** Offset of the checksum in a batch's header. */
const BATCH_CRC_AT = 28;

/** Kinds of batches. DO NOT CHANGE: they are on disk. */
export const BATCH_MARKS = {
  /** Entries and hard states. */
  records: 0x014b4c42,
  /** Nothing; the node stopped in order after the batch before. */
  cleanStop: 0x024b4c42,
} as const;

/** Bytes of a record before an entry's data: length, type, term, index. */
export const ENTRY_PREFIX_BYTES = 24;

/** Bytes of a record that holds a hard state. */
export const STATE_RECORD_BYTES = 32;

/** Types of records. DO NOT CHANGE: they are on disk. */
export const RECORD_TYPES = {
  entry: 1,
  state: 2,
  change: 3,
  changeV1: 4,
} as const;

/** Type of the record of an entry of `kind`. */
export function entryRecordType(kind: EntryKind | undefined): number {
  if (kind === "change") return RECORD_TYPES.change;
  return kind === "change-v1" ? RECORD_TYPES.changeV1 : RECORD_TYPES.entry;
}

/** What a segment's header says. */
export interface SegmentHeader {
  /** Number of the segment, rising by one. */
  readonly sequence: number;
  /** Index that the first entry of the segment has or will have. */
  readonly firstIndex: number;
  /** Number of the first batch in the segment. */
  readonly firstBatch: number;
  /** Bytes that the file has at least, while it is the last segment. */
  readonly reservedBytes: number;
  /** The hard state that the batches before it end with. */
  readonly hardState: HardState;
  /** Random number that ends every sector written in this life of the file. */
  readonly stamp: number;
  /** The stamps of its earlier lives: what bears one of them is not of this segment. */
  readonly earlierStamps: readonly number[];
  /** Checksum that ended the batch before. */
  readonly previousEnd: number;
}

/** What a batch's header says. */
export interface BatchHeader {
  /** Bytes of its records. */
  readonly bodyBytes: number;
  /** Its number, rising by one from 1. */
  readonly batch: number;
  /** Newest batch that was durable when this one was written. */
  readonly durableBatch: number;
  /** Checksum that ended the batch before. */
  readonly previousEnd: number;
  /** One of {@linkcode BATCH_MARKS}. */
  readonly mark: number;
}

/** File name of segment `sequence`. */
export function segmentName(sequence: number): string {
  return `wal-${sequence.toString(16).padStart(16, "0")}.log`;
}

/** Number of the segment in a file name, or `undefined`. */
export function segmentSequence(name: string): number | undefined {
  const match = /^wal-([0-9a-f]{16})\.log$/.exec(name);
  return match === null ? undefined : Number.parseInt(match[1]!, 16);
}

/** Stores a safe integer as u64, little-endian. */
export function setU64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value >>> 0, true);
  view.setUint32(at + 4, Math.floor(value / 4_294_967_296), true);
}

/** Reads a u64 that is a safe integer; larger ones come out inexact. */
export function getU64(view: DataView, at: number): number {
  return view.getUint32(at, true) +
    view.getUint32(at + 4, true) * 4_294_967_296;
}

/** The same bytes to read numbers from. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

// -- Segments --

/** The bytes of a segment's header. */
export function encodeSegmentHeader(header: SegmentHeader): Uint8Array {
  const bytes = new Uint8Array(SEGMENT_HEADER_BYTES);
  const view = viewOf(bytes);
  bytes.set(SEGMENT_MAGIC);
  bytes[7] = WAL_VERSION;
  setU64(view, 8, header.sequence);
  setU64(view, 16, header.firstIndex);
  setU64(view, 24, header.firstBatch);
  setU64(view, 32, header.reservedBytes);
  setU64(view, 40, header.hardState.term);
  setU64(view, 48, header.hardState.vote);
  setU64(view, 56, header.hardState.commit);
  view.setUint32(64, header.stamp, true);
  view.setUint32(68, header.previousEnd, true);
  view.setUint32(72, header.earlierStamps.length, true);
  assert(
    EARLIER_STAMPS_AT + 4 * header.earlierStamps.length <= SEGMENT_CRC_AT,
    "a header has room for the stamps of all lives",
  );
  header.earlierStamps.forEach((stamp, at) => {
    view.setUint32(EARLIER_STAMPS_AT + 4 * at, stamp, true);
  });
  view.setUint32(SEGMENT_CRC_AT, crc32(bytes, 0, SEGMENT_CRC_AT), true);
  view.setUint32(STAMP_AT, header.stamp, true);
  return bytes;
}

/** Version of the segment that starts with `bytes`; `undefined` if it is none. */
export function segmentVersion(bytes: Uint8Array): number | undefined {
  const isSegment = bytes.length > SEGMENT_MAGIC.length &&
    SEGMENT_MAGIC.every((byte, at) => bytes[at] === byte);
  return isSegment ? bytes[SEGMENT_MAGIC.length] : undefined;
}

/** Reads a segment's header; `undefined` for bytes that are none. */
export function decodeSegmentHeader(
  bytes: Uint8Array,
): SegmentHeader | undefined {
  if (bytes.length < SEGMENT_HEADER_BYTES) return undefined;
  if (segmentVersion(bytes) !== WAL_VERSION) return undefined;
  const view = viewOf(bytes);
  const crc = view.getUint32(SEGMENT_CRC_AT, true);
  if (crc !== crc32(bytes, 0, SEGMENT_CRC_AT)) return undefined;
  const stamp = view.getUint32(64, true);
  if (view.getUint32(STAMP_AT, true) !== stamp) return undefined;
  const earlier = { length: view.getUint32(72, true) };
  return {
    sequence: getU64(view, 8),
    firstIndex: getU64(view, 16),
    firstBatch: getU64(view, 24),
    reservedBytes: getU64(view, 32),
    hardState: {
      term: getU64(view, 40),
      vote: getU64(view, 48),
      commit: getU64(view, 56),
    },
    stamp,
    earlierStamps: Array.from(
      earlier,
      (_, at) => view.getUint32(EARLIER_STAMPS_AT + 4 * at, true),
    ),
    previousEnd: view.getUint32(68, true),
  };
}

// -- Batches --

/** Bytes of the record of an entry with `dataBytes` of data, padding included. */
export function entryRecordBytes(dataBytes: number): number {
  return Math.ceil((ENTRY_PREFIX_BYTES + dataBytes) / 8) * 8;
}

/**
 * Writes the header of a batch at the start of `bytes`, in a segment of `stamp`.
 *
 * @returns Its checksum.
 */
export function writeBatchHeader(
  bytes: Uint8Array,
  header: BatchHeader,
  stamp: number,
): number {
  const view = viewOf(bytes);
  view.setUint32(0, header.bodyBytes, true);
  view.setUint32(4, 0, true);
  setU64(view, 8, header.batch);
  view.setUint32(16, header.batch - header.durableBatch, true);
  view.setUint32(20, header.previousEnd, true);
  view.setUint32(24, header.mark, true);
  const crc = crc32(bytes, 0, BATCH_CRC_AT, stamp);
  view.setUint32(BATCH_CRC_AT, crc, true);
  return crc;
}

/** Checksum in the header of a batch. */
export function batchHeaderCrc(bytes: Uint8Array): number {
  return viewOf(bytes).getUint32(BATCH_CRC_AT, true);
}

/** Reads the header of a batch; `undefined` for bytes that are none of `stamp`'s segment. */
export function readBatchHeader(
  bytes: Uint8Array,
  stamp: number,
): BatchHeader | undefined {
  if (bytes.length < BATCH_HEADER_BYTES) return undefined;
  const view = viewOf(bytes);
  const mark = view.getUint32(24, true);
  if (mark !== BATCH_MARKS.records && mark !== BATCH_MARKS.cleanStop) {
    return undefined;
  }
  const crc = view.getUint32(BATCH_CRC_AT, true);
  if (crc !== crc32(bytes, 0, BATCH_CRC_AT, stamp)) return undefined;
  const batch = getU64(view, 8);
  return {
    bodyBytes: view.getUint32(0, true),
    batch,
    durableBatch: batch - view.getUint32(16, true),
    previousEnd: view.getUint32(20, true),
    mark,
  };
}
