/** Streams in payloads of every version. */

import { assertEquals } from "@std/assert";
import { CoreSession, join } from "../../../fuzz/core_session.ts";
import { type Element, listpackOf } from "../../../fuzz/packed_lists.ts";
import {
  bulkOf,
  latin1Bytes,
  streamBody,
} from "../../../fuzz/payload_source.ts";
import {
  bodyOf,
  lengthBytes,
  RDB_TYPES,
  seal,
  stringBytes,
} from "../../../fuzz/rdb_payload.ts";

const OK = "+OK\r\n";
const BAD = "-ERR Bad data format\r\n";
const DELETED = 1n;
const SAME_FIELDS = 2n;

function restore(client: CoreSession, body: Uint8Array): string {
  return client.text("RESTORE", "k", "0", seal(body), "REPLACE");
}

interface StreamParts {
  readonly nodes?: readonly (readonly [bigint, bigint, readonly Element[]])[];
  readonly length?: number;
  readonly last?: readonly [number, number];
  readonly added?: number;
  readonly groups?: number;
}

/** A body in the form of Redis 7.0. */
function bodyWith(parts: StreamParts): Uint8Array {
  const { nodes = [], length = 0, last = [0, 0], added = 0, groups = 0 } =
    parts;
  const strings = nodes.flatMap(([ms, seq, elements]) => {
    const id = new Uint8Array(16);
    new DataView(id.buffer).setBigUint64(0, ms);
    new DataView(id.buffer).setBigUint64(8, seq);
    return [stringBytes(id), stringBytes(listpackOf(elements))];
  });
  return join([
    Uint8Array.of(RDB_TYPES.streamListpacks2),
    lengthBytes(nodes.length),
    ...strings,
    ...[length, ...last, 0, 0, 0, 0, added, groups].map(lengthBytes),
  ]);
}

const [F, V, W] = ["f", "v", "w"].map(latin1Bytes) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
/** One entry at the node's id with the field `f`. */
const ONE: readonly Element[] = [1n, 0n, 1n, F, 0n, SAME_FIELDS, 0n, 0n, V, 4n];

Deno.test("buildStream() reads the same entries from all three forms", () => {
  const client = new CoreSession();
  for (let index = 1; index <= 250; index++) {
    const field = index % 7 === 0 ? "other" : "field";
    client.run("XADD", "k", `${index >> 2}-${index}`, field, `${-index * 999}`);
  }
  client.run("XDEL", "k", "10-40", "62-250");
  const expected = client.text("XRANGE", "k", "-", "+");
  const dumped = bodyOf(bulkOf(client.run("DUMP", "k")));
  for (const body of [dumped, streamBody(dumped, 15), streamBody(dumped, 21)]) {
    assertEquals(restore(client, body), OK, `form ${body[0]}`);
    assertEquals(client.text("XRANGE", "k", "-", "+"), expected);
    // The last id is kept, though its entry is gone.
    assertEquals(
      client.text("XADD", "k", "62-250", "f", "v"),
      "-ERR The ID specified in XADD is equal or smaller than the target stream top item\r\n",
    );
    assertEquals(client.core.check(), 0);
  }
});

Deno.test("buildStream() keeps what was added and deleted", () => {
  const client = new CoreSession();
  for (const id of ["1-1", "2-2", "3-3"]) client.run("XADD", "k", id, "f", "v");
  client.run("XDEL", "k", "2-2", "3-3");
  const dumped = bulkOf(client.run("DUMP", "k"));
  assertEquals(restore(client, bodyOf(dumped)), OK);
  assertEquals(bulkOf(client.run("DUMP", "k")), dumped);
});

Deno.test("buildStream() takes an empty stream", () => {
  const client = new CoreSession();
  assertEquals(restore(client, bodyWith({ last: [5, 6], added: 9 })), OK);
  assertEquals(client.text("XLEN", "k"), ":0\r\n");
  assertEquals(client.text("XADD", "k", "5-*", "f", "v"), "$3\r\n5-7\r\n");
});

Deno.test("buildStream() leaves deleted entries out and reads fields of their own", () => {
  const client = new CoreSession();
  const node: Element[] = [
    ...[2n, 1n, 1n, F, 0n],
    ...[SAME_FIELDS, 0n, 0n, V, 4n],
    ...[SAME_FIELDS | DELETED, 0n, 1n, V, 4n],
    ...[0n, 1n, -5n, 2n, F, W, V, -7n, 8n],
  ];
  const nodes = [[3n, 9n, node]] as const;
  const body = bodyWith({ nodes, length: 2, last: [4, 4], added: 3 });
  assertEquals(restore(client, body), OK);
  assertEquals(
    client.text("XRANGE", "k", "-", "+"),
    "*2\r\n*2\r\n$3\r\n3-9\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n" +
      "*2\r\n$3\r\n4-4\r\n*4\r\n$1\r\nf\r\n$1\r\nw\r\n$1\r\nv\r\n$2\r\n-7\r\n",
  );
});

Deno.test("buildStream() refuses what would break a stream", () => {
  const client = new CoreSession();
  const node = [1n, 1n, ONE] as const;
  const good = { nodes: [node], length: 1, last: [1, 1], added: 1 } as const;
  assertEquals(restore(client, bodyWith(good)), OK);
  const wrong: Record<string, StreamParts> = {
    "another length": { ...good, length: 2 },
    "a last id below the top one": { ...good, last: [1, 0] },
    "consumer groups": { ...good, groups: 1 },
    "a node twice": { ...good, nodes: [node, node], length: 2 },
    "nodes out of order": {
      ...good,
      nodes: [node, [1n, 0n, ONE]],
      length: 2,
    },
    "entries without their node": { length: 1, last: [1, 1] },
    "fewer entries than it says": {
      ...good,
      nodes: [[1n, 1n, [2n, ...ONE.slice(1)]]],
    },
    "more entries than it says": {
      ...good,
      nodes: [[1n, 1n, [...ONE, ...ONE.slice(5)]]],
    },
    "a negative count": { ...good, nodes: [[1n, 1n, [-1n, ...ONE.slice(1)]]] },
    "a wrong number of elements": {
      ...good,
      nodes: [[1n, 1n, [...ONE.slice(0, -1), 5n]]],
    },
    "a listpack without elements": { ...good, nodes: [[1n, 1n, []]] },
  };
  for (const [name, parts] of Object.entries(wrong)) {
    assertEquals(restore(client, bodyWith(parts)), BAD, name);
  }
  assertEquals(client.text("XLEN", "k"), ":1\r\n");
  assertEquals(client.core.check(), 0);
});
