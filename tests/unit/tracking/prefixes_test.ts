import { assertEquals } from "@std/assert";
import { findOverlap } from "../../../src/tracking/prefixes.ts";

Deno.test("findOverlap() looks at present prefixes first, then at twins", () => {
  assertEquals(findOverlap(["ab", "abc"], ["x", "a"]), {
    given: "ab",
    other: "a",
    isPresent: true,
  });
  assertEquals(findOverlap(["abc", "ab"], ["x"]), {
    given: "abc",
    other: "ab",
    isPresent: false,
  });
});

Deno.test("findOverlap() takes an empty prefix to overlap with all", () => {
  assertEquals(findOverlap(["a", ""], []), {
    given: "a",
    other: "",
    isPresent: false,
  });
  assertEquals(findOverlap(["a"], [""])?.isPresent, true);
});

Deno.test("findOverlap() lets different prefixes be", () => {
  assertEquals(findOverlap(["a:1", "a:2", "b"], ["c", "a:3"]), undefined);
  assertEquals(findOverlap([], ["a"]), undefined);
});
