/**
 * Random numbers for tests that can be replayed: set `LANEKV_SEED` to the
 * printed seed.
 *
 * @module
 */

import { SeededRandom } from "../../../src/base/mod.ts";
import { printedSeed } from "../seed.ts";

/** A generator and the seed that made it. */
export interface PrintedRandom {
  /** The seed, for messages. */
  readonly seed: number;
  /** A number from 0 to `bound - 1`. */
  readonly next: (bound: number) => number;
}

/** A new generator, which prints its seed. */
export function printedRandom(): PrintedRandom {
  const seed = printedSeed();
  const random = new SeededRandom(seed);
  return { seed, next: (bound) => random.below(bound) };
}
