/**
 * Raft's appends on their way to the disk: one flush in flight while the next one
 * gathers.
 *
 * ```text
 *   waiting ─┐
 *            ├─► gathered ─► in flight ─► done: stable log, messages
 *   append ──┘
 * ```
 *
 * @module
 */

import { assert, type Clock } from "../base/mod.ts";
import { canWait, type HardState, type Ready } from "../raft/mod.ts";
import type { LogWriter } from "./log_writer.ts";
import { type FsyncPolicy, SYNC_INTERVAL_MS } from "./options.ts";
import type { RaftStatistics } from "./statistics.ts";

/** A set of appends that one flush makes durable. */
interface Batch {
  readonly appends: Ready[];
  entries: number;
  /** Whether a term or a vote is in it. */
  hasVote: boolean;
}

function emptyBatch(): Batch {
  return { appends: [], entries: 0, hasVote: false };
}

/** Appends in the order of their `Ready`s. */
export class AppendLane {
  readonly #clock: Clock;
  readonly #writer: LogWriter;
  readonly #fsync: FsyncPolicy;
  readonly #statistics: RaftStatistics;
  #hardState: HardState;
  /** Appends that are kept back; the newest hard state stands for all. */
  #waiting: Ready[] = [];
  #gathered = emptyBatch();
  #inFlight: Batch | undefined;
  #isDone = false;
  #failure: unknown;
  #flushing: Promise<void> | undefined;
  #startedMs = 0;
  #hasUnsynced = false;
  #syncedMs: number;

  /** Writes to `writer` by `fsync`; the disk holds `hardState`. */
  constructor(
    clock: Clock,
    writer: LogWriter,
    fsync: FsyncPolicy,
    statistics: RaftStatistics,
    hardState: HardState,
  ) {
    this.#clock = clock;
    this.#writer = writer;
    this.#fsync = fsync;
    this.#statistics = statistics;
    this.#hardState = hardState;
    this.#syncedMs = clock.monotonicMs();
  }

  /** Resolves when the flush in flight has ended, well or not; undefined without one. */
  get flushing(): Promise<void> | undefined {
    return this.#flushing;
  }

  /** Whether everything gathered is on disk. */
  get isIdle(): boolean {
    return this.#inFlight === undefined && this.#gathered.appends.length === 0;
  }

  /** Monotonic time at which the next flush is due though nothing new came. */
  get dueMs(): number {
    const isDue = this.#fsync === "everysec" && this.#hasUnsynced;
    return isDue ? this.#syncedMs + SYNC_INTERVAL_MS : Infinity;
  }

  /** Takes the append of `ready`. */
  add(ready: Ready): void {
    if (canWait(ready)) {
      this.#waiting.push(ready);
      return;
    }
    this.release();
    this.#gather(ready);
  }

  /** Gathers the appends that were kept back. */
  release(): void {
    for (const ready of this.#waiting) this.#gather(ready);
    this.#waiting.length = 0;
  }

  #gather(ready: Ready): void {
    const { entries, hardState } = ready;
    this.#writer.append(entries, hardState);
    const batch = this.#gathered;
    batch.appends.push(ready);
    batch.entries += entries.length;
    if (hardState === undefined) return;
    const { term, vote } = this.#hardState;
    if (hardState.term !== term || hardState.vote !== vote) {
      batch.hasVote = true;
    }
    this.#hardState = hardState;
  }

  /** Starts a flush if there is something to flush and none is in flight. */
  maybeFlush(): void {
    if (this.#inFlight !== undefined) return;
    const nowMs = this.#clock.monotonicMs();
    if (this.#gathered.appends.length === 0 && nowMs < this.dueMs) return;
    const batch = this.#gathered;
    this.#gathered = emptyBatch();
    this.#inFlight = batch;
    this.#startedMs = nowMs;
    const isSync = this.#isSyncNeeded(batch, nowMs);
    this.#hasUnsynced = !isSync;
    if (isSync) this.#syncedMs = nowMs;
    this.#flushing = this.#writer.flush(isSync).then(
      () => this.#finish(undefined),
      (error) => this.#finish(error ?? new Error("Cannot flush the log")),
    );
  }

  #isSyncNeeded(batch: Batch, nowMs: number): boolean {
    if (batch.hasVote) return true;
    switch (this.#fsync) {
      case "always":
        return batch.appends.some((ready) => ready.mustSync);
      case "everysec":
        return nowMs - this.#syncedMs >= SYNC_INTERVAL_MS;
      case "no":
        return false;
    }
  }

  #finish(failure: unknown): void {
    this.#failure = failure;
    this.#isDone = true;
    this.#flushing = undefined;
  }

  /**
   * The appends of the flush that has ended, undefined while there is none.
   *
   * @throws What the disk reported. The appends' fate is unknown then, and nothing may
   * be written any more.
   */
  takeDone(): readonly Ready[] | undefined {
    if (!this.#isDone) return undefined;
    const batch = this.#inFlight;
    assert(batch !== undefined, "a flush that ended was in flight");
    this.#isDone = false;
    this.#inFlight = undefined;
    if (this.#failure !== undefined) throw this.#failure;
    this.#count(batch);
    return batch.appends;
  }

  #count(batch: Batch): void {
    const statistics = this.#statistics;
    const ms = this.#clock.monotonicMs() - this.#startedMs;
    statistics.add("flushes", 1);
    statistics.set("flushMsLast", ms);
    statistics.add("flushMsSum", ms);
    statistics.max("flushMsMax", ms);
    statistics.count("flushUs", ms * 1000);
    statistics.add("entriesAppended", batch.entries);
    statistics.set("batchEntriesLast", batch.entries);
    statistics.max("batchEntriesMax", batch.entries);
    statistics.count("batchEntries", batch.entries);
  }
}
