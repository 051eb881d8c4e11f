import { assertEquals } from "@std/assert";
import { KeyTable } from "../../../src/tracking/key_table.ts";

/** Takes what is beyond the bounds; the keys, in order. */
function shrink(table: KeyTable): string[] {
  const taken: string[] = [];
  for (;;) {
    const key = table.excess();
    if (key === undefined) return taken;
    table.take(key);
    taken.push(key);
  }
}

Deno.test("KeyTable remember() counts a client of a key once", () => {
  const table = new KeyTable(1_000_000);
  table.remember("a", 1);
  table.remember("a", 1);
  table.remember("a", 2);
  table.remember("b", 1);
  assertEquals([table.size, table.items], [2, 3]);
});

Deno.test("KeyTable take() gives the clients once", () => {
  const table = new KeyTable(1_000_000);
  table.remember("a", 2);
  table.remember("a", 1);
  assertEquals([...table.take("a")!], [2, 1]);
  assertEquals(table.take("a"), undefined);
  assertEquals([table.size, table.items], [0, 0]);
});

Deno.test("KeyTable excess() names the oldest keys beyond keysMax", () => {
  const table = new KeyTable(1_000_000);
  table.keysMax = 2;
  for (const key of ["a", "b", "c", "d"]) table.remember(key, 1);
  assertEquals(shrink(table), ["a", "b"]);
  assertEquals(table.size, 2);
});

Deno.test("KeyTable excess() keeps the table in its bytes when keysMax is 0", () => {
  const table = new KeyTable(10_000);
  const keys = Array.from({ length: 20 }, (_, index) => `${index}`.repeat(900));
  for (const key of keys) table.remember(key, 1);
  const taken = shrink(table);
  assertEquals(taken, keys.slice(0, taken.length));
  const kept = keys.slice(taken.length);
  const bytes = kept.reduce((sum, key) => sum + key.length, 0);
  assertEquals(bytes <= 10_000 && bytes > 6_000, true, `${bytes}`);
});

Deno.test("KeyTable clear() gives back all room", () => {
  const table = new KeyTable(1000);
  table.remember("a".repeat(600), 1);
  table.clear();
  table.remember("b".repeat(600), 1);
  assertEquals(table.excess(), undefined);
  assertEquals([table.size, table.items], [1, 1]);
});
