/**
 * Commands on sorted sets, and what they do to the model.
 *
 * @module
 */

import { SortedSetValue } from "../core_model.ts";
import type {
  Operation,
  OperationContext,
  OperationMaker,
} from "../core_operation.ts";
import {
  arrayHead,
  bulk,
  bulks,
  integer,
  WRONG_TYPE,
} from "../core_replies.ts";

const EMPTY = new SortedSetValue();

/** A score of few digits, the same ones often. */
function score(c: OperationContext): number {
  const { random } = c;
  return random.below(3) === 0
    ? random.between(-3, 3)
    : random.between(-4000, 4000) / 4;
}

/** A score as a reply. */
export function double(c: OperationContext, value: number): string {
  const isResp3 = c.replies.nil.startsWith("_");
  return isResp3 ? `,${value}\r\n` : bulk(String(value));
}

/** The sorted set at `key`, made when there is none; false for another type. */
function open(c: OperationContext, key: string): SortedSetValue | false {
  const set = c.sortedSet(key);
  if (set !== undefined) return set;
  const fresh = new SortedSetValue();
  c.model.put(key, fresh);
  return fresh;
}

function zadd(c: OperationContext): Operation {
  const key = c.key("z");
  const most = c.random.below(30) === 0
    ? Math.min(200, c.profile.fieldCount)
    : 3;
  const pairs = c.many(most, () => [score(c), c.field()] as const);
  const words = ["ZADD", key, ...pairs.flat().map(String)];
  const set = open(c, key);
  if (set === false) return { words, reply: WRONG_TYPE };
  const before = set.scores.size;
  for (const [value, member] of pairs) set.scores.set(member, value);
  return { words, reply: integer(set.scores.size - before) };
}

function zincrby(c: OperationContext): Operation {
  const [key, member, delta] = [c.key("z"), c.field(), score(c)];
  const words = ["ZINCRBY", key, String(delta), member];
  const set = open(c, key);
  if (set === false) return { words, reply: WRONG_TYPE };
  // Adding 0 makes a sum of -0 a plain zero, as small sets have it.
  const sum = (set.scores.get(member) ?? 0) + delta + 0;
  set.scores.set(member, sum);
  return { words, reply: double(c, sum) };
}

/** Removes members; the key too when none is left. */
function removeAll(
  c: OperationContext,
  key: string,
  set: SortedSetValue,
  members: readonly string[],
): number {
  let removed = 0;
  for (const member of members) if (set.scores.delete(member)) removed++;
  if (set !== EMPTY && set.scores.size === 0) c.model.drop(key);
  return removed;
}

/** A command on the set at a key; a missing one is empty. */
function on(
  weight: number,
  make: (
    c: OperationContext,
    key: string,
  ) => readonly [
    words: readonly string[],
    reply: (set: SortedSetValue) => string,
  ],
): OperationMaker {
  return {
    weight,
    make: (c) => {
      const key = c.key("z");
      const [words, reply] = make(c, key);
      const set = c.sortedSet(key);
      if (set === false) return { words, reply: WRONG_TYPE };
      return { words, reply: reply(set ?? EMPTY) };
    },
  };
}

/** The part of `members` that ranks from `start` to `stop` name. */
function ranks(
  members: readonly string[],
  start: number,
  stop: number,
): readonly string[] {
  const from = start < 0 ? Math.max(0, members.length + start) : start;
  const to = stop < 0 ? members.length + stop : stop;
  return to < from ? [] : members.slice(from, to + 1);
}

function within(set: SortedSetValue, from: number, to: number): string[] {
  return set.sorted().filter((member) => {
    const value = set.scores.get(member)!;
    return value >= from && value < to;
  });
}

/** Scores with the first as the least, in any case. */
function scoreRange(c: OperationContext): [number, number] {
  return [score(c), score(c)].sort((a, b) => a - b) as [number, number];
}

/** Scores of a sorted set, or of a set, whose members have 1 each. */
function source(c: OperationContext, key: string): Map<string, number> | false {
  const plain = c.set(key);
  if (plain) return new Map([...plain].map((member) => [member, 1]));
  const set = c.sortedSet(key);
  return set === false ? false : (set ?? EMPTY).scores;
}

function store(c: OperationContext): Operation {
  const [target, first, second] = [c.key("z"), c.key("z"), c.key("z")];
  const name = c.random.pick(["ZUNIONSTORE", "ZINTERSTORE", "ZDIFFSTORE"]);
  const words = [name, target, "2", first, second];
  const [left, right] = [source(c, first), source(c, second)];
  if (left === false || right === false) return { words, reply: WRONG_TYPE };
  const result = new SortedSetValue();
  for (const [member, value] of left) {
    const other = right.get(member);
    if (name === "ZINTERSTORE" && other === undefined) continue;
    if (name === "ZDIFFSTORE" && other !== undefined) continue;
    result.scores.set(member, value + (other ?? 0));
  }
  if (name === "ZUNIONSTORE") {
    for (const [member, value] of right) {
      if (!left.has(member)) result.scores.set(member, value);
    }
  }
  if (result.scores.size === 0) c.model.drop(target);
  else c.model.put(target, result);
  return { words, reply: integer(result.scores.size) };
}

function rangeStore(c: OperationContext): Operation {
  const [target, source] = [c.key("z"), c.key("z")];
  const [start, stop] = [c.random.between(-9, 9), c.random.between(-9, 9)];
  const words = ["ZRANGESTORE", target, source, `${start}`, `${stop}`];
  const set = c.sortedSet(source);
  if (set === false) return { words, reply: WRONG_TYPE };
  const { scores } = set ?? EMPTY;
  const result = new SortedSetValue();
  for (const member of ranks((set ?? EMPTY).sorted(), start, stop)) {
    result.scores.set(member, scores.get(member)!);
  }
  if (result.scores.size === 0) c.model.drop(target);
  else c.model.put(target, result);
  return { words, reply: integer(result.scores.size) };
}

/** All of the group. */
export const SORTED_SET_OPERATIONS: readonly OperationMaker[] = [
  { weight: 60, make: zadd },
  { weight: 12, make: zincrby },
  { weight: 3, make: store },
  { weight: 3, make: rangeStore },
  on(20, (c, key) => {
    const members = c.many(c.random.below(10) === 0 ? 60 : 3, () => c.field());
    return [
      ["ZREM", key, ...members],
      (set) => integer(removeAll(c, key, set, members)),
    ];
  }),
  on(12, (c, key) => {
    const member = c.field();
    return [["ZSCORE", key, member], ({ scores }) => {
      const value = scores.get(member);
      return value === undefined ? c.replies.nil : double(c, value);
    }];
  }),
  on(6, (_, key) => [["ZCARD", key], ({ scores }) => integer(scores.size)]),
  on(8, (c, key) => {
    const member = c.field();
    return [["ZRANK", key, member], (set) => {
      const rank = set.sorted().indexOf(member);
      return rank < 0 ? c.replies.nil : integer(rank);
    }];
  }),
  on(8, (c, key) => {
    const [start, stop] = [
      c.random.between(-40, 40),
      c.random.between(-40, 40),
    ];
    return [
      ["ZRANGE", key, `${start}`, `${stop}`],
      (set) => bulks(ranks(set.sorted(), start, stop)),
    ];
  }),
  on(6, (c, key) => {
    const [from, to] = scoreRange(c);
    return [
      ["ZREVRANGEBYSCORE", key, `(${to}`, `${from}`],
      (set) => bulks(within(set, from, to).reverse()),
    ];
  }),
  on(6, (c, key) => {
    const [from, to] = scoreRange(c);
    return [
      ["ZCOUNT", key, `${from}`, `(${to}`],
      (set) => integer(within(set, from, to).length),
    ];
  }),
  on(2, (c, key) => {
    const from = score(c);
    const to = from + c.random.below(40);
    return [
      ["ZREMRANGEBYSCORE", key, `${from}`, `(${to}`],
      (set) => integer(removeAll(c, key, set, within(set, from, to))),
    ];
  }),
  on(2, (c, key) => {
    const start = c.random.between(-40, 40);
    const stop = start + c.random.below(6);
    return [["ZREMRANGEBYRANK", key, `${start}`, `${stop}`], (set) => {
      return integer(removeAll(c, key, set, ranks(set.sorted(), start, stop)));
    }];
  }),
  on(6, (c, key) => {
    const isHighest = c.random.chance(0.5);
    return [[isHighest ? "ZPOPMAX" : "ZPOPMIN", key], (set) => {
      const member = set.sorted().at(isHighest ? -1 : 0);
      if (member === undefined) return arrayHead(0);
      const value = set.scores.get(member)!;
      removeAll(c, key, set, [member]);
      return arrayHead(2) + bulk(member) + double(c, value);
    }];
  }),
];
