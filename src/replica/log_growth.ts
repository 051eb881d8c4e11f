/**
 * How much log there may be before a snapshot is to stand for it.
 *
 * @module
 */

/** The bytes of WAL at which the next snapshot is wanted. */
export class LogGrowth {
  readonly #stepBytes: number;
  #wantedBytes: number;

  /** At least `stepBytes` of log stand behind a snapshot, the newest of `snapshotBytes`. */
  constructor(stepBytes: number, snapshotBytes: number) {
    this.#stepBytes = stepBytes;
    this.#wantedBytes = this.#boundBehind(snapshotBytes);
  }

  /** Whether a snapshot is wanted behind `bytes` of log. */
  isDue(bytes: number): boolean {
    return bytes >= this.#wantedBytes;
  }

  /** One was asked for behind `bytes` of log; it may fail, and is asked for again then. */
  noteWanted(bytes: number): void {
    this.#wantedBytes = bytes + this.#stepBytes;
  }

  /** One of `bytes` was taken. */
  noteTaken(bytes: number): void {
    this.#wantedBytes = this.#boundBehind(bytes);
  }

  /**
   * No fewer than the snapshot has: so snapshots write no more than the log does, however
   * much there is to write.
   */
  #boundBehind(snapshotBytes: number): number {
    return Math.max(this.#stepBytes, snapshotBytes);
  }
}
