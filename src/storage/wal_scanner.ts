/**
 * Reads the batches of a segment back, and looks closely at what is none.
 *
 * @module
 */

import { crc32 } from "../base/mod.ts";
import type { Entry, HardState } from "../raft/mod.ts";
import type { FileSystem } from "./files.ts";
import {
  BATCH_HEADER_BYTES,
  BATCH_MARKS,
  BATCH_TRAILER_BYTES,
  type BatchHeader,
  batchHeaderCrc,
  ENTRY_PREFIX_BYTES,
  entryRecordBytes,
  getU64,
  readBatchHeader,
  RECORD_TYPES,
  SECTOR_BYTES,
  type SegmentHeader,
  STAMP_AT,
  STATE_RECORD_BYTES,
  viewOf,
} from "./wal_format.ts";
import {
  batchBytes,
  type SectorState,
  sectorState,
  unstampRecords,
} from "./wal_stamps.ts";

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
 * - `nothing`: the sector was never written for this segment.
 * - `torn`: what a write leaves that did not come to its end: some of the batch's
 *   sectors were never written.
 * - `damaged`: neither; bytes were changed after they were written.
 */
export type Unreadable = "nothing" | "torn" | "damaged";

/** Scans one segment. */
export class SegmentScanner {
  readonly #files: FileSystem;
  readonly #name: string;
  readonly #segment: SegmentHeader;
  /** Bytes of the file. */
  readonly #size: number;
  #window: Uint8Array = new Uint8Array(0);
  #windowStart = 0;

  /** Scans file `name`, of `size` bytes, whose header is `segment`. */
  constructor(
    files: FileSystem,
    name: string,
    size: number,
    segment: SegmentHeader,
  ) {
    this.#files = files;
    this.#name = name;
    this.#size = size;
    this.#segment = segment;
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

  /** The whole batch that starts at `offset`, or `undefined`. Asked once a batch. */
  batchAt(offset: number): ScannedBatch | undefined {
    const { stamp } = this.#segment;
    const start = this.#read(offset, BATCH_HEADER_BYTES);
    const header = readBatchHeader(start, stamp);
    if (header === undefined) return undefined;
    const bytes = this.#wholeBatch(offset, header);
    if (bytes === undefined) return undefined;
    const trailer = bytes.length - BATCH_TRAILER_BYTES;
    const view = viewOf(bytes);
    if (view.getUint32(trailer + 4, true) !== stamp) return undefined;
    const headerCrc = batchHeaderCrc(bytes);
    const end = crc32(bytes, BATCH_HEADER_BYTES, trailer, headerCrc);
    if (view.getUint32(trailer, true) !== end) return undefined;
    unstampRecords(view, header.bodyBytes);
    const records = readRecords(view, bytes, header.bodyBytes);
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
    const sector = this.#read(offset, SECTOR_BYTES);
    if (sector.length < SECTOR_BYTES) return "damaged";
    const state = sectorState(viewOf(sector), 0, this.#segment);
    if (state !== "written") return state === "unwritten" ? "nothing" : state;
    const header = readBatchHeader(sector, this.#segment.stamp);
    if (header === undefined) return "damaged";
    const bytes = this.#wholeBatch(offset, header);
    // The file was made long enough before the batch was written.
    if (bytes === undefined) return "damaged";
    const states = this.#statesOf(bytes);
    if (states.has("damaged")) return "damaged";
    return states.has("unwritten") ? "torn" : "damaged";
  }

  #statesOf(batch: Uint8Array): Set<SectorState> {
    const view = viewOf(batch);
    const states = new Set<SectorState>();
    for (let at = 0; at < batch.length; at += SECTOR_BYTES) {
      states.add(sectorState(view, at, this.#segment));
    }
    return states;
  }

  /**
   * The newest batch that a header behind `offset` says was durable; 0 without one.
   * Such a header counts though the rest of its batch is gone.
   */
  durableBatchBehind(offset: number): number {
    const { stamp } = this.#segment;
    let durable = 0;
    let start = offset + SECTOR_BYTES;
    while (start < this.#size) {
      const bytes = this.#read(start, WINDOW_BYTES);
      const view = viewOf(bytes);
      for (let at = 0; at + SECTOR_BYTES <= bytes.length; at += SECTOR_BYTES) {
        // Cheaper than a checksum; most sectors were never written.
        if (view.getUint32(at + STAMP_AT, true) !== stamp) continue;
        const header = readBatchHeader(bytes.subarray(at), stamp);
        durable = Math.max(durable, header?.durableBatch ?? 0);
      }
      start += WINDOW_BYTES;
    }
    return durable;
  }
}

/** The records of a batch whose checksums hold; `undefined` for an unknown type. */
function readRecords(
  view: DataView,
  bytes: Uint8Array,
  bodyBytes: number,
): Pick<ScannedBatch, "entries" | "hardState"> | undefined {
  const bodyEnd = BATCH_HEADER_BYTES + bodyBytes;
  const entries: Entry[] = [];
  let hardState: HardState | undefined;
  let at = BATCH_HEADER_BYTES;
  while (at < bodyEnd) {
    switch (view.getUint32(at + 4, true)) {
      case RECORD_TYPES.entry:
        entries.push(readEntry(view, bytes, at));
        at += entryRecordBytes(view.getUint32(at, true));
        break;
      case RECORD_TYPES.change:
        entries.push({ ...readEntry(view, bytes, at), kind: "change" });
        at += entryRecordBytes(view.getUint32(at, true));
        break;
      case RECORD_TYPES.changeV1:
        entries.push({ ...readEntry(view, bytes, at), kind: "change-v1" });
        at += entryRecordBytes(view.getUint32(at, true));
        break;
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

function readEntry(view: DataView, bytes: Uint8Array, at: number): Entry {
  const data = at + ENTRY_PREFIX_BYTES;
  return {
    term: getU64(view, at + 8),
    index: getU64(view, at + 16),
    data: bytes.subarray(data, data + view.getUint32(at, true)),
  };
}

/** Whether `header` marks a stop in order. */
export function isCleanStop(header: BatchHeader): boolean {
  return header.mark === BATCH_MARKS.cleanStop;
}
