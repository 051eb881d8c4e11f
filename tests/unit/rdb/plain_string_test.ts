import { assertEquals } from "@std/assert";
import { appendString, isPacked } from "../../../src/rdb/plain_string.ts";
import { RequestBuffer } from "../../../src/rdb/request_buffer.ts";

function wordOf(...bytes: number[]): string {
  const buffer = new RequestBuffer(64);
  const padded = Uint8Array.from([9, ...bytes, 9]);
  appendString(buffer, padded, 1, bytes.length);
  return new TextDecoder().decode(buffer.view());
}

Deno.test("appendString() makes a word of every string that is not packed", () => {
  assertEquals(wordOf(2, 0x61, 0x62), "$2\r\nab\r\n");
  assertEquals(wordOf(0), "$0\r\n\r\n");
  assertEquals(wordOf(0x40, 1, 0x61), "$1\r\na\r\n");
  assertEquals(wordOf(0x80, 0, 0, 0, 1, 0x61), "$1\r\na\r\n");
  assertEquals(wordOf(0x81, 0, 0, 0, 0, 0, 0, 0, 1, 0x61), "$1\r\na\r\n");
  assertEquals(wordOf(0xc0, 0x80), "$4\r\n-128\r\n");
  assertEquals(wordOf(0xc1, 0x01, 0x00), "$1\r\n1\r\n");
  assertEquals(wordOf(0xc2, 0xff, 0xff, 0xff, 0x7f), "$10\r\n2147483647\r\n");
});

Deno.test("isPacked() knows LZF", () => {
  assertEquals([0xc3, 0xc0, 0, 0x81].map(isPacked), [
    true,
    false,
    false,
    false,
  ]);
});
