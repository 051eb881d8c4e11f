/** Counting replies without reading them. */

import { assertEquals } from "@std/assert";
import { countReplies } from "../../../src/resp/mod.ts";

const encoder = new TextEncoder();

/** A stream of replies of every type, and how many they are. */
const STREAM = [
  "+OK\r\n",
  "-ERR a\r\n",
  ":-1\r\n",
  "$3\r\na\r\n\r\n",
  "$-1\r\n",
  "*-1\r\n",
  "*0\r\n",
  "*2\r\n*1\r\n:1\r\n$0\r\n\r\n",
  "_\r\n",
  "#t\r\n",
  ",1.5\r\n",
  "(123\r\n",
  "=5\r\ntxt:a\r\n",
  "!3\r\nERR\r\n",
  "%1\r\n+a\r\n~2\r\n:1\r\n:2\r\n",
  "|1\r\n+a\r\n:1\r\n+the value it is about\r\n",
];

Deno.test("countReplies() counts whole values of every type", () => {
  for (const text of STREAM) {
    assertEquals(countReplies(encoder.encode(text)), 1, text);
  }
  assertEquals(countReplies(encoder.encode(STREAM.join(""))), STREAM.length);
  assertEquals(countReplies(new Uint8Array(0)), 0);
});

Deno.test("countReplies() tells that the last value is not whole", () => {
  for (const text of STREAM) {
    for (let end = 1; end < text.length; end++) {
      const cut = encoder.encode(`:1\r\n${text.slice(0, end)}`);
      assertEquals(countReplies(cut), undefined, cut.join());
    }
  }
});

Deno.test("countReplies() believes no length that cannot be", () => {
  const cases = [
    "*9999999999\r\n",
    "$99999999999999999999\r\n",
    "$x\r\n",
    "$\r\n",
    "*1",
    "\r\n",
  ];
  for (const text of cases) {
    assertEquals(countReplies(encoder.encode(text)), undefined, text);
  }
});
