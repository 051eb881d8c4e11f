/** PFADD, PFCOUNT, PFMERGE and PFDEBUG; bytes are those of redis-server 7.0. */

import { assert, assertEquals } from "@std/assert";
import { CoreSession } from "../../../fuzz/core_session.ts";

const INVALID = "-WRONGTYPE Key is not a valid HyperLogLog string value.\r\n";
const CORRUPTED = "-INVALIDOBJ Corrupted HLL object detected\r\n";

function elements(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) => `e${from + index}`);
}

function count(client: CoreSession, ...keys: string[]): number {
  return Number(client.text("PFCOUNT", ...keys).slice(1));
}

Deno.test("pfaddCommand() writes the runs that redis-server writes", () => {
  const client = new CoreSession();
  assertEquals(client.text("PFADD", "h", "a", "b", "c"), ":1\r\n");
  assertEquals(client.text("PFADD", "h", "b", "a"), ":0\r\n");
  assertEquals(
    client.text("PFDEBUG", "DECODE", "h"),
    "$44\r\nZ:8436 v:1,1 Z:4274 v:2,1 Z:3068 v:1,1 Z:603\r\n",
  );
  const bytes = client.text("GET", "h").split("\r\n")[1]!;
  assertEquals(bytes.slice(0, 5), "HYLL\x01");
  assertEquals(bytes.charCodeAt(15) & 0x80, 0x80, "the cached count is stale");
  assertEquals(client.text("OBJECT", "ENCODING", "h"), "$3\r\nraw\r\n");
  assertEquals(count(client, "h"), 3);
});

Deno.test("pfaddCommand() makes an empty key, once", () => {
  const client = new CoreSession();
  assertEquals(client.text("PFADD", "h"), ":1\r\n");
  assertEquals(client.text("PFADD", "h"), ":0\r\n");
  assertEquals(client.text("STRLEN", "h"), ":18\r\n");
  assertEquals(count(client, "h"), 0);
  assertEquals(count(client, "none"), 0);
});

Deno.test("pfaddCommand() makes a long sparse one dense, and counts on", () => {
  const client = new CoreSession();
  for (let from = 0; from < 20_000; from += 500) {
    client.text("PFADD", "h", ...elements(500, from));
    const estimate = count(client, "h");
    const error = Math.abs(estimate / (from + 500) - 1);
    assert(error < 0.05, `${estimate} of ${from + 500}`);
  }
  assertEquals(client.text("PFDEBUG", "ENCODING", "h"), "+dense\r\n");
  assertEquals(client.text("STRLEN", "h"), ":12304\r\n");
  assertEquals(client.text("PFADD", "h", ...elements(500)), ":0\r\n");
  assertEquals(client.core.check(), 0);
});

Deno.test("pfaddCommand() keeps the key's expiry", () => {
  const client = new CoreSession();
  client.text("PFADD", "h", "a");
  client.text("EXPIRE", "h", "100");
  client.text("PFADD", "h", ...elements(100));
  assertEquals(client.text("TTL", "h"), ":100\r\n");
});

Deno.test("dense and sparse registers are the same", () => {
  const client = new CoreSession();
  client.text("PFADD", "sparse", ...elements(700));
  client.text("PFADD", "dense");
  assertEquals(client.text("PFDEBUG", "TODENSE", "dense"), ":1\r\n");
  assertEquals(client.text("PFDEBUG", "TODENSE", "dense"), ":0\r\n");
  client.text("PFADD", "dense", ...elements(700));
  assertEquals(client.text("PFDEBUG", "ENCODING", "sparse"), "+sparse\r\n");
  assertEquals(count(client, "sparse"), count(client, "dense"));
  const registers = client.text("PFDEBUG", "GETREG", "dense");
  assertEquals(client.text("PFDEBUG", "GETREG", "sparse"), registers);
  assertEquals(client.text("GET", "sparse"), client.text("GET", "dense"));
});

Deno.test("pfmergeCommand() counts the union", () => {
  const client = new CoreSession();
  client.text("PFADD", "a", ...elements(100));
  client.text("PFADD", "b", ...elements(100, 50));
  client.text("PFADD", "all", ...elements(150));
  const union = count(client, "all");
  assertEquals(count(client, "a", "b", "none"), union);
  assertEquals(client.text("PFMERGE", "m", "a", "none", "b"), "+OK\r\n");
  assertEquals(count(client, "m"), union);
  assertEquals(client.text("GET", "m"), client.text("GET", "all"));
  client.text("PFDEBUG", "TODENSE", "b");
  assertEquals(client.text("PFMERGE", "a", "b"), "+OK\r\n");
  assertEquals(client.text("PFDEBUG", "ENCODING", "a"), "+dense\r\n");
  assertEquals(count(client, "a"), union);
  assertEquals(client.text("PFMERGE", "fresh"), "+OK\r\n");
  assertEquals(client.text("STRLEN", "fresh"), ":18\r\n");
});

Deno.test("other strings and other types are refused", () => {
  const client = new CoreSession();
  client.text("SET", "s", "just a longer string");
  client.text("RPUSH", "l", "x");
  for (
    const words of [["PFADD", "s", "a"], ["PFCOUNT", "s"], ["PFMERGE", "s"]]
  ) {
    assertEquals(client.text(...words), INVALID);
  }
  assertEquals(client.text("PFCOUNT", "none", "s"), INVALID);
  assert(client.text("PFADD", "l", "a").startsWith("-WRONGTYPE Operation"));
});

Deno.test("unsound runs are found wherever they are read", () => {
  const client = new CoreSession();
  client.text("PFADD", "short", "a");
  client.text("SETRANGE", "short", "16", "\x00");
  client.text("PFADD", "long", "a");
  client.text("APPEND", "long", "\x05");
  for (const key of ["short", "long"]) {
    assertEquals(client.text("PFCOUNT", key), CORRUPTED);
    assertEquals(client.text("PFCOUNT", key, "none"), CORRUPTED);
    assertEquals(client.text("PFMERGE", "m", key), CORRUPTED);
    assertEquals(client.text("PFDEBUG", "TODENSE", key), CORRUPTED);
  }
  assertEquals(client.text("EXISTS", "m"), ":0\r\n");
  client.text("SETRANGE", "huge", "0", "HYLL\x01");
  client.text("SETRANGE", "huge", "50000", "x");
  assertEquals(client.text("PFADD", "huge", ...elements(50)), CORRUPTED);
  assertEquals(client.core.check(), 0);
});

Deno.test("pfselftestCommand() finds registers and estimates sound, and leaves nothing behind", () => {
  const client = new CoreSession();
  client.text("PFADD", "h", ...elements(300));
  const used = client.core.header.get("bytesUsed");
  assertEquals(client.text("PFSELFTEST"), "+OK\r\n");
  assertEquals(client.core.header.get("bytesUsed"), used);
  assertEquals(count(client, "h"), 302);
  assertEquals(
    client.text("PFSELFTEST", "x"),
    "-ERR wrong number of arguments for 'pfselftest' command\r\n",
  );
});
