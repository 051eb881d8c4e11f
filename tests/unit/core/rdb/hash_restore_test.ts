/** Hashes in payloads of every version. */

import { assertEquals } from "@std/assert";
import { CoreSession, join } from "../../../fuzz/core_session.ts";
import {
  type Element,
  listpackOf,
  ziplistOf,
  zipmapOf,
} from "../../../fuzz/packed_lists.ts";
import {
  latin1Bytes,
  ziplistBody,
  zipmapBody,
} from "../../../fuzz/payload_source.ts";
import {
  lengthBytes,
  RDB_TYPES,
  seal,
  stringBytes,
} from "../../../fuzz/rdb_payload.ts";

const OK = "+OK\r\n";
const BAD = "-ERR Bad data format\r\n";
const WORDS = [
  "HSET",
  "k",
  ...["field", "value", "small", "12", "negative", "-1", "wide", "300"],
  ...["wider", "-70000", "24", "-8388608", "64", "9007199254740993"],
  ...["", "", "long", "x".repeat(63), "longer", "y".repeat(64)],
];

function restore(client: CoreSession, body: Uint8Array): string {
  return client.text("RESTORE", "k", "0", seal(body), "REPLACE");
}

function packed(type: number, list: Uint8Array): Uint8Array {
  return join([Uint8Array.of(type), stringBytes(list)]);
}

function pairsBody(words: readonly string[]): Uint8Array {
  return join([
    Uint8Array.of(RDB_TYPES.hash),
    lengthBytes(words.length / 2),
    ...words.map((word) => stringBytes(latin1Bytes(word))),
  ]);
}

Deno.test("buildHash() reads the same fields from all four forms", () => {
  const client = new CoreSession();
  client.run(...WORDS);
  const expected = client.text("HGETALL", "k");
  const elements = WORDS.slice(2).map((word): Element =>
    /^-?[1-9]\d*$/.test(word) ? BigInt(word) : latin1Bytes(word)
  );
  const bodies = [
    pairsBody(WORDS.slice(2)),
    packed(RDB_TYPES.hashListpack, listpackOf(elements)),
    ziplistBody(WORDS),
    zipmapBody(WORDS, 0),
    zipmapBody(WORDS, 3),
  ];
  for (const body of bodies) {
    assertEquals(restore(client, body), OK, `form ${body[0]}`);
    assertEquals(client.text("HGETALL", "k"), expected, `form ${body[0]}`);
    assertEquals(client.text("OBJECT", "ENCODING", "k"), "$8\r\nlistpack\r\n");
  }
  assertEquals(client.core.check(), 0);
});

Deno.test("buildHash() reads long fields and values from all forms", () => {
  const words = ["HSET", "k", "f".repeat(300), "v".repeat(20_000), "g", "w"];
  const bytes = words.slice(2).map(latin1Bytes);
  const client = new CoreSession();
  client.run(...words);
  const expected = client.text("HGETALL", "k");
  for (
    const body of [
      pairsBody(words.slice(2)),
      packed(RDB_TYPES.hashListpack, listpackOf(bytes)),
      ziplistBody(words),
      zipmapBody(words, 1),
    ]
  ) {
    assertEquals(restore(client, body), OK, `form ${body[0]}`);
    assertEquals(client.text("HGETALL", "k"), expected, `form ${body[0]}`);
  }
});

Deno.test("buildHash() takes the large encoding where Redis does", () => {
  const client = new CoreSession();
  const encoding = (body: Uint8Array) => {
    assertEquals(restore(client, body), OK);
    return client.text("OBJECT", "ENCODING", "k").split("\r\n")[1];
  };
  const long = ["f", "v".repeat(65)];
  const bytes = long.map(latin1Bytes);
  assertEquals(encoding(pairsBody(long)), "hashtable");
  assertEquals(
    encoding(packed(RDB_TYPES.hashZipmap, zipmapOf(bytes))),
    "hashtable",
  );
  assertEquals(
    encoding(packed(RDB_TYPES.hashListpack, listpackOf(bytes))),
    "listpack",
  );
  assertEquals(
    encoding(packed(RDB_TYPES.hashZiplist, ziplistOf(bytes))),
    "listpack",
  );
  const limit = 5;
  client.core.header.setHashListpack(limit, 64);
  for (const [fields, name] of [[0, "listpack"], [1, "hashtable"]] as const) {
    const elements = Array.from(
      { length: 2 * (limit + fields) },
      (_, at) => BigInt(at),
    );
    assertEquals(
      encoding(packed(RDB_TYPES.hashListpack, listpackOf(elements))),
      name,
    );
  }
});

Deno.test("buildHash() refuses no fields, half a pair, and a field that comes twice", () => {
  const client = new CoreSession();
  const [a, b] = ["a", "b"].map(latin1Bytes) as [Uint8Array, Uint8Array];
  for (const elements of [[], [a], [a, b, a], [a, b, a, a], [7n, a, 7n, b]]) {
    for (
      const body of [
        packed(RDB_TYPES.hashListpack, listpackOf(elements)),
        packed(RDB_TYPES.hashZiplist, ziplistOf(elements)),
      ]
    ) assertEquals(restore(client, body), BAD, `form ${body[0]}, ${elements}`);
  }
  for (const words of [[], [a, b, a, b]]) {
    const body = packed(RDB_TYPES.hashZipmap, zipmapOf(words));
    assertEquals(restore(client, body), BAD);
  }
  assertEquals(restore(client, pairsBody([])), BAD);
  assertEquals(restore(client, pairsBody(["a", "b", "a", "b"])), BAD);
  assertEquals(client.text("DBSIZE"), ":0\r\n");
});

Deno.test("buildHash() refuses lists that do not say what they hold", () => {
  const client = new CoreSession();
  const elements = ["a", "b", "c", "d"].map(latin1Bytes);
  const variants: [number, Uint8Array, number[]][] = [
    // Bytes, elements, the end.
    [RDB_TYPES.hashListpack, listpackOf(elements), [0, 4, -1]],
    // Also the place of the last element.
    [RDB_TYPES.hashZiplist, ziplistOf(elements), [0, 4, 8, -1]],
    [RDB_TYPES.hashZipmap, zipmapOf(elements), [0, -1]],
  ];
  for (const [type, list, places] of variants) {
    assertEquals(restore(client, packed(type, list)), OK);
    for (const place of places) {
      const changed = list.slice();
      changed[(place + list.length) % list.length]! ^= 1;
      assertEquals(
        restore(client, packed(type, changed)),
        BAD,
        `form ${type}, place ${place}`,
      );
    }
  }
});
