/**
 * Commands of the set group.
 *
 * @module
 */

import { exact, type Unit, unit } from "../commands.ts";
import type { Pools } from "../pools.ts";
import type { Generator } from "./generator.ts";

/** Fillers of odd sizes around the limits of the small encodings. */
function manyMembers(p: Pools): Unit {
  const count = p.random.pick([127, 128, 129, 200, 511, 512, 513, 600]);
  const prefix = p.random.pick(["many", "", "-", "1000000"]);
  const from = p.random.below(40);
  const members = Array.from(
    { length: count },
    (_, index) => `${prefix}${from + index + 1}`,
  );
  if (p.random.chance(0.2)) members.push(p.setMember());
  return unit(["SADD", `t${p.random.below(6)}`, ...members]);
}

/** A command whose reply has its elements in any order. */
function unordered(...args: string[]): Unit {
  return unit(args, "unordered");
}

function sscan(p: Pools): Unit {
  const cursor = p.random.chance(0.06)
    ? p.random.pick(["abc", "", "1.5", "18446744073709551616"])
    : "0";
  // A count above every set makes one call a whole scan on any server.
  const options = [["COUNT", "100000"]];
  if (p.random.chance(0.5)) options.push(["MATCH", p.pattern()]);
  if (p.random.chance(0.08)) {
    options.push(p.random.pick([
      ["COUNT", "0"],
      ["COUNT", "x"],
      ["JUNK"],
      ["MATCH"],
      ["TYPE", "set"],
    ]));
  }
  const words = options.flat().map((word) => p.cased(word));
  return unit(["SSCAN", p.key("set"), cursor, ...words], "scan");
}

// Large negative counts are real work: so many members would be sent.
function oddCount(p: Pools): string {
  return p.random.pick([
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "abc",
    "",
    "1.5",
  ]);
}

function srandmember(p: Pools): Unit {
  const key = p.key("set");
  const args = ["SRANDMEMBER", key];
  if (p.random.chance(0.8)) {
    const isOdd = p.random.chance(0.12);
    args.push(isOdd ? oddCount(p) : String(p.random.between(-8, 15)));
    if (p.random.chance(0.05)) args.push(p.junk());
  }
  return {
    commands: [
      { args: ["SMEMBERS", key], comparison: "unordered" },
      { args, comparison: "members-of-previous" },
    ],
  };
}

/** SPOP of all members or none: what else it takes is chance, and ends in another set. */
function spop(p: Pools): Unit {
  const key = p.key("set");
  const draw = p.random.below(10);
  if (draw < 3) return unordered("SPOP", key, "100000");
  if (draw < 5) return unit(["SPOP", key, "0"], "unordered");
  if (draw < 7) {
    const count = p.random.pick(["-1", "abc", "", "9223372036854775808"]);
    return unit(["SPOP", key, count]);
  }
  if (draw < 8) return unit(["SPOP", key, "1", p.junk()]);
  // What is left is removed, so that the sets are equal again.
  const count = p.random.chance(0.5) ? [] : [String(p.random.between(1, 9))];
  return {
    commands: [
      { args: ["SMEMBERS", key], comparison: "unordered" },
      { args: ["SPOP", key, ...count], comparison: "members-of-previous" },
      exact("SCARD", key),
      exact("DEL", key),
      // The last command of a unit may be spoilt.
      exact("SISMEMBER", key, "0"),
    ],
  };
}

function sintercard(p: Pools): Unit {
  const keys = p.keys("set", 3);
  const count = p.random.chance(0.9)
    ? String(keys.length)
    : p.random.pick(["0", "-1", "abc", "1", "9", "9223372036854775807"]);
  const words = ["SINTERCARD", count, ...keys];
  if (p.random.chance(0.4)) {
    words.push(p.cased("LIMIT"));
    if (p.random.chance(0.95)) {
      words.push(p.random.pick(["0", "1", "2", "100", "-1", "abc"]));
    }
  }
  if (p.random.chance(0.03)) words.push(p.junk());
  return unit(words);
}

function algebra(name: string): (p: Pools) => Unit {
  return (p) => unordered(name, ...p.keys("set"));
}

function store(name: string): (p: Pools) => Unit {
  return (p) => unit([name, p.key("set"), ...p.keys("set")]);
}

/** All of the group. */
export const SET_GROUP: readonly Generator[] = [
  {
    name: "SADD",
    weight: 18,
    make: (p) =>
      unit(["SADD", p.key("set"), ...p.many(6, () => p.setMember())]),
  },
  { name: "SADD many", weight: 0.8, make: manyMembers },
  {
    name: "SREM",
    weight: 8,
    make: (p) =>
      unit(["SREM", p.key("set"), ...p.many(4, () => p.setMember())]),
  },
  {
    name: "SMOVE",
    weight: 6,
    make: (p) => unit(["SMOVE", p.key("set"), p.key("set"), p.setMember()]),
  },
  {
    name: "SISMEMBER",
    weight: 4,
    make: (p) => unit(["SISMEMBER", p.key("set"), p.setMember()]),
  },
  {
    name: "SMISMEMBER",
    weight: 3,
    make: (p) =>
      unit(["SMISMEMBER", p.key("set"), ...p.many(5, () => p.setMember())]),
  },
  { name: "SCARD", weight: 4, make: (p) => unit(["SCARD", p.anyKey()]) },
  {
    name: "SMEMBERS",
    weight: 5,
    make: (p) => unordered("SMEMBERS", p.key("set")),
  },
  { name: "SSCAN", weight: 4, make: sscan },
  { name: "SRANDMEMBER", weight: 5, make: srandmember },
  { name: "SPOP", weight: 4, make: spop },
  { name: "SINTER", weight: 4, make: algebra("SINTER") },
  { name: "SINTERCARD", weight: 4, make: sintercard },
  { name: "SINTERSTORE", weight: 4, make: store("SINTERSTORE") },
  { name: "SUNION", weight: 4, make: algebra("SUNION") },
  { name: "SUNIONSTORE", weight: 4, make: store("SUNIONSTORE") },
  { name: "SDIFF", weight: 4, make: algebra("SDIFF") },
  { name: "SDIFFSTORE", weight: 4, make: store("SDIFFSTORE") },
  {
    name: "OBJECT ENCODING of sets",
    weight: 5,
    make: (p) => unit(["OBJECT", "ENCODING", p.key("set")]),
  },
];
