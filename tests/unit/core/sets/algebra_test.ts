/** Intersections, unions and differences. */

import { assertEquals } from "@std/assert";
import { CoreSession } from "../../../fuzz/core_session.ts";

const WRONG_TYPE =
  "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";

function multiples(step: number, count = 600): string[] {
  return Array.from({ length: count }, (_, index) => `${index * step}`);
}

/** Members that a reply shows, sorted. */
function shown(reply: string): string[] {
  return reply.split("\r\n").filter((line) => /^\d/.test(line)).sort();
}

function encoding(client: CoreSession, key: string): string | undefined {
  return client.text("OBJECT", "ENCODING", key).split("\r\n")[1];
}

function filled(): CoreSession {
  const client = new CoreSession();
  for (const step of [2, 3, 5]) {
    client.text("SADD", `by${step}`, ...multiples(step));
  }
  return client;
}

Deno.test("sinterCommand() finds what all sets have", () => {
  const client = filled();
  const expected = multiples(30, 40).filter((text) => Number(text) < 1200);
  const keys = ["by3", "by2", "by5", "by2"];
  assertEquals(shown(client.text("SINTER", ...keys)), expected.sort());
  assertEquals(client.text("SINTERCARD", "3", "by2", "by3", "by5"), ":40\r\n");
  assertEquals(
    client.text("SINTERCARD", "2", "by2", "by3", "LIMIT", "7"),
    ":7\r\n",
  );
  assertEquals(client.text("SINTER", "by2", "none"), "*0\r\n");
});

Deno.test("sunionCommand() finds what any set has, once, of any number of sets", () => {
  const client = filled();
  const union = new Set([2, 3, 5].flatMap((step) => multiples(step)));
  const keys = ["by5", "none", "by2", "by3", "by2"];
  assertEquals(shown(client.text("SUNION", ...keys)), [...union].sort());
  const many: string[] = [];
  for (let index = 0; index < 1000; index++) {
    client.text("SADD", `k${index}`, `${index}`, `${index + 1}`);
    many.push(`k${index}`);
  }
  assertEquals(client.text("SUNIONSTORE", "all", ...many), ":1001\r\n");
  assertEquals(client.core.check(), 0);
});

Deno.test("sdiffCommand() is right by lookups and by a walk", () => {
  const client = filled();
  client.text("SADD", "few", "2", "4", "9");
  const others = new Set([...multiples(3), ...multiples(5)]);
  const expected = multiples(2).filter((text) => !others.has(text)).sort();
  assertEquals(shown(client.text("SDIFF", "by2", "by3", "by5")), expected);
  // Eight small sets against a large one: the walk.
  const small = Array.from({ length: 8 }, () => "few");
  const left = multiples(2).filter((text) => text !== "2" && text !== "4");
  assertEquals(shown(client.text("SDIFF", "by2", ...small)), left.sort());
  assertEquals(shown(client.text("SDIFF", "few", "by2")), ["9"]);
  assertEquals(client.text("SDIFF", "by2", "few", "by2"), "*0\r\n");
  assertEquals(client.text("SDIFF", "none", "by2"), "*0\r\n");
});

Deno.test("sunionstoreCommand() may store over a source or any other value", () => {
  const client = filled();
  client.text("SET", "s", "v");
  client.text("EXPIRE", "by2", "100");
  assertEquals(client.text("SUNIONSTORE", "by2", "by2", "by3"), ":1000\r\n");
  assertEquals(client.text("TTL", "by2"), ":-1\r\n");
  assertEquals(client.text("SDIFFSTORE", "s", "by3", "by2"), ":0\r\n");
  assertEquals(client.text("EXISTS", "s"), ":0\r\n");
  assertEquals(client.text("SINTERSTORE", "by3", "by3", "by5"), ":120\r\n");
  assertEquals(client.text("SINTERSTORE", "by3", "by3", "none"), ":0\r\n");
  assertEquals(client.text("EXISTS", "by3"), ":0\r\n");
  assertEquals(client.core.check(), 0);
});

Deno.test("types of all keys are looked at, behind missing ones too", () => {
  const client = filled();
  client.text("SET", "s", "v");
  for (const name of ["SINTER", "SUNION", "SDIFF"]) {
    assertEquals(client.text(name, "none", "s"), WRONG_TYPE);
    assertEquals(client.text(`${name}STORE`, "by2", "none", "s"), WRONG_TYPE);
  }
  assertEquals(client.text("SCARD", "by2"), ":600\r\n");
  assertEquals(client.text("SINTERCARD", "2", "none", "s"), WRONG_TYPE);
});

Deno.test("sintercardCommand() refuses bad counts of keys and limits", () => {
  const client = new CoreSession();
  const fault = (...words: string[]) =>
    client.text("SINTERCARD", ...words).slice(1).trim();
  assertEquals(fault("0", "a"), "ERR numkeys should be greater than 0");
  assertEquals(fault("x", "a"), "ERR numkeys should be greater than 0");
  assertEquals(
    fault("2", "a"),
    "ERR Number of keys can't be greater than number of args",
  );
  assertEquals(fault("1", "a", "LIMIT"), "ERR syntax error");
  assertEquals(fault("1", "a", "LIMIT", "-1"), "ERR LIMIT can't be negative");
});

Deno.test("stored sets take the encodings of Redis 7.2", () => {
  const client = new CoreSession();
  client.text("SADD", "words", "a", "b", "1", "2");
  client.text("SADD", "integers", "1", "2", "3");
  client.text("SADD", "large", ...multiples(1));
  client.text("SUNIONSTORE", "t", "integers", "integers");
  assertEquals(encoding(client, "t"), "intset");
  client.text("SUNIONSTORE", "t", "integers", "words");
  assertEquals(encoding(client, "t"), "listpack");
  client.text("SUNIONSTORE", "t", "large", "words");
  assertEquals(encoding(client, "t"), "hashtable");
  client.text("SINTERSTORE", "t", "words", "large");
  assertEquals(encoding(client, "t"), "intset");
  client.text("SINTERSTORE", "t", "large");
  assertEquals(encoding(client, "t"), "hashtable");
});

Deno.test("sdiffstoreCommand() keeps the encoding of what Redis would have removed", () => {
  const client = new CoreSession();
  const words = Array.from({ length: 200 }, (_, index) => `w${index}`);
  client.text("SADD", "all", "1", "2", ...words);
  client.text("SADD", "words", ...words);
  // One large set to take away: by lookups, which add what is left alone.
  client.text("SDIFFSTORE", "t", "all", "words");
  assertEquals(encoding(client, "t"), "intset");
  for (let index = 0; index < 8; index++) {
    client.text(
      "SADD",
      `part${index}`,
      ...words.slice(index * 25).slice(0, 25),
    );
  }
  const parts = Array.from({ length: 8 }, (_, index) => `part${index}`);
  assertEquals(client.text("SDIFFSTORE", "t", "all", ...parts), ":2\r\n");
  assertEquals(encoding(client, "t"), "hashtable");
});

Deno.test("combinations answer sets in RESP3", () => {
  const client = new CoreSession();
  client.text("SADD", "a", "1");
  client.useProtocol(3);
  for (const name of ["SINTER", "SUNION", "SDIFF"]) {
    assertEquals(client.text(name, "a"), "~1\r\n$1\r\n1\r\n");
  }
  assertEquals(client.text("SINTER", "none"), "~0\r\n");
});
