/** Counts and keys of slots beside a map of them. */

import { assert, assertEquals } from "@std/assert";
import { keySlot, SLOTS } from "../../../../src/base/mod.ts";
import type { Core } from "../../../../src/core/mod.ts";
import { Random } from "../../../differential/random.ts";
import { printedSeed } from "../../seed.ts";
import { makeCore, openSession, run } from "../harness.ts";

const UNBOUND = { keysMax: Infinity, bytesMax: Infinity };

function slotOf(key: string): number {
  const bytes = new TextEncoder().encode(key);
  return keySlot(bytes, bytes.length);
}

function keysOf(core: Core, slot: number, bounds = UNBOUND): string[] {
  return core.slots.keys(0, slot, bounds).map((bytes) =>
    new TextDecoder().decode(bytes)
  );
}

Deno.test("slots count and give the keys that a map has", () => {
  const random = new Random(printedSeed());
  const core = makeCore();
  const session = openSession(core);
  const expected = new Map<number, Set<string>>();
  for (let round = 0; round < 20; round++) {
    const lines = Array.from({ length: 100 }, () => {
      // Tags make slots with many keys, numbers those with one.
      const key = random.chance(0.5)
        ? `{tag${random.below(4)}}${random.below(300)}`
        : `key:${random.below(3000)}`;
      const keys = expected.get(slotOf(key)) ?? new Set();
      expected.set(slotOf(key), keys);
      const isSet = random.chance(0.7);
      if (isSet) keys.add(key);
      else keys.delete(key);
      return isSet ? `SET ${key} value` : `DEL ${key}`;
    });
    run(core, session, ...lines);
  }
  let sum = 0;
  for (let slot = 0; slot < SLOTS; slot++) {
    const wanted = [...expected.get(slot) ?? []].sort();
    sum += core.slots.count(0, slot);
    assertEquals(core.slots.count(0, slot), wanted.length, `slot ${slot}`);
    if (wanted.length > 0) assertEquals(keysOf(core, slot).sort(), wanted);
  }
  assert(sum > 0, "the rounds left keys");
  assertEquals(sum, core.header.keys);
});

Deno.test("slots know their own database, and none that is empty", () => {
  const core = makeCore();
  run(
    core,
    openSession(core),
    "SET foo 1",
    "SELECT 1",
    "MSET {foo}a 1 {foo}b 2",
  );
  const slot = slotOf("foo");
  assertEquals([0, 1, 2].map((index) => core.slots.count(index, slot)), [
    1,
    2,
    0,
  ]);
  assertEquals(keysOf(core, slot), ["foo"]);
  assertEquals(core.slots.keys(2, slot, UNBOUND), []);
});

Deno.test("the first and the last slot hold their keys alone", () => {
  const core = makeCore();
  const session = openSession(core);
  const named = (slot: number) => {
    for (let number = 0;; number++) {
      if (slotOf(`k${number}`) === slot) return `k${number}`;
    }
  };
  const [first, last] = [named(0), named(SLOTS - 1)];
  run(core, session, `SET ${first} 1`, `SET ${last} 1`, "SET foo 1");
  assertEquals(keysOf(core, 0), [first]);
  assertEquals(keysOf(core, SLOTS - 1), [last]);
  assertEquals([core.slots.count(0, 0), core.slots.count(0, SLOTS - 1)], [
    1,
    1,
  ]);
});

Deno.test("keys of a slot come within bounds, at least one", () => {
  const core = makeCore();
  const session = openSession(core);
  const lines = Array.from(
    { length: 50 },
    (_, at) => `SET {t}${at.toString().padStart(7, "0")} v`,
  );
  run(core, session, ...lines);
  const slot = slotOf("t");
  const count = (keysMax: number, bytesMax: number) =>
    keysOf(core, slot, { keysMax, bytesMax }).length;
  assertEquals(count(50, 500), 50);
  assertEquals(count(51, 501), 50);
  assertEquals(count(7, 500), 7);
  assertEquals(count(0, 500), 0);
  assertEquals(count(50, 49), 4);
  assertEquals(count(50, 50), 5);
  assertEquals(count(50, 1), 1);
});
