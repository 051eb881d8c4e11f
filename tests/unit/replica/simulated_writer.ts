/**
 * A log on a simulated disk: flushes and syncs end when told, and a crash keeps only
 * what was synced.
 *
 * @module
 */

import { assert } from "@std/assert";
import type { Entry, HardState } from "../../../src/raft/mod.ts";
import type { LogWriter } from "../../../src/replica/log_writer.ts";

/** One `append`. */
export interface Unit {
  readonly entries: readonly Entry[];
  readonly hardState: HardState | undefined;
}

/** See the module. */
export class SimulatedWriter implements LogWriter {
  /** What a snapshot does not stand for yet; set by tests. */
  bytesSinceSnapshot = 0;
  /** Indexes of `trim`. */
  readonly trims: number[] = [];
  /** Whether each flush so far asked for a sync. */
  readonly syncs: boolean[] = [];
  /** Units that were written, in order. */
  readonly written: Unit[] = [];
  /** Calls of `mark`. */
  marks = 0;
  /** How many of `written` are synced. */
  synced = 0;
  /** Whether the disk could be prepared; set by tests. */
  isPreparationDue = false;
  /** Preparations under way; tests end them. */
  readonly preparations: PromiseWithResolvers<void>[] = [];
  /** Whether flushes and syncs end at once. */
  isQuick = false;

  #gathered: Unit[] = [];
  #flush: PromiseWithResolvers<void> | undefined;
  #isSync = false;
  #sync: PromiseWithResolvers<void> | undefined;
  #syncedByThen = 0;

  /** Whether a flush is in flight. */
  get isFlushing(): boolean {
    return this.#flush !== undefined;
  }

  /** Whether a sync beside the flushes is in flight. */
  get isSyncing(): boolean {
    return this.#sync !== undefined;
  }

  append(entries: readonly Entry[], hardState?: HardState): void {
    this.#gathered.push({ entries, hardState });
  }

  flush(isSync: boolean): Promise<void> {
    assert(this.#flush === undefined, "one flush is in flight at a time");
    this.written.push(...this.#gathered);
    this.#gathered = [];
    this.syncs.push(isSync);
    this.#isSync = isSync;
    this.#flush = Promise.withResolvers();
    const { promise } = this.#flush;
    if (this.isQuick) void this.endFlush();
    return promise;
  }

  /** Ends the flush in flight, well or with `failure`, and lets its waiters run. */
  async endFlush(failure?: Error): Promise<void> {
    const flush = this.#flush;
    assert(flush !== undefined, "a flush is in flight");
    this.#flush = undefined;
    if (failure !== undefined) flush.reject(failure);
    else {
      if (this.#isSync) this.synced = this.written.length;
      flush.resolve();
    }
    await settle();
  }

  mark(): Promise<void> {
    assert(this.#flush === undefined, "one flush is in flight at a time");
    this.marks++;
    return Promise.resolve();
  }

  sync(): Promise<void> {
    assert(this.#sync === undefined, "one sync is in flight at a time");
    this.#syncedByThen = this.written.length;
    this.#sync = Promise.withResolvers();
    const { promise } = this.#sync;
    if (this.isQuick) void this.endSync();
    return promise;
  }

  /** Ends the sync in flight, well or with `failure`, and lets its waiters run. */
  async endSync(failure?: Error): Promise<void> {
    const sync = this.#sync;
    assert(sync !== undefined, "a sync is in flight");
    this.#sync = undefined;
    if (failure !== undefined) sync.reject(failure);
    else {
      this.synced = Math.max(this.synced, this.#syncedByThen);
      sync.resolve();
    }
    await settle();
  }

  trim(index: number): Promise<void> {
    this.trims.push(index);
    return Promise.resolve();
  }

  prepare(): Promise<void> {
    const preparation = Promise.withResolvers<void>();
    this.preparations.push(preparation);
    return preparation.promise;
  }

  /** All entries written so far. */
  entries(): Entry[] {
    return this.written.flatMap((unit) => unit.entries);
  }
}

/** Lets everything run that waits for a promise that is done. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}
