/**
 * Commands on keys of any type and on databases, and what they do to the model.
 *
 * @module
 */

import { type Entry, SortedSetValue } from "../core_model.ts";
import type {
  Operation,
  OperationContext,
  OperationMaker,
} from "../core_operation.ts";
import { integer, OK, parseReply } from "../core_replies.ts";

function del(c: OperationContext): Operation {
  const keys = c.many(3, () => c.anyKey());
  let removed = 0;
  for (const key of keys) if (c.model.drop(key)) removed++;
  const name = c.random.pick(["DEL", "UNLINK"]);
  return { words: [name, ...keys], reply: integer(removed) };
}

function exists(c: OperationContext): Operation {
  const keys = c.many(4, () => c.anyKey());
  const found = keys.filter((key) => c.model.find(key) !== undefined).length;
  const name = c.random.pick(["EXISTS", "touch"]);
  return { words: [name, ...keys], reply: integer(found) };
}

function typeName(entry: Entry | undefined): string {
  if (entry === undefined) return "none";
  if (typeof entry.value === "string") return "string";
  if (Array.isArray(entry.value)) return "list";
  if (entry.value instanceof Set) return "set";
  if (entry.value instanceof SortedSetValue) return "zset";
  return entry.value instanceof Map ? "hash" : "stream";
}

function type(c: OperationContext): Operation {
  const key = c.anyKey();
  const reply = `+${typeName(c.model.find(key))}\r\n`;
  return { words: ["TYPE", key], reply };
}

// -- Expiry --

function rounded(ms: number): number {
  return Math.floor((ms + 500) / 1000);
}

const READINGS: Readonly<
  Record<string, (expiryMs: number, nowMs: number) => number>
> = {
  TTL: (expiryMs, nowMs) => rounded(expiryMs - nowMs),
  PTTL: (expiryMs, nowMs) => expiryMs - nowMs,
  EXPIRETIME: (expiryMs) => rounded(expiryMs),
  PEXPIRETIME: (expiryMs) => expiryMs,
};

function readExpiry(c: OperationContext): Operation {
  const name = c.random.pick(Object.keys(READINGS));
  const key = c.anyKey();
  const entry = c.model.find(key);
  const value = entry === undefined
    ? -2
    : entry.expiryMs < 0
    ? -1
    : READINGS[name]!(entry.expiryMs, c.model.nowMs);
  return { words: [name, key], reply: integer(value) };
}

function allows(condition: string, entry: Entry, untilMs: number): boolean {
  const { expiryMs } = entry;
  if (condition === "NX") return expiryMs < 0;
  if (condition === "xx") return expiryMs >= 0;
  if (condition === "GT") return expiryMs >= 0 && untilMs > expiryMs;
  if (condition === "lt") return expiryMs < 0 || untilMs < expiryMs;
  return true;
}

function expire(c: OperationContext): Operation {
  const { random, model } = c;
  const key = c.anyKey();
  // When a stream that is over is removed, and its readers are told, is open.
  if (model.waits !== undefined && c.stream(key)) return readExpiry(c);
  const name = random.pick(["EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT"]);
  const unit = name.startsWith("P") ? 1 : 1000;
  const isAbsolute = name.endsWith("AT");
  const fromMs = isAbsolute ? model.nowMs : 0;
  const lifeMs = random.below(15) === 0 ? -random.below(5000) : c.lifeMs();
  const time = Math.floor((fromMs + lifeMs) / unit);
  const untilMs = time * unit + (isAbsolute ? 0 : model.nowMs);
  const condition = random.pick(["", "", "", "NX", "xx", "GT", "lt"]);
  const words = [name, key, `${time}`];
  if (condition !== "") words.push(condition);
  const entry = model.find(key);
  if (entry === undefined || !allows(condition, entry, untilMs)) {
    return { words, reply: integer(0) };
  }
  if (untilMs <= model.nowMs) model.drop(key);
  else entry.expiryMs = untilMs;
  return { words, reply: integer(1) };
}

function persist(c: OperationContext): Operation {
  const key = c.anyKey();
  const entry = c.model.find(key);
  const had = entry !== undefined && entry.expiryMs >= 0;
  if (had) entry.expiryMs = -1;
  return { words: ["PERSIST", key], reply: integer(had ? 1 : 0) };
}

// -- Moving --

function rename(c: OperationContext): Operation {
  const { model } = c;
  const from = c.anyKey();
  const to = c.random.below(20) === 0 ? from : c.anyKey();
  const keepsTarget = c.random.below(3) === 0;
  const words = [keepsTarget ? "RENAMENX" : "RENAME", from, to];
  const entry = model.find(from);
  if (entry === undefined) return { words, reply: "-ERR no such key\r\n" };
  const isTaken = model.find(to) !== undefined;
  if (keepsTarget && isTaken) return { words, reply: integer(0) };
  if (from !== to) {
    model.drop(from);
    model.drop(to);
    model.put(to, entry.value, entry.expiryMs);
  }
  return { words, reply: keepsTarget ? integer(1) : OK };
}

const SAME_OBJECT = "-ERR source and destination objects are the same\r\n";

function copy(c: OperationContext): Operation {
  const { model, random } = c;
  const [from, to] = [c.anyKey(), c.anyKey()];
  const target = random.below(3) === 0 ? c.databaseIndex() : model.database;
  const words = ["COPY", from, to];
  if (target !== model.database) words.push("DB", `${target}`);
  const replaces = random.below(2) === 0;
  if (replaces) words.push("replace");
  if (from === to && target === model.database) {
    return { words, reply: SAME_OBJECT };
  }
  const entry = model.find(from);
  const isTaken = model.find(to, target) !== undefined;
  if (entry === undefined || (isTaken && !replaces)) {
    return { words, reply: integer(0) };
  }
  model.drop(to, target);
  model.putCopy(to, entry, target);
  return { words, reply: integer(1) };
}

function move(c: OperationContext): Operation {
  const { model } = c;
  const key = c.anyKey();
  const target = c.databaseIndex();
  const words = ["MOVE", key, `${target}`];
  if (target === model.database) return { words, reply: SAME_OBJECT };
  const entry = model.find(key);
  if (entry === undefined || model.find(key, target) !== undefined) {
    return { words, reply: integer(0) };
  }
  model.drop(key);
  model.put(key, entry.value, entry.expiryMs, target);
  return { words, reply: integer(1) };
}

// -- Databases --

function select(c: OperationContext): Operation {
  // Mostly the first, so that it grows large.
  c.model.database = c.random.below(3) === 0 ? c.databaseIndex() : 0;
  return { words: ["SELECT", `${c.model.database}`], reply: OK };
}

function swapdb(c: OperationContext): Operation {
  const { databases } = c.model;
  const [first, second] = [c.databaseIndex(), c.databaseIndex()];
  const { model } = c;
  if (first !== second) {
    for (const index of [first, second]) model.noteDatabase(index, true);
  }
  const keys = databases[first]!;
  databases[first] = databases[second]!;
  databases[second] = keys;
  if (first !== second) {
    for (const index of [first, second]) model.noteDatabase(index, false);
  }
  return { words: ["SWAPDB", `${first}`, `${second}`], reply: OK };
}

function dbsize(c: OperationContext): Operation {
  c.model.expire();
  return { words: ["DBSIZE"], reply: integer(c.model.keys.size) };
}

/** Empties a database, but seldom the large one. */
function flush(c: OperationContext): Operation {
  if (c.model.keys.size > 200 && c.random.below(20) !== 0) return dbsize(c);
  if (c.random.below(20) === 0 && !c.profile.sparesOthers) {
    c.model.databases.forEach((_, index) => c.model.empty(index));
    return { words: ["FLUSHALL"], reply: OK };
  }
  c.model.empty(c.model.database);
  return { words: ["FLUSHDB", c.random.pick(["ASYNC", "sync"])], reply: OK };
}

function randomkey(c: OperationContext): Operation {
  c.model.expire();
  const keys = new Set(c.model.keys.keys());
  return {
    words: ["RANDOMKEY"],
    reply: (actual) => {
      const key = parseReply(actual);
      // The core may meet only keys that are over before it gives up.
      if (key === null) return undefined;
      return keys.has(key as string) ? undefined : "a key that is there";
    },
  };
}

function keys(c: OperationContext): Operation {
  c.model.expire();
  const letter = c.random.pick(["s", "h", "l", "x"]);
  const digit = c.random.below(10);
  const expected = [...c.model.keys.keys()].filter((key) =>
    key.startsWith(`${letter}${digit}`)
  ).sort().join();
  return {
    words: ["KEYS", `${letter}${digit}*`],
    reply: (actual) => {
      const found = (parseReply(actual) as string[]).sort().join();
      return found === expected ? undefined : expected;
    },
  };
}

/** All of the group. */
export const GENERIC_OPERATIONS: readonly OperationMaker[] = [
  { weight: 40, make: del },
  { weight: 6, make: exists },
  { weight: 4, make: type },
  { weight: 12, make: readExpiry },
  { weight: 30, make: expire },
  { weight: 8, make: persist },
  { weight: 16, make: rename },
  { weight: 10, make: copy },
  { weight: 6, make: move },
  { weight: 4, make: select },
  { weight: 0.5, make: swapdb },
  { weight: 0.3, make: dbsize },
  { weight: 0.3, make: flush },
  { weight: 0.3, make: randomkey },
  { weight: 0.1, make: keys },
];
