/**
 * `src/replica/ticker.ts` that breaks a while after the start, put in its place
 * as `info.ts` is.
 *
 * @module
 */

import { Ticker as RealTicker } from "../../../src/replica/ticker.ts";

/** Ticks before the fault: an election takes fewer. */
const TICKS_GOOD = 15;

/** Counts ticks for a while. */
export class Ticker {
  readonly #real: RealTicker;
  #taken = 0;

  constructor(nowMs: number, tickMs: number) {
    this.#real = new RealTicker(nowMs, tickMs);
  }

  /** @see RealTicker.dueMs */
  get dueMs(): number {
    return this.#real.dueMs;
  }

  /** @see RealTicker.take */
  take(nowMs: number, ticksMax: number): number {
    const ticks = this.#real.take(nowMs, ticksMax);
    this.#taken += ticks;
    if (this.#taken > TICKS_GOOD) throw new TypeError("injected in a tick");
    return ticks;
  }
}
