/**
 * Ticks of Raft's logical clock, from elapsed monotonic time.
 *
 * Counting timer callbacks would lose ticks: a busy or stopped process misses them.
 *
 * @module
 */

/** Tells how many ticks have passed. */
export class Ticker {
  readonly #tickMs: number;
  #lastMs: number;

  /** Starts counting ticks of `tickMs` at the monotonic time `nowMs`. */
  constructor(nowMs: number, tickMs: number) {
    this.#tickMs = tickMs;
    this.#lastMs = nowMs;
  }

  /** Monotonic time of the next tick. */
  get dueMs(): number {
    return this.#lastMs + this.#tickMs;
  }

  /**
   * Whole ticks since the last call, at most `ticksMax`; more than that are dropped.
   *
   * The bound keeps a node that slept from campaigning before it has read the
   * messages that wait for it: one tick less than an election takes.
   */
  take(nowMs: number, ticksMax: number): number {
    const ticks = Math.floor((nowMs - this.#lastMs) / this.#tickMs);
    if (ticks <= 0) return 0;
    this.#lastMs += ticks * this.#tickMs;
    return Math.min(ticks, ticksMax);
  }

  /**
   * One tick if one is due, and the next a whole one later: for a turn in which other
   * nodes were heard. Ticks that passed before they were heard must not shorten what is
   * promised to them from then on.
   */
  takeOne(nowMs: number): number {
    if (nowMs < this.dueMs) return 0;
    this.#lastMs = nowMs;
    return 1;
  }
}
