/**
 * The lease in shared memory: the raft Worker writes it, the serve Worker looks once for
 * each chunk of reads.
 *
 * ```text
 * +0   i64   when the lease ends, in microseconds of the serve Worker's monotonic
 *            clock; NONE when there is none
 * +8   i64   index up to which all entries were committed when it was written
 * ```
 *
 * A read under the lease is linearizable if the state holds all entries up to that index:
 * another node may have read at it already, by an index that it asked this one for.
 * The index is stored before the end, and loaded behind it.
 *
 * Workers' clocks run alike and start at different times. A CLOCK frame says what the
 * serve Worker's clock showed before the frame was read: the raft Worker's own clock was
 * ahead of it by at most the difference it sees then. Taking the smallest such
 * difference for what it is, the end is written too early, never too late.
 *
 * @module
 */

const END = 0;
const INDEX = 1;
const NONE = -(2n ** 62n);

/** Bytes of shared memory that a page takes. */
export const LEASE_PAGE_BYTES = 16;

/** The raft Worker's side. */
export class LeasePage {
  readonly #slots: BigInt64Array;
  /** How far the own clock is ahead of the reader's, at most; `Infinity` = not known. */
  #aheadMs = Infinity;
  #endMs = -Infinity;

  /** Writes to `memory`. */
  constructor(memory: SharedArrayBuffer) {
    this.#slots = new BigInt64Array(memory, 0, 2);
    Atomics.store(this.#slots, END, NONE);
  }

  /** The reader's clock showed `readerMs` before the own one showed `ownMs`. */
  noteClock(readerMs: number, ownMs: number): void {
    this.#aheadMs = Math.min(this.#aheadMs, ownMs - readerMs);
  }

  /** Entries up to `index` are committed: before anybody else may act on it. */
  noteCommitted(index: number): void {
    Atomics.store(this.#slots, INDEX, BigInt(index));
  }

  /** The lease ends at `endMs` of the own clock; `-Infinity`: there is none. */
  noteEnd(endMs: number): void {
    const readerMs = endMs - this.#aheadMs;
    if (readerMs === this.#endMs) return;
    this.#endMs = readerMs;
    const end = Number.isFinite(readerMs)
      ? BigInt(Math.floor(readerMs * 1000))
      : NONE;
    Atomics.store(this.#slots, END, end);
  }
}

/** The serve Worker's side. */
export class LeaseReader {
  readonly #slots: BigInt64Array;

  /** Reads from `memory`, to which a {@linkcode LeasePage} writes. */
  constructor(memory: SharedArrayBuffer) {
    this.#slots = new BigInt64Array(memory, 0, 2);
  }

  /**
   * Whether reads of a state that holds the log up to `appliedIndex` are linearizable.
   * `nowMs`: this thread's monotonic clock, read after the request had come.
   */
  permits(nowMs: number, appliedIndex: number): boolean {
    const end = Atomics.load(this.#slots, END);
    return nowMs * 1000 < Number(end) &&
      appliedIndex >= Number(Atomics.load(this.#slots, INDEX));
  }
}
