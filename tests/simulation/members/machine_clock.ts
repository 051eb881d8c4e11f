/**
 * The clocks of a machine: they run too fast or too slow, the wall clock is set, and while
 * the machine sleeps the monotonic one stands still.
 *
 * @module
 */

import type { Clock } from "../../../src/base/mod.ts";
import type { SimulatedTime } from "../time.ts";

/** See the module. */
export class MachineClock {
  readonly #time: SimulatedTime;
  #rate: number;
  /** What the monotonic clock showed at `#sinceMs` of the world. */
  #baseMs: number;
  #sinceMs = 0;
  #wallStepMs = 0;
  /** When the machine fell asleep. */
  #asleepMs: number | undefined;

  /** Clocks that gain `rate` milliseconds in one, of which the monotonic one shows `startMs`. */
  constructor(time: SimulatedTime, rate: number, startMs: number) {
    this.#time = time;
    this.#rate = rate;
    this.#baseMs = startMs;
  }

  /** Milliseconds that it gains in one of the world. */
  get rate(): number {
    return this.#rate;
  }

  /** What a process sees whose monotonic clock begins now at `startMs`. */
  begin(startMs: number): Clock {
    const beginMs = this.#monotonicMs() - startMs;
    return {
      monotonicMs: () => this.#monotonicMs() - beginMs,
      wallMs: () => this.#wallMs(),
    };
  }

  /** The wall clock is set on by `ms`. */
  stepWall(ms: number): void {
    this.#wallStepMs += ms;
  }

  /** The machine sleeps until {@linkcode wake}. */
  sleep(): void {
    this.#asleepMs ??= this.#time.events.nowMs;
  }

  /** It goes on. */
  wake(): void {
    if (this.#asleepMs === undefined) return;
    const { nowMs } = this.#time.events;
    this.#wallStepMs += (nowMs - this.#asleepMs) * this.#rate;
    this.#baseMs = this.#monotonicMs();
    this.#sinceMs = nowMs;
    this.#asleepMs = undefined;
  }

  /** Runs as time does from now on. */
  repair(): void {
    this.wake();
    this.#baseMs = this.#monotonicMs();
    this.#sinceMs = this.#time.events.nowMs;
    this.#rate = 1;
  }

  #monotonicMs(): number {
    const nowMs = this.#asleepMs ?? this.#time.events.nowMs;
    return this.#baseMs + (nowMs - this.#sinceMs) * this.#rate;
  }

  #wallMs(): number {
    const { clock, events } = this.#time;
    const aheadMs = this.#monotonicMs() - events.nowMs;
    return Math.floor(clock.wallMs() + aheadMs + this.#wallStepMs);
  }
}
