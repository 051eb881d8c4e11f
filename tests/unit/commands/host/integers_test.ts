import { assertEquals } from "@std/assert";
import {
  integerOr,
  parseInteger,
} from "../../../../src/commands/host/integers.ts";
import { NOT_INTEGER, SYNTAX } from "../../../../src/resp/mod.ts";

Deno.test("parseInteger() reads 64 bits and no other form", () => {
  for (const text of ["0", "7", "-7", "9223372036854775807"]) {
    assertEquals(parseInteger(text), BigInt(text));
  }
  assertEquals(parseInteger("-9223372036854775808"), -(2n ** 63n));
  const bad = ["", "-", "+1", "01", "-0", " 1", "1 ", "1.0", "x", "0x1"];
  for (const text of [...bad, "9223372036854775808", "9".repeat(19)]) {
    assertEquals(parseInteger(text), undefined, text);
  }
});

Deno.test("integerOr() answers an error outside of its bounds", () => {
  assertEquals(integerOr("5", 0, 5), 5);
  assertEquals(integerOr("6", 0, 5), NOT_INTEGER);
  assertEquals(integerOr("-1", 0, 5, SYNTAX), SYNTAX);
  assertEquals(integerOr("x", 0, 5, SYNTAX), SYNTAX);
});
