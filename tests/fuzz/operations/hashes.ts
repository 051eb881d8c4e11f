/**
 * Commands on hashes, and what they do to the model.
 *
 * @module
 */

import {
  duesOf,
  type HashValue,
  liveFields,
  liveValue,
} from "../core_model.ts";
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

/** Sets a field, which then ends no more; whether it was not there. */
function setField(
  c: OperationContext,
  hash: HashValue,
  field: string,
  value: string,
): boolean {
  const isNew = liveValue(hash, field, c.model.nowMs) === undefined;
  hash.set(field, value);
  duesOf(hash).delete(field);
  return isNew;
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
  let created = 0;
  for (const [field, value] of pairs) {
    if (setField(c, hash, field, value)) created++;
  }
  return { words, reply: isOld ? OK : integer(created) };
}

function hsetnx(c: OperationContext): Operation {
  const [key, field, value] = [c.key("h"), c.field(), c.value()];
  const words = ["HSETNX", key, field, value];
  const hash = openHash(c, key);
  if (hash === false) return { words, reply: WRONG_TYPE };
  const isNew = liveValue(hash, field, c.model.nowMs) === undefined;
  if (isNew) setField(c, hash, field, value);
  return { words, reply: integer(isNew ? 1 : 0) };
}

function hdel(c: OperationContext): Operation {
  const key = c.key("h");
  const most = c.random.below(10) === 0 ? 60 : 3;
  const fields = c.many(most, () => c.field());
  const words = ["HDEL", key, ...fields];
  const hash = c.hash(key);
  if (hash === false) return { words, reply: WRONG_TYPE };
  const live = fields.filter((field) =>
    hash !== undefined && liveValue(hash, field, c.model.nowMs) !== undefined
  );
  // Fields that are over only go along with others.
  for (const field of live.length > 0 ? fields : []) {
    hash?.delete(field);
    if (hash !== undefined) duesOf(hash).delete(field);
  }
  if (hash?.size === 0) c.model.drop(key);
  return { words, reply: integer(new Set(live).size) };
}

function hincrby(c: OperationContext): Operation {
  const [key, field] = [c.key("h"), `f${c.random.below(8)}`];
  const delta = c.random.below(40) === 0
    ? 2n ** 63n - 1n
    : BigInt(c.random.between(-500, 500));
  const words = ["HINCRBY", key, field, `${delta}`];
  const hash = c.hash(key);
  if (hash === false) return { words, reply: WRONG_TYPE };
  const { nowMs } = c.model;
  const present = hash && liveValue(hash, field, nowMs);
  const old = readInteger(present ?? "0");
  if (old === undefined) {
    return { words, reply: "-ERR hash value is not an integer\r\n" };
  }
  const sum = old + delta;
  if (BigInt.asIntN(64, sum) !== sum) return { words, reply: OVERFLOW };
  const opened = openHash(c, key) as HashValue;
  if (present === undefined) setField(c, opened, field, `${sum}`);
  else opened.set(field, `${sum}`);
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
  read: (
    c: OperationContext,
    value: string | undefined,
    hash: HashValue,
  ) => string,
): (c: OperationContext) => Operation {
  const empty: HashValue = new Map();
  return (c) => {
    const [key, field] = [c.key("h"), c.field()];
    const words = takesField ? [name, key, field] : [name, key];
    const hash = c.hash(key);
    if (hash === false) return { words, reply: WRONG_TYPE };
    const value = hash && liveValue(hash, field, c.model.nowMs);
    return { words, reply: read(c, value, hash ?? empty) };
  };
}

function hmget(c: OperationContext): Operation {
  const key = c.key("h");
  const fields = c.many(6, () => c.field());
  const words = ["HMGET", key, ...fields];
  const hash = c.hash(key);
  if (hash === false) return { words, reply: WRONG_TYPE };
  let reply = arrayHead(fields.length);
  for (const field of fields) {
    const value = hash && liveValue(hash, field, c.model.nowMs);
    reply += c.replies.value(value);
  }
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
  const live = liveFields(hash, c.model.nowMs);
  const expected = sortedPairs([...live].flat());
  return {
    words,
    reply: (actual) =>
      sortedPairs(parseReply(actual) as Parsed[]) === expected
        ? undefined
        : `${live.size} fields`,
  };
}

function hkeysOrVals(c: OperationContext): Operation {
  const key = c.key("h");
  const hash = c.hash(key);
  const name = c.random.pick(["HKEYS", "HVALS"]);
  const words = [name, key];
  if (hash === false) return { words, reply: WRONG_TYPE };
  const live = hash && liveFields(hash, c.model.nowMs);
  const items = name === "HKEYS" ? live?.keys() : live?.values();
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
  const copy = liveFields(hash, c.model.nowMs);
  return {
    words,
    reply: (actual) => {
      const items = (parseReply(actual) as Parsed[]).flat();
      const fields = items.filter((_, at) => at % 2 === 0) as string[];
      const most = count < 0 ? -count : count;
      const wanted = copy.size === 0
        ? 0
        : count < 0
        ? most
        : Math.min(most, copy.size);
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
      (c, value) => c.replies.value(value),
    ),
  },
  {
    weight: 4,
    make: reading(
      "HEXISTS",
      true,
      (_, value) => integer(value === undefined ? 0 : 1),
    ),
  },
  {
    weight: 4,
    make: reading(
      "HSTRLEN",
      true,
      (_, value) => integer(value?.length ?? 0),
    ),
  },
  {
    weight: 6,
    make: reading("HLEN", false, (_, __, hash) => integer(hash.size)),
  },
  { weight: 5, make: hmget },
  { weight: 1, make: hgetall },
  { weight: 1, make: hkeysOrVals },
  { weight: 1, make: hrandfield },
];
