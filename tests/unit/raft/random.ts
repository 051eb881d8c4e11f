/**
 * Random numbers for tests that can be replayed: set `LANEKV_TEST_SEED` to the
 * printed seed.
 *
 * @module
 */

/** A generator and the seed that made it. */
export interface SeededRandom {
  /** The seed, for messages. */
  readonly seed: number;
  /** A number from 0 to `bound - 1`. */
  readonly next: (bound: number) => number;
}

function seedFromEnvironment(): number {
  const text = Deno.env.get("LANEKV_TEST_SEED");
  return text === undefined ? Date.now() % 2 ** 31 : Number(text);
}

/** A new generator (mulberry32), which prints its seed. */
export function seededRandom(seed = seedFromEnvironment()): SeededRandom {
  console.log(`seed ${seed} (replay: LANEKV_TEST_SEED=${seed})`);
  let state = seed >>> 0;
  const next = (bound: number) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
  return { seed, next };
}
