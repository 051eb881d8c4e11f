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

Deno.test("RaftStatistics.facts() shows bounds, counts and the sum in one measure", () => {
  const statistics = fresh();
  for (const us of [0, 1, 3, 2 ** 27]) {
    statistics.count("flushUs", us);
    statistics.add("flushMsSum", us / 1000);
  }
  const { bounds, counts, sum } = statistics.facts("flushUs", 1e-6);
  assertEquals(counts.length, bounds.length + 1);
  assertEquals(bounds.slice(0, 3), [1e-6, 2e-6, 4e-6]);
  assertEquals(counts.slice(0, 4), [1, 1, 1, 0]);
  assertEquals(counts.at(-1), 1, "what is above the last bound");
  assertEquals(Math.round(sum * 1e6), 4 + 2 ** 27);
});
