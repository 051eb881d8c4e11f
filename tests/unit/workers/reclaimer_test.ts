/** Slices of reclaim, one after the other. */

import { assertEquals } from "@std/assert";
import { RECLAIM_PAUSE_MS, UPKEEP_OBJECTS } from "../../../src/config/mod.ts";
import { Reclaimer } from "../../../src/workers/reclaimer.ts";

/** A reclaimer with `slices` slices to free, what it was asked for, and what waits for its time. */
function withSlices(slices: number) {
  const budgets: number[] = [];
  const waiting: (() => void)[] = [];
  const free = (budget: number) => {
    budgets.push(budget);
    return budgets.length < slices;
  };
  const reclaimer = new Reclaimer(free, (ms, then) => {
    assertEquals(ms, RECLAIM_PAUSE_MS);
    waiting.push(then);
    return () => {};
  });
  return { reclaimer, budgets, waiting };
}

Deno.test("Reclaimer tick() frees slice after slice until nothing waits", () => {
  const { reclaimer, budgets, waiting } = withSlices(3);
  reclaimer.tick();
  reclaimer.tick(); // one follows already
  assertEquals([budgets.length, waiting.length], [1, 1]);
  waiting.pop()!();
  waiting.pop()!();
  assertEquals(budgets, [UPKEEP_OBJECTS, UPKEEP_OBJECTS, UPKEEP_OBJECTS]);
  assertEquals(waiting.length, 0);
  reclaimer.tick();
  assertEquals(budgets.length, 4);
});

Deno.test("Reclaimer stop() ends the row of slices", () => {
  const { reclaimer, budgets, waiting } = withSlices(3);
  reclaimer.tick();
  reclaimer.stop();
  waiting.pop()!();
  reclaimer.tick();
  assertEquals(budgets.length, 1);
});
