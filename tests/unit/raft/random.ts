/**
 * Random numbers for tests that can be replayed: set `LANEKV_TEST_SEED` to the
 * printed seed.
 *
 * @module
 */

import { SeededRandom } from "../../../src/base/mod.ts";

/** A generator and the seed that made it. */
export interface PrintedRandom {
  /** The seed, for messages. */
  readonly seed: number;
  /** A number from 0 to `bound - 1`. */
  readonly next: (bound: number) => number;
}

/** A new generator, which prints its seed. */
export function printedRandom(): PrintedRandom {
  const text = Deno.env.get("LANEKV_TEST_SEED");
  const seed = text === undefined ? Date.now() % 2 ** 31 : Number(text);
  console.log(`seed ${seed} (replay: LANEKV_TEST_SEED=${seed})`);
  const random = new SeededRandom(seed);
  return { seed, next: (bound) => random.below(bound) };
}
