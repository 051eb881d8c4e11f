/** Consumer groups in payloads of every version. */

import { assert, assertEquals } from "@std/assert";
import { CoreSession, join } from "../../../fuzz/core_session.ts";
import { bulkOf, latin1Bytes } from "../../../fuzz/payload_source.ts";
import {
  bodyOf,
  lengthBytes,
  RDB_TYPES,
  seal,
  stringBytes,
} from "../../../fuzz/rdb_payload.ts";

const OK = "+OK\r\n";
const BAD = "-ERR Bad data format\r\n";

interface Consumer {
  readonly name: string;
  readonly ids: readonly number[];
}

interface Group {
  readonly name: string;
  readonly pending: readonly number[];
  readonly consumers: readonly Consumer[];
}

function idBytes(ms: number): Uint8Array {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(ms));
  return bytes;
}

function timeBytes(ms: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, BigInt(ms), true);
  return bytes;
}

function nameBytes(name: string): Uint8Array {
  return stringBytes(latin1Bytes(name));
}

function groupBytes(type: number, group: Group): Uint8Array {
  const hasReads = type !== RDB_TYPES.streamListpacks;
  const hasActive = type === RDB_TYPES.streamListpacks3;
  return join([
    nameBytes(group.name),
    ...[5, 0, ...(hasReads ? [4] : []), group.pending.length].map(lengthBytes),
    ...group.pending.flatMap((ms) => [
      idBytes(ms),
      timeBytes(1000 + ms),
      lengthBytes(ms),
    ]),
    lengthBytes(group.consumers.length),
    ...group.consumers.flatMap(({ name, ids }) => [
      nameBytes(name),
      timeBytes(2000),
      ...(hasActive ? [timeBytes(3000)] : []),
      lengthBytes(ids.length),
      ...ids.map(idBytes),
    ]),
  ]);
}

/** A stream without entries, last id 9-0, to which 9 were added. */
function bodyWith(type: number, groups: readonly Group[]): Uint8Array {
  const newer = type === RDB_TYPES.streamListpacks ? [] : [0, 0, 0, 0, 9];
  return join([
    Uint8Array.of(type),
    ...[0, 0, 9, 0, ...newer, groups.length].map(lengthBytes),
    ...groups.map((group) => groupBytes(type, group)),
  ]);
}

function restore(client: CoreSession, body: Uint8Array): string {
  return client.text("RESTORE", "k", "0", seal(body), "REPLACE");
}

const GOOD: Group = {
  name: "g",
  pending: [1, 2, 7],
  consumers: [{ name: "a", ids: [2] }, { name: "b", ids: [1, 7] }],
};

Deno.test("buildGroups() reads groups of all three forms", () => {
  const client = new CoreSession();
  const { streamListpacks, streamListpacks2, streamListpacks3 } = RDB_TYPES;
  for (const type of [streamListpacks, streamListpacks2, streamListpacks3]) {
    const other = { ...GOOD, name: "h", consumers: [], pending: [] };
    assertEquals(restore(client, bodyWith(type, [GOOD, other])), OK);
    client.timeMs = 1_700_000_000_000;
    assertEquals(
      client.text("XPENDING", "k", "g", "-", "+", "9", "b"),
      "*2\r\n*4\r\n$3\r\n1-0\r\n$1\r\nb\r\n:1699999998999\r\n:1\r\n" +
        "*4\r\n$3\r\n7-0\r\n$1\r\nb\r\n:1699999998993\r\n:7\r\n",
    );
    const full = client.text("XINFO", "STREAM", "k", "FULL");
    const active = type === streamListpacks3 ? 3000 : 2000;
    assert(full.includes(`$11\r\nactive-time\r\n:${active}\r\n`), full);
    // Version 1 does not tell how many entries there were.
    const reads = type === streamListpacks ? 0 : 4;
    assert(full.includes(`$12\r\nentries-read\r\n:${reads}\r\n`), full);
    assertEquals(client.core.check(), 0);
  }
});

Deno.test("buildGroups() refuses groups that do not add up, and leaves nothing", () => {
  const client = new CoreSession();
  const [a, b] = GOOD.consumers as readonly [Consumer, Consumer];
  const bad: Readonly<Record<string, readonly Group[]>> = {
    "a group twice": [GOOD, GOOD],
    "a consumer twice": [{ ...GOOD, consumers: [a, b, { ...a, ids: [] }] }],
    "an entry twice": [{ ...GOOD, pending: [1, 2, 2, 7] }],
    "an entry of two": [{ ...GOOD, consumers: [a, { ...b, ids: [1, 2, 7] }] }],
    "an entry of nobody": [{ ...GOOD, consumers: [a, { ...b, ids: [1] }] }],
    "an entry that is not pending": [{ ...GOOD, pending: [1, 2] }],
  };
  client.run("SET", "k", "kept");
  for (const [what, groups] of Object.entries(bad)) {
    const before = client.core.header.get("bytesUsed");
    const body = bodyWith(RDB_TYPES.streamListpacks2, groups);
    assertEquals(restore(client, body), BAD, what);
    client.core.upkeep(1000);
    assertEquals(client.core.header.get("bytesUsed"), before, what);
    assertEquals(client.core.check(), 0, what);
  }
  assertEquals(client.text("GET", "k"), "$4\r\nkept\r\n");
});

Deno.test("buildGroups() refuses a payload cut anywhere", () => {
  const client = new CoreSession();
  const whole = bodyWith(RDB_TYPES.streamListpacks3, [GOOD, {
    ...GOOD,
    name: "second",
  }]);
  for (let length = 1; length < whole.length - 12; length++) {
    // The footer's bytes may be read as the value's; nothing else can be.
    const reply = restore(client, whole.slice(0, length));
    assert(reply === BAD || reply === OK, reply);
    assertEquals(client.core.check(), 0);
  }
});

Deno.test("emitGroups() writes what buildGroups() reads", () => {
  const client = new CoreSession();
  for (let ms = 1; ms <= 300; ms++) {
    client.run("XADD", "k", `${ms}-0`, "f", "v");
  }
  for (const name of ["g", "", "long".repeat(200), "12345"]) {
    client.run("XGROUP", "CREATE", "k", name, "0");
    for (const reader of ["7", "c".repeat(700), ""]) {
      const words = ["XREADGROUP", "GROUP", name, reader, "COUNT", "70"];
      client.run(...words, "STREAMS", "k", ">");
    }
  }
  client.run("XDEL", "k", "5-0");
  const payload = bulkOf(client.run("DUMP", "k"));
  assertEquals(client.text("RESTORE", "copy", "0", payload), OK);
  assertEquals(bulkOf(client.run("DUMP", "copy")), payload);
  assertEquals(restore(client, bodyOf(payload)), OK);
  assertEquals(client.core.check(), 0);
});
