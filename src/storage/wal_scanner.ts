/**
 * Reads the batches of a segment back, and looks closely at what is none.
 *
 * @module
 */

import type { Entry, HardState } from "../raft/mod.ts";
import { crc32c } from "./crc32c.ts";
import type { FileSystem } from "./files.ts";
import {
  BATCH_ALIGNMENT,
  BATCH_HEADER_BYTES,
  BATCH_MARKS,
  BATCH_TRAILER_BYTES,
  batchBytes,
  type BatchHeader,
  batchHeaderCrc,
  countZeroSectors,
  ENTRY_PREFIX_BYTES,
  entryRecordBytes,
  getU64,
  isZero,
  readBatchHeader,
  RECORD_TYPES,
  SECTOR_BYTES,
  STATE_RECORD_BYTES,
  TRAILER_MARK,
} from "./wal_format.ts";

/** Bytes read from the file at once, at the least. */
const WINDOW_BYTES = 1024 * 1024;

/** One batch read back. Entries' data are views of what was read. */
export interface ScannedBatch {
  /** Its header. */
  readonly header: BatchHeader;
  /** Its entries, in order. */
  readonly entries: readonly Entry[];
  /** The last hard state in it. */
  readonly hardState: HardState | undefined;
  /** Checksum that ends it. */
  readonly end: number;
  /** Offset behind it. */
  readonly endOffset: number;
}

/**
 * What stands where a batch should.
 *
 * - `nothing`: zeros, to the end of the sector at least.
 * - `torn`: what a write leaves that did not come to its end: some of its sectors were
 *   never written and are zero, or all is from somewhere on.
 * - `damaged`: none of that; bytes were changed after they were written.
 */
export type Unreadable = "nothing" | "torn" | "damaged";

/** Scans one segment. */
export class SegmentScanner {
  readonly #files: FileSystem;
  readonly #name: string;
  readonly #salt: number;
  /** Bytes of the file. */
  readonly #size: number;
  #window: Uint8Array = new Uint8Array(0);
  #windowStart = 0;

  /** Scans file `name`, of `size` bytes, whose header has `salt`. */
  constructor(files: FileSystem, name: string, size: number, salt: number) {
    this.#files = files;
    this.#name = name;
    this.#size = size;
    this.#salt = salt;
  }

  /** Bytes `[offset, offset + length)`, fewer at the end of the file. */
  #read(offset: number, length: number): Uint8Array {
    const end = Math.min(offset + length, this.#size);
    const windowEnd = this.#windowStart + this.#window.length;
    if (offset < this.#windowStart || end > windowEnd) {
      // A new window each time, since entries are views of the old one.
      const bytes = Math.max(end - offset, WINDOW_BYTES);
      this.#window = this.#files.read(this.#name, offset, bytes);
      this.#windowStart = offset;
    }
    const start = offset - this.#windowStart;
    return this.#window.subarray(start, Math.max(start, start + end - offset));
  }

  /** The whole batch that starts at `offset`, or `undefined`. */
  batchAt(offset: number): ScannedBatch | undefined {
    const start = this.#read(offset, BATCH_HEADER_BYTES);
    const header = readBatchHeader(start, this.#salt);
    if (header === undefined) return undefined;
    const bytes = this.#wholeBatch(offset, header);
    if (bytes === undefined) return undefined;
    const trailer = bytes.length - BATCH_TRAILER_BYTES;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (view.getUint32(trailer + 4, true) !== TRAILER_MARK) return undefined;
    const end = crc32c(
      bytes,
      BATCH_HEADER_BYTES,
      trailer,
      batchHeaderCrc(bytes),
    );
    if (view.getUint32(trailer, true) !== end) return undefined;
    const records = readRecords(bytes, header.bodyBytes);
    const endOffset = offset + bytes.length;
    return records && { header, ...records, end, endOffset };
  }

  #wholeBatch(offset: number, header: BatchHeader): Uint8Array | undefined {
    const total = batchBytes(header.bodyBytes);
    if (offset + total > this.#size) return undefined;
    const bytes = this.#read(offset, total);
    return bytes.length === total ? bytes : undefined;
  }

  /** Judges what stands at `offset`, where no whole batch starts. */
  unreadableAt(offset: number): Unreadable {
    const start = this.#read(offset, BATCH_HEADER_BYTES);
    if (start.length < BATCH_HEADER_BYTES) return "damaged";
    const header = readBatchHeader(start, this.#salt);
    if (header === undefined) return this.#unreadableHeader(offset);
    const bytes = this.#wholeBatch(offset, header);
    // The file was made long enough before the batch was written.
    if (bytes === undefined) return "damaged";
    if (countZeroSectors(bytes, offset) > header.zeroSectors) return "torn";
    const end = offset + bytes.length;
    const trailer = end - BATCH_TRAILER_BYTES;
    const sectorStart = trailer - trailer % SECTOR_BYTES;
    const isLost = sectorStart > offset && this.#isZero(sectorStart, end);
    const isTorn = isLost || this.#isZero(trailer, this.#size);
    return isTorn ? "torn" : "damaged";
  }

  /** A header lies in one sector; its last words are never zero. */
  #unreadableHeader(offset: number): Unreadable {
    const sectorEnd = offset + SECTOR_BYTES - offset % SECTOR_BYTES;
    if (this.#isZero(offset, Math.min(sectorEnd, this.#size))) return "nothing";
    const lastWords = offset + BATCH_HEADER_BYTES - 8;
    return this.#isZero(lastWords, this.#size) ? "torn" : "damaged";
  }

  /** Whether bytes `[start, end)` of the file are zero throughout. */
  #isZero(start: number, end: number): boolean {
    for (let at = start; at < end; at += WINDOW_BYTES) {
      const bytes = this.#read(at, Math.min(WINDOW_BYTES, end - at));
      if (!isZero(bytes)) return false;
    }
    return true;
  }

  /**
   * The newest batch that a header behind `offset` says was durable; 0 without one.
   * Such a header counts though the rest of its batch is gone.
   */
  durableBatchBehind(offset: number): number {
    let durable = 0;
    let start = offset + BATCH_ALIGNMENT;
    while (start < this.#size) {
      const bytes = this.#read(start, WINDOW_BYTES);
      for (let at = 0; at < bytes.length; at += BATCH_ALIGNMENT) {
        // The mark, looked at first since most of what is read is zero.
        if (bytes[at + 24] === 0) continue;
        const header = readBatchHeader(bytes.subarray(at), this.#salt);
        durable = Math.max(durable, header?.durableBatch ?? 0);
      }
      start += WINDOW_BYTES;
    }
    return durable;
  }
}

/** The records of a batch whose checksums hold; `undefined` for an unknown type. */
function readRecords(
  bytes: Uint8Array,
  bodyBytes: number,
): Pick<ScannedBatch, "entries" | "hardState"> | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const bodyEnd = BATCH_HEADER_BYTES + bodyBytes;
  const entries: Entry[] = [];
  let hardState: HardState | undefined;
  let at = BATCH_HEADER_BYTES;
  while (at < bodyEnd) {
    switch (view.getUint32(at + 4, true)) {
      case RECORD_TYPES.entry: {
        const dataBytes = view.getUint32(at, true);
        const data = at + ENTRY_PREFIX_BYTES;
        entries.push({
          term: getU64(view, at + 8),
          index: getU64(view, at + 16),
          data: bytes.subarray(data, data + dataBytes),
        });
        at += entryRecordBytes(dataBytes);
        break;
      }
      case RECORD_TYPES.state:
        hardState = {
          term: getU64(view, at + 8),
          vote: getU64(view, at + 16),
          commit: getU64(view, at + 24),
        };
        at += STATE_RECORD_BYTES;
        break;
      default:
        return undefined;
    }
  }
  return { entries, hardState };
}

/** Whether `header` marks a stop in order. */
export function isCleanStop(header: BatchHeader): boolean {
  return header.mark === BATCH_MARKS.cleanStop;
}
