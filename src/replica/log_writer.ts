/**
 * What a replica needs of the WAL while it runs. `Wal` of `src/storage` is one, tests
 * have a simulated one.
 *
 * @module
 */

import type { Entry, HardState } from "../raft/mod.ts";

/** The writing side of a log on disk. Errors of the disk are thrown or rejected with. */
export interface LogWriter {
  /** Bytes written since the newest snapshot, in this run and in earlier ones. */
  readonly bytesSinceSnapshot: number;
  /** Buffers entries, then the hard state, as one unit for the next flush. */
  append(entries: readonly Entry[], hardState?: HardState): void;
  /**
   * Hands what is buffered to the operating system, and syncs it to disk if `isSync`.
   * One at a time; what is appended meanwhile belongs to the next one.
   */
  flush(isSync: boolean): Promise<void>;
  /**
   * Notes in the log what of it is durable, without a sync, if that is not noted yet.
   * Counts as a flush.
   */
  mark(): Promise<void>;
  /** Syncs what was flushed. Flushes without sync may go on meanwhile. */
  sync(): Promise<void>;
  /**
   * Lets go of entries up to `index`, for which a durable snapshot stands. One at a
   * time; anything else may go on meanwhile.
   */
  trim(index: number): Promise<void>;
  /** Whether {@linkcode prepare} would make later syncs quicker. */
  readonly isPreparationDue: boolean;
  /** Prepares the disk for what comes. One at a time; anything else may go on meanwhile. */
  prepare(): Promise<void>;
}
