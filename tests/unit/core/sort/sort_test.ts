/** SORT on a bare core: what the comparison with redis-server does not reach. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Core } from "../../../../src/core/mod.ts";
import { encodeRequest, join } from "../../../fuzz/core_session.ts";
import { CoreSession } from "../../../fuzz/core_session.ts";
import { toLatin1 } from "../../../servers/mod.ts";

/** The items of a flat RESP2 array of bulk strings, or the reply itself. */
function items(reply: string): string[] {
  if (!reply.startsWith("*")) return [reply];
  return reply.split("\r\n").slice(1, -1).filter((_, at) => at % 2 === 1);
}

function assertSound(client: CoreSession): void {
  assertEquals(client.core.check(), 0);
}

function push(client: CoreSession, key: string, values: readonly string[]) {
  for (let at = 0; at < values.length; at += 1000) {
    client.run("RPUSH", key, ...values.slice(at, at + 1000));
  }
}

Deno.test("sortCommand() sorts 20,000 items by number and by text", () => {
  const client = new CoreSession();
  const values = Array.from({ length: 20_000 }, (_, at) => {
    return String((at * 7919) % 10_007 - 5000);
  });
  push(client, "l", values);
  const byNumber = [...values].sort((a, b) =>
    Number(a) - Number(b) || (a < b ? -1 : a > b ? 1 : 0)
  );
  const byText = [...values].sort();
  assertEquals(items(client.text("SORT", "l")), byNumber);
  assertEquals(
    items(client.text("SORT", "l", "DESC", "LIMIT", "10", "20")),
    [...byNumber].reverse().slice(10, 30),
  );
  assertEquals(items(client.text("SORT_RO", "l", "ALPHA")), byText);
  assertEquals(client.text("SORT", "l", "ALPHA", "STORE", "l"), ":20000\r\n");
  assertEquals(items(client.text("LRANGE", "l", "0", "-1")), byText);
  assertSound(client);
});

Deno.test("sortCommand() finds a part of the order among many equal weights", () => {
  const client = new CoreSession();
  const values = Array.from({ length: 3000 }, (_, at) => `e${at}`);
  push(client, "l", values);
  for (let at = 0; at < values.length; at++) {
    client.run("SET", `w:${values[at]}`, String(at % 7));
  }
  const words = ["SORT", "l", "BY", "w:*", "ALPHA", "GET", "w:*"];
  const all = values.map((_, at) => String(at % 7)).sort();
  assertEquals(
    items(client.text(...words, "LIMIT", "1000", "700")),
    all.slice(1000, 1700),
  );
  assertEquals(
    items(client.text(...words, "DESC", "LIMIT", "2990", "100")),
    [...all].reverse().slice(2990),
  );
});

Deno.test("sortCommand() sorts rows made to slow a quicksort down", () => {
  const client = new CoreSession();
  // The killer of McIlroy for a median of three, roughly: pairs from both ends.
  const count = 4000;
  const values = Array.from({ length: count }, (_, at) => {
    return String(at % 2 === 0 ? at / 2 : count - (at + 1) / 2);
  });
  push(client, "l", values);
  for (const value of values) client.run("SET", `w:${value}`, value);
  const sorted = values.map(Number).sort((a, b) => a - b).map(String);
  const part = ["LIMIT", "100", "50"];
  assertEquals(
    items(client.text("SORT", "l", "BY", "w:*", ...part)),
    sorted.slice(100, 150),
  );
});

Deno.test("sortCommand() reads long elements and names", () => {
  const client = new CoreSession();
  const long = "k".repeat(40_000);
  client.run("RPUSH", "l", long, "b");
  client.run("SET", `w:${long}`, "1");
  client.run("HSET", `${long}.h`, "f".repeat(20_000), "v".repeat(50_000));
  client.run("SET", "w:b", "2");
  const field = `*.h->${"f".repeat(20_000)}`;
  const reply = items(client.text("SORT", "l", "BY", "w:*", "GET", field));
  assertEquals(reply[0], "v".repeat(50_000));
  assertEquals(
    client.text("SORT", "l", "BY", "w:*", "GET", field, "STORE", "l"),
    ":2\r\n",
  );
  assertEquals(client.text("LINDEX", "l", "0").length, 50_010);
  assertEquals(client.text("LINDEX", "l", "1"), "$0\r\n\r\n");
  assertSound(client);
});

Deno.test("sortCommand() refuses a result that is beyond its bound, and changes nothing", () => {
  const client = new CoreSession();
  client.run("RPUSH", "l", ...Array.from({ length: 600 }, () => "a"));
  client.run("SET", "w:a", "x".repeat(1 << 20));
  client.run("SET", "kept", "1");
  const reply = client.text(
    "SORT",
    "l",
    "BY",
    "x",
    "GET",
    "w:*",
    "STORE",
    "kept",
  );
  assertStringIncludes(reply, "-OOM");
  assertEquals(client.text("GET", "kept"), "$1\r\n1\r\n");
  // In one entry behind the write that makes the value large.
  const chunk = [
    ["MULTI"],
    ["SET", "w:a", "x".repeat(1 << 20)],
    ["SORT", "l", "BY", "x", "GET", "w:*", "STORE", "kept"],
    ["EXEC"],
  ];
  const replies = toLatin1(client.send(join(chunk.map(encodeRequest))));
  assertStringIncludes(replies, "*2\r\n+OK\r\n-OOM");
  assertEquals(client.text("GET", "kept"), "$1\r\n1\r\n");
  assertSound(client);
});

Deno.test("a small memory refuses what SORT would store, and goes on", () => {
  const core = new Core(1n, 2n);
  core.header.limitGrowth(900 * 65_536);
  const client = new CoreSession(core);
  client.run("RPUSH", "l", ...Array.from({ length: 100 }, () => "a"));
  client.run("SET", "w:a", "x".repeat(1 << 20));
  const sort = ["SORT", "l", "BY", "x", "GET", "w:*", "STORE", "d"];
  assertStringIncludes(client.text(...sort), "-OOM");
  // Alone it is measured, so a small one is admitted where the bound would not be.
  client.run("SET", "w:a", "small");
  assertEquals(client.text(...sort), ":100\r\n");
  // Behind a write of the same chunk it waits for that one.
  const chunk = [["SET", "w:a", "other"], sort];
  const replies = toLatin1(client.send(join(chunk.map(encodeRequest))));
  assertEquals(replies, "+OK\r\n:100\r\n");
  assertEquals(client.text("LINDEX", "d", "5"), "$5\r\nother\r\n");
  assertSound(client);
});

Deno.test("sortCommand() turns a sorted set into its large encoding, SORT_RO does not", () => {
  const client = new CoreSession();
  client.run("ZADD", "z", "2", "1", "1", "2");
  assertEquals(items(client.text("SORT_RO", "z")), ["1", "2"]);
  assertStringIncludes(client.text("OBJECT", "ENCODING", "z"), "listpack");
  assertEquals(items(client.text("SORT", "z", "BY", "nosort")), ["2", "1"]);
  assertStringIncludes(client.text("OBJECT", "ENCODING", "z"), "skiplist");
  assertSound(client);
});

Deno.test("replays of an entry with SORT make the same state", () => {
  const client = new CoreSession(new Core(1n, 2n), true);
  client.run("SADD", "s", "3", "1", "2");
  client.run("ZADD", "z", "3", "a", "1", "b");
  client.run("SORT", "s", "STORE", "l");
  client.run("SORT", "z", "BY", "nosort", "GET", "#", "GET", "x*");
  const other = new Core(1n, 2n);
  for (const [at, entry] of client.entries.entries()) {
    other.applyEntry(entry, at + 1);
  }
  assertEquals(other.digest(1n, true), client.core.digest(1n, true));
  assert(client.entries.length > 3);
});
