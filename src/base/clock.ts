/**
 * Time: the one file that reads a clock.
 *
 * Wall time stamps entries and expiries and may jump; monotonic time measures
 * spans and never goes back. Nothing that decides a span uses wall time, but for
 * one kind of line in a log for people (`src/engine/slow_watch.ts`).
 *
 * @module
 */

/** Where time comes from. */
export interface Clock {
  /** Milliseconds since 1970, a whole number. */
  wallMs(): number;
  /** Milliseconds since some start, never falling, with fractions. */
  monotonicMs(): number;
}

/** The machine's clocks. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

/** A clock that moves only when told to; for tests and simulations. */
export class ManualClock implements Clock {
  #wallMs: number;
  #monotonicMs = 0;

  /** Starts at `wallMs` since 1970. */
  constructor(wallMs = 1_700_000_000_000) {
    this.#wallMs = wallMs;
  }

  /** @inheritdoc */
  wallMs(): number {
    return Math.floor(this.#wallMs);
  }

  /** @inheritdoc */
  monotonicMs(): number {
    return this.#monotonicMs;
  }

  /** Moves both clocks on by `ms`. */
  advance(ms: number): void {
    this.#wallMs += ms;
    this.#monotonicMs += ms;
  }

  /** Sets the wall clock on by `ms`, or back. */
  stepWall(ms: number): void {
    this.#wallMs += ms;
  }
}
