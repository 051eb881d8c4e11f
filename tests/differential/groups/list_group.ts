/**
 * Commands of the list group, but those that block.
 *
 * @module
 */

import { type Unit, unit } from "../commands.ts";
import type { Pools } from "../pools.ts";
import type { Generator } from "./generator.ts";

function push(name: string): Generator {
  return {
    name,
    weight: name.endsWith("X") ? 3 : 12,
    make: (p) => unit([name, p.key("list"), ...p.many(5, () => p.item())]),
  };
}

/** Lists of several nodes and leaves, among them items too large for either. */
function pushMany(p: Pools): Unit {
  const name = p.random.pick(["RPUSH", "LPUSH"]);
  const count = p.random.pick([100, 300, 1000]);
  const items = Array.from(
    { length: count },
    (_, index) => p.random.chance(0.1) ? p.item() : `many:${index % 150}`,
  );
  if (p.random.chance(0.3)) items.push("large".repeat(3000));
  return unit([name, `l${p.random.below(6)}`, ...items]);
}

function pop(name: string): Generator {
  return {
    name,
    weight: 7,
    make: (p) => {
      const words = [name, p.key("list")];
      if (p.random.chance(0.4)) {
        words.push(p.random.chance(0.1) ? "500" : p.count());
      }
      return unit(words);
    },
  };
}

/** An index, over all of long lists now and then. */
function place(p: Pools): string {
  if (p.random.chance(0.2)) return String(p.random.between(-1200, 1200));
  return p.index();
}

function end(p: Pools): string {
  const word = p.random.chance(0.5) ? "LEFT" : "RIGHT";
  return p.random.chance(0.04) ? p.junk() : p.cased(word);
}

function ltrim(p: Pools): Unit {
  const key = p.key("list");
  if (p.random.chance(0.5)) return unit(["LTRIM", key, place(p), place(p)]);
  const from = String(p.random.below(3));
  return unit(["LTRIM", key, from, String(-p.random.between(1, 4))]);
}

function lpos(p: Pools): Unit {
  const words: string[] = [];
  const options = ["RANK", "COUNT", "MAXLEN"];
  for (const option of options) {
    if (!p.random.chance(0.45)) continue;
    words.push(p.cased(option));
    if (!p.random.chance(0.97)) continue;
    const isOdd = p.random.chance(0.08);
    words.push(
      isOdd
        ? p.random.pick(["9223372036854775807", "-9223372036854775808", "x"])
        : p.count(),
    );
  }
  if (p.random.chance(0.03)) words.push(p.junk());
  return unit(["LPOS", p.key("list"), p.item(), ...words]);
}

function linsert(p: Pools): Unit {
  const where = p.random.chance(0.5) ? "BEFORE" : "AFTER";
  const word = p.random.chance(0.04) ? p.junk() : p.cased(where);
  return unit(["LINSERT", p.key("list"), word, p.item(), p.item()]);
}

function lmpop(p: Pools): Unit {
  const keys = p.keys("list", 3);
  const count = p.random.chance(0.92)
    ? String(keys.length)
    : p.random.pick(["0", "-1", "abc", "1", "9", "9223372036854775807"]);
  const words = ["LMPOP", count, ...keys, end(p)];
  if (p.random.chance(0.5)) {
    words.push(p.cased("COUNT"));
    if (p.random.chance(0.95)) words.push(p.count());
  }
  if (p.random.chance(0.03)) words.push("COUNT", "1");
  return unit(words);
}

/** All of the group. */
export const LIST_GROUP: readonly Generator[] = [
  push("RPUSH"),
  push("LPUSH"),
  push("RPUSHX"),
  push("LPUSHX"),
  { name: "RPUSH many", weight: 0.8, make: pushMany },
  pop("LPOP"),
  pop("RPOP"),
  { name: "LLEN", weight: 3, make: (p) => unit(["LLEN", p.anyKey()]) },
  {
    name: "LINDEX",
    weight: 6,
    make: (p) => unit(["LINDEX", p.key("list"), place(p)]),
  },
  {
    name: "LSET",
    weight: 8,
    make: (p) => unit(["LSET", p.key("list"), place(p), p.item()]),
  },
  {
    name: "LRANGE",
    weight: 7,
    make: (p) => unit(["LRANGE", p.key("list"), place(p), place(p)]),
  },
  { name: "LTRIM", weight: 4, make: ltrim },
  { name: "LINSERT", weight: 9, make: linsert },
  {
    name: "LREM",
    weight: 7,
    make: (p) => unit(["LREM", p.key("list"), p.count(), p.item()]),
  },
  { name: "LPOS", weight: 8, make: lpos },
  {
    name: "LMOVE",
    weight: 6,
    make: (p) => unit(["LMOVE", p.key("list"), p.key("list"), end(p), end(p)]),
  },
  {
    name: "RPOPLPUSH",
    weight: 4,
    make: (p) => unit(["RPOPLPUSH", p.key("list"), p.key("list")]),
  },
  { name: "LMPOP", weight: 6, make: lmpop },
  {
    name: "OBJECT ENCODING of lists",
    weight: 2,
    make: (p) => unit(["OBJECT", "ENCODING", p.key("list")]),
  },
];
