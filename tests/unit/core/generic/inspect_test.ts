/** What DEBUG asks about one key: digests as redis-server 7.0.15 shows them. */

import { createHash } from "node:crypto";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { CoreSession } from "../../../fuzz/core_session.ts";
import { latin1Bytes } from "../../../fuzz/payload_source.ts";

const KEY = latin1Bytes("k");

function digestOf(...commands: (readonly string[])[]): string | undefined {
  const client = new CoreSession();
  for (const words of commands) client.run(...words);
  return client.core.inspector.digestOfKey(0, KEY)?.toHex();
}

Deno.test("keyDigest() is Redis's for every type", () => {
  assertEquals(
    digestOf(["SET", "k", "7"]),
    "53f1b03080b3509c7cdba884ac0dba4a1a925453",
  );
  assertEquals(
    digestOf(["SET", "k", ""]),
    "8b3447c33a834b810e3e181b6fd6a2ee1020921c",
  );
  assertEquals(
    digestOf(["SET", "k", "x".repeat(1000)]),
    "216b9744b99adeaadf099d158a318ee3a0e47486",
  );
  assertEquals(
    digestOf(["HSET", "k", "f", "v", "g", "12"]),
    "8530acc75d5274eb0fc0da86f28ed5533274a6d4",
  );
  assertEquals(
    digestOf(
      ["XADD", "k", "5-1", "f", "1", "g", "two"],
      ["XADD", "k", "18446744073709551615-7", "h", ""],
    ),
    "961204cd1278c948282bf146cde7b7de81fd73c7",
  );
});

/** `digest` with `bytes` mixed in, as Redis's mixDigest does it. */
function mixed(digest: Uint8Array, bytes: Uint8Array): Uint8Array {
  const sum = createHash("sha1").update(bytes).digest();
  const joined = digest.map((byte, at) => byte ^ sum[at]!);
  return createHash("sha1").update(joined).digest();
}

Deno.test("keyDigest() sums strings of every length of a block", () => {
  const start = mixed(new Uint8Array(20), new Uint8Array(4));
  const client = new CoreSession();
  for (let length = 0; length <= 200; length++) {
    const value = Uint8Array.from({ length }, (_, at) => at * 7);
    client.run("SET", KEY, value);
    assertEquals(
      client.core.inspector.digestOfKey(0, KEY)?.toHex(),
      mixed(start, value).toHex(),
      `${length} bytes`,
    );
  }
});

Deno.test("keyDigest() takes in whether there is an expiry, not which", () => {
  const digest = "b5744ecf5c8abac8bdcd437ce96775d1003c15d0";
  assertEquals(digestOf(["SET", "k", "7", "EX", "100"]), digest);
  assertEquals(digestOf(["SET", "k", "7", "EX", "200"]), digest);
});

Deno.test("keyDigest() and describeKey() show live keys of their database alone", () => {
  const client = new CoreSession();
  client.run("SET", "k", "7", "PX", "10");
  assert(client.core.inspector.digestOfKey(0, KEY) !== undefined);
  assert(client.core.inspector.describeKey(0, KEY) !== undefined);
  assertEquals(client.core.inspector.digestOfKey(1, KEY), undefined);
  assertEquals(
    client.core.inspector.digestOfKey(0, latin1Bytes("other")),
    undefined,
  );
  client.timeMs += 1000;
  assertEquals(client.text("GET", "k"), "$-1\r\n");
  assertEquals(client.core.inspector.digestOfKey(0, KEY), undefined);
  assertEquals(client.core.inspector.describeKey(0, KEY), undefined);
});

Deno.test("describeKey() shows place, encoding, bytes in a dump, and last use", () => {
  const client = new CoreSession();
  client.timeMs = 1_700_000_000_000;
  client.run("SET", "k", "7");
  client.timeMs += 5000;
  client.run("PING");
  assertMatch(
    client.core.inspector.describeKey(0, KEY)!,
    /^Value at:0x[1-9a-f][0-9a-f]* refcount:2147483647 encoding:int serializedlength:2 lru:5501184 lru_seconds_idle:5$/,
  );
  client.run("HSET", "hash", "f", "v".repeat(100));
  assertMatch(
    client.core.inspector.describeKey(0, latin1Bytes("hash"))!,
    /refcount:1 encoding:hashtable serializedlength:16 /,
  );
  assertEquals(
    client.core.inspector.describeKey(0, latin1Bytes("other")),
    undefined,
  );
  assertEquals(client.core.outputBytes(), 0);
});

Deno.test("digestDataset() is Redis's, whatever the order of writes", () => {
  const empty = new CoreSession();
  assertEquals(empty.core.inspector.digestOfAll().toHex(), "0".repeat(40));
  const commands = [
    ["SET", "a", "1"],
    ["SET", "b", "text", "PX", "100000"],
    ["HSET", "h", "f", "v"],
    ["XADD", "x", "1-1", "f", "v"],
  ];
  for (const order of [commands, commands.toReversed()]) {
    const client = new CoreSession();
    for (const words of order) client.run(...words);
    client.run("SELECT", "3");
    client.run("SET", "a", "1");
    assertEquals(
      client.core.inspector.digestOfAll().toHex(),
      "853572b91e95435ea931158045ae01b366602042",
    );
  }
});
