/**
 * Commands on sets, and what they do to the model.
 *
 * @module
 */

import type { SetValue } from "../core_model.ts";
import type {
  Operation,
  OperationContext,
  OperationMaker,
} from "../core_operation.ts";
import {
  arrayHead,
  integer,
  type Parsed,
  parseReply,
  WRONG_TYPE,
} from "../core_replies.ts";

function few(c: OperationContext): number {
  if (c.random.below(30) === 0) return Math.min(200, c.profile.fieldCount);
  return c.random.below(8) === 0 ? 12 : 3;
}

function sadd(c: OperationContext): Operation {
  const key = c.key("t");
  const members = c.many(few(c), () => c.member());
  const words = ["SADD", key, ...members];
  const set = c.set(key) ?? new Set<string>();
  if (set === false) return { words, reply: WRONG_TYPE };
  const before = set.size;
  for (const member of members) set.add(member);
  if (before === 0) c.model.put(key, set);
  return { words, reply: integer(set.size - before) };
}

/** Removes `key` when its set is empty. */
function settle(c: OperationContext, key: string, set: SetValue): void {
  if (set.size === 0) c.model.drop(key);
}

function srem(c: OperationContext): Operation {
  const key = c.key("t");
  const members = c.many(few(c) * 2, () => c.member());
  const words = ["SREM", key, ...members];
  const set = c.set(key);
  if (set === false) return { words, reply: WRONG_TYPE };
  let removed = 0;
  for (const member of members) if (set?.delete(member)) removed++;
  if (set !== undefined) settle(c, key, set);
  return { words, reply: integer(removed) };
}

function smove(c: OperationContext): Operation {
  const [source, target, member] = [c.key("t"), c.key("t"), c.member()];
  const words = ["SMOVE", source, target, member];
  const from = c.set(source);
  const to = c.set(target);
  if (from === undefined) return { words, reply: integer(0) };
  if (from === false || to === false) return { words, reply: WRONG_TYPE };
  if (!from.has(member)) return { words, reply: integer(0) };
  if (source === target) return { words, reply: integer(1) };
  from.delete(member);
  settle(c, source, from);
  if (to === undefined) c.model.put(target, new Set([member]));
  else to.add(member);
  return { words, reply: integer(1) };
}

const NONE: SetValue = new Set();

function sismember(c: OperationContext): Operation {
  const key = c.key("t");
  const members = c.many(c.random.below(2) === 0 ? 1 : 5, () => c.member());
  const name = members.length === 1 ? "SISMEMBER" : "SMISMEMBER";
  const words = [name, key, ...members];
  const set = c.set(key) ?? NONE;
  if (set === false) return { words, reply: WRONG_TYPE };
  const flags = members.map((member) => integer(set.has(member) ? 1 : 0));
  const head = members.length === 1 ? "" : arrayHead(members.length);
  return { words, reply: head + flags.join("") };
}

function scard(c: OperationContext): Operation {
  const key = c.key("t");
  const set = c.set(key) ?? NONE;
  const reply = set === false ? WRONG_TYPE : integer(set.size);
  return { words: ["SCARD", key], reply };
}

/** Compares a reply's members, in any order, with `expected`. */
function anyOrder(
  expected: Iterable<string>,
): (actual: string) => string | undefined {
  const wanted = JSON.stringify([...expected].sort());
  return (actual) => {
    const found = JSON.stringify((parseReply(actual) as string[]).sort());
    return found === wanted ? undefined : wanted.slice(0, 300);
  };
}

function smembers(c: OperationContext): Operation {
  const key = c.key("t");
  const set = c.set(key) ?? NONE;
  const words = ["SMEMBERS", key];
  return { words, reply: set === false ? WRONG_TYPE : anyOrder(set) };
}

// -- At random --

function srandmember(c: OperationContext): Operation {
  const key = c.key("t");
  const count = c.random.between(-20, c.random.below(4) === 0 ? 400 : 20);
  const words = ["SRANDMEMBER", key, `${count}`];
  const set = c.set(key);
  if (set === false) return { words, reply: WRONG_TYPE };
  if (set === undefined) return { words, reply: arrayHead(0) };
  const copy = new Set(set);
  return {
    words,
    reply: (actual) => {
      const members = parseReply(actual) as string[];
      const wanted = count < 0 ? -count : Math.min(count, copy.size);
      if (members.length !== wanted) return `${wanted} members`;
      if (count > 0 && new Set(members).size !== wanted) return "none twice";
      return members.every((member) => copy.has(member))
        ? undefined
        : "members of the set";
    },
  };
}

/** What SPOP takes is known from its reply alone, so the model follows it. */
function spop(c: OperationContext): Operation {
  const key = c.key("t");
  const isOne = c.random.below(3) === 0;
  const count = isOne ? 1 : c.random.below(c.random.below(9) === 0 ? 3000 : 5);
  const words = isOne ? ["SPOP", key] : ["SPOP", key, `${count}`];
  const set = c.set(key);
  if (set === false) return { words, reply: WRONG_TYPE };
  if (set === undefined) {
    return { words, reply: isOne ? c.replies.nil : c.replies.setHead(0) };
  }
  const wanted = Math.min(count, set.size);
  return {
    words,
    reply: (actual) => {
      const members = [parseReply(actual)].flat() as Parsed[] as string[];
      if (members.length !== wanted) return `${wanted} members`;
      for (const member of members) {
        if (!set.delete(member)) return "members of the set, none twice";
      }
      settle(c, key, set);
      // Redis moves a small rest to a new set: iterations of the old one end.
      const entry = c.model.find(key);
      if (entry !== undefined && set.size * 5 <= count) {
        entry.value = new Set(set);
      }
      return undefined;
    },
  };
}

// -- Several sets --

type Combine = (sets: readonly SetValue[]) => Set<string>;

function intersection(sets: readonly SetValue[]): Set<string> {
  return sets.reduce((left, right) => left.intersection(right), sets[0]!);
}

function union(sets: readonly SetValue[]): Set<string> {
  return sets.reduce((left, right) => left.union(right), sets[0]!);
}

function difference(sets: readonly SetValue[]): Set<string> {
  const others = sets.slice(1);
  return others.reduce((left, right) => left.difference(right), sets[0]!);
}

/** The sets at `keys`; false when one is of another type. */
function setsAt(
  c: OperationContext,
  keys: readonly string[],
): SetValue[] | false {
  const sets = keys.map((key) => c.set(key));
  if (sets.includes(false)) return false;
  return sets.map((set) => new Set(set || NONE));
}

function combining(name: string, combine: Combine): OperationMaker["make"] {
  return (c) => {
    const keys = c.many(c.random.below(20) === 0 ? 300 : 4, () => c.key("t"));
    const sets = setsAt(c, keys);
    const words = [name, ...keys];
    if (sets === false) return { words, reply: WRONG_TYPE };
    return { words, reply: anyOrder(combine(sets)) };
  };
}

function storing(name: string, combine: Combine): OperationMaker["make"] {
  return (c) => {
    const target = c.key("t");
    const keys = c.many(c.random.below(20) === 0 ? 300 : 4, () => c.key("t"));
    const sets = setsAt(c, keys);
    const words = [name, target, ...keys];
    if (sets === false) return { words, reply: WRONG_TYPE };
    const result = new Set(combine(sets));
    c.model.drop(target);
    if (result.size > 0) c.model.put(target, result);
    return { words, reply: integer(result.size) };
  };
}

function sintercard(c: OperationContext): Operation {
  const keys = c.many(3, () => c.key("t"));
  const limit = c.random.below(6);
  const sets = setsAt(c, keys);
  const words = ["SINTERCARD", `${keys.length}`, ...keys, "LIMIT", `${limit}`];
  if (sets === false) return { words, reply: WRONG_TYPE };
  const { size } = intersection(sets);
  return { words, reply: integer(limit === 0 ? size : Math.min(limit, size)) };
}

/** All of the group. */
export const SET_OPERATIONS: readonly OperationMaker[] = [
  { weight: 60, make: sadd },
  { weight: 20, make: srem },
  { weight: 12, make: smove },
  { weight: 20, make: sismember },
  { weight: 6, make: scard },
  { weight: 1, make: smembers },
  { weight: 1, make: srandmember },
  { weight: 2, make: spop },
  { weight: 1, make: combining("SINTER", intersection) },
  { weight: 1, make: combining("SUNION", union) },
  { weight: 1, make: combining("SDIFF", difference) },
  { weight: 2, make: storing("SINTERSTORE", intersection) },
  { weight: 2, make: storing("SUNIONSTORE", union) },
  { weight: 2, make: storing("SDIFFSTORE", difference) },
  { weight: 2, make: sintercard },
];
