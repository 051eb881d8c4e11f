import { assertEquals } from "@std/assert";
import { PrefixTable } from "../../../src/tracking/prefix_table.ts";

/** What `take` gives, clients and keys as lists. */
function taken(table: PrefixTable) {
  return table.take().map(({ clients, keys }) => ({
    clients: [...clients],
    keys: keys.map(([key, by]) => `${key} ${by}`),
  }));
}

Deno.test("PrefixTable take() gives keys of each prefix in byte order, once", () => {
  const table = new PrefixTable();
  table.add("user:", 1);
  table.add("user:", 2);
  table.add("", 3);
  assertEquals(table.changed("user:2", 7), true);
  assertEquals(table.changed("user:1", 0), true);
  assertEquals(table.changed("other", 8), true);
  assertEquals(taken(table), [
    { clients: [3], keys: ["other 8", "user:1 0", "user:2 7"] },
    { clients: [1, 2], keys: ["user:1 0", "user:2 7"] },
  ]);
  assertEquals(taken(table), []);
});

Deno.test("PrefixTable changed() keeps who changed a key first", () => {
  const table = new PrefixTable();
  table.add("a", 1);
  table.changed("a", 5);
  table.changed("a", 6);
  assertEquals(taken(table), [{ clients: [1], keys: ["a 5"] }]);
});

Deno.test("PrefixTable changed() says when nobody is to be told", () => {
  const table = new PrefixTable();
  table.add("a", 1);
  assertEquals(table.changed("b", 0), false);
  table.remove("a", 1);
  assertEquals([table.changed("a", 0), table.size], [false, 0]);
});

Deno.test("PrefixTable remove() leaves the other clients", () => {
  const table = new PrefixTable();
  table.add("a", 1);
  table.add("a", 2);
  table.remove("a", 1);
  table.remove("none", 1);
  assertEquals(table.size, 1);
  table.changed("ab", 0);
  assertEquals(taken(table), [{ clients: [2], keys: ["ab 0"] }]);
});
