/**
 * The newest part of the log: entries that are not known to be on disk, and maybe a
 * snapshot before them.
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
 * `offset`; a snapshot stands for all before `offset`.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import { type Entry, type EntryId, sliceWithin } from "./entry.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * What {@linkcode UnstableLog.stableTo} did: dropped what is on disk, or nothing since
 * the reported entry is not here, is what the snapshot ends with, or was replaced.
 */
export type StableOutcome = "stable" | "missing" | "in-snapshot" | "replaced";

/**
 * What {@linkcode UnstableLog.truncateAndAppend} did to older entries: nothing,
 * dropped all, or dropped those from the first new one's index on.
 */
export type AppendOutcome = "appended" | "replaced" | "truncated";

/** Entries, and maybe a snapshot, on their way to disk. */
export class UnstableLog {
  #entries: Entry[] = [];
  #offset: number;
  #inProgress: number;
  #snapshot: Snapshot | undefined;
  #isSnapshotInProgress = false;

  /** An empty tail; `offset` is the index of the first entry to come. */
  constructor(offset: number) {
    this.#offset = offset;
    this.#inProgress = offset;
  }

  /**
   * Index of the first entry held; entries before it are in the stable log, or in
   * the snapshot.
   */
  get offset(): number {
    return this.#offset;
  }

  /** Index of the first entry that was not handed to the disk. */
  get inProgress(): number {
    return this.#inProgress;
  }

  /** Number of entries held. */
  get length(): number {
    return this.#entries.length;
  }

  /** Index of the last entry held, `offset - 1` when there is none. */
  get lastIndex(): number {
    return this.#offset + this.#entries.length - 1;
  }

  /** The snapshot that is not known to be on disk. */
  get snapshot(): Snapshot | undefined {
    return this.#snapshot;
  }

  /** The snapshot if it was not handed to the disk. */
  get nextSnapshot(): Snapshot | undefined {
    return this.#isSnapshotInProgress ? undefined : this.#snapshot;
  }

  /** Term of the entry at `index`, undefined when it is not known here. */
  term(index: number): number | undefined {
    if (index === this.#snapshot?.index) return this.#snapshot.term;
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

  /** Marks the snapshot and all of {@linkcode next} as handed to the disk. */
  acceptInProgress(): void {
    this.#inProgress = this.lastIndex + 1;
    this.#isSnapshotInProgress = this.#snapshot !== undefined;
  }

  /** Drops entries up to and including `id`, which the disk now holds. */
  stableTo(id: EntryId): StableOutcome {
    const term = this.term(id.index);
    if (term === undefined) return "missing";
    if (id.index < this.#offset) return "in-snapshot";
    if (term !== id.term) return "replaced";
    this.#entries.splice(0, id.index + 1 - this.#offset);
    this.#offset = id.index + 1;
    this.#inProgress = Math.max(this.#inProgress, this.#offset);
    return "stable";
  }

  /** Drops the snapshot, which the disk now holds, if it is the one of `index`. */
  stableSnapshotTo(index: number): void {
    if (this.#snapshot?.index !== index) return;
    this.#snapshot = undefined;
    this.#isSnapshotInProgress = false;
  }

  /** Replaces everything by `snapshot`. */
  restore(snapshot: Snapshot): void {
    this.#entries = [];
    this.#offset = snapshot.index + 1;
    this.#inProgress = this.#offset;
    this.#snapshot = snapshot;
    this.#isSnapshotInProgress = false;
  }

  /**
   * Adds `entries`, replacing all from the first one's index on. Entries that
   * were being written and are replaced will be written again.
   *
   * Requires: at least one entry, and no gap between this and the first one.
   */
  truncateAndAppend(entries: readonly Entry[]): AppendOutcome {
    const first = entries[0];
    assert(first !== undefined, "something is appended");
    assert(first.index <= this.lastIndex + 1, "entries leave no gap");
    const outcome = this.#truncate(first.index);
    for (const entry of entries) this.#entries.push(entry);
    return outcome;
  }

  #truncate(from: number): AppendOutcome {
    if (from === this.lastIndex + 1) return "appended";
    if (from <= this.#offset) {
      this.#entries = [];
      this.#offset = from;
      this.#inProgress = from;
      return "replaced";
    }
    this.#entries.length = from - this.#offset;
    this.#inProgress = Math.min(this.#inProgress, from);
    return "truncated";
  }

  /**
   * Entries of `[low, high)`, cut as `sliceWithin()` does. Requires:
   * `offset <= low <= high <= lastIndex + 1`.
   */
  slice(low: number, high: number, bytesMax = Infinity): readonly Entry[] {
    assert(low >= this.#offset && low <= high, "low is within the tail");
    assert(high <= this.lastIndex + 1, "high is within the tail");
    const from = this.#offset;
    return sliceWithin(this.#entries, low - from, high - from, bytesMax);
  }
}
