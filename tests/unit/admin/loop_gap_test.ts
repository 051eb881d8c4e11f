import { assert, assertEquals } from "@std/assert";
import { LoopGap } from "../../../src/admin/mod.ts";
import { ManualClock } from "../../../src/base/mod.ts";

const INTERVAL_MS = 100;

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

Deno.test("LoopGap.tick() counts how late it is called", () => {
  const clock = new ManualClock();
  const gap = new LoopGap(clock);
  gap.start();
  for (const lateMs of [0, 50, 0]) {
    clock.advance(INTERVAL_MS + lateMs);
    gap.tick();
  }
  gap.stop();
  const { counts, bounds, sum } = gap.facts();
  assertEquals(total(counts), 3);
  assert(Math.abs(sum - 0.05) < 1e-9, `${sum} s`);
  const index = counts.findLastIndex((count) => count > 0);
  assert(bounds[index]! >= 0.05 && bounds[index - 1]! < 0.05);
});

Deno.test("LoopGap.stop() counts the gap that ends with it", () => {
  const clock = new ManualClock();
  const gap = new LoopGap(clock);
  gap.start();
  clock.advance(INTERVAL_MS / 2);
  gap.stop();
  assertEquals(total(gap.facts().counts), 0, "not late yet");
  gap.start();
  clock.advance(INTERVAL_MS * 4);
  gap.stop();
  assertEquals(total(gap.facts().counts), 1);
});
