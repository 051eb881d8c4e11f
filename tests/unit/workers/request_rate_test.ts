import { assertEquals } from "@std/assert";
import { RequestRate } from "../../../src/workers/request_rate.ts";

Deno.test("RequestRate tick() comes near a steady rate, and forgets it", () => {
  const rate = new RequestRate(100);
  let count = 0;
  const tick = (times: number, each: number) => {
    for (let at = 0; at < times; at++) rate.tick(count += each);
    return rate.perSecond;
  };
  assertEquals(tick(1, 100), 100);
  assertEquals(tick(1, 100), 190);
  assertEquals(tick(100, 100), 996);
  assertEquals(tick(100, 0) < 10, true);
});

Deno.test("RequestRate reset() takes no count for a fall", () => {
  const rate = new RequestRate(100);
  rate.tick(100);
  rate.reset();
  rate.tick(100);
  assertEquals(rate.perSecond, 190);
});
