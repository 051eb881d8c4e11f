import { assertEquals, assertThrows } from "@std/assert";
import { assert, AssertionError, unreachable } from "../../../src/base/mod.ts";

Deno.test("assert() passes what is truthy and throws what is not", () => {
  for (const value of [true, 1, "0", [], {}]) assert(value, "holds");
  for (const value of [false, 0, "", null, undefined, NaN]) {
    const error = assertThrows(() => assert(value, "a thing is so"));
    assertEquals(error instanceof AssertionError, true);
    assertEquals(error.message, "a thing is so");
    assertEquals(error.name, "AssertionError");
  }
});

Deno.test("assert() narrows the type of what it checked", () => {
  const words = new Map([["a", 1]]);
  const found = words.get("a");
  assert(found !== undefined, "the word is there");
  assertEquals(found.toFixed(0), "1");
});

Deno.test("unreachable() names the value that the types rule out", () => {
  const value = "surprise" as never;
  const error = assertThrows(() => unreachable(value), AssertionError);
  assertEquals(error.message, 'Unreachable: "surprise"');
});
