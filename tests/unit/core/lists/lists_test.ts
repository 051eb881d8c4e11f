/** Lists: chunks at their limits, ends, cuts, moves, encodings. */

import { assert, assertEquals } from "@std/assert";
import { CoreSession } from "../../../fuzz/core_session.ts";
import { makeCore } from "../harness.ts";

function items(count: number, make: (index: number) => string): string[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function bulks(texts: readonly string[]): string {
  const parts = texts.map((text) => `$${text.length}\r\n${text}\r\n`);
  return `*${texts.length}\r\n${parts.join("")}`;
}

function listWith(all: readonly string[]): CoreSession {
  const client = new CoreSession(makeCore());
  for (let at = 0; at < all.length; at += 1000) {
    client.text("RPUSH", "l", ...all.slice(at, at + 1000));
  }
  return client;
}

Deno.test("lindexCommand() finds every item of a tree of several levels", () => {
  const all = items(50_000, (index) => `item:${index}`);
  const client = listWith(all);
  assertEquals(client.core.check(), 0);
  for (let at = 0; at < all.length; at += 997) {
    const text = all[at]!;
    const reply = `$${text.length}\r\n${text}\r\n`;
    assertEquals(client.text("LINDEX", "l", `${at}`), reply);
    assertEquals(client.text("LINDEX", "l", `${at - all.length}`), reply);
  }
  assertEquals(client.text("LINDEX", "l", "50000"), "$-1\r\n");
  assertEquals(
    client.text("LRANGE", "l", "24990", "25100"),
    bulks(all.slice(24_990, 25_101)),
  );
});

Deno.test("rpushCommand() and lpushCommand() fill chunks and pages", () => {
  for (const name of ["RPUSH", "LPUSH"]) {
    const client = new CoreSession(makeCore());
    const before = client.core.header.get("bytesPages");
    for (let index = 0; index < 100; index++) {
      client.text(
        name,
        "l",
        ...items(1000, (at) => `${1e9 + index * 1000 + at}`),
      );
    }
    const bytes = client.core.header.get("bytesPages") - before;
    // 10 bytes an item; a listpack of strings has 2 more for each.
    assert(bytes < 100_000 * 12, `${name}: ${bytes} bytes`);
    assertEquals(client.core.check(), 0);
  }
});

Deno.test("ltrimCommand() keeps what it should wherever it cuts", () => {
  const all = items(
    6000,
    (index) => index % 50 === 7 ? `${index}`.repeat(200) : `${index}`,
  );
  for (
    const [from, to] of [
      [0, 0],
      [1, 5998],
      [3000, 3000],
      [2999, 5999],
      [0, 3001],
      [5999, 5999],
      [700, 710],
    ]
  ) {
    const client = listWith(all);
    client.text("LTRIM", "l", `${from}`, `${to}`);
    assertEquals(client.core.check(), 0, `${from}…${to}`);
    const kept = all.slice(from, to! + 1);
    assertEquals(client.text("LLEN", "l"), `:${kept.length}\r\n`);
    assertEquals(client.text("LRANGE", "l", "0", "-1"), bulks(kept));
  }
});

Deno.test("lremCommand() leaves chunks that are joined again", () => {
  const all = items(40_000, (index) => index % 20 === 0 ? `k${index}` : "gone");
  const client = listWith(all);
  const full = client.core.header.get("bytesPages");
  assertEquals(client.text("LREM", "l", "0", "gone"), ":38000\r\n");
  assertEquals(client.core.check(), 0);
  assertEquals(client.text("LLEN", "l"), ":2000\r\n");
  while (client.core.upkeep(1000));
  const left = client.core.header.get("bytesPages");
  assert(left < full / 4, `${full} bytes became ${left}`);
});

Deno.test("linsertCommand() at one pivot fills chunks", () => {
  for (const where of ["BEFORE", "AFTER"]) {
    const client = listWith(items(2000, (index) => `item${index}`));
    const before = client.core.header.get("bytesPages");
    for (let index = 0; index < 3000; index++) {
      client.text("LINSERT", "l", where, "item1000", `new:${index}`);
    }
    assertEquals(client.core.check(), 0);
    const bytes = client.core.header.get("bytesPages") - before;
    assert(bytes < 3000 * 24, `${where}: ${bytes} bytes`);
  }
});

Deno.test("lsetCommand() changes sizes between a byte and a blob", () => {
  const client = listWith(items(100, (index) => `${index}`));
  const model = items(100, (index) => `${index}`);
  let at = 0;
  for (
    const length of [
      0,
      1,
      127,
      128,
      508,
      509,
      510,
      511,
      512,
      513,
      600,
      20_000,
      3,
      0,
      510,
    ]
  ) {
    for (const step of [1, 0, 99, 50]) {
      at = (at + step) % 100;
      model[at] = "x".repeat(length);
      assertEquals(client.text("LSET", "l", `${at}`, model[at]!), "+OK\r\n");
      assertEquals(client.core.check(), 0, `${length} at ${at}`);
    }
  }
  assertEquals(client.text("LRANGE", "l", "0", "-1"), bulks(model));
});

Deno.test("lmoveCommand() moves a large item without a copy, and turns a list of one item", () => {
  const client = new CoreSession(makeCore());
  const large = "y".repeat(100_000);
  client.text("RPUSH", "a", "1", large);
  const before = client.core.header.get("bytesBlobs");
  assertEquals(
    client.text("LMOVE", "a", "b", "RIGHT", "LEFT"),
    `$100000\r\n${large}\r\n`,
  );
  assertEquals(client.core.header.get("bytesBlobs"), before);
  client.text("PEXPIRE", "b", "100000");
  client.text("RPOPLPUSH", "b", "b");
  assertEquals(client.text("PTTL", "b"), ":100000\r\n");
  assertEquals(client.text("LMOVE", "a", "b", "LEFT", "RIGHT"), "$1\r\n1\r\n");
  assertEquals(client.text("EXISTS", "a"), ":0\r\n");
  assertEquals(client.core.check(), 0);
});

Deno.test("objectCommand() shows a list as a listpack until it outgrows 8 KiB, and below half again", () => {
  const client = listWith(["a"]);
  const encoding = () =>
    client.text("OBJECT", "ENCODING", "l").split("\r\n")[1];
  assertEquals(encoding(), "listpack");
  client.text("RPUSH", "l", "x".repeat(4000), "x".repeat(4100));
  assertEquals(encoding(), "listpack");
  client.text("RPUSH", "l", "x".repeat(100));
  assertEquals(encoding(), "quicklist");
  client.text("RPOP", "l");
  assertEquals(encoding(), "quicklist");
  client.text("RPOP", "l");
  assertEquals(encoding(), "listpack");
  assertEquals(client.core.check(), 0);
});

Deno.test("writes on lists leave a pinned view as it was, and give back what it held", () => {
  const all = items(
    20_000,
    (index) => index % 40 === 3 ? `${index}`.repeat(300) : `${index}`,
  );
  const client = listWith(all);
  const slot = client.core.pinView(0);
  assert(slot !== undefined);
  client.text("LREM", "l", "0", "4000");
  client.text("LTRIM", "l", "5000", "9000");
  client.text("LSET", "l", "7", "z".repeat(2000));
  client.text("LMOVE", "l", "m", "LEFT", "RIGHT");
  for (let index = 0; index < 200; index++) {
    client.text("LINSERT", "l", "BEFORE", "7000", `${index}`);
  }
  assertEquals(client.core.check(), 0);
  client.core.releaseView(slot);
  client.text("DEL", "l", "m");
  while (client.core.upkeep(10_000));
  assertEquals(client.core.check(), 0);
  assertEquals(client.core.header.get("bytesPages"), 0);
  assertEquals(client.core.header.get("bytesBlobs"), 0);
});
