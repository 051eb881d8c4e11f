/**
 * Commands of the sorted-set group.
 *
 * @module
 */

import { exact, type Unit, unit } from "../commands.ts";
import type { Pools } from "../pools.ts";
import type { Generator } from "./generator.ts";

/** Sets of members of one score, for ranges by name. */
function namedKey(p: Pools): string {
  return `zlex${p.random.below(3)}`;
}

/** A member that makes a set a large one in all versions of Redis. */
const LONG = "long".repeat(20);

/** Plain sets, which may be sources. */
function plainKey(p: Pools): string {
  return `zplain${p.random.below(3)}`;
}

/** Sets with fractions, whose texts differ; nothing else uses these. */
function fractionKey(p: Pools): string {
  return `zfraction${p.random.below(3)}`;
}

function scoresAndMembers(p: Pools, pairsMax: number): string[] {
  const words = p.many(pairsMax, () => [p.score(), p.member()]).flat();
  if (p.random.chance(0.03)) words.pop();
  return words;
}

function addOptions(p: Pools): string[] {
  const options = ["NX", "XX", "GT", "LT", "CH", "INCR"];
  if (p.random.chance(0.5)) return [];
  return p.many(2, () => p.cased(p.random.pick(options)));
}

function zadd(p: Pools): Unit {
  const options = addOptions(p);
  const isIncrement = options.some((word) => word.toUpperCase() === "INCR");
  const pairs = scoresAndMembers(p, isIncrement ? 1 : 5);
  return unit(["ZADD", p.key("zset"), ...options, ...pairs]);
}

function manyMembers(p: Pools): Unit {
  const count = p.random.pick([127, 128, 129, 200, 600]);
  const words: string[] = [];
  for (let index = 0; index < count; index++) {
    words.push(String(p.random.below(50) - 20), `many${index}`);
  }
  return unit(["ZADD", `z${p.random.below(6)}`, ...words]);
}

function zaddNamed(p: Pools): Unit {
  const members = p.many(8, () => ["0", p.member()]).flat();
  return unit(["ZADD", namedKey(p), ...members]);
}

function rank(p: Pools): string {
  return p.random.chance(0.05) ? p.integer() : String(p.random.between(-9, 9));
}

function scoreLimit(p: Pools): string {
  const draw = p.random.below(20);
  if (draw === 0) return p.random.pick(["", "(", "nan", "(nan", "x", "((1"]);
  if (draw === 1) return p.random.pick([" 1", "1\x002", "1e999", "(-1e999"]);
  if (draw < 6) return p.random.pick(["-inf", "+inf", "inf", "(inf", "(-inf"]);
  return (p.random.chance(0.3) ? "(" : "") + p.plainScore();
}

function nameLimit(p: Pools): string {
  const draw = p.random.below(12);
  if (draw === 0) return p.random.pick(["", "a", "+x", "-x", "+\x00", "1"]);
  if (draw < 4) return p.random.pick(["-", "+"]);
  return (p.random.chance(0.4) ? "(" : "[") + p.member();
}

function limit(p: Pools): string[] {
  if (p.random.chance(0.6)) return [];
  return [p.cased("LIMIT"), p.count(), p.count()];
}

function withScores(p: Pools): string[] {
  return p.random.chance(0.5) ? [p.cased("WITHSCORES")] : [];
}

function byRank(p: Pools): string[] {
  return [p.key("zset"), rank(p), rank(p), ...withScores(p)];
}

function byScore(p: Pools): string[] {
  const range = [scoreLimit(p), scoreLimit(p)];
  return [p.key("zset"), ...range, ...withScores(p), ...limit(p)];
}

function byName(p: Pools): string[] {
  return [namedKey(p), nameLimit(p), nameLimit(p), ...limit(p)];
}

/** Source, range and options of ZRANGE and ZRANGESTORE. */
function anyRange(p: Pools): string[] {
  const reverse = p.random.chance(0.4) ? [p.cased("REV")] : [];
  const draw = p.random.below(3);
  if (draw === 0) return [...byRank(p).slice(0, 3), ...reverse];
  const words = draw === 1 ? byScore(p) : byName(p);
  const kind = p.cased(draw === 1 ? "BYSCORE" : "BYLEX");
  return [...words.slice(0, 3), kind, ...reverse, ...limit(p)];
}

function zmpop(p: Pools): Unit {
  const keys = p.keys("zset", 3);
  const count = p.random.chance(0.05) ? p.count() : String(keys.length);
  const where = p.cased(p.random.pick(["MIN", "MAX"]));
  const options = p.random.chance(0.5) ? ["COUNT", p.count()] : [];
  return unit(["ZMPOP", count, ...keys, where, ...options]);
}

function zscan(p: Pools): Unit {
  const options = [["COUNT", "100000"]];
  if (p.random.chance(0.5)) options.push(["MATCH", p.pattern()]);
  if (p.random.chance(0.05)) {
    options.push(p.random.pick([["COUNT", "0"], ["X"]]));
  }
  const words = options.flat().map((word) => p.cased(word));
  return unit(["ZSCAN", p.key("zset"), "0", ...words], "scan-pairs");
}

function zrandmember(p: Pools): Unit {
  const key = p.key("zset");
  const args = ["ZRANDMEMBER", key];
  if (p.random.chance(0.8)) {
    const odd = ["9223372036854775807", "-9223372036854775808", "abc", "1.5"];
    args.push(
      p.random.chance(0.1)
        ? p.random.pick(odd)
        : String(p.random.between(-8, 15)),
    );
    args.push(...withScores(p));
  }
  return {
    commands: [
      { args: ["ZRANGE", key, "0", "-1", "WITHSCORES"], comparison: "exact" },
      { args, comparison: "fields-of-previous" },
    ],
  };
}

/** A set with scores of many digits: as numbers they are the same. */
function fractions(p: Pools): Unit {
  const key = fractionKey(p);
  const members = p.many(3, () => [p.float(), p.member()]).flat();
  return {
    commands: [
      exact("ZADD", key, ...members),
      exact("ZINCRBY", key, p.float(), p.member()),
      exact("ZRANGE", key, "0", "-1", "WITHSCORES"),
      exact("ZMSCORE", key, p.member(), p.member()),
      exact("ZRANGE", key, p.float(), p.float(), "BYSCORE", "WITHSCORES"),
      exact("ZCOUNT", key, `(${p.float()}`, p.float()),
      exact("DEBUG", "DIGEST-VALUE", key),
      { args: ["ZSCAN", key, "0", "COUNT", "999"], comparison: "scan-pairs" },
    ],
  };
}

/** Number of keys and the keys: sorted sets mostly, plain sets too. */
function sources(p: Pools): string[] {
  const keys = p.many(
    4,
    () => p.random.chance(0.75) ? p.key("zset") : plainKey(p),
  );
  if (p.random.chance(0.04)) return [p.count(), ...keys];
  return [String(keys.length), ...keys];
}

function weight(p: Pools): string {
  const odd = ["0", "-1", "inf", "-inf", "0.5", "-0", "2.5", "x", "nan"];
  return p.random.chance(0.3) ? p.random.pick(odd) : "2";
}

/** Sources and options of ZUNION and ZINTER, with or without …STORE. */
function combined(p: Pools): string[] {
  const words = sources(p);
  if (p.random.chance(0.4)) {
    const weights = words.slice(1).map(() => weight(p));
    if (p.random.chance(0.05)) weights.pop();
    words.push(p.cased("WEIGHTS"), ...weights);
  }
  if (p.random.chance(0.4)) {
    const kind = p.random.pick(["SUM", "MIN", "MAX", "MIN", "MAX", "AVG"]);
    words.push(p.cased("AGGREGATE"), p.cased(kind));
  }
  return words;
}

function zintercard(p: Pools): string[] {
  if (p.random.chance(0.5)) return sources(p);
  return [...sources(p), p.cased("LIMIT"), p.count()];
}

function simple(
  name: string,
  weight: number,
  words: (p: Pools) => readonly string[],
): Generator {
  return { name, weight, make: (p) => unit([name, ...words(p)]) };
}

/** All of the group. */
export const SORTED_SET_GROUP: readonly Generator[] = [
  { name: "ZADD", weight: 18, make: zadd },
  { name: "ZADD many", weight: 0.4, make: manyMembers },
  { name: "ZADD named", weight: 6, make: zaddNamed },
  { name: "ZADD fractions", weight: 3, make: fractions },
  simple("ZINCRBY", 5, (p) => [p.key("zset"), p.score(), p.member()]),
  simple("ZREM", 4, (p) => [p.key("zset"), ...p.many(3, () => p.member())]),
  simple("ZSCORE", 4, (p) => [p.key("zset"), p.member()]),
  simple("ZMSCORE", 3, (p) => [p.key("zset"), ...p.many(4, () => p.member())]),
  simple("ZCARD", 2, (p) => [p.anyKey()]),
  simple("ZRANK", 3, (p) => [p.key("zset"), p.member()]),
  simple("ZREVRANK", 3, (p) => [p.key("zset"), p.member()]),
  simple("ZCOUNT", 4, (p) => [p.key("zset"), scoreLimit(p), scoreLimit(p)]),
  simple("ZLEXCOUNT", 4, (p) => [namedKey(p), nameLimit(p), nameLimit(p)]),
  simple("ZRANGE", 8, anyRange),
  simple("ZREVRANGE", 3, byRank),
  simple("ZRANGEBYSCORE", 4, byScore),
  simple("ZREVRANGEBYSCORE", 4, byScore),
  simple("ZRANGEBYLEX", 4, byName),
  simple("ZREVRANGEBYLEX", 4, byName),
  simple("ZRANGESTORE", 5, (p) => [p.key("zset"), ...anyRange(p)]),
  simple("ZREMRANGEBYRANK", 2, (p) => byRank(p).slice(0, 3)),
  simple("ZREMRANGEBYSCORE", 2, (p) => byScore(p).slice(0, 3)),
  simple("ZREMRANGEBYLEX", 2, (p) => byName(p).slice(0, 3)),
  simple("ZPOPMIN", 3, (p) => [p.key("zset"), ...p.many(1, () => p.count())]),
  simple("ZPOPMAX", 3, (p) => [p.key("zset")]),
  simple("SADD", 3, (p) => [plainKey(p), LONG, ...p.many(5, () => p.member())]),
  simple("ZUNION", 4, (p) => [...combined(p), ...withScores(p)]),
  simple("ZINTER", 4, (p) => [...combined(p), ...withScores(p)]),
  simple("ZDIFF", 4, (p) => [...sources(p), ...withScores(p)]),
  simple("ZINTERCARD", 3, zintercard),
  simple("ZUNIONSTORE", 4, (p) => [p.key("zset"), ...combined(p)]),
  simple("ZINTERSTORE", 3, (p) => [p.key("zset"), ...combined(p)]),
  simple("ZDIFFSTORE", 3, (p) => [p.key("zset"), ...sources(p)]),
  { name: "ZMPOP", weight: 3, make: zmpop },
  { name: "ZSCAN", weight: 4, make: zscan },
  { name: "ZRANDMEMBER", weight: 4, make: zrandmember },
];
