/** RESTORE of lists: every form, and what is refused. */

import { assertEquals } from "@std/assert";
import { CoreSession, join } from "../../../fuzz/core_session.ts";
import { listpackOf, ziplistOf } from "../../../fuzz/packed_lists.ts";
import {
  lengthBytes,
  RDB_TYPES,
  seal,
  stringBytes,
} from "../../../fuzz/rdb_payload.ts";

const BAD = "-ERR Bad data format\r\n";
const encoder = new TextEncoder();

function count(value: number): Uint8Array {
  return lengthBytes(BigInt(value));
}

function text(word: string): Uint8Array {
  return stringBytes(encoder.encode(word));
}

function restored(...body: readonly Uint8Array[]): [string, CoreSession] {
  const client = new CoreSession();
  const reply = client.text("RESTORE", "l", "0", seal(join(body)));
  assertEquals(client.core.check(), 0);
  return [reply, client];
}

function expectItems(
  body: readonly Uint8Array[],
  items: readonly string[],
): void {
  const [reply, client] = restored(...body);
  assertEquals(reply, "+OK\r\n");
  const parts = items.map((item) => `$${item.length}\r\n${item}\r\n`);
  assertEquals(
    client.text("LRANGE", "l", "0", "-1"),
    `*${items.length}\r\n${parts.join("")}`,
  );
}

function expectRefused(...body: readonly Uint8Array[]): void {
  const [reply, client] = restored(...body);
  assertEquals(reply, BAD);
  assertEquals(client.text("EXISTS", "l"), ":0\r\n");
}

const typeByte = (type: number) => Uint8Array.of(type);
const LIST = typeByte(RDB_TYPES.list);
const ZIPLIST = typeByte(RDB_TYPES.listZiplist);
const QUICKLIST = typeByte(RDB_TYPES.listQuicklist);
const QUICKLIST_2 = typeByte(RDB_TYPES.listQuicklist2);
const ITEMS = [
  encoder.encode("a"),
  12n,
  -70_000n,
  encoder.encode("x".repeat(600)),
];
const SHOWN = ["a", "12", "-70000", "x".repeat(600)];

Deno.test("restoreCommand() reads strings, a ziplist and nodes of ziplists", () => {
  expectItems([LIST, count(4), ...SHOWN.map(text)], SHOWN);
  const ziplist = stringBytes(ziplistOf(ITEMS));
  expectItems([ZIPLIST, ziplist], SHOWN);
  const empty = stringBytes(ziplistOf([]));
  expectItems([QUICKLIST, count(3), ziplist, empty, ziplist], [
    ...SHOWN,
    ...SHOWN,
  ]);
});

Deno.test("restoreCommand() reads nodes of listpacks and plain ones", () => {
  const node = join([count(2), stringBytes(listpackOf(ITEMS))]);
  const plain = join([count(1), text("z".repeat(3000))]);
  expectItems([QUICKLIST_2, count(2), plain, node], [
    "z".repeat(3000),
    ...SHOWN,
  ]);
});

Deno.test("restoreCommand() shows a list of one node as a listpack, other ones not", () => {
  const node = join([count(2), stringBytes(listpackOf(ITEMS))]);
  const encoding = (...body: Uint8Array[]) =>
    restored(...body)[1].text("OBJECT", "ENCODING", "l").split("\r\n")[1];
  assertEquals(encoding(QUICKLIST_2, count(1), node), "listpack");
  assertEquals(encoding(QUICKLIST_2, count(2), node, node), "quicklist");
  assertEquals(encoding(LIST, count(1), text("y".repeat(9000))), "quicklist");
});

Deno.test("restoreCommand() refuses lists without items and other containers", () => {
  expectRefused(LIST, count(0));
  expectRefused(ZIPLIST, stringBytes(ziplistOf([])));
  expectRefused(QUICKLIST, count(1), stringBytes(ziplistOf([])));
  expectRefused(QUICKLIST_2, count(0));
  expectRefused(QUICKLIST_2, count(1), count(3), text("a"));
  expectRefused(QUICKLIST_2, count(1), count(1), text(""));
  expectRefused(QUICKLIST_2, count(1), count(2), stringBytes(ziplistOf(ITEMS)));
  const good = stringBytes(listpackOf(ITEMS));
  expectRefused(QUICKLIST_2, count(2), count(2), good, count(2), text("a"));
});
