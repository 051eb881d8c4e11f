/**
 * A rate limit: tokens come at a steady pace, and are spent before bytes are sent.
 *
 * @module
 */

import type { Clock } from "../base/mod.ts";

/** See the module. */
export class TokenBucket {
  readonly #perMs: number;
  readonly #burst: number;
  readonly #clock: Clock;
  #tokens: number;
  #filledMs: number;

  /** `perSecond` tokens a second; up to `burst` are kept while nobody takes any. */
  constructor(perSecond: number, burst: number, clock: Clock) {
    this.#perMs = perSecond / 1000;
    this.#burst = burst;
    this.#clock = clock;
    this.#tokens = burst;
    this.#filledMs = clock.monotonicMs();
  }

  /**
   * Takes `count` tokens and returns 0, or takes none and returns after how many
   * milliseconds there may be enough. More than a burst are taken from a full bucket,
   * which then owes them.
   */
  take(count: number): number {
    const nowMs = this.#clock.monotonicMs();
    const gained = (nowMs - this.#filledMs) * this.#perMs;
    this.#tokens = Math.min(this.#burst, this.#tokens + gained);
    this.#filledMs = nowMs;
    const needed = Math.min(count, this.#burst);
    if (this.#tokens < needed) {
      return Math.max(1, Math.ceil((needed - this.#tokens) / this.#perMs));
    }
    this.#tokens -= count;
    return 0;
  }
}
