/**
 * Commands of the hyperloglog group.
 *
 * @module
 */

import { exact, type Unit, unit } from "../commands.ts";
import type { Pools } from "../pools.ts";
import type { Generator } from "./generator.ts";

function elements(p: Pools): string[] {
  const count = p.random.pick([0, 1, 1, 2, 5, 40, 400]);
  const range = p.random.pick([20, 1000, 1_000_000]);
  return Array.from({ length: count }, () => `e${p.random.below(range)}`);
}

/**
 * PFCOUNT of one key, which there caches the count in the key and here does not:
 * of a copy, which then goes.
 */
function pfcount(p: Pools): Unit {
  const copy = "counted";
  return {
    commands: [
      exact("COPY", p.key("hyperloglog"), copy, "REPLACE"),
      exact("PFCOUNT", copy),
      exact("DEL", copy),
      // The last one may be spoilt.
      exact("EXISTS", copy),
    ],
  };
}

function pfcountMany(p: Pools): Unit {
  const [first, ...rest] = p.keys("hyperloglog");
  return unit(["PFCOUNT", first!, p.key("hyperloglog"), ...rest]);
}

/** Bytes changed or added: runs that do not fit together, or other registers. */
function damage(p: Pools): Unit {
  const key = p.key("hyperloglog");
  const byte = String.fromCharCode(p.random.below(256));
  const at = String(p.random.below(p.random.pick([5, 40, 3000])));
  return p.random.chance(0.3)
    ? unit(["APPEND", key, byte])
    : unit(["SETRANGE", key, at, byte]);
}

/** All of the group. */
export const HYPERLOGLOG_GROUP: readonly Generator[] = [
  {
    name: "PFADD",
    weight: 20,
    make: (p) => unit(["PFADD", p.key("hyperloglog"), ...elements(p)]),
  },
  { name: "PFCOUNT", weight: 5, make: pfcount },
  { name: "PFCOUNT many", weight: 5, make: pfcountMany },
  {
    name: "PFMERGE",
    weight: 6,
    make: (p) =>
      unit(["PFMERGE", p.key("hyperloglog"), ...p.keys("hyperloglog")]),
  },
  {
    name: "PFDEBUG",
    weight: 3,
    make: (p) => {
      const words = ["DECODE", "ENCODING", "TODENSE", "GETREG", "JUNK"];
      const word = p.cased(p.random.pick(words));
      return unit(["PFDEBUG", word, p.key("hyperloglog")]);
    },
  },
  {
    name: "GET of it",
    weight: 5,
    make: (p) => unit(["GET", p.key("hyperloglog")]),
  },
  { name: "damage of it", weight: 2, make: damage },
  {
    name: "DEL of it",
    weight: 3,
    make: (p) => unit(["DEL", p.key("hyperloglog")]),
  },
];
