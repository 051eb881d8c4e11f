/**
 * The simulation finds faults: a few of those that `mutants.ts` looks for.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { MUTANTS } from "./mutants.ts";
import { applyEdits, type LoadedMutant, withMutant } from "./mutants/patch.ts";

/** Faults that are found in at least one seed of thirty. */
const QUICK = [
  "acknowledges before the disk has it",
  "votes for a candidate with an older log",
  "a snapshot holds less than its index says",
  "answers reads before an entry of its term is committed",
  "counts learners",
  "the log's lane does not sync",
  "a segment is used before its name is durable",
  "lost proposals count as refused",
];
const SEEDS_MAX = 300;

async function firstFailure(
  { simulate }: LoadedMutant,
): Promise<number | undefined> {
  for (let seed = 1; seed <= SEEDS_MAX; seed++) {
    const { failure } = await simulate(seed);
    if (failure !== undefined) return seed;
  }
}

for (const name of QUICK) {
  Deno.test(`simulate() finds a fault: ${name}`, async () => {
    const mutant = MUTANTS.find((one) => one.name === name);
    assert(mutant !== undefined, "the fault is in the table");
    const seed = await withMutant(mutant, firstFailure);
    assert(seed !== undefined, `not in ${SEEDS_MAX} seeds`);
  });
}

Deno.test("MUTANTS fit the code", () => {
  for (const { edits } of MUTANTS) {
    for (const { file } of edits) {
      const text = Deno.readTextFileSync(
        new URL(`../../${file}`, import.meta.url),
      );
      assert(applyEdits(file, text, edits) !== text);
    }
  }
});

Deno.test("MUTANTS have names of their own", () => {
  assertEquals(new Set(MUTANTS.map(({ name }) => name)).size, MUTANTS.length);
});

Deno.test("applyEdits() refuses what does not fit", () => {
  const edit = { file: "a.ts", find: "x", replace: "y" };
  assertEquals(applyEdits("a.ts", "1 x 2", [edit]), "1 y 2");
  assertEquals(applyEdits("b.ts", "1 x 2", [edit]), "1 x 2");
  assertThrows(() => applyEdits("a.ts", "1 2", [edit]), Error, "0 times");
  assertThrows(() => applyEdits("a.ts", "x x", [edit]), Error, "2 times");
});
