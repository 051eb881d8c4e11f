import { assertEquals } from "@std/assert";
import { ManualClock } from "../../../src/base/mod.ts";
import { Ticker } from "../../../src/replica/ticker.ts";

Deno.test("Ticker.take() counts whole ticks of elapsed time and keeps the rest", () => {
  const clock = new ManualClock();
  const ticker = new Ticker(clock, 100);
  clock.advance(99);
  assertEquals(ticker.take(9), 0);
  clock.advance(1);
  assertEquals([ticker.take(9), ticker.take(9)], [1, 0]);
  clock.advance(350);
  assertEquals([ticker.take(9), ticker.dueMs], [3, 500]);
  clock.advance(50);
  assertEquals(ticker.take(9), 1);
});

Deno.test("Ticker.take() drops what a node that slept has missed beyond the bound", () => {
  const clock = new ManualClock();
  const ticker = new Ticker(clock, 100);
  clock.advance(60_000);
  assertEquals([ticker.take(9), ticker.take(9)], [9, 0]);
});
