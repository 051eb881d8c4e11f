/**
 * The lease in shared memory: the raft Worker writes it, the serve Worker looks once for
 * each chunk of reads.
 *
 * ```text
 * +0   i64   when the lease ends, in microseconds of the serve Worker's monotonic
 *            clock; NONE when there is none
 * +8   i64   index up to which all entries were committed when it was written
 * +16  i64   when the lease ends, in milliseconds of the wall clock
 * ```
 *
 * A read under the lease is linearizable if the state holds all entries up to that index:
 * another node may have read at it already, by an index that it asked this one for.
 * The index is stored before the end, and loaded behind it.
 *
 * Monotonic clocks stand still while the machine sleeps. The raft Worker notices that in
 * its next turn, but the serve Worker may be awake first: the wall clock, which goes on,
 * tells it.
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
const WALL_END = 2;
const SLOTS = 3;
const NONE = -(2n ** 62n);

/** Bytes of shared memory that a page takes. */
export const LEASE_PAGE_BYTES = 8 * SLOTS;

/** The raft Worker's side. */
export class LeasePage {
  readonly #slots: BigInt64Array;
  /** How far the own clock is ahead of the reader's, at most; `Infinity` = not known. */
  #aheadMs = Infinity;
  #endMs = -Infinity;

  /** Writes to `memory`. */
  constructor(memory: SharedArrayBuffer) {
    this.#slots = new BigInt64Array(memory, 0, SLOTS);
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

  /**
   * The lease ends at `endMs` of the own clock, which will be `wallEndMs` of the wall
   * clock; `-Infinity`: there is none.
   */
  noteEnd(endMs: number, wallEndMs: number): void {
    const readerMs = endMs - this.#aheadMs;
    if (readerMs === this.#endMs) return;
    this.#endMs = readerMs;
    if (Number.isFinite(wallEndMs)) {
      Atomics.store(this.#slots, WALL_END, BigInt(Math.floor(wallEndMs)));
    }
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
    this.#slots = new BigInt64Array(memory, 0, SLOTS);
  }

  /**
   * Whether reads of a state that holds the log up to `appliedIndex` are linearizable.
   * `nowMs` and `wallMs`: this thread's clocks, read after the request had come.
   */
  permits(nowMs: number, wallMs: number, appliedIndex: number): boolean {
    const end = Atomics.load(this.#slots, END);
    return nowMs * 1000 < Number(end) &&
      wallMs < Number(Atomics.load(this.#slots, WALL_END)) &&
      appliedIndex >= Number(Atomics.load(this.#slots, INDEX));
  }
}
