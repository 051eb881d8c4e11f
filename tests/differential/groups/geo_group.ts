/**
 * Commands of the geo group.
 *
 * @module
 */

import { exact, type Unit, unit } from "../commands.ts";
import type { Pools } from "../pools.ts";
import type { Generator } from "./generator.ts";

/** Where distances are stored; see `explained.ts`. */
const DISTANCES = "stored:distances";

/** Sets of places mostly, else any sorted set. */
function placesKey(p: Pools): string {
  return p.random.chance(0.9) ? `g${p.random.below(4)}` : p.key("zset");
}

/** A longitude and a latitude: towns, edges of the map, anywhere, now and then none. */
function place(p: Pools): [string, string] {
  const { random } = p;
  const part = () => random.bits() / 2 ** 32;
  const draw = random.below(30);
  if (draw === 0) return [p.float(), p.float()];
  if (draw === 1) {
    return [
      random.pick(["181", "-181", "180", "-0"]),
      random.pick(["86", "0"]),
    ];
  }
  if (draw < 5) {
    return [
      random.pick(["180", "-180", "0", "-0", "179.9"]),
      random.pick(["85.05112878", "-85.05112878", "0", "84.9"]),
    ];
  }
  if (draw < 18) return [`${13 + part()}`, `${52 + part()}`];
  return [`${part() * 360 - 180}`, `${part() * 170 - 85}`];
}

function aUnit(p: Pools): string {
  const units = ["m", "km", "ft", "mi", "km", "KM", "x"];
  return p.cased(p.random.chance(0.97) ? p.random.pick(units) : "");
}

function size(p: Pools): string {
  if (p.random.chance(0.05)) return p.float();
  return String(p.random.below(1000) * 10 ** p.random.between(-1, 5));
}

function geoadd(p: Pools): Unit {
  const options = p.random.chance(0.7)
    ? []
    : p.many(2, () => p.cased(p.random.pick(["NX", "XX", "CH", "CH"])));
  const places = p.many(6, () => [...place(p), p.member()]).flat();
  if (p.random.chance(0.03)) places.pop();
  return unit(["GEOADD", placesKey(p), ...options, ...places]);
}

function manyPlaces(p: Pools): Unit {
  const count = p.random.pick([127, 128, 129, 300]);
  const places = Array.from({ length: count }, (_, at) => [
    ...place(p),
    `many${at}`,
  ]);
  return unit(["GEOADD", placesKey(p), ...places.flat()]);
}

function count(p: Pools): string[] {
  if (p.random.chance(0.5)) return [];
  const most = p.random.chance(0.1)
    ? p.count()
    : String(p.random.between(1, 30));
  const any = p.random.chance(0.3) ? [p.cased("ANY")] : [];
  return [p.cased("COUNT"), most, ...any];
}

function order(p: Pools): string[] {
  return p.random.pick([[], ["ASC"], ["DESC"], ["ASC"]]).map((word) =>
    p.cased(word)
  );
}

function shown(p: Pools): string[] {
  return ["WITHDIST", "WITHCOORD", "WITHHASH"].filter(() =>
    p.random.chance(0.3)
  ).map((word) => p.cased(word));
}

function shuffled(p: Pools, parts: readonly string[][]): string[] {
  const left = [...parts];
  const words: string[] = [];
  while (left.length > 0) {
    words.push(...left.splice(p.random.below(left.length), 1)[0]!);
  }
  return words;
}

/** Middle and area of GEOSEARCH, as two options. */
function area(p: Pools): string[][] {
  const middle = p.random.chance(0.5)
    ? [p.cased("FROMLONLAT"), ...place(p)]
    : [p.cased("FROMMEMBER"), p.member()];
  const shape = p.random.chance(0.6)
    ? [p.cased("BYRADIUS"), size(p), aUnit(p)]
    : [p.cased("BYBOX"), size(p), size(p), aUnit(p)];
  const parts = [middle, shape];
  if (p.random.chance(0.05)) parts.pop();
  if (p.random.chance(0.05)) parts.push(p.random.pick([middle, shape]));
  return parts;
}

function search(p: Pools): string[] {
  const options = [...area(p), count(p), order(p)];
  return shuffled(p, [...options, p.random.chance(0.6) ? shown(p) : []]);
}

function aroundPlace(p: Pools): string[] {
  return [placesKey(p), ...place(p), size(p), aUnit(p)];
}

function aroundMember(p: Pools): string[] {
  return [placesKey(p), p.member(), size(p), aUnit(p)];
}

/** Options of GEORADIUS, with a key to store at now and then. */
function radiusOptions(p: Pools, mayStore: boolean): string[] {
  const store = mayStore && p.random.chance(0.3)
    ? [p.cased("STORE"), placesKey(p)]
    : [];
  const isMixed = store.length === 0 || p.random.chance(0.1);
  return shuffled(p, [count(p), order(p), isMixed ? shown(p) : [], store]);
}

/** Distances are stored where nothing else looks: their last bits may differ. */
function storeDistances(p: Pools): Unit {
  const store = p.random.chance(0.5)
    ? ["GEOSEARCHSTORE", DISTANCES, placesKey(p), ...search(p), "STOREDIST"]
    : ["GEORADIUS", ...aroundPlace(p), "STOREDIST", DISTANCES];
  return {
    commands: [
      exact(...store),
      exact("ZRANGE", DISTANCES, "0", "-1", "WITHSCORES"),
      exact("DEL", DISTANCES),
      exact("ZCARD", DISTANCES),
    ],
  };
}

function simple(
  name: string,
  weight: number,
  words: (p: Pools) => readonly string[],
): Generator {
  return { name, weight, make: (p) => unit([name, ...words(p)]) };
}

function members(p: Pools): string[] {
  return [placesKey(p), ...p.many(4, () => p.member())];
}

/** All of the group. */
export const GEO_GROUP: readonly Generator[] = [
  { name: "GEOADD", weight: 14, make: geoadd },
  { name: "GEOADD many", weight: 0.5, make: manyPlaces },
  simple("GEOPOS", 4, members),
  simple("GEOHASH", 4, members),
  simple("GEODIST", 6, (p) => {
    const names = [placesKey(p), p.member(), p.member()];
    return p.random.chance(0.5) ? names : [...names, aUnit(p)];
  }),
  simple("GEOSEARCH", 14, (p) => [placesKey(p), ...search(p)]),
  simple("GEOSEARCHSTORE", 6, (p) => [
    `g${p.random.below(4)}`,
    placesKey(p),
    ...shuffled(p, [...area(p), count(p), order(p)]),
  ]),
  simple("GEORADIUS", 6, (p) => [...aroundPlace(p), ...radiusOptions(p, true)]),
  simple("GEORADIUS_RO", 3, (p) => [
    ...aroundPlace(p),
    ...radiusOptions(p, p.random.chance(0.05)),
  ]),
  simple("GEORADIUSBYMEMBER", 6, (p) => [
    ...aroundMember(p),
    ...radiusOptions(p, true),
  ]),
  simple("GEORADIUSBYMEMBER_RO", 3, (p) => [
    ...aroundMember(p),
    ...radiusOptions(p, p.random.chance(0.05)),
  ]),
  { name: "GEOSEARCHSTORE STOREDIST", weight: 4, make: storeDistances },
  simple("ZREM", 2, (p) => [placesKey(p), p.member()]),
];
