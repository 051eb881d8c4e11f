/**
 * Random numbers: the one file that draws from the machine's source.
 *
 * @module
 */

import { assert } from "./assert.ts";

/** Where random numbers come from. */
export interface Random {
  /** A whole number in [0, 2^32). */
  u32(): number;
  /** A whole number in [0, 2^64). */
  u64(): bigint;
  /** A whole number in [0, bound). Requires: 0 < bound ≤ 2^32. */
  below(bound: number): number;
}

const POOL_WORDS = 256;

/** The machine's source, drawn in pools. */
class SystemRandom implements Random {
  readonly #pool = new Uint32Array(POOL_WORDS);
  #next = POOL_WORDS;

  u32(): number {
    if (this.#next === POOL_WORDS) {
      crypto.getRandomValues(this.#pool);
      this.#next = 0;
    }
    return this.#pool[this.#next++]!;
  }

  u64(): bigint {
    return (BigInt(this.u32()) << 32n) | BigInt(this.u32());
  }

  below(bound: number): number {
    assert(bound > 0 && bound <= 2 ** 32, "bound is in (0, 2^32]");
    return Math.floor((this.u32() / 2 ** 32) * bound);
  }
}

/** Random numbers that nobody can foretell. */
export const systemRandom: Random = new SystemRandom();

/** The same sequence for the same seed (splitmix32); for tests and simulations. */
export class SeededRandom implements Random {
  #state: number;

  /** Starts the sequence of `seed`. */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** @inheritdoc */
  u32(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  }

  /** @inheritdoc */
  u64(): bigint {
    return (BigInt(this.u32()) << 32n) | BigInt(this.u32());
  }

  /** @inheritdoc */
  below(bound: number): number {
    assert(bound > 0 && bound <= 2 ** 32, "bound is in (0, 2^32]");
    return Math.floor((this.u32() / 2 ** 32) * bound);
  }
}
