/** What the differential comparison lets pass and what not. */

import { assertEquals } from "@std/assert";
import { fromLatin1, parseReply } from "../servers/mod.ts";
import { repliesAgree, type ReplyPair } from "./agreement.ts";
import type { Comparison } from "./commands.ts";

function pairOf(
  comparison: Comparison,
  oracle: string,
  subject: string,
  args: readonly string[] = ["CMD"],
): ReplyPair {
  return {
    command: { args, comparison },
    oracle: parseReply(fromLatin1(oracle)),
    subject: parseReply(fromLatin1(subject)),
  };
}

function agrees(comparison: Comparison, oracle: string, subject: string) {
  return repliesAgree(pairOf(comparison, oracle, subject));
}

const A = "$1\r\na\r\n";
const B = "$1\r\nb\r\n";

Deno.test("repliesAgree() exact tells types and bytes apart", () => {
  assertEquals(agrees("exact", A, A), true);
  assertEquals(agrees("exact", A, B), false);
  assertEquals(agrees("exact", "+a\r\n", A), false);
  assertEquals(agrees("exact", "$-1\r\n", "*-1\r\n"), false);
  assertEquals(agrees("exact", `*1\r\n${A}`, `~1\r\n${A}`), false);
});

Deno.test("repliesAgree() compares errors byte for byte always", () => {
  assertEquals(agrees("kind", "-ERR a\r\n", "-ERR a\r\n"), true);
  assertEquals(agrees("kind", "-ERR a\r\n", "-ERR b\r\n"), false);
  assertEquals(agrees("milliseconds", ":1\r\n", "-ERR b\r\n"), false);
});

Deno.test("repliesAgree() unordered and pairs ignore order alone", () => {
  const ab = `*2\r\n${A}${B}`;
  const ba = `*2\r\n${B}${A}`;
  assertEquals(agrees("unordered", ab, ba), true);
  assertEquals(agrees("unordered", ab, `*2\r\n${A}${A}`), false);
  assertEquals(agrees("pairs", ab, ba), false);
  const abba = `*4\r\n${A}${B}${B}${A}`;
  assertEquals(agrees("pairs", abba, `*4\r\n${B}${A}${A}${B}`), true);
  assertEquals(agrees("pairs", abba, `%2\r\n${B}${A}${A}${B}`), false);
});

Deno.test("repliesAgree() scan wants a finished cursor", () => {
  const done = `*2\r\n$1\r\n0\r\n*1\r\n${A}`;
  assertEquals(agrees("scan", done, done), true);
  const open = `*2\r\n$1\r\n7\r\n*1\r\n${A}`;
  assertEquals(agrees("scan", open, open), false);
});

Deno.test("repliesAgree() times are tolerant, their absence is not", () => {
  assertEquals(agrees("milliseconds", ":5000\r\n", ":4100\r\n"), true);
  assertEquals(agrees("milliseconds", ":9000\r\n", ":4100\r\n"), false);
  assertEquals(agrees("seconds", ":-1\r\n", ":-2\r\n"), false);
  assertEquals(agrees("seconds", ":0\r\n", ":-1\r\n"), false);
});

Deno.test("repliesAgree() ids blanks ids of the clock alone", () => {
  const id = (text: string) => `$${text.length}\r\n${text}\r\n`;
  assertEquals(
    agrees("ids", id("1700000000000-0"), id("1700000000123-1")),
    true,
  );
  assertEquals(agrees("ids", id("5-1"), id("5-2")), false);
});

Deno.test("repliesAgree() random fields come from the hash, once each", () => {
  const hash = `*4\r\n${A}${B}${B}${A}`;
  const previous = pairOf("pairs", hash, hash);
  const check = (subject: string, args: readonly string[]) =>
    repliesAgree({
      ...pairOf("fields-of-previous", `*2\r\n${A}${B}`, subject, args),
      previous,
    });
  const two = ["HRANDFIELD", "h", "2"];
  assertEquals(check(`*2\r\n${B}${A}`, two), true);
  assertEquals(check(`*2\r\n${B}${B}`, two), false);
  assertEquals(check(`*1\r\n${B}`, two), false);
  assertEquals(check(`*2\r\n${B}$1\r\nc\r\n`, two), false);
  const withValues = ["HRANDFIELD", "h", "1", "WITHVALUES"];
  assertEquals(check(`*2\r\n${B}${A}`, withValues), true);
  assertEquals(check(`*2\r\n${B}${B}`, withValues), false);
});
