/**
 * A count of seeds of the simulation, which `deno task simulate` runs more of.
 *
 * `LANEKV_SEED=N` begins with another seed than the usual one; `LANEKV_SEEDS=N` runs
 * another number of them.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { simulate } from "./simulate.ts";

/** Seeds of one test. */
const SEEDS = Number(Deno.env.get("LANEKV_SEEDS") ?? 1000);
const FIRST_SEED = Number(Deno.env.get("LANEKV_SEED") ?? 1);

Deno.test("simulate() finds no broken rule", () => {
  let commits = 0;
  let crashes = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
    const { failure, counts } = simulate(seed);
    const text = [
      `seed ${seed}: ${failure?.message}`,
      ...(failure?.tail ?? []),
      failure?.stack,
      `again: deno task simulate --seed=${seed} --count=1`,
    ];
    assert(failure === undefined, text.join("\n"));
    commits += counts.commits;
    crashes += counts.crashes;
  }
  // A simulation in which little happens finds nothing.
  assert(commits > 20 * SEEDS, `${commits} entries were committed`);
  assert(crashes > SEEDS, `${crashes} nodes crashed`);
});

Deno.test("simulate() does the same for the same seed", () => {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + 10; seed++) {
    assertEquals(simulate(seed), simulate(seed));
  }
});

Deno.test("simulate() does something else for another seed", () => {
  const hashes = new Set<string>();
  for (let seed = FIRST_SEED; seed < FIRST_SEED + 20; seed++) {
    hashes.add(simulate(seed).hash);
  }
  assertEquals(hashes.size, 20);
});
