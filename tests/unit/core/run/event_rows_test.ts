import { assertEquals, assertStringIncludes } from "@std/assert";
import { EVENT_CLASSES } from "../../../../src/core/mod.ts";

/** What a class is called in core-as. */
const NAMES: Readonly<Record<keyof typeof EVENT_CLASSES, string>> = {
  generic: "GENERIC",
  string: "STRING",
  list: "LIST",
  set: "SET",
  hash: "HASH",
  sortedSet: "SORTED_SET",
  expired: "EXPIRED",
  evicted: "EVICTED",
  stream: "STREAM",
  miss: "MISS",
  new: "NEW",
  change: "CHANGE",
};

Deno.test("EVENT_CLASSES are the core's bits", () => {
  const file = new URL("../../../../core-as/keys/events.ts", import.meta.url);
  const source = Deno.readTextFileSync(file);
  for (const [name, bit] of Object.entries(EVENT_CLASSES)) {
    const constant = NAMES[name as keyof typeof EVENT_CLASSES];
    const line = `const ON_${constant}: u32 = 1 << ${Math.log2(bit)};`;
    assertStringIncludes(source, line);
  }
  assertEquals(source.match(/const ON_/g)!.length, Object.keys(NAMES).length);
});
