import { assertEquals } from "@std/assert";
import {
  OutputWatch,
  readOutputLimit,
} from "../../../src/pubsub/output_limit.ts";

const limit = { hardBytes: 100, softBytes: 50, softMs: 1000 };

Deno.test("readOutputLimit() reads the limits of one class", () => {
  const value = "normal 0 0 0 slave 7 8 9 pubsub 100 50 1";
  assertEquals(readOutputLimit(value, "pubsub"), limit);
  assertEquals(readOutputLimit(value, "slave").softMs, 9000);
});

Deno.test("OutputWatch isOver() closes at the hard limit at once", () => {
  const watch = new OutputWatch();
  assertEquals(watch.isOver(limit, 99, 0), false);
  assertEquals(watch.isOver(limit, 100, 0), true);
  const unlimited = { hardBytes: 0, softBytes: 0, softMs: 0 };
  assertEquals(watch.isOver(unlimited, 1e9, 0), false);
});

Deno.test("OutputWatch isOver() closes at the soft limit when it lasts", () => {
  const watch = new OutputWatch();
  assertEquals(watch.isOver(limit, 50, 5), false);
  assertEquals(watch.isStrained, true);
  assertEquals(watch.isOver(limit, 60, 1005), false);
  assertEquals(watch.isOver(limit, 49, 1010), false);
  assertEquals(watch.isStrained, false);
  assertEquals(watch.isOver(limit, 60, 1100), false);
  assertEquals(watch.isOver(limit, 60, 2101), true);
});
