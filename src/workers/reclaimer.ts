/**
 * Frees what nothing reaches any more in slices, between looks at the sockets.
 *
 * @module
 */

import { type After, systemAfter } from "../base/mod.ts";
import { RECLAIM_PAUSE_MS, UPKEEP_OBJECTS } from "../config/mod.ts";

/** Frees dead objects, slice after slice for as long as there are more. */
export class Reclaimer {
  readonly #after: After;
  readonly #free: (budget: number) => boolean;
  #isWaiting = false;
  #hasStopped = false;

  /** `free` frees up to `budget` objects and says whether more wait. */
  constructor(free: (budget: number) => boolean, after: After = systemAfter) {
    this.#after = after;
    this.#free = free;
  }

  /** Frees a slice, unless one follows the other already. */
  tick(): void {
    if (!this.#isWaiting && !this.#hasStopped) this.#next();
  }

  /** Frees nothing any more. */
  stop(): void {
    this.#hasStopped = true;
  }

  #next(): void {
    this.#isWaiting = this.#free(UPKEEP_OBJECTS);
    if (!this.#isWaiting) return;
    this.#after(RECLAIM_PAUSE_MS, () => {
      if (!this.#hasStopped) this.#next();
    });
  }
}
