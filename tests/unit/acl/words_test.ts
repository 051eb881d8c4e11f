import { assertEquals } from "@std/assert";
import {
  hasSpaces,
  mergeSelectors,
  splitWords,
} from "../../../src/acl/words.ts";

Deno.test("hasSpaces() finds every kind of space, and NUL", () => {
  for (const text of [" ", "a b", "a\tb", "\n", "a\0", "\v", "\f", "\r"]) {
    assertEquals(hasSpaces(text), true, JSON.stringify(text));
  }
  for (const text of ["", "ab", "\x85", "\xa0"]) {
    assertEquals(hasSpaces(text), false, JSON.stringify(text));
  }
});

Deno.test("splitWords() reads quotes and escapes as redis-cli does", () => {
  const cases: [string, string[] | undefined][] = [
    ["", []],
    ["  a  b\t", ["a", "b"]],
    [`"a b" 'c d'`, ["a b", "c d"]],
    [String.raw`"\x41\n\"\\\q" 'it\'s\n'`, [`A\n"\\q`, `it's\\n`]],
    [`a"b c"`, ["ab c"]],
    [`""`, [""]],
    [`"a`, undefined],
    [`'a`, undefined],
    [`"a"b`, undefined],
    [`'a'b`, undefined],
  ];
  for (const [line, words] of cases) {
    assertEquals(splitWords(line), words, line);
  }
});

Deno.test("mergeSelectors() joins what stands between parentheses", () => {
  assertEquals(mergeSelectors(["on", "(+get", "~a)", ">p"]), {
    rules: ["on", "(+get ~a)", ">p"],
  });
  assertEquals(mergeSelectors(["(+get)", "(", ")"]), {
    rules: ["(+get)", "( )"],
  });
  assertEquals(mergeSelectors(["(+get", "(~a)"]), { rules: ["(+get (~a)"] });
  assertEquals(mergeSelectors(["on", "(+get", "~a"]), { openAt: 1 });
  assertEquals(mergeSelectors([]), { rules: [] });
});
