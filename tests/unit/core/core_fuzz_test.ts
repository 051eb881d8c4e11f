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
