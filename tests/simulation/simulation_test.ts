/**
 * A count of seeds of the simulations, which `deno task simulate` runs more of.
 *
 * `LANEKV_SEED=N` begins with another seed than the usual one; `LANEKV_SEEDS=N` runs
 * another number of them.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { simulateMembers } from "./members/simulate.ts";
import type { Run, SimulateOptions } from "./outcome.ts";
import { simulate } from "./simulate.ts";

interface Simulation {
  readonly run: (
    seed: number,
    options?: SimulateOptions,
  ) => Run | Promise<Run>;
  /** Seeds of one test. */
  readonly seeds: number;
  /** Entries that are committed for each seed, at least. */
  readonly commits: number;
}

const SIMULATIONS: Readonly<Record<string, Simulation>> = {
  core: { run: simulate, seeds: 800, commits: 20 },
  members: { run: simulateMembers, seeds: 300, commits: 15 },
};

const SEEDS = Deno.env.get("LANEKV_SEEDS");
const FIRST_SEED = Number(Deno.env.get("LANEKV_SEED") ?? 1);

/** Runs `seed`; fails with all that is known of what was wrong. */
async function runGood(
  name: string,
  seed: number,
  options?: SimulateOptions,
): Promise<Run> {
  const run = await SIMULATIONS[name]!.run(seed, options);
  const { failure } = run;
  const text = [
    `seed ${seed}: ${failure?.message}`,
    ...(failure?.tail ?? []),
    failure?.stack,
    `again: deno task simulate --of=${name} --seed=${seed} --count=1`,
  ];
  assert(failure === undefined, text.join("\n"));
  return run;
}

for (const [name, simulation] of Object.entries(SIMULATIONS)) {
  Deno.test(`simulation of ${name} finds no broken rule`, async () => {
    const seeds = Number(SEEDS ?? simulation.seeds);
    let commits = 0;
    let crashes = 0;
    for (let seed = FIRST_SEED; seed < FIRST_SEED + seeds; seed++) {
      const { counts } = await runGood(name, seed);
      commits += counts.commits;
      crashes += counts.crashes;
    }
    // A simulation in which little happens finds nothing.
    assert(
      commits > simulation.commits * seeds,
      `${commits} entries were committed`,
    );
    assert(crashes > seeds, `${crashes} nodes crashed`);
  });

  Deno.test(`simulation of ${name} does the same for the same seed`, async () => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + 8; seed++) {
      const options = { isHashed: true };
      const run = await runGood(name, seed, options);
      assert(run.hash !== undefined);
      assertEquals(run, await runGood(name, seed, options));
    }
  });

  Deno.test(`simulation of ${name} does something else for another seed`, async () => {
    const hashes = new Set<string | undefined>();
    for (let seed = FIRST_SEED; seed < FIRST_SEED + 20; seed++) {
      hashes.add((await runGood(name, seed, { isHashed: true })).hash);
    }
    assertEquals(hashes.size, 20);
  });
}
