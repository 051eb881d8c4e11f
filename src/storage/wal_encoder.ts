/**
 * Encodes batches of records into memory, ready to be written in one piece.
 *
 * @module
 */

import type { Entry, HardState } from "../raft/mod.ts";
import { crc32c } from "./crc32c.ts";
import {
  ENTRY_BODY_BYTES,
  RECORD_PREFIX_BYTES,
  RECORD_TYPES,
  recordBytes,
  setU64,
} from "./wal_format.ts";

const BUFFER_BYTES_START = 256 * 1024;
/** A buffer larger than this is given back after its flush. */
const BUFFER_BYTES_KEPT = 8 * 1024 * 1024;

/** One batch being put together. */
export class BatchEncoder {
  #bytes = new Uint8Array(BUFFER_BYTES_START);
  #view = new DataView(this.#bytes.buffer);
  #filled = 0;
  #chain = 0;
  #batch = 0;

  /** Bytes encoded so far. */
  get length(): number {
    return this.#filled;
  }

  /** The bytes encoded so far, good until the next call. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#filled);
  }

  /** Checksum of the last record. */
  get chain(): number {
    return this.#chain;
  }

  /** Forgets everything; the next record starts batch `batch` in a segment of `salt`. */
  start(batch: number, salt: number): void {
    if (this.#bytes.length > BUFFER_BYTES_KEPT) {
      this.#bytes = new Uint8Array(BUFFER_BYTES_START);
      this.#view = new DataView(this.#bytes.buffer);
    }
    this.#filled = 0;
    this.#chain = salt;
    this.#batch = batch;
  }

  #open(type: number, bodyBytes: number): number {
    const bytes = recordBytes(bodyBytes);
    this.#reserve(bytes);
    const at = this.#filled;
    this.#view.setUint32(at, bodyBytes, true);
    const body = at + RECORD_PREFIX_BYTES;
    this.#view.setUint32(body, type, true);
    this.#view.setUint32(body + 4, this.#batch, true);
    this.#bytes.fill(0, body + bodyBytes, at + bytes);
    this.#filled += bytes;
    return body;
  }

  #reserve(bytes: number): void {
    const least = this.#filled + bytes;
    if (least <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(least, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#filled));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }

  /** Chains the record whose body is `[body, body + bodyBytes)`. */
  #close(body: number, bodyBytes: number): void {
    const start = body - RECORD_PREFIX_BYTES;
    const lengthCrc = crc32c(this.#bytes, start, start + 4, this.#chain);
    this.#chain = crc32c(this.#bytes, body, body + bodyBytes, lengthCrc);
    this.#view.setUint32(start + 4, this.#chain, true);
  }

  /** Adds an entry. */
  entry(entry: Entry): void {
    const bodyBytes = ENTRY_BODY_BYTES + entry.data.length;
    const body = this.#open(RECORD_TYPES.entry, bodyBytes);
    setU64(this.#view, body + 8, entry.term);
    setU64(this.#view, body + 16, entry.index);
    this.#bytes.set(entry.data, body + ENTRY_BODY_BYTES);
    this.#close(body, bodyBytes);
  }

  /** Adds the hard state. */
  state(state: HardState): void {
    const body = this.#open(RECORD_TYPES.state, 32);
    setU64(this.#view, body + 8, state.term);
    setU64(this.#view, body + 16, state.vote);
    setU64(this.#view, body + 24, state.commit);
    this.#close(body, 32);
  }

  /**
   * Ends the batch. `previousEnd` is the checksum that ended the batch before;
   * `durableBatch` the newest batch known to be durable; a clean stop says so.
   */
  end(previousEnd: number, durableBatch: number, isCleanStop: boolean): void {
    const body = this.#open(RECORD_TYPES.end, 24);
    setU64(this.#view, body + 8, durableBatch);
    this.#view.setUint32(body + 16, previousEnd, true);
    this.#view.setUint32(body + 20, isCleanStop ? 1 : 0, true);
    this.#close(body, 24);
  }
}
