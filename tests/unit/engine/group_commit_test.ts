import { assertEquals } from "@std/assert";
import {
  AWAITED_BYTES_MAX,
  ENTRIES_HURRIED_MAX,
} from "../../../src/config/mod.ts";
import { GroupCommit } from "../../../src/engine/mod.ts";
import { Bench, turn } from "./harness.ts";

const WAITING = {
  batchesInFlightMax: 2,
  earlySealBytes: 1000,
  waitsForClients: true,
};

Deno.test("GroupCommit seals at once where entries are cheap, up to its bound in flight", () => {
  const cheap = new GroupCommit({ ...WAITING, waitsForClients: false });
  assertEquals(cheap.decide(0, 0, 0), "gather");
  assertEquals(cheap.decide(1, 10, 0), "seal");
  assertEquals(cheap.decide(1, 10, 1), "seal");
  assertEquals(cheap.decide(1, 10, 2), "gather");
});

Deno.test("GroupCommit keeps small batches back while another one is in flight", () => {
  const group = new GroupCommit(WAITING);
  assertEquals(group.decide(1, 10, 0), "seal");
  assertEquals(group.decide(3, 999, 1), "gather");
  assertEquals(group.decide(3, 1000, 1), "seal");
  assertEquals(group.decide(3, 1000, 2), "gather");
});

Deno.test("GroupCommit waits for the clients that were answered and those that wrote meanwhile", () => {
  const group = new GroupCommit(WAITING);
  group.sealed(3, 10);
  group.committed(2, 0);
  assertEquals(group.decide(2, 10, 0), "wait");
  assertEquals(group.decide(4, 10, 0), "wait");
  assertEquals(group.decide(5, 10, 0), "seal");
  group.sealed(5, 10);
  group.committed(0, 0);
  assertEquals(group.decide(4, 10, 0), "wait");
});

Deno.test("GroupCommit waits for clients of every batch that was in flight", () => {
  const group = new GroupCommit(WAITING);
  group.sealed(3, 10);
  group.sealed(4, 10);
  group.committed(0, 1);
  group.committed(0, 0);
  assertEquals(group.decide(6, 10, 0), "wait");
  assertEquals(group.decide(7, 10, 0), "seal");
});

Deno.test("GroupCommit does not wait for clients that write much", () => {
  const group = new GroupCommit(WAITING);
  group.sealed(2, 2 * AWAITED_BYTES_MAX);
  group.committed(0, 0);
  assertEquals(group.decide(1, 10, 0), "seal");
  group.sealed(2, 2 * AWAITED_BYTES_MAX - 1);
  group.committed(0, 0);
  assertEquals(group.decide(1, 10, 0), "wait");
});

/** Entries that hurry after a miss, until one waits again. */
function hurriedAfterMiss(group: GroupCommit): number {
  assertEquals(group.decide(1, 10, 0), "wait");
  group.timedOut();
  for (let entries = 0;; entries++) {
    if (group.decide(1, 10, 0) === "wait") return entries;
    group.sealed(2, 10);
    group.committed(0, 0);
  }
}

Deno.test("GroupCommit hurries twice as long after each miss, up to a bound, and forgives", () => {
  const group = new GroupCommit(WAITING);
  group.sealed(2, 10);
  group.committed(0, 0);
  const hurried: number[] = [];
  for (let miss = 0; miss < 9; miss++) hurried.push(hurriedAfterMiss(group));
  assertEquals(hurried.slice(0, 4), [2, 3, 5, 9]);
  assertEquals(hurried.at(-1), ENTRIES_HURRIED_MAX + 1);
  for (let success = 0; success < 8; success++) {
    assertEquals(group.decide(1, 10, 0), "wait");
    group.sealed(2, 10);
    group.committed(0, 0);
  }
  assertEquals(hurriedAfterMiss(group), 2);
});

/** Two clients whose writes, the first ones, have just been answered. */
async function withTwoAnswered() {
  const bench = new Bench({}, { waitsForClients: true });
  const [one, two] = [bench.connect(), bench.connect()];
  bench.receive(one, "INCR n\r\n");
  bench.receive(two, "INCR n\r\n");
  await turn();
  bench.commit();
  return { bench, one, two };
}

Deno.test("Engine holds an entry until the clients of the last one are back", async () => {
  const { bench, one, two } = await withTwoAnswered();
  bench.receive(one, "INCR n\r\n");
  await Promise.resolve();
  assertEquals(bench.log.proposals.length, 1, "one waits for two");
  bench.receive(two, "INCR n\r\n");
  await Promise.resolve();
  assertEquals(bench.log.proposals.length, 2);
  bench.commit();
  assertEquals(bench.take(two), ":2\r\n:4\r\n");
  await turn();
});

Deno.test("Engine waits for a client that stays away no longer than a moment", async () => {
  const { bench, one } = await withTwoAnswered();
  bench.receive(one, "INCR n\r\n");
  while (bench.log.proposals.length === 1) await turn();
  bench.commit();
  assertEquals(bench.take(one), ":1\r\n:3\r\n");
  bench.receive(one, "INCR n\r\n");
  await Promise.resolve();
  assertEquals(bench.log.proposals.length, 3, "it hurries now");
});

Deno.test("Engine removes due keys by no entry of their own while writes wait for clients", async () => {
  const { bench, one, two } = await withTwoAnswered();
  bench.receive(one, "SET due 1 PX 10\r\n");
  bench.receive(two, "INCR n\r\n");
  await turn();
  bench.commit();
  bench.clock.advance(100);
  bench.receive(one, "INCR n\r\n");
  await Promise.resolve();
  bench.engine.tick(100);
  assertEquals(bench.log.proposals.length, 2, "one still waits for two");
  bench.receive(two, "INCR n\r\n");
  await Promise.resolve();
  assertEquals(bench.log.proposals.length, 3);
  bench.commit();
  assertEquals(bench.core.header.get("expiredKeys"), 1);
  await turn();
});
