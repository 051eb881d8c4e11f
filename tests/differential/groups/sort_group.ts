/**
 * SORT and SORT_RO, with the keys that their patterns name.
 *
 * @module
 */

import { exact, type Unit, unit } from "../commands.ts";
import type { Pools } from "../pools.ts";
import type { Generator } from "./generator.ts";

/** Makes a set large in all versions of Redis, as sorting it does in Redis. */
const LONG = "9".repeat(70);

const KINDS = ["list", "set", "zset"] as const;
type Kind = typeof KINDS[number];

/**
 * redis-server 7.0 takes a number for one that is too large when any before it was,
 * in whatever command, until something clears the C library's error: reading a
 * float does.
 */
const CLEAR_ERROR = exact(
  ...["GEOSEARCH", "sort:none", "FROMLONLAT", "0", "0", "BYRADIUS", "1", "m"],
);

function sortKey(p: Pools, kind: Kind): string {
  return `sort:${kind}${p.random.below(3)}`;
}

function element(p: Pools): string {
  const draw = p.random.below(100);
  if (draw < 2) return p.random.pick(["", "x", "1.5e3", "-0", " 3", "0x10"]);
  if (draw < 4) return p.random.pick(["inf", "1e999", "nan", "1_", "é"]);
  if (draw < 10) return `t${p.random.below(6)}`;
  return String(p.random.between(-5, 25));
}

/** Elements that are numbers, more often than not. */
function number(p: Pools): string {
  return p.random.chance(0.02) ? element(p) : String(p.random.between(-9, 30));
}

function weightKey(p: Pools): string {
  return `weight:${element(p)}`;
}

const PATTERNS = [
  "weight:*",
  "object:*->f1",
  "object:*->n2",
  "weight:*->",
  "*->f1",
  "#",
  "*",
  "weight:**",
  "weight:1",
  "w*ight:->",
  "weight:*\x00a",
  "#\x00",
  "->*",
] as const;

function pattern(p: Pools): string {
  return p.random.chance(0.6)
    ? p.random.pick(PATTERNS.slice(0, 3))
    : p.random.pick(PATTERNS);
}

function limit(p: Pools): string[] {
  const draw = p.random.below(20);
  if (draw === 0) return [p.cased("LIMIT"), p.integer(), p.integer()];
  if (draw === 1) return [p.cased("LIMIT"), p.count(), p.count()];
  if (draw === 2) return [p.cased("LIMIT"), "1"];
  return [
    p.cased("LIMIT"),
    String(p.random.between(-2, 20)),
    String(p.random.between(-2, 30)),
  ];
}

function gets(p: Pools): string[] {
  if (p.random.chance(0.5)) return [];
  return p.many(3, () => [p.cased("GET"), pattern(p)]).flat();
}

interface Choice {
  readonly kind: Kind;
  readonly by: string | undefined;
  readonly isText: boolean;
  readonly stores: boolean;
}

/**
 * Whether Redis's order is by the hashes of members: for sets, unsorted or where
 * patterns name equal texts.
 */
function hasOwnOrder({ kind, by, isText, stores }: Choice): boolean {
  if (kind === "list" || by === undefined) return false;
  if (!by.split("\x00")[0]!.includes("*")) return kind === "set" && !stores;
  return isText;
}

function choose(p: Pools, mayStore: boolean): Choice {
  const kind = p.random.pick([...KINDS, "list"] as const);
  const by = p.random.chance(0.5)
    ? p.random.pick([pattern(p), "nosort", "weight:*"])
    : undefined;
  const isText = p.random.chance(0.4);
  const stores = mayStore && p.random.chance(0.3);
  return { kind, by, isText, stores };
}

function sort(p: Pools, name: "SORT" | "SORT_RO"): Unit {
  const choice = choose(p, name === "SORT");
  const { kind, by, isText } = choice;
  const isAny = hasOwnOrder(choice);
  const stores = choice.stores && !isAny;
  // Other keys may hold sets: numbers alone have one order there.
  const isOther = name === "SORT" && by === undefined && !isText;
  const key = isOther && p.random.chance(0.2)
    ? p.key("list")
    : sortKey(p, kind);
  const words: string[] = [];
  if (by !== undefined) words.push(p.cased("BY"), by);
  if (!isAny && p.random.chance(0.4)) words.push(...limit(p));
  if (!isAny) words.push(...gets(p));
  if (p.random.chance(0.4)) {
    words.push(p.cased(p.random.pick(["ASC", "DESC"])));
  }
  if (isText) words.push(p.cased("ALPHA"));
  const args = [name, key, ...words];
  if (!stores) {
    const comparison = isAny ? "unordered" : "exact";
    return { commands: [CLEAR_ERROR, { args, comparison }] };
  }
  const target = sortKey(p, "list");
  return {
    commands: [
      CLEAR_ERROR,
      exact(...args, p.cased("STORE"), target),
      exact("LRANGE", target, "0", "-1"),
    ],
  };
}

function weights(p: Pools): Unit {
  const value = p.random.chance(0.8) ? number(p) : p.value();
  const fields = ["f1", number(p), "n2", p.value()];
  return p.random.chance(0.5)
    ? unit(["SET", weightKey(p), value])
    : unit(["HSET", `object:${element(p)}`, ...fields]);
}

/** A list for which sorting takes more than a few steps, with equal elements. */
function manyItems(p: Pools): Unit {
  const count = p.random.pick([30, 60, 200, 500]);
  const key = `sort:list${p.random.below(3)}`;
  const items = Array.from({ length: count }, () => number(p));
  return { commands: [exact("DEL", key), exact("RPUSH", key, ...items)] };
}

function simple(
  name: string,
  weight: number,
  words: (p: Pools) => readonly string[],
): Generator {
  return { name, weight, make: (p) => unit([name, ...words(p)]) };
}

/** All of them. */
export const SORT_GROUP: readonly Generator[] = [
  { name: "SORT", weight: 20, make: (p) => sort(p, "SORT") },
  { name: "SORT_RO", weight: 10, make: (p) => sort(p, "SORT_RO") },
  { name: "SORT weights", weight: 8, make: weights },
  { name: "SORT many", weight: 1, make: manyItems },
  simple(
    "RPUSH",
    3,
    (p) => [sortKey(p, "list"), ...p.many(9, () => number(p))],
  ),
  simple("SADD", 3, (p) => [sortKey(p, "set"), ...p.many(9, () => number(p))]),
  simple("ZADD", 3, (p) => [
    sortKey(p, "zset"),
    ...["0", LONG],
    ...p.many(9, () => [p.plainScore(), number(p)]).flat(),
  ]),
  simple("DEL", 1, (p) => [sortKey(p, p.random.pick(KINDS))]),
  simple("UNLINK", 1, (p) => [weightKey(p)]),
];
