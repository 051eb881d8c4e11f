import { assertEquals } from "@std/assert";
import { byteText } from "../../../src/base/byte_text.ts";

Deno.test("byteText() has a character for every byte", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const text = byteText(bytes);
  assertEquals([...text].map((_, at) => text.charCodeAt(at)), [...bytes]);
  assertEquals(byteText(new Uint8Array(0)), "");
});

Deno.test("byteText() takes any number of bytes", () => {
  const bytes = Uint8Array.from({ length: 30_001 }, (_, at) => at % 251);
  const text = byteText(bytes);
  assertEquals(text.length, 30_001);
  assertEquals(text.charCodeAt(30_000), 30_000 % 251);
});
