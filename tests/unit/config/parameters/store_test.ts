import { assert, assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../../src/base/mod.ts";
import {
  listNoOps,
  PARAMETERS,
  ParameterStore,
} from "../../../../src/config/mod.ts";

const PREFIX = "CONFIG SET failed (possibly related to argument";

Deno.test("ParameterStore.value() is the row's initial one, then what was set", () => {
  const store = new ParameterStore();
  for (const { name, initial, aliasOf } of PARAMETERS) {
    if (aliasOf === undefined) assertEquals(store.value(name), initial, name);
  }
  assertEquals(store.set([["timeout", "30"]]), undefined);
  assertEquals(store.value("timeout"), "30");
  assertEquals(new ParameterStore().value("timeout"), "0", "stores are apart");
});

Deno.test("ParameterStore.value() wants the name of a parameter", () => {
  assertThrows(() => new ParameterStore().value("no-such"), AssertionError);
});

Deno.test("ParameterStore.set() takes names in any case", () => {
  const store = new ParameterStore();
  assertEquals(store.set([["TimeOut", "5"]]), undefined);
  assertEquals(store.value("timeout"), "5");
});

Deno.test("ParameterStore.set() sets all pairs or none", () => {
  const store = new ParameterStore();
  assertEquals(store.set([["timeout", "1"], ["hz", "x"]]), {
    text: `${PREFIX} 'hz') - argument couldn't be parsed into an integer`,
  });
  assertEquals(store.value("timeout"), "0");
});

Deno.test("ParameterStore.set() judges names before values", () => {
  const store = new ParameterStore();
  const cases: readonly (readonly [[string, string][], string])[] = [
    [
      [["hz", "x"], ["Nope", "1"]],
      "Unknown option or number of arguments for CONFIG SET - 'Nope'",
    ],
    [
      [["hz", "x"], ["Databases", "1"]],
      `${PREFIX} 'Databases') - can't set immutable config`,
    ],
    [
      [["hz", "x"], ["HZ", "1"]],
      `${PREFIX} 'HZ') - duplicate parameter`,
    ],
  ];
  for (const [pairs, text] of cases) {
    assertEquals(store.set(pairs), { text });
  }
});

Deno.test("ParameterStore.set() refuses what only a flag may set", () => {
  const store = new ParameterStore();
  for (const name of ["appendfsync", "bind", "dir", "port"]) {
    const before = store.value(name);
    assertEquals(store.set([[name, before]]), {
      text: `${PREFIX} '${name}') - can't set immutable config`,
    });
    store.preset(name, "shown");
    assertEquals(store.value(name), "shown");
  }
});

Deno.test("a parameter and its alias have one value", () => {
  const store = new ParameterStore();
  const aliases = PARAMETERS.filter(({ aliasOf }) => aliasOf !== undefined);
  assert(aliases.length > 10, "there are aliases");
  for (const { name, aliasOf, isMutable, kind } of aliases) {
    assertEquals(store.value(name), store.value(aliasOf!), name);
    if (!isMutable || kind !== "integer") continue;
    assertEquals(store.set([[name, "3"]]), undefined);
    assertEquals(store.value(aliasOf!), "3", name);
  }
  assertEquals(
    store.set([["slave-priority", "5"], ["replica-priority", "6"]]),
    undefined,
    "two names of one parameter are no duplicate",
  );
  assertEquals(store.value("slave-priority"), "6");
});

Deno.test("ParameterStore.onChange() hears of every name, after all are set", () => {
  const store = new ParameterStore();
  const heard: string[] = [];
  store.onChange("hash-max-listpack-value", (value) => {
    heard.push(`${value} ${store.value("timeout")}`);
  });
  store.set([["hash-max-ziplist-value", "1kb"], ["timeout", "7"]]);
  store.set([["hash-max-listpack-value", "2"]]);
  store.set([["hash-max-listpack-value", "bad"]]);
  store.preset("hash-max-listpack-value", "9");
  assertEquals(heard, ["1024 7", "2 7"]);
});

Deno.test("ParameterStore.select() gives names in order, aliases too", () => {
  const store = new ParameterStore();
  store.set([["replica-priority", "42"]]);
  assertEquals(store.select((name) => name.endsWith("-priority")), [
    ["replica-priority", "42"],
    ["slave-priority", "42"],
  ]);
  const all = store.select(() => true).map(([name]) => name);
  assertEquals(all, PARAMETERS.map(({ name }) => name));
  assertEquals(all, [...all].sort());
});

Deno.test("every initial value is one that the parameter takes", () => {
  for (const row of PARAMETERS.filter(({ isMutable }) => isMutable)) {
    const store = new ParameterStore();
    assertEquals(store.set([[row.name, row.initial]]), undefined, row.name);
    assertEquals(store.value(row.name), row.initial, row.name);
  }
});

Deno.test("aliases are of the kind and weight of what they name", () => {
  const rows = new Map(PARAMETERS.map((row) => [row.name, row]));
  for (const row of PARAMETERS) {
    if (row.aliasOf === undefined) continue;
    const { aliasOf, name, ...facts } = row;
    const { name: other, ...otherFacts } = rows.get(aliasOf)!;
    assertEquals(facts, otherFacts, `${name} and ${other}`);
  }
});

Deno.test("listNoOps() names what is not effective", () => {
  const names = listNoOps();
  assert(names.includes("save") && names.includes("tls-ciphers"));
  for (const name of ["maxmemory", "maxclients", "requirepass", "loglevel"]) {
    assert(!names.includes(name), name);
  }
});
