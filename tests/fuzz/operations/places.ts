/**
 * Places, and SORT, and what they do to the model.
 *
 * @module
 */

import { SortedSetValue } from "../core_model.ts";
import type {
  Operation,
  OperationContext,
  OperationMaker,
} from "../core_operation.ts";
import { bulks, integer, WRONG_TYPE } from "../core_replies.ts";

const LATITUDE_MAX = 85.05112878;
const STEPS = 2 ** 26;

/** The score of a place: both indexes, bit by bit in turn, the latitude's lowest bit last. */
function placeScore(longitude: number, latitude: number): number {
  const x = Math.floor((longitude + 180) / 360 * STEPS);
  const y = Math.floor(
    (latitude + LATITUDE_MAX) / (LATITUDE_MAX + LATITUDE_MAX) * STEPS,
  );
  let score = 0;
  for (let bit = 25; bit >= 0; bit--) {
    score = score * 4 + (x >> bit & 1) * 2 + (y >> bit & 1);
  }
  return score;
}

function geoadd(c: OperationContext): Operation {
  const { random } = c;
  const key = c.key("z");
  const places = c.many(4, () => {
    const longitude = random.between(-1700, 1700) / 10;
    return [longitude, random.between(-840, 840) / 10, c.field()] as const;
  });
  const words = ["GEOADD", key, ...places.flat().map(String)];
  const old = c.sortedSet(key);
  if (old === false) return { words, reply: WRONG_TYPE };
  const set = old ?? new SortedSetValue();
  if (old === undefined) c.model.put(key, set);
  const before = set.scores.size;
  for (const [longitude, latitude, member] of places) {
    set.scores.set(member, placeScore(longitude, latitude));
  }
  return { words, reply: integer(set.scores.size - before) };
}

/** A search that reaches around the earth finds all that is on the map. */
function searchStore(c: OperationContext): Operation {
  const [target, source] = [c.key("z"), c.key("z")];
  const area = ["FROMLONLAT", "0", "0", "BYRADIUS", "30000", "km"];
  const words = ["GEOSEARCHSTORE", target, source, ...area];
  const set = c.sortedSet(source);
  if (set === false) return { words, reply: WRONG_TYPE };
  const scores = [...set?.scores ?? []].filter(([, score]) =>
    score >= 0 && score < 2 ** 52
  );
  if (scores.length === 0) c.model.drop(target);
  else c.model.put(target, new SortedSetValue(new Map(scores)));
  return { words, reply: integer(scores.length) };
}

/** Elements of a list, a set or a sorted set; `undefined` for another type. */
function elementsOf(c: OperationContext, key: string): string[] | undefined {
  const list = c.list(key);
  if (list === undefined) return [];
  if (list) return [...list];
  const set = c.set(key);
  if (set) return [...set];
  const sorted = c.sortedSet(key);
  return sorted ? sorted.sorted() : undefined;
}

function byBytes(texts: readonly string[]): string[] {
  return [...texts].sort((a, b) => a < b ? -1 : a > b ? 1 : 0);
}

function sortStore(c: OperationContext): Operation {
  const source = c.key(c.random.pick(["l", "t", "z"]));
  const target = c.key("l");
  const isReverse = c.random.chance(0.3);
  const order = isReverse ? ["DESC"] : [];
  const words = ["SORT", source, "ALPHA", ...order, "STORE", target];
  const elements = elementsOf(c, source);
  if (elements === undefined) return { words, reply: WRONG_TYPE };
  const sorted = byBytes(elements);
  if (isReverse) sorted.reverse();
  if (sorted.length === 0) c.model.drop(target);
  else c.model.put(target, sorted);
  return { words, reply: integer(sorted.length) };
}

/** Integers of a set, in their order, with what keys of their names hold. */
function sortNumbers(c: OperationContext): Operation {
  const key = c.key("t");
  const from = c.random.below(30);
  const words = ["SORT_RO", key, "LIMIT", `${from}`, "20"];
  const elements = elementsOf(c, key);
  if (elements === undefined) return { words, reply: WRONG_TYPE };
  if (!elements.every((text) => /^\d+$/.test(text))) {
    return { words: [...words, "ALPHA", "BY", "x*"], reply: () => undefined };
  }
  const sorted = elements.sort((a, b) => Number(a) - Number(b));
  return { words, reply: bulks(sorted.slice(from, from + 20)) };
}

/** All of them. */
export const PLACE_OPERATIONS: readonly OperationMaker[] = [
  { weight: 20, make: geoadd },
  { weight: 6, make: searchStore },
  { weight: 8, make: sortStore },
  { weight: 8, make: sortNumbers },
];
