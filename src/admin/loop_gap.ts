/**
 * How late a thread's event loop gets to its timers: the time for which nothing
 * else on the thread could have run either.
 *
 * @module
 */

import { type Clock, Histogram, type HistogramFacts } from "../base/mod.ts";
import { LOOP_GAP_INTERVAL_MS } from "../config/mod.ts";

const US_BOUND = 64;
const DOUBLINGS = 18;

/** Measures one thread. */
export class LoopGap {
  readonly #clock: Clock;
  readonly #gapsUs = new Histogram(1);
  #dueMs = Infinity;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Measures by `clock` from {@linkcode start} on. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Looks at the clock by a timer until {@linkcode stop}. */
  start(): void {
    this.#dueMs = this.#clock.monotonicMs() + LOOP_GAP_INTERVAL_MS;
    this.#timer = setInterval(() => this.tick(), LOOP_GAP_INTERVAL_MS);
  }

  /** The timer fires; tests call it in its place. */
  tick(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#gapsUs.add(Math.max(0, nowMs - this.#dueMs) * 1000);
    this.#dueMs = nowMs + LOOP_GAP_INTERVAL_MS;
  }

  /** Ends the timer; counts the gap that it may be late by now. */
  stop(): void {
    clearInterval(this.#timer);
    if (this.#clock.monotonicMs() > this.#dueMs) this.tick();
  }

  /** Gaps in seconds. */
  facts(): HistogramFacts {
    return this.#gapsUs.facts(US_BOUND, DOUBLINGS, 1e-6);
  }
}
