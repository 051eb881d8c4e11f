import { assert, assertEquals } from "@std/assert";
import {
  addHistograms,
  Histogram,
  NO_HISTOGRAM,
  SeededRandom,
} from "../../../src/base/mod.ts";

Deno.test("percentile() is at most a quarter above the true one", () => {
  const seed = Date.now() >>> 0;
  console.log(`seed ${seed}`);
  const random = new SeededRandom(seed);
  const histogram = new Histogram(16);
  const values = Array.from(
    { length: 5000 },
    () => 2 ** (random.below(2400) / 100),
  ).sort((a, b) => a - b);
  for (const value of values) histogram.add(value);
  for (const percent of [1, 25, 50, 90, 99, 99.9, 100]) {
    const rank = Math.ceil(values.length * percent / 100) - 1;
    const exact = values[rank]!;
    const shown = histogram.percentile(percent);
    assert(
      shown > exact && shown <= exact * 1.25 + 1 / 16,
      `p${percent}: ${shown} for ${exact}, seed ${seed}`,
    );
  }
});

Deno.test("add() keeps the sum and the number, weights included", () => {
  const histogram = new Histogram(1);
  histogram.add(3);
  histogram.add(10, 8);
  assertEquals([histogram.sum, histogram.count], [83, 9]);
  histogram.reset();
  assertEquals([histogram.sum, histogram.count], [0, 0]);
  assertEquals(histogram.percentile(50), 0);
});

Deno.test("add() puts what is too large into the last bucket", () => {
  const histogram = new Histogram(1);
  histogram.add(1e12);
  assertEquals(histogram.count, 1);
  assertEquals(histogram.percentile(50), 2 ** 32);
});

Deno.test("facts() cuts at doublings, without losing a value", () => {
  const histogram = new Histogram(16);
  for (const value of [0, 0.5, 0.99, 1, 1.99, 2, 3, 100, 5000]) {
    histogram.add(value);
  }
  const facts = histogram.facts(1, 4, 1e-6);
  assertEquals(facts.bounds, [1e-6, 2e-6, 4e-6, 8e-6, 16e-6]);
  assertEquals(facts.counts, [3, 2, 2, 0, 0, 2]);
});

Deno.test("addHistograms() adds bucket by bucket", () => {
  const one = new Histogram(1);
  one.add(1);
  const other = new Histogram(1);
  other.add(1);
  other.add(100);
  const [a, b] = [one.facts(1, 2), other.facts(1, 2)];
  assertEquals(addHistograms(a, b), {
    bounds: [1, 2, 4],
    counts: [0, 2, 0, 1],
    sum: 102,
  });
  assertEquals(addHistograms(NO_HISTOGRAM, b), b);
  assertEquals(addHistograms(a, NO_HISTOGRAM), a);
});
