/** Commands on one set, and SMOVE. */

import { assertEquals } from "@std/assert";
import { CoreSession } from "../../../fuzz/core_session.ts";

const WRONG_TYPE =
  "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";

function encoding(client: CoreSession, key: string): string | undefined {
  return client.text("OBJECT", "ENCODING", key).split("\r\n")[1];
}

function numbers(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) => `${from + index}`);
}

Deno.test("saddCommand() counts what is new and leaves the key alone otherwise", () => {
  const client = new CoreSession();
  assertEquals(client.text("SADD", "t", "a", "b", "a"), ":2\r\n");
  const changes = client.core.header.get("changes");
  assertEquals(client.text("SADD", "t", "b", "a"), ":0\r\n");
  assertEquals(client.core.header.get("changes"), changes);
  assertEquals(client.text("SADD", "t", "b", "c"), ":1\r\n");
  assertEquals(client.text("SCARD", "t"), ":3\r\n");
  assertEquals(client.text("TYPE", "t"), "+set\r\n");
});

Deno.test("sremCommand() drops the key with the last member", () => {
  const client = new CoreSession();
  client.text("SADD", "t", ...numbers(1000));
  assertEquals(client.text("SREM", "t", "x", "5", "5"), ":1\r\n");
  assertEquals(client.text("SREM", "t", ...numbers(2000)), ":999\r\n");
  assertEquals(client.text("EXISTS", "t"), ":0\r\n");
  assertEquals(client.text("SREM", "t", "1"), ":0\r\n");
  assertEquals(client.core.check(), 0);
});

Deno.test("smoveCommand() moves a member, and makes and drops keys", () => {
  const client = new CoreSession();
  client.text("SADD", "a", "x", "y");
  assertEquals(client.text("SMOVE", "a", "b", "x"), ":1\r\n");
  assertEquals(client.text("SMOVE", "a", "b", "x"), ":0\r\n");
  assertEquals(client.text("SMOVE", "a", "a", "y"), ":1\r\n");
  assertEquals(client.text("SMOVE", "a", "b", "y"), ":1\r\n");
  assertEquals(client.text("EXISTS", "a"), ":0\r\n");
  assertEquals(client.text("SMISMEMBER", "b", "x", "y"), "*2\r\n:1\r\n:1\r\n");
  assertEquals(client.core.check(), 0);
});

Deno.test("smoveCommand() looks at types only where there is a source", () => {
  const client = new CoreSession();
  client.text("SET", "s", "v");
  client.text("SADD", "a", "x");
  assertEquals(client.text("SMOVE", "none", "s", "x"), ":0\r\n");
  assertEquals(client.text("SMOVE", "a", "s", "nobody"), WRONG_TYPE);
  assertEquals(client.text("SMOVE", "s", "a", "x"), WRONG_TYPE);
});

Deno.test("smembersCommand() answers a set in RESP3", () => {
  const client = new CoreSession();
  client.text("SADD", "t", "only");
  assertEquals(client.text("SMEMBERS", "t"), "*1\r\n$4\r\nonly\r\n");
  client.useProtocol(3);
  assertEquals(client.text("SMEMBERS", "none"), "~0\r\n");
});

Deno.test("sscanCommand() meets every member of a large set once", () => {
  const client = new CoreSession();
  client.text("SADD", "t", ...numbers(3000).map((text) => `m${text}`));
  const met: string[] = [];
  let cursor = "0";
  do {
    const lines = client.text("SSCAN", "t", cursor, "COUNT", "50").split(
      "\r\n",
    );
    cursor = lines[2]!;
    met.push(...lines.slice(4).filter((line) => line.startsWith("m")));
  } while (cursor !== "0");
  assertEquals(met.length, 3000);
  assertEquals(new Set(met).size, 3000);
});

Deno.test("sscanCommand() returns a small set whole", () => {
  const client = new CoreSession();
  client.text("SADD", "t", ...numbers(300));
  const reply = client.text("SSCAN", "t", "0", "COUNT", "5");
  assertEquals(reply.startsWith("*2\r\n$1\r\n0\r\n*300\r\n"), true);
});

Deno.test("a set's encoding follows Redis 7.2's limits", () => {
  const client = new CoreSession();
  client.text("SADD", "integers", ...numbers(512));
  assertEquals(encoding(client, "integers"), "intset");
  client.text("SADD", "integers", "512");
  assertEquals(encoding(client, "integers"), "hashtable");
  client.text("SADD", "few", ...numbers(127));
  client.text("SADD", "few", "word");
  assertEquals(encoding(client, "few"), "listpack");
  client.text("SADD", "few", "128th");
  assertEquals(encoding(client, "few"), "hashtable");
  client.text("SREM", "few", "128th", "word");
  assertEquals(encoding(client, "few"), "hashtable");
  client.text("SADD", "long", "x".repeat(65));
  assertEquals(encoding(client, "long"), "hashtable");
  client.text("SADD", "many", ...numbers(128), "word");
  assertEquals(encoding(client, "many"), "hashtable");
});

Deno.test("a set's encoding looks at how long an intset's integers are", () => {
  const client = new CoreSession();
  client.core.header.setSetLimits(512, 128, 5);
  client.text("SADD", "short", "12345", "1");
  client.text("SADD", "short", "word");
  assertEquals(encoding(client, "short"), "listpack");
  client.text("SADD", "long", "123456", "1");
  assertEquals(encoding(client, "long"), "intset");
  client.text("SADD", "long", "word");
  assertEquals(encoding(client, "long"), "hashtable");
});

Deno.test("a set's encoding is chosen for the members that SADD names", () => {
  const client = new CoreSession();
  client.core.header.setSetLimits(4, 3, 64);
  client.text("SADD", "repeated", "1", "1", "1", "1", "1");
  assertEquals(encoding(client, "repeated"), "hashtable");
  client.text("SADD", "integers", "1", "2", "3", "4");
  assertEquals(encoding(client, "integers"), "intset");
  client.text("SADD", "words", "a", "b", "c", "c");
  assertEquals(encoding(client, "words"), "hashtable");
});
