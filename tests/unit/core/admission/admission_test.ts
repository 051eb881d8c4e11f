/** What memory does when it is full, with and without a pinned view. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  type Core,
  SERVED,
  type SessionAddress,
} from "../../../../src/core/mod.ts";
import {
  commit,
  makeCore,
  NOW_MS,
  openSession,
  receive,
  requests,
  run,
} from "../harness.ts";

const MEBIBYTE = 1024 * 1024;
const OOM = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";

/** A core that may grow to `mebibytes`, and a session. */
function smallCore(mebibytes: number): [Core, SessionAddress] {
  const core = makeCore();
  core.header.limitGrowth(mebibytes * MEBIBYTE);
  return [core, openSession(core)];
}

function msetLine(first: number, keys: number, letter: string): string {
  const pairs = Array.from(
    { length: keys },
    (_, index) => `key:${first + index} ${letter.repeat(200)}`,
  );
  return `MSET ${pairs.join(" ")}`;
}

/** Sets keys in hundreds from 0 on until memory is full; how many were set. */
function fill(core: Core, session: SessionAddress, keysMax: number): number {
  for (let first = 0; first < keysMax; first += 100) {
    const reply = run(core, session, msetLine(first, 100, "a"));
    if (reply === OOM) return first;
    assertEquals(reply, "+OK\r\n");
  }
  return keysMax;
}

/** Deletes keys 0 to `keys`, a thousand at a time, and frees what they leave. */
function deleteKeys(core: Core, session: SessionAddress, keys: number): void {
  for (let first = 0; first < keys; first += 1000) {
    const count = Math.min(1000, keys - first);
    const names = Array.from({ length: count }, (_, at) => `key:${first + at}`);
    const reply = run(core, session, `DEL ${names.join(" ")}`);
    assertEquals(reply, `:${count}\r\n`);
  }
  while (core.upkeep(1000));
}

/** Pins a view and ends it. */
function pinOnce(core: Core, reason: string): void {
  const slot = core.pinView(NOW_MS);
  assert(slot !== undefined, reason);
  core.releaseView(slot);
  while (core.upkeep(1000));
}

Deno.test("a full memory refuses writes that grow, and keeps what it has", () => {
  const [core, session] = smallCore(64);
  const keys = fill(core, session, 1_000_000);
  assert(keys > 50_000, `${keys} keys fitted`);
  assertEquals(run(core, session, `SET other ${"b".repeat(200)}`), OOM);
  assertEquals(run(core, session, "DBSIZE"), `:${keys}\r\n`);
  deleteKeys(core, session, keys >> 1);
  assertEquals(run(core, session, "DBSIZE"), `:${keys - (keys >> 1)}\r\n`);
  assertEquals(run(core, session, "FLUSHALL"), "+OK\r\n");
  while (core.upkeep(1000));
  assertEquals(run(core, session, msetLine(0, 100, "b")), "+OK\r\n");
  assertEquals(core.check(), 0);
});

Deno.test("below a limit deletions make room at once", () => {
  const [core, session] = smallCore(64);
  core.header.set("memoryLimit", 32 * MEBIBYTE);
  const keys = fill(core, session, 1_000_000);
  deleteKeys(core, session, keys >> 1);
  for (let first = 0; first < keys >> 2; first += 100) {
    assertEquals(run(core, session, msetLine(first, 100, "b")), "+OK\r\n");
  }
  assertEquals(core.check(), 0);
});

Deno.test("a view is paid for before a write is admitted, deletions too", () => {
  const [core, session] = smallCore(64);
  const keys = fill(core, session, 120_000);
  const slot = core.pinView(NOW_MS);
  assert(slot !== undefined);
  let changed = 0;
  let refused = false;
  // Strides touch another page each time, which is then copied.
  for (let round = 0; round < keys / 100 && !refused; round++) {
    const first = round * 7919 % (keys - 100);
    const reply = run(core, session, msetLine(first, 100, "c"));
    refused = reply === OOM;
    if (!refused) changed += 100;
  }
  assert(refused, `all ${changed} changes fitted`);
  assert(changed > 0, "some changes fitted");
  const deleted = run(core, session, "DEL key:1 key:2");
  assertMatch(deleted, /^(:2|-OOM)/);
  assertMatch(run(core, session, "GET key:50000"), /^\$200\r\n[ac]/);
  core.releaseView(slot);
  while (core.upkeep(1000));
  assertEquals(run(core, session, msetLine(0, 100, "d")), "+OK\r\n");
  assertEquals(core.check(), 0);
});

Deno.test("pinView() refuses while promised writes would not fit beside the view", () => {
  const [core, session] = smallCore(64);
  const keys = fill(core, session, 1_000_000);
  // The last write and its batch may have begun the room that a view needs.
  const last = Array.from({ length: 1000 }, (_, at) => `key:${keys - 1 - at}`);
  assertEquals(run(core, session, `DEL ${last.join(" ")}`), ":1000\r\n");
  while (core.upkeep(1000));
  pinOnce(core, "nothing is promised");
  // Removals need no room until a view makes them copy pages.
  const names = Array.from({ length: 1000 }, (_, at) => `key:${at * 7}`);
  assert(names.length * 7 < keys - last.length);
  receive(core, session, requests(`DEL ${names.join(" ")}`));
  assertEquals(core.serve(session, NOW_MS), SERVED.deferred);
  assertEquals(core.pinView(NOW_MS), undefined);
  assertEquals(commit(core).replies, [[session, ":1000\r\n"]]);
  pinOnce(core, "the promise is kept");
  assertEquals(core.check(), 0);
});

Deno.test("hasRoomFor() says what digestOfKey() and describeKey() can take", () => {
  const [core, session] = smallCore(64);
  fill(core, session, 1_000_000);
  assertEquals(core.inspector.hasRoomFor(48 * MEBIBYTE), false);
  const name = new Uint8Array(100).fill(65);
  assert(core.inspector.hasRoomFor(name.length));
  assertEquals(core.inspector.digestOfKey(0, name), undefined);
  assertEquals(core.inspector.describeKey(0, name), undefined);
  let bytes = 1;
  while (core.inspector.hasRoomFor(bytes * 2)) bytes *= 2;
  assertEquals(core.inspector.digestOfKey(0, new Uint8Array(bytes)), undefined);
  assertEquals(core.check(), 0);
});

Deno.test("BITFIELD is asked for the room of its offsets, not of its values", () => {
  const [core, session] = smallCore(64);
  const large = "INCRBY u33 0 4000000000 OVERFLOW SAT SET u32 #1 4000000000";
  const reply = run(core, session, `BITFIELD key ${large} GET u8 4000000000`);
  assertEquals(reply, "*3\r\n:4000000000\r\n:0\r\n:0\r\n");
  const far = run(core, session, "BITFIELD key SET u8 4000000000 1");
  assertEquals(far, OOM);
  assertEquals(run(core, session, "BITFIELD key SET u8 #500000000 1"), OOM);
  assertEquals(core.check(), 0);
});

/** Fills most of a small core with one key by `line`, for 100 members from `first` on. */
function fillOne(line: (first: number) => string): [Core, SessionAddress] {
  const [core, session] = smallCore(64);
  run(core, session, `SETRANGE other ${4 * MEBIBYTE} x`);
  for (let first = 0;; first += 100) {
    if (run(core, session, line(first)) === OOM) break;
  }
  while (core.upkeep(1000));
  return [core, session];
}

const hundred = (first: number) =>
  Array.from({ length: 100 }, (_, at) => first + at);
const LONG = "m".repeat(60);

for (
  const [name, line, pop] of [
    [
      "SPOP",
      (first: number) =>
        `SADD set ${hundred(first).map((at) => `${LONG}${at}`).join(" ")}`,
      "SPOP set 60000",
    ],
    [
      "BZMPOP",
      (first: number) =>
        `ZADD set ${hundred(first).map((at) => `1 ${LONG}${at}`).join(" ")}`,
      "BZMPOP 0 1 set MIN COUNT 60000",
    ],
  ] as const
) {
  Deno.test(`${name} of many members pays for the pages that a view keeps`, () => {
    const [core, session] = fillOne(line);
    run(core, session, "DEL other");
    while (core.upkeep(1000));
    const view = core.pinView(NOW_MS);
    assert(view !== undefined);
    assertEquals(run(core, session, pop), OOM);
    core.releaseView(view);
    while (core.upkeep(1000));
    assertMatch(run(core, session, pop), /^\*/);
    assertEquals(core.check(), 0);
  });
}

Deno.test("what is due goes only as far as memory bears the copies for a view", () => {
  const [core, session] = smallCore(32);
  run(core, session, `SETRANGE other ${4 * MEBIBYTE} x`);
  const end = `${"v".repeat(100)} PXAT ${NOW_MS + 10}`;
  let reply = "";
  for (let key = 0; reply !== OOM; key++) {
    reply = run(core, session, `SET key:${key} ${end}`);
  }
  run(core, session, "DEL other");
  while (core.upkeep(1000));
  let index = 1_000_000;
  const expire = (rounds: number) => {
    for (let round = 0; round < rounds; round++) {
      core.sealBatch(NOW_MS + 1000, 1, 1000);
      core.beginBatch(index++);
      while (core.stepBatch() !== undefined);
      while (core.upkeep(1000));
    }
  };
  const keys = () => core.header.database(0, NOW_MS).keys;
  const all = keys();
  const view = core.pinView(NOW_MS);
  assert(view !== undefined);
  expire(100);
  assert(keys() < all && keys() > all / 2, `${keys()} of ${all} keys`);
  core.releaseView(view);
  while (core.upkeep(1000));
  expire(Math.ceil(all / 1000));
  assertEquals([keys(), core.check()], [0, 0]);
});
