/**
 * Commands of the hash group.
 *
 * @module
 */

import { exact, type Unit, unit } from "../commands.ts";
import type { Pools } from "../pools.ts";
import type { Generator } from "./generator.ts";

function fieldsAndValues(p: Pools, pairsMax: number): string[] {
  const words = p.many(pairsMax, () => p.fieldAndValue()).flat();
  if (p.random.chance(0.04)) words.pop();
  return words;
}

function manyFields(p: Pools): Unit {
  const count = p.random.pick([127, 128, 129, 200, 513, 600]);
  const words: string[] = [];
  for (let index = 0; index < count; index++) {
    words.push(`many${index}`, String(index));
  }
  return unit(["HSET", `h${p.random.below(6)}`, ...words]);
}

function hscan(p: Pools): Unit {
  const cursor = p.random.chance(0.06)
    ? p.random.pick(["abc", "", "1.5", "x1", "18446744073709551616"])
    : "0";
  // A count above every hash makes one call a whole scan on any server.
  const options = [["COUNT", "100000"]];
  if (p.random.chance(0.5)) options.push(["MATCH", p.pattern()]);
  if (p.random.chance(0.08)) {
    options.push(p.random.pick([
      ["COUNT", "0"],
      ["COUNT", "x"],
      ["JUNK"],
      [
        "MATCH",
      ],
      ["TYPE", "hash"],
      ["NOVALUES"],
    ]));
  }
  const words = options.flat().map((word) => p.cased(word));
  return unit(["HSCAN", p.key("hash"), cursor, ...words], "scan-pairs");
}

function hrandfield(p: Pools): Unit {
  const key = p.key("hash");
  const args = ["HRANDFIELD", key];
  if (p.random.chance(0.85)) {
    const isOdd = p.random.chance(0.12);
    args.push(isOdd ? randomFieldCount(p) : String(p.random.between(-8, 15)));
    if (p.random.chance(0.5)) {
      args.push(p.random.chance(0.05) ? p.junk() : p.cased("WITHVALUES"));
    }
  }
  return {
    commands: [
      exact("HSTRLEN", key, "f0"),
      { args: ["HGETALL", key], comparison: "pairs" },
      { args, comparison: "fields-of-previous" },
    ],
  };
}

// Large negative counts are real work: so many fields would be sent.
function randomFieldCount(p: Pools): string {
  return p.random.pick([
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "abc",
    "",
    "1.5",
  ]);
}

/** All of the group. */
export const HASH_GROUP: readonly Generator[] = [
  {
    name: "HSET",
    weight: 16,
    make: (p) => unit(["HSET", p.key("hash"), ...fieldsAndValues(p, 5)]),
  },
  {
    name: "HMSET",
    weight: 4,
    make: (p) => unit(["HMSET", p.key("hash"), ...fieldsAndValues(p, 4)]),
  },
  { name: "HSET many", weight: 0.4, make: manyFields },
  {
    name: "HSETNX",
    weight: 4,
    make: (p) => unit(["HSETNX", p.key("hash"), p.field(), p.value()]),
  },
  {
    name: "HGET",
    weight: 8,
    make: (p) => unit(["HGET", p.key("hash"), p.field()]),
  },
  {
    name: "HMGET",
    weight: 5,
    make: (p) => unit(["HMGET", p.key("hash"), ...p.many(5, () => p.field())]),
  },
  {
    name: "HGETALL",
    weight: 4,
    make: (p) => unit(["HGETALL", p.key("hash")], "pairs"),
  },
  {
    name: "HDEL",
    weight: 6,
    make: (p) => unit(["HDEL", p.key("hash"), ...p.many(4, () => p.field())]),
  },
  {
    name: "HEXISTS",
    weight: 3,
    make: (p) => unit(["HEXISTS", p.key("hash"), p.field()]),
  },
  {
    name: "HINCRBY",
    weight: 8,
    make: (p) => unit(["HINCRBY", p.key("hash"), p.numberField(), p.integer()]),
  },
  {
    name: "HINCRBYFLOAT",
    weight: 8,
    make: (p) =>
      unit(["HINCRBYFLOAT", p.key("hash"), p.numberField(), p.float()]),
  },
  {
    name: "HKEYS",
    weight: 3,
    make: (p) => unit(["HKEYS", p.key("hash")], "unordered"),
  },
  {
    name: "HVALS",
    weight: 3,
    make: (p) => unit(["HVALS", p.key("hash")], "unordered"),
  },
  { name: "HLEN", weight: 3, make: (p) => unit(["HLEN", p.anyKey()]) },
  {
    name: "HSTRLEN",
    weight: 3,
    make: (p) => unit(["HSTRLEN", p.key("hash"), p.field()]),
  },
  { name: "HSCAN", weight: 5, make: hscan },
  { name: "HRANDFIELD", weight: 5, make: hrandfield },
];
