/** Slices of reclaim, one after the other. */

import { assertEquals } from "@std/assert";
import { UPKEEP_OBJECTS } from "../../../src/config/mod.ts";
import { Reclaimer } from "../../../src/workers/reclaimer.ts";

/** A reclaimer with `slices` slices to free, and what it was asked for. */
function withSlices(slices: number) {
  const budgets: number[] = [];
  const ended = Promise.withResolvers<void>();
  const reclaimer = new Reclaimer((budget) => {
    budgets.push(budget);
    if (budgets.length === slices) ended.resolve();
    return budgets.length < slices;
  });
  return { reclaimer, budgets, ended: ended.promise };
}

Deno.test("Reclaimer tick() frees slice after slice until nothing waits", async () => {
  const { reclaimer, budgets, ended } = withSlices(3);
  reclaimer.tick();
  assertEquals(budgets.length, 1);
  reclaimer.tick(); // one follows already
  assertEquals(budgets.length, 1);
  await ended;
  assertEquals(budgets, [UPKEEP_OBJECTS, UPKEEP_OBJECTS, UPKEEP_OBJECTS]);
  reclaimer.tick();
  assertEquals(budgets.length, 4);
  reclaimer.stop();
});

Deno.test("Reclaimer stop() leaves the rest to the next tick", () => {
  const { reclaimer, budgets } = withSlices(3);
  reclaimer.tick();
  reclaimer.stop();
  reclaimer.tick();
  assertEquals(budgets.length, 2);
  reclaimer.stop();
});
