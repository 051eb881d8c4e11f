/**
 * The seed of a random test.
 *
 * @module
 */

import { systemRandom } from "../../src/base/mod.ts";

/** The variable LANEKV_SEED, or a new seed; prints it and how to repeat it. */
export function printedSeed(): number {
  const given = Deno.env.get("LANEKV_SEED");
  const seed = given === undefined ? systemRandom.u32() : Number(given);
  console.log(`seed ${seed} (replay: LANEKV_SEED=${seed})`);
  return seed;
}
