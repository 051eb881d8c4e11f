import { assert, assertEquals } from "@std/assert";
import { ManualClock, systemClock } from "../../../src/base/mod.ts";

Deno.test("systemClock.wallMs() is the machine's time in whole milliseconds", () => {
  const before = Date.now();
  const nowMs = systemClock.wallMs();
  assert(Number.isInteger(nowMs));
  assert(before <= nowMs && nowMs <= Date.now());
});

Deno.test("systemClock.monotonicMs() never falls", () => {
  let last = systemClock.monotonicMs();
  for (let turn = 0; turn < 10_000; turn++) {
    const nowMs = systemClock.monotonicMs();
    assert(nowMs >= last, `${nowMs} after ${last}`);
    last = nowMs;
  }
});

Deno.test("ManualClock moves both clocks when told to, and only then", () => {
  const clock = new ManualClock(5000);
  assertEquals([clock.wallMs(), clock.monotonicMs()], [5000, 0]);
  assertEquals([clock.wallMs(), clock.monotonicMs()], [5000, 0]);
  clock.advance(12.5);
  assertEquals([clock.wallMs(), clock.monotonicMs()], [5012, 12.5]);
  clock.advance(0.5);
  assertEquals([clock.wallMs(), clock.monotonicMs()], [5013, 13]);
});
