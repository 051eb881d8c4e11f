/**
 * The Raft log as this node sees it: what is on disk, what is on its way there,
 * and how far the group and the state machine have got.
 *
 * ```text
 *   first          applied   applying  committed        last
 *     |---------------|---------|----------|--------------|
 *     | stable log ......................| unstable log    |
 * ```
 *
 * Invariants:
 *
 * 1. `applied <= applying <= committed <= last`.
 * 2. None of the four falls, but `last`, and never below `committed`.
 * 3. Only entries of the stable log are handed out to be applied.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import { type Entry, type EntryId, limitEntries } from "./entry.ts";
import type { StableLog } from "./memory_log.ts";
import { UnstableLog } from "./unstable_log.ts";

/** Bounds of {@linkcode RaftLog}. */
export interface RaftLogOptions {
  /**
   * Index up to which the state machine needs no entries any more. At least the
   * last compacted index, at most the last one.
   *
   * @default {stable.firstIndex - 1}
   */
  readonly applied?: number;
  /**
   * Bytes of data handed out to be applied and not reported as applied, beyond
   * which no more are handed out.
   *
   * @default {Infinity}
   */
  readonly applyingBytesMax?: number;
}

/** One view of stable and unstable entries, and the four positions. */
export class RaftLog {
  readonly #stable: StableLog;
  readonly #unstable: UnstableLog;
  readonly #applyingBytesMax: number;
  #applyingBytes = 0;
  #applied: number;
  #applying: number;
  #committed: number;

  /** The log after a start: everything in `stable` is on disk. */
  constructor(stable: StableLog, options: RaftLogOptions = {}) {
    const { applied = stable.firstIndex - 1, applyingBytesMax = Infinity } =
      options;
    assert(applied >= stable.firstIndex - 1, "applied is not compacted away");
    this.#stable = stable;
    this.#unstable = new UnstableLog(stable.lastIndex + 1);
    this.#applyingBytesMax = applyingBytesMax;
    this.#applied = applied;
    this.#applying = applied;
    this.#committed = applied;
    this.#checkInvariants();
  }

  /** Index of the first entry that can be read. */
  get firstIndex(): number {
    return this.#stable.firstIndex;
  }

  /** Index of the newest entry. */
  get lastIndex(): number {
    return this.#unstable.lastIndex;
  }

  /** Highest index known to be committed. */
  get committed(): number {
    return this.#committed;
  }

  /** Highest index handed out to be applied. */
  get applying(): number {
    return this.#applying;
  }

  /** Highest index reported as applied. */
  get applied(): number {
    return this.#applied;
  }

  /** The newest entry. */
  lastId(): EntryId {
    const index = this.lastIndex;
    return { index, term: this.term(index) };
  }

  /** Term of the entry at `index`. Requires: `firstIndex - 1 <= index <= lastIndex`. */
  term(index: number): number {
    assert(index >= this.firstIndex - 1, "index is not compacted away");
    assert(index <= this.lastIndex, "index is within the log");
    return this.#unstable.term(index) ?? this.#stable.term(index);
  }

  // -- Appending --

  /**
   * Appends `entries`, replacing all from the first one's index on.
   *
   * Requires: the first index is behind `committed` (a committed entry never
   * changes) and leaves no gap.
   */
  append(entries: readonly Entry[]): void {
    const first = entries[0];
    if (first === undefined) return;
    assert(first.index > this.#committed, "committed entries never change");
    this.#unstable.truncateAndAppend(entries);
  }

  /** Entries not handed to the disk yet. */
  nextUnstable(): readonly Entry[] {
    return this.#unstable.next();
  }

  /** Whether {@linkcode nextUnstable} holds any. */
  hasNextUnstable(): boolean {
    return this.#unstable.hasNext();
  }

  /** Whether any entry is not known to be on disk. */
  hasNextOrInProgressUnstable(): boolean {
    return this.#unstable.hasNextOrInProgress();
  }

  /** Marks all of {@linkcode nextUnstable} as handed to the disk. */
  acceptUnstable(): void {
    this.#unstable.acceptInProgress();
  }

  /** The disk holds all up to `id`, if that is still the entry at its index. */
  stableTo(id: EntryId): void {
    this.#unstable.stableTo(id);
    assert(
      this.#unstable.offset <= this.#stable.lastIndex + 1,
      "entries reach the stable log before they leave the unstable one",
    );
  }

  // -- Committing --

  /**
   * Moves `committed` up to `id.index` if the entry there is of `id.term`.
   *
   * @returns Whether `committed` moved.
   */
  maybeCommit(id: EntryId): boolean {
    if (id.index <= this.#committed) return false;
    if (id.term === 0 || this.term(id.index) !== id.term) return false;
    this.commitTo(id.index);
    return true;
  }

  /**
   * Moves `committed` up to `index`; an older index changes nothing.
   *
   * Requires: `index <= lastIndex`, since a node commits only what it holds.
   */
  commitTo(index: number): void {
    if (index <= this.#committed) return;
    assert(index <= this.lastIndex, "commit index is within the log");
    this.#committed = index;
    this.#checkInvariants();
  }

  // -- Applying --

  /**
   * Committed entries on disk that were not handed out yet, as far as the bound
   * on bytes being applied allows.
   */
  nextCommitted(): readonly Entry[] {
    if (!this.hasNextCommitted()) return [];
    const room = this.#applyingBytesMax - this.#applyingBytes;
    const low = this.#applying + 1;
    return this.#stable.entries(low, this.#applicable() + 1, room);
  }

  /** Whether {@linkcode nextCommitted} holds any. */
  hasNextCommitted(): boolean {
    return this.#applyingBytes < this.#applyingBytesMax &&
      this.#applicable() > this.#applying;
  }

  /** Marks committed entries up to `index`, of `bytes` of data, as handed out. */
  acceptApplying(index: number, bytes: number): void {
    assert(index >= this.#applying, "entries are handed out in order");
    this.#applying = index;
    this.#applyingBytes += bytes;
    this.#checkInvariants();
  }

  /** The state machine has applied entries up to `index`, `bytes` of data more. */
  appliedTo(index: number, bytes: number): void {
    assert(index >= this.#applied, "applied never falls");
    this.#applied = index;
    this.#applyingBytes -= bytes;
    assert(this.#applyingBytes >= 0, "only what was handed out is applied");
    this.#checkInvariants();
  }

  // -- Reading --

  /**
   * Entries of `[low, high)`, cut behind the first one with which the data would
   * exceed `bytesMax`; at least one.
   *
   * Requires: `firstIndex <= low < high <= lastIndex + 1`.
   */
  entries(low: number, high: number, bytesMax: number): readonly Entry[] {
    assert(low >= this.firstIndex && low < high, "low is within the log");
    assert(high <= this.lastIndex + 1, "high is within the log");
    const offset = this.#unstable.offset;
    if (high <= offset) return this.#stable.entries(low, high, bytesMax);
    if (low >= offset) {
      return limitEntries(this.#unstable.slice(low, high), bytesMax);
    }
    const stable = this.#stable.entries(low, offset, bytesMax);
    if (low + stable.length < offset) return stable;
    const all = [...stable, ...this.#unstable.slice(offset, high)];
    return limitEntries(all, bytesMax);
  }

  /** Last index that is both committed and on disk. */
  #applicable(): number {
    return Math.min(this.#committed, this.#unstable.offset - 1);
  }

  #checkInvariants(): void {
    assert(this.#applied <= this.#applying, "applied <= applying");
    assert(this.#applying <= this.#committed, "applying <= committed");
    assert(this.#committed <= this.lastIndex, "committed <= last");
  }
}
