import { assert, assertEquals } from "@std/assert";
import * as limits from "../../../src/config/limits.ts";

const LIMITS = new URL("../../../src/config/limits.ts", import.meta.url);

Deno.test("every limit is a positive whole number", () => {
  const entries = Object.entries(limits);
  assert(entries.length > 15, "there are limits");
  for (const [name, value] of entries) {
    assert(Number.isSafeInteger(value) && value > 0, `${name} is ${value}`);
  }
});

Deno.test("every limit says what happens, or what it measures", () => {
  const text = Deno.readTextFileSync(LIMITS);
  const documented = [...text.matchAll(/ \*\/\nexport const (\w+) =/g)]
    .map(([, name]) => name!);
  assertEquals(documented.sort(), Object.keys(limits).sort());
});

Deno.test("a ring, the log and the core's memory fit each other", () => {
  const { RING_BYTES, PROPOSED_BYTES_MAX, APPLYING_BYTES_MAX } = limits;
  assertEquals(RING_BYTES & (RING_BYTES - 1), 0, "a power of two");
  assert(PROPOSED_BYTES_MAX >= RING_BYTES, "what a ring holds can be proposed");
  assert(APPLYING_BYTES_MAX >= RING_BYTES, "and applied");
  assert(limits.CORE_BYTES_MAX < 2 ** 32, "a core's addresses have 32 bits");
});
