/**
 * Pauses between attempts: longer with each failure, and never the same for two nodes.
 *
 * @module
 */

import type { Random } from "../base/mod.ts";

/** See the module. */
export class Backoff {
  readonly #minMs: number;
  readonly #maxMs: number;
  readonly #random: Random;
  #failures = 0;

  /** Pauses of up to `minMs` at first, doubling up to `maxMs`. */
  constructor(minMs: number, maxMs: number, random: Random) {
    this.#minMs = minMs;
    this.#maxMs = maxMs;
    this.#random = random;
  }

  /** After one more failure: how long to wait, in whole milliseconds. */
  nextMs(): number {
    const longest = Math.min(this.#maxMs, this.#minMs * 2 ** this.#failures);
    if (longest < this.#maxMs) this.#failures++;
    const half = Math.floor(longest / 2);
    return half + this.#random.below(longest - half + 1);
  }

  /** After a success. */
  reset(): void {
    this.#failures = 0;
  }
}
