/**
 * Commands of the bitmap group.
 *
 * @module
 */

import { type Unit, unit } from "../commands.ts";
import type { Pools } from "../pools.ts";
import type { Generator } from "./generator.ts";

const BAD_OFFSETS = ["-1", "4294967296", "abc", "", "1.5", "#", "#-1", "1#"];

// Offsets near 2^32 would be half a gigabyte on each server: only refused ones.
function bitOffset(p: Pools): string {
  const draw = p.random.below(20);
  if (draw === 0) return p.random.pick(BAD_OFFSETS);
  if (draw === 1) return String(p.random.below(20_000));
  return String(p.random.below(300));
}

function bit(p: Pools): string {
  return p.random.chance(0.05)
    ? p.random.pick(["2", "-1", "abc", "", "01"])
    : p.random.pick(["0", "1"]);
}

function range(p: Pools): string[] {
  const draw = p.random.below(10);
  if (draw < 2) return [];
  if (draw < 3) return [p.index()];
  const words = [p.index(), p.index()];
  if (p.random.chance(0.5)) {
    words.push(
      p.random.chance(0.08) ? p.junk() : p.cased(
        p.random.pick(["BYTE", "BIT"]),
      ),
    );
  }
  return words;
}

function bitop(p: Pools): Unit {
  const name = p.random.chance(0.05)
    ? p.random.pick(["NAND", "", "DIFF", "ONE"])
    : p.random.pick(["AND", "OR", "XOR", "NOT"]);
  const count = name === "NOT" && p.random.chance(0.85) ? 1 : 4;
  const sources = p.many(
    count,
    () => p.random.chance(0.5) ? p.key("bitmap") : p.key("string"),
  );
  return unit(["BITOP", p.cased(name), p.key("bitmap"), ...sources]);
}

function fieldType(p: Pools): string {
  if (p.random.chance(0.025)) {
    return p.random.pick(["u64", "i65", "u0", "i0", "x8", "u", "", "i-1", "8"]);
  }
  const sign = p.random.pick(["i", "u"]);
  const widthMax = sign === "u" ? 63 : 64;
  return sign +
    p.random.pick([1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 31, 32, 33, widthMax]);
}

function fieldOffset(p: Pools): string {
  if (p.random.chance(0.025)) return p.random.pick(BAD_OFFSETS);
  return (p.random.chance(0.3) ? "#" : "") + p.random.below(80);
}

function subcommand(p: Pools): string[] {
  const draw = p.random.below(50);
  if (draw === 0) return [p.junk()];
  if (draw < 12) {
    return [
      "OVERFLOW",
      p.random.pick([
        "WRAP",
        "SAT",
        "FAIL",
        "fail",
        "sat",
        "Wrap",
        "WRAP",
        "FAIL",
        "SAT",
        "BAD",
      ]),
    ];
  }
  if (draw < 24) return ["GET", fieldType(p), fieldOffset(p)];
  if (draw < 37) return ["SET", fieldType(p), fieldOffset(p), p.integer()];
  return ["INCRBY", fieldType(p), fieldOffset(p), p.integer()];
}

/** All of the group. */
export const BITMAP_GROUP: readonly Generator[] = [
  {
    name: "SETBIT",
    weight: 12,
    make: (p) => unit(["SETBIT", p.key("bitmap"), bitOffset(p), bit(p)]),
  },
  {
    name: "GETBIT",
    weight: 6,
    make: (p) =>
      unit([
        "GETBIT",
        p.key("bitmap"),
        p.random.chance(0.05) ? "4294967295" : bitOffset(p),
      ]),
  },
  {
    name: "BITCOUNT",
    weight: 8,
    make: (p) => unit(["BITCOUNT", p.key("bitmap"), ...range(p)]),
  },
  {
    name: "BITPOS",
    weight: 8,
    make: (p) => unit(["BITPOS", p.key("bitmap"), bit(p), ...range(p)]),
  },
  { name: "BITOP", weight: 8, make: bitop },
  {
    name: "BITFIELD",
    weight: 14,
    make: (p) =>
      unit([
        "BITFIELD",
        p.key("bitmap"),
        ...p.many(4, () => subcommand(p)).flat(),
      ]),
  },
  {
    name: "BITFIELD_RO",
    weight: 4,
    make: (p) =>
      unit([
        "BITFIELD_RO",
        p.key("bitmap"),
        ...p.many(3, () =>
          p.random.chance(0.9)
            ? ["GET", fieldType(p), fieldOffset(p)]
            : subcommand(p)).flat(),
      ]),
  },
];
