import { assertEquals } from "@std/assert";
import { globMatches, globMatchesAnyCase } from "../../../src/base/glob.ts";

Deno.test("globMatches() takes stars, marks, classes and escapes", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["*", "", false],
    ["", "", true],
    ["", "a", false],
    ["max*", "maxmemory-policy", true],
    ["*max*y", "xmaxmemory", true],
    ["a?c", "abc", true],
    ["a?c", "ac", false],
    ["[ab]x", "bx", true],
    ["[^ab]x", "bx", false],
    ["[a-c]x", "bx", true],
    ["[c-a]x", "bx", true],
    ["[a", "a", true],
    ["[\\]]", "]", true],
    ["\\*", "*", true],
    ["\\*", "a", false],
    ["MAX*", "maxmemory", false],
    ["a**b", "ab", true],
    ["*a", "ba\n", false],
  ];
  for (const [pattern, text, matches] of cases) {
    assertEquals(globMatches(pattern, text), matches, `${pattern} ${text}`);
  }
});

Deno.test("globMatches() goes back to the last star alone", () => {
  const text = "a".repeat(20_000);
  assertEquals(globMatches("*a".repeat(30) + "b", text), false);
  assertEquals(globMatches("*a".repeat(30), text), true);
});

Deno.test("globMatchesAnyCase() takes upper and lower case alike", () => {
  assertEquals(globMatchesAnyCase("MAX*", "maxmemory"), true);
  assertEquals(globMatchesAnyCase("[A-C]", "b"), true);
  assertEquals(globMatchesAnyCase("MIN*", "maxmemory"), false);
});
