import { assertEquals } from "@std/assert";
import { RequestBuffer } from "../../../src/rdb/request_buffer.ts";

function textOf(buffer: RequestBuffer): string {
  return new TextDecoder().decode(buffer.view());
}

Deno.test("RequestBuffer writes RESP", () => {
  const buffer = new RequestBuffer(16);
  buffer.begin(3);
  buffer.text("SET");
  buffer.word(new TextEncoder().encode("key and more"), 3);
  buffer.beginWord(4);
  buffer.raw(new TextEncoder().encode("a value"), 2, 6);
  buffer.endWord();
  assertEquals(
    textOf(buffer),
    "*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$4\r\nvalu\r\n",
  );
  assertEquals(buffer.length, 32);
  buffer.clear();
  assertEquals(textOf(buffer), "");
});

Deno.test("RequestBuffer writes lengths of all sizes", () => {
  for (const length of [0, 9, 10, 99, 100, 1_000_000, 536_870_912]) {
    const buffer = new RequestBuffer(64);
    buffer.beginWord(length);
    assertEquals(textOf(buffer), `$${length}\r\n`);
  }
});

Deno.test("RequestBuffer grows for what is long and shrinks again", () => {
  const buffer = new RequestBuffer(64);
  const long = new Uint8Array(10_000).fill(0x61);
  buffer.word(long, long.length);
  assertEquals(buffer.length, 10_000 + 10);
  buffer.clear();
  buffer.text("PING");
  assertEquals(textOf(buffer), "$4\r\nPING\r\n");
});
