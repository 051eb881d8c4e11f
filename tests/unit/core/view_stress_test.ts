/** A short run of the stress test of views. */

import { assert } from "@std/assert";
import { runViewStress } from "../../fuzz/view_stress.ts";

Deno.test("CoreReader walks whole views while the owner writes", async () => {
  const { readers } = await runViewStress({ seed: 1, durationMs: 1500 });
  for (const { views } of readers) assert(views > 0, "each reader had a view");
});
