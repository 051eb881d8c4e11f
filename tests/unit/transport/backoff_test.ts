import { assert, assertEquals } from "@std/assert";
import { SeededRandom } from "../../../src/base/mod.ts";
import { Backoff } from "../../../src/transport/backoff.ts";
import { printedSeed } from "../seed.ts";

Deno.test("nextMs() doubles up to the bound, and draws from the upper half", () => {
  const backoff = new Backoff(20, 2000, new SeededRandom(printedSeed()));
  for (const longest of [20, 40, 80, 160, 320, 640, 1280, 2000, 2000, 2000]) {
    const ms = backoff.nextMs();
    assert(ms >= longest / 2 && ms <= longest, `${ms} of ${longest}`);
  }
  backoff.reset();
  assert(backoff.nextMs() <= 20);
});

Deno.test("nextMs() differs from node to node", () => {
  const pauses = [1, 2, 3, 4, 5].map((seed) => {
    const backoff = new Backoff(2000, 2000, new SeededRandom(seed));
    return backoff.nextMs();
  });
  assertEquals(new Set(pauses).size, 5);
});
