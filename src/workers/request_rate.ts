/**
 * How many commands run in a second, lately: INFO's `instantaneous_ops_per_sec`.
 *
 * @module
 */

/** What the newest interval counts for. */
const WEIGHT = 0.1;

/** A smoothed rate. */
export class RequestRate {
  readonly #intervalMs: number;
  #before = 0;
  #perSecond = 0;

  /** Looks every `intervalMs`. */
  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /** Commands a second. */
  get perSecond(): number {
    return this.#perSecond;
  }

  /** An interval has ended, and `count` commands have run since {@linkcode reset}. */
  tick(count: number): void {
    const perSecond = (count - this.#before) * 1000 / this.#intervalMs;
    this.#before = count;
    const smoothed = this.#perSecond * (1 - WEIGHT) + perSecond * WEIGHT;
    this.#perSecond = Math.round(smoothed);
  }

  /** The count begins anew at 0. */
  reset(): void {
    this.#before = 0;
  }
}
