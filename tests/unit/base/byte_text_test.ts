import { assertEquals } from "@std/assert";
import { byteText, textBytes } from "../../../src/base/byte_text.ts";

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

Deno.test("textBytes() is the way back", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  assertEquals(textBytes(byteText(bytes)), bytes);
  assertEquals(textBytes("").length, 0);
});

Deno.test("byteText() reads shared memory", () => {
  const bytes = new Uint8Array(new SharedArrayBuffer(8), 2, 3);
  bytes.set([65, 66, 200]);
  assertEquals(byteText(bytes), "AB\xc8");
});
