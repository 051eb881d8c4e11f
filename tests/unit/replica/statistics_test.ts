import { assertEquals } from "@std/assert";
import {
  HISTOGRAM_BUCKETS,
  RaftStatistics,
  STATISTIC_NAMES,
  STATISTICS_BYTES,
} from "../../../src/replica/mod.ts";

function fresh(): RaftStatistics {
  return new RaftStatistics(new SharedArrayBuffer(STATISTICS_BYTES));
}

Deno.test("RaftStatistics keeps every counter apart", () => {
  const statistics = fresh();
  STATISTIC_NAMES.forEach((name, at) => statistics.set(name, at + 1));
  STATISTIC_NAMES.forEach((name, at) =>
    assertEquals(statistics.get(name), at + 1)
  );
  assertEquals(Object.keys(statistics.toObject()), [...STATISTIC_NAMES]);
});

Deno.test("RaftStatistics is seen by another view of the same memory", () => {
  const memory = new SharedArrayBuffer(STATISTICS_BYTES);
  const writer = new RaftStatistics(memory);
  writer.add("flushes", 2);
  writer.max("flushMsMax", 5);
  writer.max("flushMsMax", 3);
  const reader = new RaftStatistics(memory);
  assertEquals([reader.get("flushes"), reader.get("flushMsMax")], [2, 5]);
});

Deno.test("RaftStatistics.count() puts a value below the power of two of its bucket", () => {
  const statistics = fresh();
  for (const value of [0, 0.9, 1, 2, 3, 4, 1023, 1024, 2 ** 31]) {
    statistics.count("flushUs", value);
  }
  const buckets = statistics.histogram("flushUs");
  assertEquals(buckets.length, HISTOGRAM_BUCKETS);
  assertEquals(buckets.slice(0, 4), [2, 1, 2, 1]);
  assertEquals([buckets[10], buckets[11], buckets[31]], [1, 1, 1]);
  assertEquals(statistics.histogram("batchBytes").every((n) => n === 0), true);
});
