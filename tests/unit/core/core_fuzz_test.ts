/** Short runs of the core's fuzzer, two for each of its profiles. */

import { runCoreFuzz } from "../../fuzz/core_fuzz.ts";

for (const seed of [1, 2]) {
  Deno.test(`Core agrees with plain maps, seed ${seed}`, () => {
    runCoreFuzz({
      seed,
      operationCount: 60_000,
      roundOperations: 15_000,
      checkEvery: 300,
    });
  });
}

// Memory passes 2 GiB while the code that looks at it is being optimized.
Deno.test("Core agrees with plain maps in a memory of more than 2 GiB", () => {
  runCoreFuzz({
    seed: 4262161269,
    firstRound: 6,
    operationCount: 1,
    roundOperations: 50_000,
    checkEvery: 500,
  });
});
