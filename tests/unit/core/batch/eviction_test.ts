/** Which keys make room for writes above the limit, and that nothing else does. */

import { assert, assertEquals } from "@std/assert";
import {
  type Core,
  SERVED,
  type SessionAddress,
} from "../../../../src/core/mod.ts";
import {
  EVICTION_POLICIES,
  type EvictionPolicy,
} from "../../../../src/config/mod.ts";
import {
  commit,
  makeCore,
  NOW_MS,
  openSession,
  receive,
  requests,
  run,
  takeReplies,
} from "../harness.ts";

const MEBIBYTE = 1024 * 1024;
const LIMIT = 4 * MEBIBYTE;
/** A write may make its page larger by a step that it was not asked for. */
const PAGE_BYTES = 4096;
const VALUE = "v".repeat(200);
const OOM = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";

/** A core with `policy` and a limit, and a session. */
function limitedCore(
  policy: EvictionPolicy,
  samples = 5,
): [Core, SessionAddress] {
  const core = makeCore();
  core.header.set("memoryLimit", LIMIT);
  core.header.setEviction(policy, samples);
  return [core, openSession(core)];
}

/** Bytes that count towards the limit. */
function counted(core: Core): number {
  const { header } = core;
  return header.get("bytesUsed") - header.get("bytesRetired") -
    header.get("bytesEntries");
}

function keysOf(core: Core, index = 0): number {
  return core.header.database(index, NOW_MS).keys;
}

/** Sets `count` keys from `first` on; whether all were taken. */
function set(
  core: Core,
  session: SessionAddress,
  first: number,
  count: number,
  suffix = "",
): boolean {
  for (let index = first; index < first + count; index++) {
    const reply = run(core, session, `SET key:${index} ${VALUE}${suffix}`);
    if (reply !== "+OK\r\n") {
      assertEquals(reply, OOM);
      return false;
    }
  }
  return true;
}

for (const policy of EVICTION_POLICIES) {
  Deno.test(`${policy} keeps data below the limit, or refuses writes`, () => {
    const [core, session] = limitedCore(policy);
    const isAll = policy.startsWith("allkeys");
    assertEquals(set(core, session, 0, 30_000), isAll);
    const evicted = core.header.get("evictedKeys");
    assert(isAll ? evicted > 10_000 : evicted === 0, `${evicted} keys`);
    const most = isAll ? LIMIT : LIMIT + PAGE_BYTES;
    assert(counted(core) <= most, `${counted(core)} bytes`);
    assert(counted(core) > LIMIT * 0.95, `${counted(core)} bytes`);
    assertEquals(core.check(), 0);
  });
}

for (const policy of EVICTION_POLICIES) {
  if (!policy.startsWith("volatile")) continue;
  Deno.test(`${policy} spares keys without expiry`, () => {
    const [core, session] = limitedCore(policy);
    assert(set(core, session, 0, 5000));
    assert(set(core, session, 5000, 20_000, " EX 1000"));
    assertEquals(keysOf(core) - core.header.database(0, NOW_MS).expires, 5000);
    assert(core.header.get("evictedKeys") > 5000);
    assert(counted(core) <= LIMIT);
    // When none with an expiry is left, writes are refused.
    assertEquals(set(core, session, 30_000, 20_000), false);
    assertEquals(core.header.database(0, NOW_MS).expires, 0);
    assertEquals(core.check(), 0);
  });
}

for (const policy of EVICTION_POLICIES) {
  if (!policy.startsWith("volatile")) continue;
  Deno.test(`${policy} spares a hash of which only fields end`, () => {
    const [core, session] = limitedCore(policy);
    run(core, session, "HSET h f v", "HEXPIRE h 1 FIELDS 1 f");
    assert(set(core, session, 0, 100, " EX 1000"));
    set(core, session, 1000, 30_000);
    assertEquals(core.header.get("evictedKeys"), 100);
    assertEquals(run(core, session, "HGET h f"), "$1\r\nv\r\n");
    assertEquals(core.check(), 0);
  });
}

Deno.test("volatile-ttl evicts what is due first, in all databases", () => {
  const [core, session] = limitedCore("volatile-ttl");
  for (let index = 0; index < 30_000; index++) {
    const order = index * 7919 % 30_000;
    const words = `key:${order} ${VALUE} PX ${1_000_000 + order}`;
    run(core, session, `SELECT ${order % 2}`, `SET ${words}`);
  }
  // Those written last were still to come when others were evicted.
  const left = [0, 1].map((index) => keysOf(core, index));
  assert(left[0]! > 0 && left[1]! > 0);
  const kept = 30_000 - left[0]! - left[1]!;
  let early = 0;
  for (let order = 0; order < kept * 0.8; order++) {
    const reply = run(
      core,
      session,
      `SELECT ${order % 2}`,
      `EXISTS key:${order}`,
    );
    if (reply.endsWith(":1\r\n")) early++;
  }
  assert(early < kept * 0.3, `${early} of ${kept}`);
});

Deno.test("replay() of the log evicts the same keys", () => {
  const [core, session] = limitedCore("allkeys-random");
  const other = makeCore();
  let index = 1;
  for (let key = 0; key < 20_000; key += 10) {
    const names = Array.from({ length: 10 }, (_, at) => key + at);
    const lines = names.map((name) => `SET key:${name} ${VALUE}`);
    receive(core, session, requests(...lines));
    for (;;) {
      const served = core.serve(session, NOW_MS);
      takeReplies(core);
      if (served === SERVED.idle) break;
      if (served === SERVED.yield) continue;
      other.applyEntry(commit(core).entry, index++);
    }
  }
  assert(core.header.get("evictedKeys") > 1000);
  assertEquals(
    other.header.get("evictedKeys"),
    core.header.get("evictedKeys"),
  );
  assertEquals(other.digest(7n, true), core.digest(7n, true));
  assertEquals(other.check(), 0);
});

Deno.test("a key written since it was chosen stays", () => {
  const [core, session] = limitedCore("allkeys-lru");
  run(core, session, `SETRANGE only 99999 x`);
  const writer = openSession(core, 2);
  receive(core, writer, requests(`APPEND only y`));
  assertEquals(core.serve(writer, NOW_MS), SERVED.deferred);
  const first = core.sealBatch(NOW_MS, 1, 0);
  assert(first.length > 0);
  receive(core, session, requests(`SETRANGE big ${2 * MEBIBYTE - 5000} z`));
  assertEquals(core.serve(session, NOW_MS), SERVED.full, "it waits for room");
  core.beginBatch(100);
  while (core.stepBatch() !== undefined);
  takeReplies(core);
  const victims = new DataView(core.sealBatch(NOW_MS, 2, 0).slice().buffer);
  assert(victims.getUint32(20, true) > 0, "a victim was chosen");
  core.beginBatch(101);
  while (core.stepBatch() !== undefined);
  takeReplies(core);
  const reply = run(core, writer, "STRLEN only");
  assertEquals(reply, ":100001\r\n");
  assertEquals(core.header.get("evictedKeys"), 0);
});

Deno.test("a write larger than the limit is refused and evicts nothing", () => {
  const [core, session] = limitedCore("allkeys-lru");
  set(core, session, 0, 1000);
  const write = `SETRANGE large ${3 * MEBIBYTE} x`;
  assertEquals(run(core, session, write), OOM);
  assertEquals(core.header.get("evictedKeys"), 0);
  assertEquals(keysOf(core), 1000);
});

Deno.test("relieve() evicts down to a lower limit, and not below it", () => {
  const [core, session] = limitedCore("allkeys-lru");
  set(core, session, 0, 10_000);
  const before = counted(core);
  const lower = Math.floor(before * 0.8);
  core.header.set("memoryLimit", lower);
  while (core.relieve(NOW_MS)) commit(core);
  assert(counted(core) <= lower, `${counted(core)} > ${lower}`);
  assert(counted(core) > before * 0.75, `${counted(core)} of ${before}`);
  assert(keysOf(core) > 7000, `${keysOf(core)} keys are left`);
  assertEquals(core.check(), 0);
});

Deno.test("memory that large values give back late is not evicted twice", () => {
  const [core, session] = limitedCore("allkeys-random");
  for (let list = 0; list < 20; list++) {
    for (let at = 0; at < 1500; at += 100) {
      const fields = Array.from({ length: 100 }, (_, i) => `f${at + i} ${at}`);
      run(core, session, `HSET hash:${list} ${fields.join(" ")}`);
    }
  }
  const one = counted(core) / 20;
  // Nothing is reclaimed between the writes that follow.
  const limit = Math.floor(counted(core) + 1000);
  core.header.set("memoryLimit", limit);
  set(core, session, 0, 400);
  assert(core.header.get("evictedKeys") > 0);
  while (core.upkeep(1000));
  assert(counted(core) <= limit);
  assert(counted(core) > limit - 3 * one, `${counted(core)} of ${limit}`);
});

Deno.test("EXEC waits for room like any write, and runs whole", () => {
  const [core, session] = limitedCore("allkeys-lru");
  set(core, session, 0, 15_000);
  const evicted = core.header.get("evictedKeys");
  for (let round = 0; round < 20; round++) {
    const names = Array.from({ length: 100 }, (_, at) => round * 100 + at);
    const replies = run(
      core,
      session,
      "MULTI",
      ...names.map((name) => `SET other:${name} ${VALUE}`),
      "EXEC",
    );
    assertEquals(replies.match(/\+OK/g)?.length, 101);
    assert(replies.includes("*100\r\n"));
    assert(counted(core) <= LIMIT);
  }
  assert(core.header.get("evictedKeys") > evicted + 1000);
  assertEquals(core.check(), 0);
});

Deno.test("keys make room where memory itself is full, below any limit", () => {
  const core = makeCore();
  core.header.limitGrowth(48 * MEBIBYTE);
  core.header.set("memoryLimit", 2 ** 32);
  core.header.setEviction("allkeys-random", 5);
  const session = openSession(core);
  for (let first = 0; first < 400_000; first += 100) {
    const names = Array.from({ length: 100 }, (_, at) => first + at);
    const pairs = names.map((name) => `key:${name} ${VALUE}`).join(" ");
    assertEquals(run(core, session, `MSET ${pairs}`), "+OK\r\n");
  }
  assert(core.header.get("evictedKeys") > 100_000);
  assert(keysOf(core) > 80_000, `${keysOf(core)} keys`);
  core.header.setEviction("volatile-lru", 5);
  let refused = false;
  for (let first = 0; first < 100_000 && !refused; first += 100) {
    const names = Array.from({ length: 100 }, (_, at) => first + at);
    const pairs = names.map((name) => `more:${name} ${VALUE}`).join(" ");
    refused = run(core, session, `MSET ${pairs}`) === OOM;
  }
  assert(refused, "no key may go");
  assertEquals(core.check(), 0);
});

Deno.test("a batch that evicts keys also ends waits, on every node", () => {
  const [core, session] = limitedCore("allkeys-random");
  const waiter = openSession(core, 2);
  set(core, session, 0, 17_000);
  receive(core, waiter, requests("BLPOP list 1"));
  assertEquals(core.serve(waiter, NOW_MS), SERVED.deferred);
  commit(core);
  const evicted = core.header.get("evictedKeys");
  // Whoever waits for the room finds its batch gathering.
  receive(core, session, requests(`SETRANGE large ${MEBIBYTE} x`));
  assertEquals(core.serve(session, NOW_MS), SERVED.full);
  assertEquals(core.waits.end(waiter, "timeout"), "gathered");
  const { entry } = commit(core);
  const view = new DataView(entry.buffer);
  assert(view.getUint32(20, true) > 0, "it has victims");
  assert(view.getUint32(24, true) > 0, "it ends a wait");
  assert(core.header.get("evictedKeys") > evicted);
  assertEquals(core.waits.kept(), 0);
  assertEquals(takeReplies(core), "*-1\r\n");
  assertEquals(run(core, session), `:${MEBIBYTE + 1}\r\n`);
  assertEquals(set(core, session, 20_000, 20_000), true);
  assert(counted(core) <= LIMIT);
  assertEquals(core.check(), 0);
});

Deno.test("keys go only as far as memory bears the copies for a view", () => {
  const core = makeCore();
  core.header.limitGrowth(24 * MEBIBYTE);
  core.header.set("memoryLimit", 15 * MEBIBYTE);
  core.header.setEviction("allkeys-random", 5);
  const session = openSession(core);
  set(core, session, 0, 80_000);
  const view = core.pinView(NOW_MS);
  assert(view !== undefined);
  let refused = 0;
  for (let key = 0; refused < 1000; key++) {
    receive(core, session, requests(`SET other:${key} ${VALUE}`));
    while (core.serve(session, NOW_MS) !== SERVED.idle) {
      // What was chosen for a write goes, even if the write is refused.
      commit(core);
      if (takeReplies(core) === OOM) refused++;
      while (core.upkeep(1000));
    }
    if (takeReplies(core) === OOM) refused++;
  }
  assertEquals(core.check(), 0);
  core.releaseView(view);
  while (core.upkeep(1000));
  assert(set(core, session, 80_000, 5000));
  assertEquals(core.check(), 0);
});
