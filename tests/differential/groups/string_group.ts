/**
 * Commands of the string group.
 *
 * @module
 */

import { exact, type Unit, unit } from "../commands.ts";
import type { Pools } from "../pools.ts";
import type { Generator } from "./generator.ts";

// A key set with a time in the past stays counted until someone touches it.
function withTouch(args: readonly string[], key: string): Unit {
  return { commands: [exact(...args), exact("EXISTS", key)] };
}

function expiryOptions(p: Pools): readonly (readonly string[])[] {
  return [
    ["EX", p.random.chance(0.2) ? p.badTime() : p.farSeconds()],
    ["PX", p.random.chance(0.2) ? p.badTime() : p.farMilliseconds()],
    ["EXAT", p.random.chance(0.3) ? "1" : p.futureSeconds()],
    ["PXAT", p.random.chance(0.3) ? "1000" : p.futureMilliseconds()],
  ];
}

function set(p: Pools): Unit {
  const key = p.key(p.random.pick(["string", "number"]));
  const options = p.random.subset([["NX"], ["XX"], ["GET"], ["KEEPTTL"]], 0.2);
  if (p.random.chance(0.35)) options.push([...p.random.pick(expiryOptions(p))]);
  if (p.random.chance(0.04)) options.push([...p.random.pick(expiryOptions(p))]);
  if (p.random.chance(0.03)) options.push([p.junk()]);
  const words = p.random.shuffle(options).flat().map((word) => p.cased(word));
  const number = p.random.chance(0.2) ? p.float() : p.number();
  const value = key[0] === "n" ? number : p.value();
  return withTouch(["SET", key, value, ...words], key);
}

function getex(p: Pools): Unit {
  const key = p.key("string");
  const options = p.random.chance(0.2) ? [["PERSIST"]] : [];
  if (p.random.chance(0.6)) options.push([...p.random.pick(expiryOptions(p))]);
  if (p.random.chance(0.05)) options.push([p.junk()]);
  return withTouch(["GETEX", key, ...options.flat()], key);
}

function pairs(p: Pools): string[] {
  return p.many(5, () => [p.key("string"), p.value()]).flat();
}

function lcsOptions(p: Pools): string[] {
  const length = p.random.chance(0.2) ? p.integer() : p.count();
  const options = p.random.subset([
    ["LEN"],
    ["IDX"],
    ["MINMATCHLEN", length],
    ["WITHMATCHLEN"],
  ], 0.35);
  if (p.random.chance(0.04)) options.push([p.junk()]);
  return options.flat().map((word) => p.cased(word));
}

function lcs(p: Pools): Unit {
  const keys = [p.key("string"), p.key("string")];
  return unit(["LCS", ...keys, ...lcsOptions(p)]);
}

// Two texts of few letters have many longest subsequences, and much in common.
function lcsOfRelated(p: Pools): Unit {
  const letters = "abcdefgh".slice(0, p.random.between(1, 8));
  const text = () => {
    const length = p.random.below(p.random.pick([4, 20, 70, 300]));
    let letter = "a";
    return Array.from({ length }, () => {
      if (p.random.chance(0.6)) letter = p.random.pick([...letters]);
      return letter;
    }).join("");
  };
  const keys = ["s0", "s1"];
  const options = () => p.random.chance(0.2) ? ["IDX"] : lcsOptions(p);
  return {
    commands: [
      exact("MSET", "s0", text(), "s1", text()),
      exact("LCS", ...keys, ...options()),
      exact("LCS", ...keys.toReversed(), ...options()),
      exact("LCS", ...keys, "IDX", "WITHMATCHLEN"),
    ],
  };
}

function setrange(p: Pools): Unit {
  const offset = p.random.chance(0.1)
    ? p.random.pick(["-1", "536870912", "536870913", "9223372036854775807"])
    : String(p.random.below(100));
  // Offsets above the longest value must not write: 512 MB would be real.
  const isHuge = offset.length > 8;
  const value = p.value();
  const written = isHuge && value === "" ? "x" : value;
  return unit(["SETRANGE", p.key("string"), offset, written]);
}

function hugeSet(p: Pools): Unit {
  const key = `big:${p.random.below(2)}`;
  return {
    commands: [
      exact("SET", key, p.hugeValue()),
      exact("APPEND", key, p.value()),
      exact("STRLEN", key),
      exact("GETRANGE", key, p.index(), "-5"),
      ...(p.random.chance(0.5) ? [exact("GET", key)] : []),
      exact("BITCOUNT", key, p.index(), p.index()),
      ...(p.random.chance(0.7) ? [exact("DEL", key)] : []),
    ],
  };
}

/** All of the group. */
export const STRING_GROUP: readonly Generator[] = [
  { name: "SET", weight: 20, make: set },
  { name: "GET", weight: 12, make: (p) => unit(["GET", p.anyKey()]) },
  { name: "GETEX", weight: 5, make: getex },
  {
    name: "GETDEL",
    weight: 2,
    make: (p) => unit(["GETDEL", p.key("string")]),
  },
  {
    name: "GETSET",
    weight: 3,
    make: (p) => unit(["GETSET", p.key("string"), p.value()]),
  },
  {
    name: "SETNX",
    weight: 3,
    make: (p) => unit(["SETNX", p.key("string"), p.value()]),
  },
  {
    name: "SETEX",
    weight: 3,
    make: (p) =>
      unit([
        "SETEX",
        p.key("string"),
        p.random.chance(0.3) ? p.badTime() : p.farSeconds(),
        p.value(),
      ]),
  },
  {
    name: "PSETEX",
    weight: 3,
    make: (p) =>
      unit([
        "PSETEX",
        p.key("string"),
        p.random.chance(0.3) ? p.badTime() : p.farMilliseconds(),
        p.value(),
      ]),
  },
  {
    name: "APPEND",
    weight: 5,
    make: (p) => unit(["APPEND", p.key("string"), p.value()]),
  },
  { name: "STRLEN", weight: 3, make: (p) => unit(["STRLEN", p.anyKey()]) },
  { name: "SETRANGE", weight: 5, make: setrange },
  {
    name: "GETRANGE",
    weight: 5,
    make: (p) => unit(["GETRANGE", p.key("string"), p.index(), p.index()]),
  },
  {
    name: "SUBSTR",
    weight: 2,
    make: (p) => unit(["SUBSTR", p.key("string"), p.index(), p.index()]),
  },
  {
    name: "MGET",
    weight: 4,
    make: (p) => unit(["MGET", ...p.many(6, () => p.anyKey())]),
  },
  { name: "MSET", weight: 4, make: (p) => unit(["MSET", ...pairs(p)]) },
  { name: "MSETNX", weight: 3, make: (p) => unit(["MSETNX", ...pairs(p)]) },
  { name: "INCR", weight: 5, make: (p) => unit(["INCR", p.key("number")]) },
  { name: "DECR", weight: 4, make: (p) => unit(["DECR", p.key("number")]) },
  {
    name: "INCRBY",
    weight: 5,
    make: (p) => unit(["INCRBY", p.key("number"), p.integer()]),
  },
  {
    name: "DECRBY",
    weight: 5,
    make: (p) => unit(["DECRBY", p.key("number"), p.integer()]),
  },
  {
    name: "INCRBYFLOAT",
    weight: 6,
    make: (p) => unit(["INCRBYFLOAT", p.key("number"), p.float()]),
  },
  { name: "LCS", weight: 4, make: lcs },
  { name: "LCS of related texts", weight: 3, make: lcsOfRelated },
  { name: "huge values", weight: 0.02, make: hugeSet },
];
