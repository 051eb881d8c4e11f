/** Short runs of the parser's fuzzer, and what it found, by name. */

import { assertEquals } from "@std/assert";
import { CoreSession, encodeRequest } from "../../fuzz/core_session.ts";
import { ParserFuzz } from "../../fuzz/parser_fuzz.ts";

function text(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}

/** Sends `bytes` one by one; everything that was answered. */
function answerByteByByte(client: CoreSession, bytes: Uint8Array): string {
  let answer = "";
  for (const byte of bytes) {
    answer += text(client.send(new Uint8Array([byte])));
  }
  return answer;
}

for (const seed of [1, 2, 3]) {
  Deno.test(`serve() agrees with a reader of whole streams, seed ${seed}`, () => {
    new ParserFuzz({ seed, inputCount: 150_000 }).run();
  });
}

Deno.test("serve() goes on reading a request of many arguments at its next line", () => {
  const client = new CoreSession();
  const words = Array.from({ length: 40 }, (_, index) => `word ${index}`);
  const request = encodeRequest(["DEL", ...words, "x".repeat(500), "y", "z"]);
  assertEquals(answerByteByByte(client, request), ":0\r\n");
});

Deno.test("serve() refuses a line beyond 64 KiB however it arrives", () => {
  const line = new TextEncoder().encode(`ECHO ${"x".repeat(65_532)}\n`);
  const whole = text(new CoreSession().send(line));
  assertEquals(whole, "-ERR Protocol error: too big inline request\r\n");
  const client = new CoreSession();
  client.send(line.subarray(0, 40_000));
  assertEquals(text(client.send(line.subarray(40_000))), whole);
});

Deno.test("serve() cuts off HTTP behind a write, and runs nothing after it", () => {
  const client = new CoreSession();
  const sent = "SET a 1\r\nPOST / HTTP/1.1\r\nSET a 2\r\n";
  const answer = text(client.send(new TextEncoder().encode(sent)));
  assertEquals(answer, "+OK\r\n");
  assertEquals(new CoreSession(client.core).text("GET", "a"), "$1\r\n1\r\n");
});
