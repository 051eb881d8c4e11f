import { assert, assertEquals } from "@std/assert";
import { ManualClock, SeededRandom } from "../../../src/base/mod.ts";
import { TokenBucket } from "../../../src/transport/token_bucket.ts";
import { printedSeed } from "../seed.ts";

Deno.test("take() gives a burst, then tells when there is enough", () => {
  const clock = new ManualClock();
  const bucket = new TokenBucket(1000, 500, clock);
  assertEquals(bucket.take(500), 0);
  assertEquals(bucket.take(100), 100);
  clock.advance(99);
  assertEquals(bucket.take(100), 1);
  clock.advance(1);
  assertEquals(bucket.take(100), 0);
});

Deno.test("take() gives more than a burst on credit", () => {
  const clock = new ManualClock();
  const bucket = new TokenBucket(1000, 500, clock);
  assertEquals(bucket.take(2000), 0);
  assertEquals(bucket.take(1), 1501);
});

Deno.test("take() never gives more than the rate and a burst", () => {
  const random = new SeededRandom(printedSeed());
  const clock = new ManualClock();
  const bucket = new TokenBucket(1000, 500, clock);
  let taken = 0;
  for (let step = 0; step < 2000; step++) {
    const count = 1 + random.below(500);
    const pauseMs = bucket.take(count);
    if (pauseMs === 0) taken += count;
    else clock.advance(random.below(2) === 0 ? pauseMs : random.below(30));
    assert(taken <= 500 + clock.monotonicMs() + 1e-6, `step ${step}`);
  }
  assert(taken > clock.monotonicMs() * 0.8, "and not much less");
});
