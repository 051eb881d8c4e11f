/**
 * Reads segments back: whole batches only, and where the good part ends.
 *
 * @module
 */

import type { Entry, HardState } from "../raft/mod.ts";
import { crc32c } from "./crc32c.ts";
import {
  ENTRY_BODY_BYTES,
  getU64,
  RECORD_PREFIX_BYTES,
  RECORD_TYPES,
  recordBytes,
  type SegmentHeader,
} from "./wal_format.ts";

/** One batch read back. Entries' data are views of the bytes scanned. */
export interface ScannedBatch {
  /** Its number. */
  readonly batch: number;
  /** Its entries, in order. */
  readonly entries: readonly Entry[];
  /** The hard state in it. */
  readonly state: HardState | undefined;
  /** Newest batch that was durable when this one was written. */
  readonly durableBatch: number;
  /** Checksum that ended the batch before. */
  readonly previousEnd: number;
  /** Checksum that ends this one. */
  readonly end: number;
  /** Whether the node stopped in order after it. */
  readonly isCleanStop: boolean;
  /** Offset behind its last record. */
  readonly endOffset: number;
}

/** The least record is an end of batch. */
const BODY_BYTES_MIN = 24;

/** Scans the bytes of one segment. */
export class SegmentScanner {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #salt: number;

  /** `bytes` is the whole segment; `header` its decoded header. */
  constructor(bytes: Uint8Array, header: SegmentHeader) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#salt = header.salt;
  }

  /** The whole batch that starts at `offset`, or `undefined`. */
  batchAt(offset: number): ScannedBatch | undefined {
    const entries: Entry[] = [];
    let state: HardState | undefined;
    let chain = this.#salt;
    let batch = -1;
    for (let at = offset;;) {
      const bodyBytes = this.#checkedBody(at, chain);
      if (bodyBytes === undefined) return undefined;
      chain = this.#view.getUint32(at + 4, true);
      const body = at + RECORD_PREFIX_BYTES;
      const number = this.#view.getUint32(body + 4, true);
      if (batch !== -1 && number !== batch) return undefined;
      batch = number;
      at += recordBytes(bodyBytes);
      switch (this.#view.getUint32(body, true)) {
        case RECORD_TYPES.entry:
          entries.push(this.#entry(body, bodyBytes));
          break;
        case RECORD_TYPES.state:
          state = {
            term: getU64(this.#view, body + 8),
            vote: getU64(this.#view, body + 16),
            commit: getU64(this.#view, body + 24),
          };
          break;
        case RECORD_TYPES.end:
          return {
            batch,
            entries,
            state,
            durableBatch: getU64(this.#view, body + 8),
            previousEnd: this.#view.getUint32(body + 16, true),
            end: chain,
            isCleanStop: this.#view.getUint32(body + 20, true) === 1,
            endOffset: at,
          };
        default:
          return undefined;
      }
    }
  }

  #entry(body: number, bodyBytes: number): Entry {
    return {
      term: getU64(this.#view, body + 8),
      index: getU64(this.#view, body + 16),
      data: this.#bytes.subarray(body + ENTRY_BODY_BYTES, body + bodyBytes),
    };
  }

  /** Bytes of the body of the record at `at` if its checksum holds. */
  #checkedBody(at: number, chain: number): number | undefined {
    const body = at + RECORD_PREFIX_BYTES;
    if (body + BODY_BYTES_MIN > this.#bytes.length) return undefined;
    const bodyBytes = this.#view.getUint32(at, true);
    if (bodyBytes < BODY_BYTES_MIN) return undefined;
    if (body + bodyBytes > this.#bytes.length) return undefined;
    const lengthCrc = crc32c(this.#bytes, at, at + 4, chain);
    const crc = crc32c(this.#bytes, body, body + bodyBytes, lengthCrc);
    return crc === this.#view.getUint32(at + 4, true) ? bodyBytes : undefined;
  }

  /** The first whole batch that starts behind `offset`, or `undefined`. */
  nextBatchAfter(offset: number): ScannedBatch | undefined {
    for (let at = offset + 8; at < this.#bytes.length; at += 8) {
      const found = this.batchAt(at);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
