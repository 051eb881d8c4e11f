/** Hashes with due times in payloads: Redis 7.4's two forms, written and read. */

import { assertEquals } from "@std/assert";
import { CoreSession, join } from "../../../fuzz/core_session.ts";
import { type Element, listpackOf } from "../../../fuzz/packed_lists.ts";
import { latin1Bytes } from "../../../fuzz/payload_source.ts";
import {
  bodyOf,
  lengthBytes,
  RDB_TYPES,
  seal,
  stringBytes,
} from "../../../fuzz/rdb_payload.ts";

const OK = "+OK\r\n";
const BAD = "-ERR Bad data format\r\n";
const VERSION = 12;
const DUE_MAX = 0xffff_ffff_ffffn;
const NOW = BigInt(new CoreSession().timeMs);

function timeBytes(ms: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, ms), true);
  return bytes;
}

/** A field, its value, and when it is due. */
type Row = readonly [field: string, value: string, due: bigint];

/** HASH_METADATA: times are lengths from `earliest` on. */
function stringsBody(rows: readonly Row[], earliest: bigint): Uint8Array {
  return join([
    Uint8Array.of(RDB_TYPES.hashMetadata),
    timeBytes(earliest),
    lengthBytes(rows.length),
    ...rows.flatMap(([field, value, due]) => [
      lengthBytes(due === 0n ? 0n : due - earliest + 1n),
      stringBytes(latin1Bytes(field)),
      stringBytes(latin1Bytes(value)),
    ]),
  ]);
}

/** HASH_LISTPACK_EX of any elements. */
function listpackBody(
  elements: readonly Element[],
  earliest: bigint,
): Uint8Array {
  return join([
    Uint8Array.of(RDB_TYPES.hashListpackEx),
    timeBytes(earliest),
    stringBytes(listpackOf(elements)),
  ]);
}

function triples(rows: readonly Row[]): Element[] {
  return rows.flatMap(([field, value, due]) => [
    latin1Bytes(field),
    latin1Bytes(value),
    due,
  ]);
}

function restore(client: CoreSession, body: Uint8Array): string {
  return client.text("RESTORE", "k", "0", seal(body, VERSION), "REPLACE");
}

/** The payload of `k`, without its footer; that is checked. */
function dumped(client: CoreSession, version: number): Uint8Array {
  const reply = client.run("DUMP", "k");
  const payload = reply.slice(reply.indexOf(10) + 1, -2);
  const body = bodyOf(payload);
  assertEquals(payload, seal(body, version));
  return body;
}

const ROWS: readonly Row[] = [
  ["early", "v", NOW + 1n],
  ["late", "word", NOW + 70_000n],
  ["always", "w", 0n],
];

Deno.test("emitHash() writes a small hash as a listpack in the order of its times", () => {
  const client = new CoreSession();
  client.text("HSET", "k", ...ROWS.flatMap(([field, value]) => [field, value]));
  client.text("HPEXPIRE", "k", "70000", "FIELDS", "1", "late");
  client.text("HPEXPIRE", "k", "1", "FIELDS", "1", "early");
  assertEquals(
    dumped(client, VERSION),
    listpackBody(triples(ROWS), NOW + 1n),
  );
  client.text("HPERSIST", "k", "FIELDS", "2", "late", "early");
  assertEquals(client.text("OBJECT", "ENCODING", "k"), "$10\r\nlistpackex\r\n");
  assertEquals(dumped(client, 10)[0], RDB_TYPES.hashListpack);
});

Deno.test("emitHash() writes a large hash as strings behind their times", () => {
  const client = new CoreSession();
  client.text("HSET", "k", "f", "ab".repeat(33));
  client.text("HPEXPIRE", "k", "5", "FIELDS", "1", "f");
  const [type, ...rest] = dumped(client, VERSION);
  assertEquals(type, RDB_TYPES.hashMetadata);
  assertEquals(rest.slice(0, 10), [...timeBytes(NOW + 5n), 1, 1]);
  assertEquals(restore(client, Uint8Array.of(type!, ...rest)), OK);
  client.text("HSET", "k", "g", "w");
  client.text("HPEXPIRE", "k", "9", "FIELDS", "1", "g");
  assertEquals(client.text("HGET", "k", "f"), `$66\r\n${"ab".repeat(33)}\r\n`);
  assertEquals(
    client.text("HPTTL", "k", "FIELDS", "2", "f", "g"),
    "*2\r\n:5\r\n:9\r\n",
  );
  client.text("HPERSIST", "k", "FIELDS", "2", "f", "g");
  assertEquals(dumped(client, 10)[0], RDB_TYPES.hash);
});

Deno.test("buildHash() reads both forms with due times", () => {
  for (
    const form of [stringsBody(ROWS, NOW + 1n), listpackBody(triples(ROWS), 0n)]
  ) {
    const client = new CoreSession();
    assertEquals(restore(client, form), OK);
    assertEquals(restore(client, form), OK, "over the one that is there");
    assertEquals(client.core.check(), 0);
    assertEquals(client.core.nextDueMs(), Number(NOW) + 1);
    assertEquals(
      client.text("HPTTL", "k", "FIELDS", "3", "early", "late", "always"),
      "*3\r\n:1\r\n:70000\r\n:-1\r\n",
    );
    assertEquals(
      client.text("OBJECT", "ENCODING", "k"),
      "$10\r\nlistpackex\r\n",
    );
    client.timeMs += 1;
    assertEquals(
      client.text("HMGET", "k", "early", "late"),
      "*2\r\n$-1\r\n$4\r\nword\r\n",
    );
  }
});

Deno.test("buildHash() takes times that are past or far away", () => {
  const client = new CoreSession();
  const rows: Row[] = [["a", "v", 1n], ["b", "v", DUE_MAX]];
  for (const body of [stringsBody(rows, 1n), listpackBody(triples(rows), 1n)]) {
    assertEquals(restore(client, body), OK);
    assertEquals(client.text("HKEYS", "k"), "*1\r\n$1\r\nb\r\n");
    assertEquals(
      client.text("HPEXPIRETIME", "k", "FIELDS", "2", "a", "b"),
      `*2\r\n:-2\r\n:${DUE_MAX}\r\n`,
    );
  }
});

Deno.test("buildHash() refuses due times that are none, and what is cut", () => {
  const client = new CoreSession();
  const [a, v] = [latin1Bytes("a"), latin1Bytes("v")];
  const twice: Row[] = [["a", "v", NOW], ["a", "w", NOW + 5n]];
  const bodies = [
    listpackBody([], 0n),
    listpackBody([a, v], 0n),
    listpackBody([a, v, 0n, a], 0n),
    listpackBody([a, v, latin1Bytes("x")], 0n),
    listpackBody([a, v, -1n], 0n),
    listpackBody([a, v, DUE_MAX + 1n], 0n),
    listpackBody(triples(twice), 0n),
    stringsBody(twice, NOW),
    stringsBody([], NOW),
    stringsBody([["a", "v", DUE_MAX + 1n]], NOW),
    stringsBody([["a", "v", DUE_MAX + 9n]], DUE_MAX + 9n),
  ];
  for (const [at, body] of bodies.entries()) {
    assertEquals(restore(client, body), BAD, `body ${at}`);
  }
  for (
    const whole of [stringsBody(ROWS, NOW), listpackBody(triples(ROWS), NOW)]
  ) {
    for (const length of [1, 5, 9, 12]) {
      assertEquals(restore(client, whole.subarray(0, length)), BAD);
    }
  }
  assertEquals(client.text("DBSIZE"), ":0\r\n");
  while (client.core.upkeep(100)) { /* until nothing waits */ }
  assertEquals(client.core.check(), 0);
});
