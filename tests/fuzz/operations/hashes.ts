/**
 * Commands on hashes, and what they do to the model.
 *
 * @module
 */

import type { HashValue } from "../core_model.ts";
import {
  type Operation,
  type OperationContext,
  type OperationMaker,
  readInteger,
} from "../core_operation.ts";
import {
  arrayHead,
  integer,
  NOT_INTEGER,
  OK,
  OVERFLOW,
  type Parsed,
  parseReply,
  WRONG_TYPE,
} from "../core_replies.ts";

/** The hash at `key`, made when there is none; false for another type. */
function openHash(c: OperationContext, key: string): HashValue | false {
  const hash = c.hash(key);
  if (hash !== undefined) return hash;
  const fresh: HashValue = new Map();
  c.model.put(key, fresh);
  return fresh;
}

function hset(c: OperationContext): Operation {
  const { random, profile } = c;
  const key = c.key("h");
  const most = random.below(30) === 0 ? Math.min(200, profile.fieldCount) : 3;
  const pairs = c.many(most, () => [c.field(), c.value()] as const);
  const isOld = random.below(6) === 0;
  const words = [isOld ? "HMSET" : "hset", key, ...pairs.flat()];
  const hash = openHash(c, key);
  if (hash === false) return { words, reply: WRONG_TYPE };
  const before = hash.size;
  for (const [field, value] of pairs) hash.set(field, value);
  return { words, reply: isOld ? OK : integer(hash.size - before) };
}

function hsetnx(c: OperationContext): Operation {
  const [key, field, value] = [c.key("h"), c.field(), c.value()];
  const words = ["HSETNX", key, field, value];
  const hash = openHash(c, key);
  if (hash === false) return { words, reply: WRONG_TYPE };
  const isNew = !hash.has(field);
  if (isNew) hash.set(field, value);
  return { words, reply: integer(isNew ? 1 : 0) };
}

function hdel(c: OperationContext): Operation {
  const key = c.key("h");
  const most = c.random.below(10) === 0 ? 60 : 3;
  const fields = c.many(most, () => c.field());
  const words = ["HDEL", key, ...fields];
  const hash = c.hash(key);
  if (hash === false) return { words, reply: WRONG_TYPE };
  let removed = 0;
  for (const field of fields) if (hash?.delete(field)) removed++;
  if (hash?.size === 0) c.model.drop(key);
  return { words, reply: integer(removed) };
}

function hincrby(c: OperationContext): Operation {
  const [key, field] = [c.key("h"), `f${c.random.below(8)}`];
  const delta = c.random.below(40) === 0
    ? 2n ** 63n - 1n
    : BigInt(c.random.between(-500, 500));
  const words = ["HINCRBY", key, field, `${delta}`];
  const hash = c.hash(key);
  if (hash === false) return { words, reply: WRONG_TYPE };
  const old = readInteger(hash?.get(field) ?? "0");
  if (old === undefined) {
    return { words, reply: "-ERR hash value is not an integer\r\n" };
  }
  const sum = old + delta;
  if (BigInt.asIntN(64, sum) !== sum) return { words, reply: OVERFLOW };
  (openHash(c, key) as HashValue).set(field, `${sum}`);
  return { words, reply: integer(sum) };
}

function hincrbyBad(c: OperationContext): Operation {
  const words = ["HINCRBY", c.key("h"), c.field(), "x"];
  return { words, reply: NOT_INTEGER };
}

/** A command that reads one thing of a hash. */
function reading(
  name: string,
  takesField: boolean,
  read: (c: OperationContext, hash: HashValue, field: string) => string,
): (c: OperationContext) => Operation {
  const empty: HashValue = new Map();
  return (c) => {
    const [key, field] = [c.key("h"), c.field()];
    const words = takesField ? [name, key, field] : [name, key];
    const hash = c.hash(key);
    const reply = hash === false ? WRONG_TYPE : read(c, hash ?? empty, field);
    return { words, reply };
  };
}

function hmget(c: OperationContext): Operation {
  const key = c.key("h");
  const fields = c.many(6, () => c.field());
  const words = ["HMGET", key, ...fields];
  const hash = c.hash(key);
  if (hash === false) return { words, reply: WRONG_TYPE };
  let reply = arrayHead(fields.length);
  for (const field of fields) reply += c.replies.value(hash?.get(field));
  return { words, reply };
}

// -- Replies in an order that the core chooses --

/** Pairs in turn as text, sorted. */
function sortedPairs(items: readonly Parsed[]): string {
  const pairs: string[] = [];
  for (let at = 0; at < items.length; at += 2) {
    pairs.push(JSON.stringify([items[at], items[at + 1]]));
  }
  return pairs.sort().join();
}

function hgetall(c: OperationContext): Operation {
  const key = c.key("h");
  const hash = c.hash(key);
  const words = ["HGETALL", key];
  if (hash === false) return { words, reply: WRONG_TYPE };
  if (hash === undefined) return { words, reply: c.replies.mapHead(0) };
  const expected = sortedPairs([...hash].flat());
  return {
    words,
    reply: (actual) =>
      sortedPairs(parseReply(actual) as Parsed[]) === expected
        ? undefined
        : `${hash.size} fields`,
  };
}

function hkeysOrVals(c: OperationContext): Operation {
  const key = c.key("h");
  const hash = c.hash(key);
  const name = c.random.pick(["HKEYS", "HVALS"]);
  const words = [name, key];
  if (hash === false) return { words, reply: WRONG_TYPE };
  const items = name === "HKEYS" ? hash?.keys() : hash?.values();
  const expected = JSON.stringify([...items ?? []].sort());
  return {
    words,
    reply: (actual) => {
      const found = (parseReply(actual) as string[]).sort();
      return JSON.stringify(found) === expected ? undefined : expected;
    },
  };
}

function hrandfield(c: OperationContext): Operation {
  const key = c.key("h");
  const count = c.random.between(-30, 30);
  const words = ["HRANDFIELD", key, `${count}`, "WITHVALUES"];
  const hash = c.hash(key);
  if (hash === false) return { words, reply: WRONG_TYPE };
  if (hash === undefined) return { words, reply: arrayHead(0) };
  const copy = new Map(hash);
  return {
    words,
    reply: (actual) => {
      const items = (parseReply(actual) as Parsed[]).flat();
      const fields = items.filter((_, at) => at % 2 === 0) as string[];
      const wanted = count < 0 ? -count : Math.min(count, copy.size);
      if (fields.length !== wanted) return `${wanted} fields`;
      if (count > 0 && new Set(fields).size !== wanted) return "no field twice";
      const isRight = fields.every((field, at) =>
        copy.has(field) && copy.get(field) === items[at * 2 + 1]
      );
      return isRight ? undefined : "fields with their values";
    },
  };
}

/** All of the group. */
export const HASH_OPERATIONS: readonly OperationMaker[] = [
  { weight: 60, make: hset },
  { weight: 6, make: hsetnx },
  { weight: 25, make: hdel },
  { weight: 12, make: hincrby },
  { weight: 1, make: hincrbyBad },
  {
    weight: 20,
    make: reading(
      "HGET",
      true,
      (c, hash, field) => c.replies.value(hash.get(field)),
    ),
  },
  {
    weight: 4,
    make: reading(
      "HEXISTS",
      true,
      (_, hash, field) => integer(hash.has(field) ? 1 : 0),
    ),
  },
  {
    weight: 4,
    make: reading(
      "HSTRLEN",
      true,
      (_, hash, field) => integer(hash.get(field)?.length ?? 0),
    ),
  },
  { weight: 6, make: reading("HLEN", false, (_, hash) => integer(hash.size)) },
  { weight: 5, make: hmget },
  { weight: 1, make: hgetall },
  { weight: 1, make: hkeysOrVals },
  { weight: 1, make: hrandfield },
];
