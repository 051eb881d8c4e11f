/**
 * Encodes batches of records into memory, ready to be written in one piece.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import { BATCH_BUFFER_BYTES_KEPT } from "../config/mod.ts";
import type { Entry, HardState } from "../raft/mod.ts";
import { crc32c } from "./crc32c.ts";
import {
  BATCH_HEADER_BYTES,
  BATCH_TRAILER_BYTES,
  batchBytes,
  type BatchHeader,
  countZeroSectors,
  ENTRY_PREFIX_BYTES,
  entryRecordBytes,
  RECORD_TYPES,
  setU64,
  STATE_RECORD_BYTES,
  TRAILER_MARK,
  writeBatchHeader,
} from "./wal_format.ts";

const BUFFER_BYTES_START = 256 * 1024;

/** Where a batch goes and what it follows. */
export interface BatchPlace
  extends Omit<BatchHeader, "bodyBytes" | "zeroSectors"> {
  /** Offset of the batch in its segment. */
  readonly offset: number;
  /** Salt of that segment. */
  readonly salt: number;
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

  /** Makes room for `bytes` more, and the trailer. */
  #reserve(bytes: number): void {
    const least = batchBytes(this.bodyBytes + bytes);
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
    this.#view.setUint32(at + 4, RECORD_TYPES.entry, true);
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

  /** The whole batch at `place`, good until the next call. */
  finish(place: BatchPlace): { readonly bytes: Uint8Array; end: number } {
    const { bodyBytes } = this;
    assert(bodyBytes < 2 ** 32, "a batch has less than 4 GiB");
    this.#reserve(0);
    const total = batchBytes(bodyBytes);
    const bytes = this.#bytes.subarray(0, total);
    const trailer = total - BATCH_TRAILER_BYTES;
    bytes.fill(0, this.#filled, trailer);
    this.#view.setUint32(trailer + 4, TRAILER_MARK, true);
    const zeroSectors = countZeroSectors(bytes, place.offset);
    const header = { ...place, bodyBytes, zeroSectors };
    const headerCrc = writeBatchHeader(bytes, header, place.salt);
    const end = crc32c(bytes, BATCH_HEADER_BYTES, trailer, headerCrc);
    this.#view.setUint32(trailer, end, true);
    return { bytes, end };
  }
}
