/**
 * What a replica needs of the WAL while it runs. `Wal` of `src/storage` is the real
 * one; tests have a simulated one.
 *
 * @module
 */

import type { Entry, HardState } from "../raft/mod.ts";

/** The writing side of a log on disk. Errors of the disk are thrown or rejected with. */
export interface LogWriter {
  /** Buffers entries, then the hard state, as one unit for the next flush. */
  append(entries: readonly Entry[], hardState?: HardState): void;
  /**
   * Writes what is buffered, and syncs it if `isSync`. One flush at a time; what is
   * appended meanwhile belongs to the next one.
   */
  flush(isSync: boolean): Promise<void>;
  /** Bytes written since the newest snapshot, of this run and of earlier ones. */
  readonly bytesSinceSnapshot: number;
  /** Lets go of entries up to `index`, for which a snapshot stands. */
  trim(index: number): void;
}
