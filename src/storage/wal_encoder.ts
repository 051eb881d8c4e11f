/**
 * Encodes batches of records into memory, ready to be written in one piece.
 *
 * @module
 */

import { assert, crc32 } from "../base/mod.ts";
import { BATCH_BUFFER_BYTES_KEPT } from "../config/mod.ts";
import type { Entry, HardState } from "../raft/mod.ts";
import {
  BATCH_HEADER_BYTES,
  BATCH_TRAILER_BYTES,
  type BatchHeader,
  ENTRY_PREFIX_BYTES,
  entryRecordBytes,
  entryRecordType,
  RECORD_TYPES,
  setU64,
  STATE_RECORD_BYTES,
  writeBatchHeader,
} from "./wal_format.ts";
import { batchBytes, stampBatch } from "./wal_stamps.ts";

const BUFFER_BYTES_START = 256 * 1024;

/** Where a batch goes and what it follows. */
export interface BatchPlace extends Omit<BatchHeader, "bodyBytes"> {
  /** Zeros to be written behind it. */
  readonly paddingBytes: number;
  /** Stamp of its segment. */
  readonly stamp: number;
}

/** One batch being put together. */
export class BatchEncoder {
  #bytes = new Uint8Array(BUFFER_BYTES_START);
  #view = new DataView(this.#bytes.buffer);
  /** End of the records so far. */
  #filled = BATCH_HEADER_BYTES;
  #hardState: HardState | undefined;
  #lastIndex: number | undefined;

  /** Bytes of the records so far. */
  get bodyBytes(): number {
    return this.#filled - BATCH_HEADER_BYTES;
  }

  /** The newest hard state among them. */
  get hardState(): HardState | undefined {
    return this.#hardState;
  }

  /** Index of the last entry among them. */
  get lastIndex(): number | undefined {
    return this.#lastIndex;
  }

  /** Forgets everything. */
  clear(): void {
    if (this.#bytes.length > BATCH_BUFFER_BYTES_KEPT) {
      this.#bytes = new Uint8Array(BUFFER_BYTES_START);
      this.#view = new DataView(this.#bytes.buffer);
    }
    this.#filled = BATCH_HEADER_BYTES;
    this.#hardState = undefined;
    this.#lastIndex = undefined;
  }

  /** Makes room for `bytes` more records and what stands behind them. */
  #reserve(bytes: number, paddingBytes = 0): void {
    const least = batchBytes(this.bodyBytes + bytes) + paddingBytes;
    if (least <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(least, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#filled));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }

  /** Adds an entry. */
  entry(entry: Entry): void {
    const { data } = entry;
    const bytes = entryRecordBytes(data.length);
    this.#reserve(bytes);
    const at = this.#filled;
    this.#view.setUint32(at, data.length, true);
    this.#view.setUint32(at + 4, entryRecordType(entry.kind), true);
    setU64(this.#view, at + 8, entry.term);
    setU64(this.#view, at + 16, entry.index);
    this.#bytes.set(data, at + ENTRY_PREFIX_BYTES);
    this.#filled = at + bytes;
    this.#bytes.fill(0, at + ENTRY_PREFIX_BYTES + data.length, this.#filled);
    this.#lastIndex = entry.index;
  }

  /** Adds the hard state. */
  state(state: HardState): void {
    this.#reserve(STATE_RECORD_BYTES);
    const at = this.#filled;
    this.#view.setUint32(at, 0, true);
    this.#view.setUint32(at + 4, RECORD_TYPES.state, true);
    setU64(this.#view, at + 8, state.term);
    setU64(this.#view, at + 16, state.vote);
    setU64(this.#view, at + 24, state.commit);
    this.#filled = at + STATE_RECORD_BYTES;
    this.#hardState = state;
  }

  /**
   * The whole batch at `place` with its padding, good until the next call, and the
   * checksum that ends it.
   */
  finish(place: BatchPlace): { readonly bytes: Uint8Array; end: number } {
    const { bodyBytes } = this;
    const { paddingBytes, stamp } = place;
    assert(bodyBytes < 2 ** 32, "a batch has less than 4 GiB");
    this.#reserve(0, paddingBytes);
    const total = batchBytes(bodyBytes);
    const bytes = this.#bytes.subarray(0, total + paddingBytes);
    bytes.fill(0, this.#filled);
    stampBatch(this.#view, bodyBytes, stamp);
    const headerCrc = writeBatchHeader(bytes, { ...place, bodyBytes }, stamp);
    const trailer = total - BATCH_TRAILER_BYTES;
    const end = crc32(bytes, BATCH_HEADER_BYTES, trailer, headerCrc);
    this.#view.setUint32(trailer, end, true);
    return { bytes, end };
  }
}
