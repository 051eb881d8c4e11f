import { assert, assertEquals } from "@std/assert";
import * as importLimits from "../../../src/config/import_limits.ts";
import * as limits from "../../../src/config/limits.ts";
import * as peerLimits from "../../../src/config/peer_limits.ts";

const FILES = {
  "limits.ts": limits,
  "peer_limits.ts": peerLimits,
  "import_limits.ts": importLimits,
};

Deno.test("every limit is a positive whole number", () => {
  for (const module of Object.values(FILES)) {
    const entries = Object.entries(module);
    assert(entries.length > 3, "there are limits");
    for (const [name, value] of entries) {
      assert(Number.isSafeInteger(value) && value > 0, `${name} is ${value}`);
    }
  }
});

Deno.test("every limit says what happens, or what it measures", () => {
  for (const [name, module] of Object.entries(FILES)) {
    const url = new URL(`../../../src/config/${name}`, import.meta.url);
    const text = Deno.readTextFileSync(url);
    const documented = [...text.matchAll(/ \*\/\nexport const (\w+) =/g)]
      .map(([, constant]) => constant!);
    assertEquals(documented.sort(), Object.keys(module).sort());
  }
});

Deno.test("a ring, the log and the core's memory fit each other", () => {
  const { RING_BYTES, PROPOSED_BYTES_MAX, APPLYING_BYTES_MAX } = limits;
  assertEquals(RING_BYTES & (RING_BYTES - 1), 0, "a power of two");
  assert(PROPOSED_BYTES_MAX >= RING_BYTES, "what a ring holds can be proposed");
  assert(APPLYING_BYTES_MAX >= RING_BYTES, "and applied");
  assert(limits.CORE_BYTES_MAX < 2 ** 32, "a core's addresses have 32 bits");
});
