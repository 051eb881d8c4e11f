/** Sets in payloads of every version. */

import { assertEquals } from "@std/assert";
import { CoreSession, join } from "../../../fuzz/core_session.ts";
import { listpackOf } from "../../../fuzz/packed_lists.ts";
import {
  bulkOf,
  latin1Bytes,
  setListpackBody,
} from "../../../fuzz/payload_source.ts";
import {
  lengthBytes,
  RDB_TYPES,
  seal,
  stringBytes,
} from "../../../fuzz/rdb_payload.ts";

const OK = "+OK\r\n";
const BAD = "-ERR Bad data format\r\n";
const MEMBERS = ["word", "12", "-1", "300", "-70000", "9007199254740993", ""];

function restore(client: CoreSession, body: Uint8Array): string {
  return client.text("RESTORE", "t", "0", seal(body), "REPLACE");
}

function encoding(client: CoreSession): string | undefined {
  return client.text("OBJECT", "ENCODING", "t").split("\r\n")[1];
}

function stringsBody(members: readonly string[]): Uint8Array {
  return join([
    Uint8Array.of(RDB_TYPES.set),
    lengthBytes(members.length),
    ...members.map((member) => stringBytes(latin1Bytes(member))),
  ]);
}

function intsetBody(width: 2 | 4 | 8, integers: readonly bigint[]): Uint8Array {
  const list = new Uint8Array(8 + width * integers.length);
  const view = new DataView(list.buffer);
  view.setUint32(0, width, true);
  view.setUint32(4, integers.length, true);
  for (const [index, integer] of integers.entries()) {
    const at = 8 + width * index;
    if (width === 2) view.setInt16(at, Number(integer), true);
    else if (width === 4) view.setInt32(at, Number(integer), true);
    else view.setBigInt64(at, integer, true);
  }
  return join([Uint8Array.of(RDB_TYPES.setIntset), stringBytes(list)]);
}

Deno.test("buildSet() reads the same members from strings and a listpack", () => {
  const client = new CoreSession();
  client.run("SADD", "t", ...MEMBERS);
  const expected = client.text("SMEMBERS", "t");
  for (const body of [stringsBody(MEMBERS), setListpackBody(MEMBERS)]) {
    assertEquals(restore(client, body), OK, `form ${body[0]}`);
    assertEquals(client.text("SMEMBERS", "t"), expected, `form ${body[0]}`);
    assertEquals(encoding(client), "listpack");
  }
  assertEquals(client.core.check(), 0);
});

Deno.test("buildSet() reads intsets of every width", () => {
  const client = new CoreSession();
  for (const width of [2, 4, 8] as const) {
    const top = 2n ** BigInt(width * 8 - 1);
    const integers = [-top, -1n, 0n, 7n, top - 1n];
    assertEquals(restore(client, intsetBody(width, integers)), OK);
    assertEquals(client.text("SCARD", "t"), ":5\r\n");
    assertEquals(client.text("SISMEMBER", "t", `${-top}`), ":1\r\n");
    assertEquals(client.text("SISMEMBER", "t", `${top - 1n}`), ":1\r\n");
    assertEquals(encoding(client), "intset");
    const dumped = bulkOf(client.run("DUMP", "t"));
    const again = client.text("RESTORE", "u", "0", dumped, "REPLACE");
    assertEquals(again, OK);
    assertEquals(bulkOf(client.run("DUMP", "u")), dumped);
  }
});

Deno.test("emitSet() writes an intset sorted and as narrow as it can be", () => {
  const client = new CoreSession();
  for (const width of [2, 4, 8] as const) {
    const integers = [1n << BigInt(width * 8 - 2), -5n, 3n, 100n, -200n];
    client.run("DEL", "t");
    client.run("SADD", "t", ...integers.map(String));
    const sorted = integers.toSorted((a, b) => a < b ? -1 : 1);
    const expected = seal(intsetBody(width, sorted));
    // The larger two are compressed.
    const dumped = bulkOf(client.run("DUMP", "t"));
    if (width === 2) assertEquals(dumped, expected);
    client.run("RESTORE", "u", "0", expected, "REPLACE");
    assertEquals(bulkOf(client.run("DUMP", "u")), dumped);
  }
});

Deno.test("buildSet() refuses what comes twice, is out of order, empty or cut", () => {
  const client = new CoreSession();
  const word = latin1Bytes("word");
  const cut = intsetBody(4, [1n, 2n]);
  const bodies = [
    stringsBody([]),
    stringsBody(["a", "b", "a"]),
    stringsBody(["1", "2", "1"]),
    intsetBody(2, []),
    intsetBody(2, [1n, 1n]),
    intsetBody(8, [2n, 1n]),
    cut.with(2, 3),
    cut.with(6, 3),
    join([
      Uint8Array.of(RDB_TYPES.setListpack),
      stringBytes(listpackOf([word, 3n, word])),
    ]),
    join([Uint8Array.of(RDB_TYPES.setListpack), stringBytes(listpackOf([]))]),
  ];
  for (const [index, body] of bodies.entries()) {
    assertEquals(restore(client, body), BAD, `body ${index}`);
  }
  assertEquals(client.core.check(), 0);
});

Deno.test("buildSet() takes the encodings that Redis 7.2 takes", () => {
  const client = new CoreSession();
  const numbers = (count: number) =>
    Array.from({ length: count }, (_, index) => `${index}`);
  const cases: [Uint8Array, string][] = [
    [stringsBody(numbers(512)), "intset"],
    [stringsBody(numbers(513)), "hashtable"],
    [stringsBody([...numbers(127), "x"]), "listpack"],
    [stringsBody([...numbers(128), "x"]), "hashtable"],
    [stringsBody(["x".repeat(65)]), "hashtable"],
    [setListpackBody(["x".repeat(65)]), "listpack"],
    [setListpackBody(numbers(128)), "listpack"],
    [setListpackBody(numbers(129)), "hashtable"],
  ];
  for (const [body, name] of cases) {
    assertEquals(restore(client, body), OK);
    assertEquals(encoding(client), name);
  }
});
