/**
 * Chance of a simulation: everything drawn from one seed, in streams that do not
 * disturb each other.
 *
 * @module
 */

import { type Random, SeededRandom } from "../../../src/base/mod.ts";

/** One stream of draws. */
export class Chance {
  readonly #seed: number;
  readonly #random: Random;

  /** The stream of `seed`. */
  constructor(seed: number) {
    this.#seed = seed >>> 0;
    this.#random = new SeededRandom(this.#seed);
  }

  /** A stream of its own for `purpose`, the same whatever was drawn here. */
  stream(purpose: string): Chance {
    let seed = this.#seed ^ 0x811c9dc5;
    for (let at = 0; at < purpose.length; at++) {
      seed = Math.imul(seed ^ purpose.charCodeAt(at), 0x01000193);
    }
    return new Chance(seed);
  }

  /** A whole number in `[0, bound)`. */
  below(bound: number): number {
    return this.#random.below(bound);
  }

  /** A whole number in `[low, high]`. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** A number in `[low, high)`. */
  uniform(low: number, high: number): number {
    return low + (this.#random.u32() / 2 ** 32) * (high - low);
  }

  /** Whether something of probability `probability` happens. */
  happens(probability: number): boolean {
    return this.#random.u32() < probability * 2 ** 32;
  }

  /** A waiting time of the mean `mean`, at most eight times as long. */
  waiting(mean: number): number {
    return Math.min(8, -Math.log(1 - this.uniform(0, 1))) * mean;
  }

  /** One of `choices`, of which there is at least one. */
  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  /** `values` in another order. */
  shuffle<T>(values: readonly T[]): T[] {
    const shuffled = [...values];
    for (let at = shuffled.length - 1; at > 0; at--) {
      const other = this.below(at + 1);
      [shuffled[at], shuffled[other]] = [shuffled[other]!, shuffled[at]!];
    }
    return shuffled;
  }
}
