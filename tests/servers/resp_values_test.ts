/** The reply reader of the tests, against replies written by hand. */

import { assertEquals, assertThrows } from "@std/assert";
import {
  findReplyEnd,
  formatReply,
  fromLatin1,
  parseReply,
  toPlain,
} from "./resp_values.ts";

const REPLIES = [
  "+OK\r\n",
  "-ERR no\r\n",
  ":-12\r\n",
  "$-1\r\n",
  "$0\r\n\r\n",
  "$4\r\na\r\nb\r\n",
  "*-1\r\n",
  "*0\r\n",
  "*2\r\n$1\r\na\r\n*1\r\n:1\r\n",
  "%1\r\n+k\r\n~2\r\n:1\r\n_\r\n",
  "=7\r\ntxt:abc\r\n",
  ",1.5\r\n",
  "(123456789012345678901234567890\r\n",
  "#t\r\n",
];

Deno.test("findReplyEnd() waits for the last byte of every reply", () => {
  for (const reply of REPLIES) {
    const bytes = fromLatin1(`${reply}+next\r\n`);
    for (let end = 0; end < reply.length; end++) {
      assertEquals(findReplyEnd(bytes, 0, end), -1, `${reply} cut at ${end}`);
    }
    assertEquals(findReplyEnd(bytes, 0, bytes.length), reply.length);
  }
});

Deno.test("findReplyEnd() refuses bytes that are no reply", () => {
  assertThrows(() => findReplyEnd(fromLatin1("hello\r\n"), 0, 7));
});

Deno.test("toPlain() keeps nesting, nulls and numbers", () => {
  const plain = REPLIES.map((reply) => toPlain(parseReply(fromLatin1(reply))));
  assertEquals(plain.slice(2, 12), [
    -12,
    null,
    "",
    "a\r\nb",
    null,
    [],
    ["a", [1]],
    ["k", [1, null]],
    "abc",
    1.5,
  ]);
});

Deno.test("formatReply() shows type bytes and escapes", () => {
  const reply = parseReply(fromLatin1("*2\r\n$2\r\n\x00\xff\r\n$-1\r\n"));
  assertEquals(formatReply(reply), '*[$"\\x00\\xff", $nil]');
});
