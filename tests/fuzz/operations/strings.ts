/**
 * Commands on strings, and what they do to the model.
 *
 * @module
 */

import {
  type Operation,
  type OperationContext,
  type OperationMaker,
  readInteger,
} from "../core_operation.ts";
import {
  arrayHead,
  bulk,
  integer,
  NOT_INTEGER,
  OK,
  OVERFLOW,
  WRONG_TYPE,
} from "../core_replies.ts";

/** Longer strings are not made longer. */
const GROWING_BYTES_MAX = 300_000;

interface Life {
  readonly words: readonly string[];
  readonly expiryMs: number;
}

/** A random expiry in one of its four forms. */
function life(c: OperationContext): Life {
  const { random, model: { nowMs } } = c;
  const untilMs = nowMs + c.lifeMs();
  const seconds = 1 + random.below(3);
  const form = random.below(4);
  if (form === 0) {
    return { words: ["EX", `${seconds}`], expiryMs: nowMs + seconds * 1000 };
  }
  if (form === 1) {
    return { words: ["px", `${untilMs - nowMs}`], expiryMs: untilMs };
  }
  if (form === 2) return { words: ["PXAT", `${untilMs}`], expiryMs: untilMs };
  const atSeconds = Math.floor(nowMs / 1000) + seconds;
  return { words: ["EXAT", `${atSeconds}`], expiryMs: atSeconds * 1000 };
}

function set(c: OperationContext): Operation {
  const key = c.key("s");
  const value = c.value();
  c.model.find(key);
  c.model.put(key, value);
  return { words: ["SET", key, value], reply: OK };
}

function setWithOptions(c: OperationContext): Operation {
  const { random, model, replies } = c;
  const key = c.key("s");
  const value = c.value();
  const words = ["SET", key, value];
  const condition = random.pick(["", "", "NX", "xx"]);
  if (condition !== "") words.push(condition);
  const wantsOld = random.below(3) === 0;
  if (wantsOld) words.push("GET");
  const old = c.string(key);
  let expiryMs = -1;
  if (random.below(3) === 0) {
    words.push("KEEPTTL");
    expiryMs = model.find(key)?.expiryMs ?? -1;
  } else if (random.below(2) === 0) {
    const { words: more, expiryMs: until } = life(c);
    words.push(...more);
    expiryMs = until;
  }
  if (wantsOld && old === false) return { words, reply: WRONG_TYPE };
  const refused = (condition === "NX" && old !== undefined) ||
    (condition === "xx" && old === undefined);
  if (!refused) model.put(key, value, expiryMs);
  if (wantsOld) {
    return { words, reply: replies.value(old || old === "" ? old : undefined) };
  }
  return { words, reply: refused ? replies.nil : OK };
}

function setex(c: OperationContext): Operation {
  const key = c.key("s");
  const value = c.value();
  const inSeconds = c.random.below(2) === 0;
  const time = inSeconds ? 1 + c.random.below(3) : c.lifeMs();
  c.model.put(key, value, c.model.nowMs + time * (inSeconds ? 1000 : 1));
  const name = inSeconds ? "SETEX" : "psetex";
  return { words: [name, key, `${time}`, value], reply: OK };
}

function get(c: OperationContext): Operation {
  const key = c.key("s");
  const value = c.string(key);
  const reply = value === false ? WRONG_TYPE : c.replies.value(value);
  return { words: ["GET", key], reply };
}

function getset(c: OperationContext): Operation {
  const key = c.key("s");
  const old = c.string(key);
  const value = c.value();
  const words = ["GETSET", key, value];
  if (old === false) return { words, reply: WRONG_TYPE };
  c.model.put(key, value);
  return { words, reply: c.replies.value(old) };
}

function getdel(c: OperationContext): Operation {
  const key = c.key("s");
  const old = c.string(key);
  if (old === false) return { words: ["GETDEL", key], reply: WRONG_TYPE };
  c.model.drop(key);
  return { words: ["GETDEL", key], reply: c.replies.value(old) };
}

function getex(c: OperationContext): Operation {
  const key = c.key("s");
  const old = c.string(key);
  const words = ["GETEX", key];
  let expiryMs: number | undefined;
  if (c.random.below(3) === 0) {
    words.push("PERSIST");
    expiryMs = -1;
  } else if (c.random.below(3) !== 0) {
    const made = life(c);
    words.push(...made.words);
    expiryMs = made.expiryMs;
  }
  if (old === false) return { words, reply: WRONG_TYPE };
  const entry = c.model.find(key);
  if (entry !== undefined && expiryMs !== undefined) entry.expiryMs = expiryMs;
  return { words, reply: c.replies.value(old) };
}

function setnx(c: OperationContext): Operation {
  const key = c.key("s");
  const value = c.value();
  const isNew = c.model.find(key) === undefined;
  if (isNew) c.model.put(key, value);
  return { words: ["SETNX", key, value], reply: integer(isNew ? 1 : 0) };
}

function mset(c: OperationContext): Operation {
  const pairs = c.many(6, () => [c.key("s"), c.value()] as const);
  for (const [key, value] of pairs) c.model.put(key, value);
  return { words: ["MSET", ...pairs.flat()], reply: OK };
}

function msetnx(c: OperationContext): Operation {
  const pairs = c.many(3, () => [c.key("s"), c.value()] as const);
  const isFree = pairs.every(([key]) => c.model.find(key) === undefined);
  if (isFree) { for (const [key, value] of pairs) c.model.put(key, value); }
  return { words: ["MSETNX", ...pairs.flat()], reply: integer(isFree ? 1 : 0) };
}

function mget(c: OperationContext): Operation {
  const keys = c.many(6, () => c.key("s"));
  let reply = arrayHead(keys.length);
  for (const key of keys) {
    reply += c.replies.value(
      c.string(key) || (c.string(key) === "" ? "" : undefined),
    );
  }
  return { words: ["MGET", ...keys], reply };
}

function strlen(c: OperationContext): Operation {
  const key = c.key("s");
  const value = c.string(key);
  const reply = value === false ? WRONG_TYPE : integer(value?.length ?? 0);
  return { words: ["STRLEN", key], reply };
}

function append(c: OperationContext): Operation {
  const key = c.key("s");
  const old = c.string(key);
  if (old !== undefined && old !== false && old.length > GROWING_BYTES_MAX) {
    return getdelOf(c, key, old);
  }
  const value = c.value();
  const words = ["APPEND", key, value];
  if (old === false) return { words, reply: WRONG_TYPE };
  c.keepString(key, (old ?? "") + value);
  return { words, reply: integer((old ?? "").length + value.length) };
}

function getdelOf(c: OperationContext, key: string, old: string): Operation {
  c.model.drop(key);
  return { words: ["GETDEL", key], reply: bulk(old) };
}

function setrange(c: OperationContext): Operation {
  const { random } = c;
  const key = c.key("s");
  const value = c.value();
  const offset = random.below(random.below(20) === 0 ? 9000 : 50);
  const words = ["SETRANGE", key, `${offset}`, value];
  const old = c.string(key);
  if (old === false) return { words, reply: WRONG_TYPE };
  if (value === "") return { words, reply: integer(old?.length ?? 0) };
  const padded = (old ?? "").padEnd(offset, "\0");
  const whole = padded.slice(0, offset) + value +
    padded.slice(offset + value.length);
  c.keepString(key, whole);
  return { words, reply: integer(whole.length) };
}

function getrange(c: OperationContext): Operation {
  const key = c.key("s");
  const [start, end] = [c.random.between(-60, 60), c.random.between(-60, 60)];
  const words = ["GETRANGE", key, `${start}`, `${end}`];
  const value = c.string(key);
  if (value === false) return { words, reply: WRONG_TYPE };
  const text = value ?? "";
  if (start < 0 && end < 0 && start > end) return { words, reply: bulk("") };
  const from = start < 0 ? Math.max(start + text.length, 0) : start;
  const to = end < 0 ? Math.max(end + text.length, 0) : end;
  return { words, reply: bulk(from > to ? "" : text.slice(from, to + 1)) };
}

function increment(c: OperationContext): Operation {
  const { random } = c;
  const key = `s${random.below(20)}`;
  const delta = random.below(50) === 0
    ? random.pick([2n ** 63n - 1n, -(2n ** 63n) + 1n])
    : BigInt(random.between(-300, 300));
  const [words, change]: [string[], bigint] = random.pick([
    [["INCR", key], 1n],
    [["DECR", key], -1n],
    [["INCRBY", key, `${delta}`], delta],
    [["DECRBY", key, `${delta}`], -delta],
  ]);
  const old = c.string(key);
  if (old === false) return { words, reply: WRONG_TYPE };
  const value = readInteger(old ?? "0");
  if (value === undefined) return { words, reply: NOT_INTEGER };
  const sum = value + change;
  if (BigInt.asIntN(64, sum) !== sum) return { words, reply: OVERFLOW };
  c.keepString(key, `${sum}`);
  return { words, reply: integer(sum) };
}

/** All of the group. */
export const STRING_OPERATIONS: readonly OperationMaker[] = [
  { weight: 60, make: set },
  { weight: 20, make: setWithOptions },
  { weight: 10, make: setex },
  { weight: 50, make: get },
  { weight: 8, make: getset },
  { weight: 10, make: getdel },
  { weight: 10, make: getex },
  { weight: 6, make: setnx },
  { weight: 10, make: mset },
  { weight: 4, make: msetnx },
  { weight: 6, make: mget },
  { weight: 4, make: strlen },
  { weight: 25, make: append },
  { weight: 12, make: setrange },
  { weight: 6, make: getrange },
  { weight: 20, make: increment },
];
