/**
 * The part of the log that is on disk, as raft reads it, and its usual
 * implementation: the newest durable entries kept in memory.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import { type Entry, type EntryId, sliceWithin } from "./entry.ts";

/**
 * The durable part of the log. Raft only reads it, synchronously; its owner
 * appends entries once they are on disk, before it reports so to raft.
 *
 * Entries up to `firstIndex - 1` are compacted: a snapshot or the state
 * machine stands for them. The term of that last compacted entry is still known.
 */
export interface StableLog {
  /** Index of the first entry that can be read, `lastIndex + 1` when there is none. */
  readonly firstIndex: number;
  /** Index of the last entry, that of the last compacted one when there is none. */
  readonly lastIndex: number;
  /** Term of the entry at `index`, for `firstIndex - 1 <= index <= lastIndex`. */
  term(index: number): number;
  /**
   * Entries of `[low, high)`, cut before the one with which they would exceed
   * `bytesMax` as `sliceWithin` counts; at least one. Requires: `firstIndex <= low < high <= lastIndex + 1`.
   */
  entries(low: number, high: number, bytesMax: number): readonly Entry[];
}

/**
 * A {@linkcode StableLog} in memory.
 *
 * ```text
 *    base            last
 *     |---------------|
 *     ^ compacted up to here; only its term is kept
 * ```
 *
 * Invariants: indexes rise by one from `base.index + 1`; terms never fall.
 */
export class MemoryLog implements StableLog {
  #base: EntryId;
  readonly #entries: Entry[] = [];
  #bytes = 0;

  /** A log behind `base`, the last entry that a snapshot or the state machine holds. */
  constructor(base: EntryId = { index: 0, term: 0 }) {
    this.#base = base;
  }

  /** See {@linkcode StableLog}. */
  get firstIndex(): number {
    return this.#base.index + 1;
  }

  /** See {@linkcode StableLog}. */
  get lastIndex(): number {
    return this.#base.index + this.#entries.length;
  }

  /** Bytes of data in the entries kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Number of entries kept. */
  get length(): number {
    return this.#entries.length;
  }

  /** See {@linkcode StableLog}. */
  term(index: number): number {
    if (index === this.#base.index) return this.#base.term;
    const entry = this.#entries[index - this.#base.index - 1];
    assert(entry !== undefined, "index is within the stable log");
    return entry.term;
  }

  /** See {@linkcode StableLog}. */
  entries(low: number, high: number, bytesMax: number): readonly Entry[] {
    assert(low >= this.firstIndex && low < high, "low is within the log");
    assert(high <= this.lastIndex + 1, "high is within the log");
    const from = this.#base.index + 1;
    return sliceWithin(this.#entries, low - from, high - from, bytesMax);
  }

  /**
   * Adds entries that are on disk now, replacing all from the first one's index
   * on. Entries already compacted are left out.
   *
   * Requires: no gap between the log and the first entry.
   */
  append(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (entry.index <= this.#base.index) continue;
      assert(entry.index <= this.lastIndex + 1, "entries leave no gap");
      if (entry.index <= this.lastIndex) this.#truncate(entry.index);
      assert(entry.term >= this.term(entry.index - 1), "terms never fall");
      this.#entries.push(entry);
      this.#bytes += entry.data.length;
    }
  }

  /**
   * Forgets entries up to and including `index`. An index already compacted
   * changes nothing. Requires: `index <= lastIndex`.
   */
  compact(index: number): void {
    if (index <= this.#base.index) return;
    assert(index <= this.lastIndex, "compaction stays within the log");
    const base = { index, term: this.term(index) };
    const removed = this.#entries.splice(0, index - this.#base.index);
    for (const entry of removed) this.#bytes -= entry.data.length;
    this.#base = base;
  }

  /** Starts anew behind `base`, the last entry of a snapshot that is on disk now. */
  restore(base: EntryId): void {
    assert(base.index > this.#base.index, "snapshots bring something new");
    this.#base = { index: base.index, term: base.term };
    this.#entries.length = 0;
    this.#bytes = 0;
  }

  #truncate(from: number): void {
    const removed = this.#entries.splice(from - this.#base.index - 1);
    for (const entry of removed) this.#bytes -= entry.data.length;
  }
}
