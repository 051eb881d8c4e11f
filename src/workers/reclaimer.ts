/**
 * Frees what nothing reaches any more in slices, between looks at the sockets.
 *
 * @module
 */

import { RECLAIM_PAUSE_MS, UPKEEP_OBJECTS } from "../config/mod.ts";

/** Frees dead objects, slice after slice for as long as there are more. */
export class Reclaimer {
  readonly #free: (budget: number) => boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `free` frees up to `budget` objects and says whether more wait. */
  constructor(free: (budget: number) => boolean) {
    this.#free = free;
  }

  /** Frees a slice, unless one follows the other already. */
  tick(): void {
    if (this.#timer === undefined) this.#next();
  }

  /** Ends the row of slices. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #next(): void {
    this.#timer = this.#free(UPKEEP_OBJECTS)
      ? setTimeout(() => this.#next(), RECLAIM_PAUSE_MS)
      : undefined;
  }
}
