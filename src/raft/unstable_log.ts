/**
 * The newest part of the log: entries that are not known to be on disk.
 *
 * ```text
 *      stable log    offset        inProgress       last
 *   ------------------|----- being written ---|- to be written -|
 * ```
 *
 * Entries leave at the front when the disk reports them, and only if the
 * report names the entry that is still there: a later leader may have put
 * another entry at the same index meanwhile.
 *
 * Invariants: `offset <= inProgress <= last + 1`; indexes rise by one from
 * `offset`.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import type { Entry, EntryId } from "./entry.ts";

/** Entries on their way to disk. */
export class UnstableLog {
  #entries: Entry[] = [];
  #offset: number;
  #inProgress: number;

  /** An empty tail; `offset` is the index of the first entry to come. */
  constructor(offset: number) {
    this.#offset = offset;
    this.#inProgress = offset;
  }

  /** Index of the first entry held; entries before it are in the stable log. */
  get offset(): number {
    return this.#offset;
  }

  /** Index of the last entry held, `offset - 1` when there is none. */
  get lastIndex(): number {
    return this.#offset + this.#entries.length - 1;
  }

  /** Term of the entry at `index`, undefined when it is not held here. */
  term(index: number): number | undefined {
    return this.#entries[index - this.#offset]?.term;
  }

  /** Whether entries wait to be handed to the disk. */
  hasNext(): boolean {
    return this.#inProgress <= this.lastIndex;
  }

  /** Whether any entry is not known to be on disk, handed out or not. */
  hasNextOrInProgress(): boolean {
    return this.#entries.length > 0;
  }

  /** Entries not handed to the disk yet. */
  next(): readonly Entry[] {
    return this.#entries.slice(this.#inProgress - this.#offset);
  }

  /** Marks all of {@linkcode next} as handed to the disk. */
  acceptInProgress(): void {
    this.#inProgress = this.lastIndex + 1;
  }

  /**
   * Drops entries up to and including `id`, which the disk now holds. An id that
   * is not here (reported before, or overwritten since) changes nothing.
   */
  stableTo(id: EntryId): void {
    if (this.term(id.index) !== id.term) return;
    this.#entries.splice(0, id.index + 1 - this.#offset);
    this.#offset = id.index + 1;
    this.#inProgress = Math.max(this.#inProgress, this.#offset);
  }

  /**
   * Adds `entries`, replacing all from the first one's index on. Entries that
   * were being written and are replaced will be written again.
   *
   * Requires: no gap between this and the first entry.
   */
  truncateAndAppend(entries: readonly Entry[]): void {
    const first = entries[0];
    if (first === undefined) return;
    assert(first.index <= this.lastIndex + 1, "entries leave no gap");
    if (first.index <= this.#offset) {
      this.#entries = [];
      this.#offset = first.index;
      this.#inProgress = first.index;
    } else if (first.index <= this.lastIndex) {
      this.#entries.length = first.index - this.#offset;
      this.#inProgress = Math.min(this.#inProgress, first.index);
    }
    for (const entry of entries) this.#entries.push(entry);
  }

  /** Entries of `[low, high)`. Requires: `offset <= low <= high <= lastIndex + 1`. */
  slice(low: number, high: number): readonly Entry[] {
    assert(low >= this.#offset && low <= high, "low is within the tail");
    assert(high <= this.lastIndex + 1, "high is within the tail");
    return this.#entries.slice(low - this.#offset, high - this.#offset);
  }
}
