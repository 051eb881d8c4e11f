/**
 * The bytes of a WAL segment; see FORMAT.md. Reader and writer share this file.
 *
 * @module
 */

import { crc32c } from "./crc32c.ts";

/** First bytes of every segment. */
export const SEGMENT_MAGIC = new Uint8Array([
  0x4c,
  0x4b,
  0x56,
  0x57,
  0x41,
  0x4c,
  0x00,
  0x01,
]);

/** Bytes of a segment's header. */
export const SEGMENT_HEADER_BYTES = 48;

/** Bytes before a record's body: length and checksum. */
export const RECORD_PREFIX_BYTES = 8;

/** Bytes of a body before an entry's data: type, batch, term, index. */
export const ENTRY_BODY_BYTES = 24;

/** Types of records. DO NOT CHANGE: they are on disk. */
export const RECORD_TYPES = { entry: 1, state: 2, end: 3 } as const;

/** What a segment's header says. */
export interface SegmentHeader {
  /** Number of the segment, rising by one. */
  readonly sequence: number;
  /** Index that the first entry of the segment has or will have. */
  readonly firstIndex: number;
  /** Random number that tells this segment's records from older bytes. */
  readonly salt: number;
  /** Checksum that ended the segment before. */
  readonly previousEnd: number;
  /** Number of the first batch in the segment. */
  readonly firstBatch: number;
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

/** The bytes of a segment's header. */
export function encodeSegmentHeader(header: SegmentHeader): Uint8Array {
  const bytes = new Uint8Array(SEGMENT_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(SEGMENT_MAGIC);
  setU64(view, 8, header.sequence);
  setU64(view, 16, header.firstIndex);
  setU64(view, 24, header.firstBatch);
  view.setUint32(32, header.salt, true);
  view.setUint32(36, header.previousEnd, true);
  view.setUint32(44, crc32c(bytes, 0, 44), true);
  return bytes;
}

/** Reads a segment's header; `undefined` for bytes that are none. */
export function decodeSegmentHeader(
  bytes: Uint8Array,
): SegmentHeader | undefined {
  if (bytes.length < SEGMENT_HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (!SEGMENT_MAGIC.every((byte, at) => bytes[at] === byte)) return undefined;
  if (view.getUint32(44, true) !== crc32c(bytes, 0, 44)) return undefined;
  return {
    sequence: getU64(view, 8),
    firstIndex: getU64(view, 16),
    firstBatch: getU64(view, 24),
    salt: view.getUint32(32, true),
    previousEnd: view.getUint32(36, true),
  };
}

/** Bytes of a record whose body has `bodyBytes`, padding included. */
export function recordBytes(bodyBytes: number): number {
  return (RECORD_PREFIX_BYTES + bodyBytes + 7) & ~7;
}
