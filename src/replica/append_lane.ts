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

import { assert } from "../base/mod.ts";
import {
  type FsyncPolicy,
  MARK_AFTER_MS,
  SYNC_INTERVAL_MS,
  UNSYNCED_BYTES_MAX,
} from "../config/mod.ts";
import { canWait, type HardState, type Ready } from "../raft/mod.ts";
import type { LogWriter } from "./log_writer.ts";
import type { RaftStatistics } from "./statistics.ts";

/** Appends that one flush makes durable. */
interface Batch {
  readonly appends: Ready[];
  entries: number;
  bytes: number;
  /** Whether a term or a vote is in it. */
  hasVote: boolean;
}

function emptyBatch(): Batch {
  return { appends: [], entries: 0, bytes: 0, hasVote: false };
}

/**
 * Appends in the order of their `Ready`s.
 *
 * With the policy `everysec` a sync runs beside the flushes. While one has been due
 * for a whole interval more, flushes are held back, so that what was reported done
 * more than two intervals ago is on disk always. With any policy a sync runs when much
 * has been flushed: the flush that ends a segment waits for all of it.
 */
export class AppendLane {
  readonly #writer: LogWriter;
  readonly #fsync: FsyncPolicy;
  readonly #statistics: RaftStatistics;
  #hardState: HardState;
  /** Appends that are kept back. */
  readonly #waiting: Ready[] = [];
  #gathered = emptyBatch();
  #inFlight: Batch | undefined;
  #isDone = false;
  #flushing: Promise<void> | undefined;
  #flushedMs = 0;
  #syncing: Promise<void> | undefined;
  /** Removal of log that a snapshot stands for; one after another. */
  #trimming: Promise<void> | undefined;
  #preparing: Promise<void> | undefined;
  #hasUnsynced = false;
  /** Bytes flushed since the newest sync began. */
  #unsyncedBytes = 0;
  /** Whether more became durable than the log notes. */
  #hasUnmarked = false;
  /** When the newest sync that has ended well was started. */
  #syncedMs: number;
  #failure: unknown;

  /** Writes to `writer` by `fsync`; at `nowMs` the disk holds `hardState`. */
  constructor(
    nowMs: number,
    writer: LogWriter,
    fsync: FsyncPolicy,
    hardState: HardState,
    statistics: RaftStatistics,
  ) {
    this.#writer = writer;
    this.#fsync = fsync;
    this.#hardState = hardState;
    this.#statistics = statistics;
    this.#syncedMs = nowMs;
  }

  /** Resolves when the flush in flight has ended, well or not; undefined without one. */
  get flushing(): Promise<void> | undefined {
    return this.#flushing;
  }

  /** Resolves when some of the work beside the flushes has ended, well or not. */
  get background(): Promise<void> | undefined {
    return this.#syncing ?? this.#trimming ?? this.#preparing;
  }

  /** Whether all that was gathered has been flushed and taken, and nothing is under way. */
  get isIdle(): boolean {
    return this.#inFlight === undefined && this.background === undefined &&
      this.#gathered.appends.length === 0;
  }

  /** Monotonic time at which a sync is due. */
  get dueMs(): number {
    const isDue = this.#fsync === "everysec" && this.#hasUnsynced &&
      this.#syncing === undefined;
    return isDue ? this.#syncedMs + SYNC_INTERVAL_MS : Infinity;
  }

  // -- Appends in --

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
    for (const entry of entries) batch.bytes += entry.data.length;
    if (hardState === undefined) return;
    const { term, vote } = this.#hardState;
    batch.hasVote ||= hardState.term !== term || hardState.vote !== vote;
    this.#hardState = hardState;
  }

  // -- Work of the disk --

  /**
   * Starts a flush if something is gathered and none is in flight, and a sync if one
   * is due at `nowMs`, as all times here a monotonic one. Where there is nothing to
   * write for a while, the log notes what of it is durable.
   *
   * @throws What the disk reported of this or of earlier work.
   */
  start(nowMs: number): void {
    if (this.#failure !== undefined) throw this.#failure;
    const isMuch = this.#unsyncedBytes >= UNSYNCED_BYTES_MAX;
    if (nowMs >= this.dueMs || (isMuch && this.#syncing === undefined)) {
      this.#startSync(nowMs);
    }
    if (this.#preparing === undefined && this.#writer.isPreparationDue) {
      this.#startPreparing();
    }
    if (this.#inFlight !== undefined || this.#isHeld(nowMs)) return;
    if (this.#gathered.appends.length > 0) this.#startFlush(nowMs);
    else if (this.#hasUnmarked && nowMs - this.#flushedMs >= MARK_AFTER_MS) {
      this.#startMark();
    }
  }

  #isHeld(nowMs: number): boolean {
    return this.#syncing !== undefined &&
      nowMs - this.#syncedMs >= 2 * SYNC_INTERVAL_MS;
  }

  #startFlush(nowMs: number): void {
    const batch = this.#gathered;
    this.#gathered = emptyBatch();
    this.#inFlight = batch;
    this.#flushedMs = nowMs;
    const isSync = this.#isSyncNeeded(batch);
    if (!isSync) this.#hasUnsynced = true;
    this.#unsyncedBytes = isSync ? 0 : this.#unsyncedBytes + batch.bytes;
    this.#hasUnmarked = isSync;
    this.#await(this.#writer.flush(isSync));
  }

  #startMark(): void {
    this.#inFlight = emptyBatch();
    this.#hasUnmarked = false;
    this.#await(this.#writer.mark());
  }

  #await(flushed: Promise<void>): void {
    this.#flushing = flushed.then(
      () => this.#endFlush(undefined),
      (error: unknown) => this.#endFlush(error ?? "unknown"),
    );
  }

  #isSyncNeeded(batch: Batch): boolean {
    if (batch.hasVote) return true;
    if (this.#fsync !== "always") return false;
    return batch.appends.some((ready) => ready.mustSync);
  }

  #endFlush(failure: unknown): void {
    this.#failure ??= failure;
    this.#flushing = undefined;
    this.#isDone = true;
  }

  #startSync(nowMs: number): void {
    this.#hasUnsynced = false;
    this.#unsyncedBytes = 0;
    this.#syncing = this.#writer.sync().then(
      () => {
        this.#syncedMs = nowMs;
        this.#hasUnmarked = true;
        this.#syncing = undefined;
      },
      (error: unknown) => {
        this.#failure ??= error ?? "unknown";
        this.#syncing = undefined;
      },
    );
  }

  #startPreparing(): void {
    this.#preparing = this.#writer.prepare().catch((error: unknown) => {
      this.#failure ??= error ?? "unknown";
    }).then(() => {
      this.#preparing = undefined;
    });
  }

  /** Starts to let go of entries up to `index`, which a durable snapshot holds. */
  trim(index: number): void {
    const start = () => this.#writer.trim(index);
    const trimmed = this.#trimming?.then(start) ?? start();
    const trimming = trimmed.catch(
      (error: unknown) => {
        this.#failure ??= error ?? "unknown";
      },
    ).then(() => {
      if (this.#trimming === trimming) this.#trimming = undefined;
    });
    this.#trimming = trimming;
  }

  /**
   * The appends of the flush that has ended, undefined while there is none.
   *
   * @throws What the disk reported. The appends' fate is unknown then, and nothing may
   * be written any more.
   */
  takeDone(nowMs: number): readonly Ready[] | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    if (!this.#isDone) return undefined;
    const batch = this.#inFlight;
    assert(batch !== undefined, "a flush that ended was in flight");
    this.#isDone = false;
    this.#inFlight = undefined;
    if (batch.appends.length > 0) this.#count(batch, nowMs - this.#flushedMs);
    return batch.appends;
  }

  #count(batch: Batch, ms: number): void {
    const { entries, bytes } = batch;
    const statistics = this.#statistics;
    statistics.add("flushes", 1);
    statistics.set("flushMsLast", ms);
    statistics.add("flushMsSum", ms);
    statistics.max("flushMsMax", ms);
    statistics.count("flushUs", ms * 1000);
    statistics.add("entriesAppended", entries);
    statistics.add("bytesAppended", bytes);
    statistics.set("batchEntriesLast", entries);
    statistics.max("batchEntriesMax", entries);
    statistics.count("batchEntries", entries);
    statistics.max("batchBytesMax", bytes);
    statistics.count("batchBytes", bytes);
  }
}
