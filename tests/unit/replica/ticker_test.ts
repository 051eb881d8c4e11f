import { assertEquals } from "@std/assert";
import { Ticker } from "../../../src/replica/ticker.ts";

Deno.test("Ticker.take() counts whole ticks of elapsed time and keeps the rest", () => {
  const ticker = new Ticker(50, 100);
  const ticks = [149, 150, 150, 500, 550].map((nowMs) => ticker.take(nowMs, 9));
  assertEquals(ticks, [0, 1, 0, 3, 1]);
  assertEquals(ticker.dueMs, 650);
});

Deno.test("Ticker.take() drops what a node that slept has missed beyond the bound", () => {
  const ticker = new Ticker(0, 100);
  assertEquals([ticker.take(60_000, 9), ticker.take(60_000, 9)], [9, 0]);
});
