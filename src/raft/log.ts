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
 * 3. Only entries of the stable log are handed out to be applied, unless
 *    `mayApplyUnstable` says that the receiver writes them first.
 * 4. Nothing is handed out to be applied while a snapshot is on its way to disk.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import { ApplyCursor } from "./apply_cursor.ts";
import { type Entry, type EntryId, sliceWithin } from "./entry.ts";
import type { StableLog } from "./memory_log.ts";
import type { Snapshot } from "./snapshot.ts";
import {
  type AppendOutcome,
  type StableOutcome,
  UnstableLog,
} from "./unstable_log.ts";

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
   * Bytes handed out to be applied and not reported as applied, beyond which no more
   * are handed out.
   *
   * @default {Infinity}
   */
  readonly applyingBytesMax?: number;
  /**
   * Whether entries may be handed out to be applied along with, or before, their
   * append.
   *
   * @default {false}
   */
  readonly mayApplyUnstable?: boolean;
}

/** One view of stable and unstable entries, and the four positions. */
export class RaftLog {
  readonly #stable: StableLog;
  readonly #unstable: UnstableLog;
  readonly #cursor: ApplyCursor;
  readonly #mayApplyUnstable: boolean;
  #committed: number;

  /** The log after a start: everything in `stable` is on disk. */
  constructor(stable: StableLog, options: RaftLogOptions = {}) {
    const {
      applied = stable.firstIndex - 1,
      applyingBytesMax = Infinity,
      mayApplyUnstable = false,
    } = options;
    assert(applied >= stable.firstIndex - 1, "applied is not compacted away");
    this.#stable = stable;
    this.#unstable = new UnstableLog(stable.lastIndex + 1);
    this.#cursor = new ApplyCursor(applied, applyingBytesMax);
    this.#mayApplyUnstable = mayApplyUnstable;
    this.#committed = applied;
    this.#checkInvariants();
  }

  /** Index of the first entry that can be read. */
  get firstIndex(): number {
    const snapshot = this.#unstable.snapshot;
    return snapshot === undefined
      ? this.#stable.firstIndex
      : snapshot.index + 1;
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
    return this.#cursor.applying;
  }

  /** Highest index reported as applied. */
  get applied(): number {
    return this.#cursor.applied;
  }

  /** The newest entry. */
  lastId(): EntryId {
    const index = this.lastIndex;
    return { index, term: this.term(index) };
  }

  /** Entries on their way to disk, and the snapshot before them. */
  get unstable(): Pick<
    UnstableLog,
    "offset" | "inProgress" | "length" | "snapshot"
  > {
    return this.#unstable;
  }

  /** Term of the entry at `index`. Requires: `firstIndex - 1 <= index <= lastIndex`. */
  term(index: number): number {
    const term = this.termAt(index);
    assert(term !== undefined, "index is within the log, not compacted away");
    return term;
  }

  /**
   * Term of the entry at `index`, undefined when it is compacted away or not there.
   * That of the last compacted entry is still known.
   */
  termAt(index: number): number | undefined {
    const unstable = this.#unstable.term(index);
    if (unstable !== undefined) return unstable;
    if (index < this.firstIndex - 1 || index > this.lastIndex) return undefined;
    return this.#stable.term(index);
  }

  /** Whether the entry at `id.index` is there and of `id.term`. */
  matches(id: EntryId): boolean {
    return this.termAt(id.index) === id.term;
  }

  // -- Appending --

  /**
   * Appends `entries`, at least one, replacing all from the first one's index on.
   *
   * Requires: the first index is behind `committed` (a committed entry never
   * changes) and leaves no gap.
   */
  append(entries: readonly Entry[]): AppendOutcome {
    const first = entries[0];
    assert(first !== undefined, "something is appended");
    assert(first.index > this.#committed, "committed entries never change");
    return this.#unstable.truncateAndAppend(entries);
  }

  /** Entries not handed to the disk yet. */
  nextUnstable(): readonly Entry[] {
    return this.#unstable.next();
  }

  /** The snapshot if it was not handed to the disk yet. */
  nextSnapshot(): Snapshot | undefined {
    return this.#unstable.nextSnapshot;
  }

  /** Whether {@linkcode nextUnstable} holds any. */
  hasNextUnstable(): boolean {
    return this.#unstable.hasNext();
  }

  /** Whether any entry is not known to be on disk. */
  hasNextOrInProgressUnstable(): boolean {
    return this.#unstable.hasNextOrInProgress();
  }

  /** Whether a snapshot is not known to be on disk. */
  hasNextOrInProgressSnapshot(): boolean {
    return this.#unstable.snapshot !== undefined;
  }

  /**
   * Marks all of {@linkcode nextUnstable} and {@linkcode nextSnapshot} as handed to
   * the disk.
   */
  acceptUnstable(): void {
    this.#unstable.acceptInProgress();
  }

  /** The disk holds all up to `id`, if that is still the entry at its index. */
  stableTo(id: EntryId): StableOutcome {
    const outcome = this.#unstable.stableTo(id);
    assert(
      outcome !== "stable" ||
        this.#unstable.offset <= this.#stable.lastIndex + 1,
      "entries reach the stable log before they leave the unstable one",
    );
    return outcome;
  }

  // -- Snapshots --

  /**
   * Replaces the whole log by `snapshot`. Requires: it holds entries that are not
   * known to be committed.
   */
  restore(snapshot: Snapshot): void {
    assert(snapshot.index > this.#committed, "snapshots bring something new");
    this.#unstable.restore(snapshot);
    this.#committed = snapshot.index;
    this.#checkInvariants();
  }

  /** The disk and the state machine hold the snapshot of `index`. */
  snapshotStableTo(index: number): void {
    this.#unstable.stableSnapshotTo(index);
    this.#cursor.restoredTo(index);
    this.#checkInvariants();
  }

  // -- Committing --

  /**
   * Moves `committed` up to `id.index` if the entry there is of `id.term`.
   *
   * @returns Whether `committed` moved.
   */
  maybeCommit(id: EntryId): boolean {
    if (id.index <= this.#committed) return false;
    if (id.term === 0 || !this.matches(id)) return false;
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
   * Committed entries that were not handed out yet, as far as the bound on bytes
   * being applied allows.
   */
  nextCommitted(): readonly Entry[] {
    if (!this.hasNextCommitted()) return [];
    const low = this.applying + 1;
    return this.entries(low, this.#applicable() + 1, this.#cursor.roomBytes);
  }

  /** Whether {@linkcode nextCommitted} holds any. */
  hasNextCommitted(): boolean {
    return !this.#cursor.isPaused && !this.hasNextOrInProgressSnapshot() &&
      this.#applicable() > this.applying;
  }

  /** Marks committed entries up to `index`, of `bytes`, as handed out. */
  acceptApplying(index: number, bytes: number): void {
    this.#cursor.accept(index, bytes, this.#applicable());
    this.#checkInvariants();
  }

  /** The state machine has applied entries up to `index`, `bytes` more. */
  appliedTo(index: number, bytes: number): void {
    this.#cursor.appliedTo(index, bytes);
    this.#checkInvariants();
  }

  // -- Reading --

  /**
   * Entries of `[low, high)`, cut before the one with which they would exceed
   * `bytesMax`; at least one.
   *
   * Requires: `firstIndex <= low < high <= lastIndex + 1`.
   */
  entries(low: number, high: number, bytesMax: number): readonly Entry[] {
    assert(low >= this.firstIndex && low < high, "low is within the log");
    assert(high <= this.lastIndex + 1, "high is within the log");
    const offset = this.#unstable.offset;
    if (high <= offset) return this.#stable.entries(low, high, bytesMax);
    if (low >= offset) return this.#unstable.slice(low, high, bytesMax);
    const stable = this.#stable.entries(low, offset, bytesMax);
    if (low + stable.length < offset) return stable;
    const rest = this.#unstable.slice(offset, high, bytesMax);
    return sliceWithin([...stable, ...rest], 0, Infinity, bytesMax);
  }

  /** Last committed index that may be handed out. */
  #applicable(): number {
    if (this.#mayApplyUnstable) return this.#committed;
    return Math.min(this.#committed, this.#unstable.offset - 1);
  }

  #checkInvariants(): void {
    assert(this.applied <= this.applying, "applied <= applying");
    assert(this.applying <= this.#committed, "applying <= committed");
    assert(this.#committed <= this.lastIndex, "committed <= last");
  }
}
