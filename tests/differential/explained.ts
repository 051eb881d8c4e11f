/**
 * Differences from redis-server 7.0.15 that are meant: each with what it
 * matches and why it is right. Nothing else may differ.
 *
 * @module
 */

import { itemsOf, type RespValue, textOf } from "../servers/mod.ts";
import type { ReplyPair } from "./agreement.ts";

/** One meant difference. */
export interface Explanation {
  /** Short name, counted in the summary of a run. */
  readonly name: string;
  /** Why the two servers differ here. */
  readonly reason: string;
  /** Whether this pair of replies is such a case. */
  readonly matches: (pair: ReplyPair) => boolean;
}

/** References of an object that redis-server shares. */
const SHARED_REFERENCES = "2147483647";

function nameOf(pair: ReplyPair): string {
  return pair.command.args.slice(0, 2).join(" ").toUpperCase();
}

function isError(value: RespValue, text: string): boolean {
  return value.tag === "-" && textOf(value).includes(text);
}

// HELLO's map, without the values that name a version or a connection.
function helloWithoutIdentity(value: RespValue): string {
  const items = itemsOf(value);
  return value.tag + items.map((item, at) => {
    const field = at % 2 === 1 ? textOf(items[at - 1]!) : "";
    return field === "version" || field === "id"
      ? item.tag
      : item.tag + textOf(item);
  }).join("|");
}

function isFound(value: RespValue): boolean {
  return value.kind !== "null" && value.tag !== "-";
}

/** Whether `previous` is redis-server's list of all live keys, and `key` is none. */
function isUnlisted(key: string | undefined, previous?: ReplyPair): boolean {
  return previous !== undefined && nameOf(previous) === "KEYS *" &&
    !itemsOf(previous.oracle).some((item) => textOf(item) === key);
}

/** Whether `previous` tells that redis-server shares the value of `key`. */
function isShared(key: string | undefined, previous?: ReplyPair): boolean {
  return previous !== undefined && nameOf(previous) === "OBJECT REFCOUNT" &&
    previous.command.args[2] === key &&
    textOf(previous.oracle) === SHARED_REFERENCES;
}

/** Whether a text is a number that C's strtod reads as JavaScript does. */
function isNumber(text: string): boolean {
  return /^-?(\d+(\.\d+)?(e[+-]\d+)?|inf)$/.test(text);
}

/** Whether two replies are the same but for the digits of numbers that are the same. */
function haveSameNumbers(a: RespValue, b: RespValue): boolean {
  if (a.tag !== b.tag || a.kind !== b.kind) return false;
  const [itemsA, itemsB] = [itemsOf(a), itemsOf(b)];
  if (a.kind === "list") {
    return itemsA.length === itemsB.length &&
      itemsA.every((item, at) => haveSameNumbers(item, itemsB[at]!));
  }
  if (a.kind === "null") return true;
  const [textA, textB] = [textOf(a), textOf(b)];
  return textA === textB || isNumber(textA) && isNumber(textB) &&
      Number(textA) === Number(textB);
}

/** Whether two flat replies of names and distances are the same but for the last bits of distances. */
function haveSameDistances(a: RespValue, b: RespValue): boolean {
  const [itemsA, itemsB] = [itemsOf(a).map(textOf), itemsOf(b).map(textOf)];
  return itemsA.length === itemsB.length && itemsA.every((item, at) => {
    const [x, y] = [Number(item), Number(itemsB[at])];
    return item === itemsB[at] ||
      at % 2 === 1 && Math.abs(x - y) <= Math.abs(x) * 1e-8;
  });
}

/** Every meant difference. */
export const EXPLANATIONS: readonly Explanation[] = [
  {
    name: "HELLO version and id",
    reason: "The servers report different versions and number their own " +
      "connections; every other field is compared.",
    matches: (pair) =>
      /^HELLO\b/.test(nameOf(pair)) && pair.oracle.kind === "list" &&
      helloWithoutIdentity(pair.oracle) === helloWithoutIdentity(pair.subject),
  },
  {
    name: "CLIENT SETINFO since 7.2",
    reason: "redis-server 7.0 does not know CLIENT SETINFO, 7.2 does.",
    matches: (pair) =>
      nameOf(pair) === "CLIENT SETINFO" &&
      isError(pair.oracle, "unknown subcommand"),
  },
  {
    name: "CLIENT NO-TOUCH since 7.2",
    reason: "redis-server 7.0 does not know CLIENT NO-TOUCH, 7.2 does.",
    matches: (pair) =>
      nameOf(pair) === "CLIENT NO-TOUCH" &&
      isError(pair.oracle, "unknown subcommand"),
  },
  {
    name: "COMMAND GETKEYS of one word since 7.2",
    reason: "redis-server 7.0 wants two words, 7.2 looks at one.",
    matches: (pair) =>
      /^COMMAND GETKEYS(ANDFLAGS)?$/.test(nameOf(pair)) &&
      pair.command.args.length === 3 &&
      isError(pair.oracle, "wrong number of arguments for 'command|getkeys"),
  },
  {
    name: "ZRANK WITHSCORE since 7.2",
    reason: "redis-server 7.0 takes two words behind ZRANK and ZREVRANK, " +
      "7.2 looks at a third.",
    matches: (pair) =>
      /^Z(REV)?RANK\b/.test(nameOf(pair)) && pair.command.args.length > 3 &&
      isError(pair.oracle, "wrong number of arguments for 'z"),
  },
  {
    name: "HSCAN NOVALUES since 7.4",
    reason: "redis-server 7.0 does not know NOVALUES, 7.4 does.",
    matches: ({ command, oracle, subject }) =>
      /^hscan$/i.test(command.args[0]!) && isError(oracle, "syntax error") &&
      command.args.slice(3).some((word) => /^novalues$/i.test(word)) &&
      subject.kind === "list",
  },
  {
    name: "DBSIZE without overdue keys",
    reason: "redis-server counts a key whose time is over until something " +
      "touches it; here it stops counting when its time comes.",
    matches: (pair) =>
      nameOf(pair) === "DBSIZE" && pair.oracle.tag === ":" &&
      pair.subject.tag === ":" &&
      Number(textOf(pair.subject)) < Number(textOf(pair.oracle)),
  },
  {
    name: "overdue keys described",
    reason: "DEBUG OBJECT and MEMORY USAGE of redis-server tell of a key " +
      "whose time is over until something touches it; here it is gone for " +
      "them when its time comes, as it is for every command.",
    matches: (pair) =>
      /^(DEBUG OBJECT|MEMORY USAGE)$/.test(nameOf(pair)) &&
      isFound(pair.oracle) && !isFound(pair.subject) &&
      isUnlisted(pair.command.args[2], pair.previous),
  },
  {
    name: "last bits of stored distances",
    reason: "redis-server takes sines from the C library, whose last bit " +
      "depends on the processor and is wrong in rare cases; here it is the " +
      "nearest number's. On the other side of the earth, where the arc sine " +
      "is steep, that bit is worth a centimetre.",
    matches: (pair) =>
      nameOf(pair) === "ZRANGE STORED:DISTANCES" &&
      haveSameDistances(pair.oracle, pair.subject),
  },
  {
    name: "scores of sorted sets since 7.2",
    reason: "redis-server 7.0 shows scores with 17 digits, 7.2 with as few " +
      "as tell the number from all others; the numbers are compared.",
    matches: (pair) =>
      /^Z/.test(nameOf(pair)) && haveSameNumbers(pair.oracle, pair.subject),
  },
  {
    name: "OBJECT IDLETIME of shared integers",
    reason: "redis-server has one object for all keys with the same small " +
      "integer: a use of one is a use of all, and being written is none. " +
      "Here each key has its own last use.",
    matches: (pair) =>
      nameOf(pair) === "OBJECT IDLETIME" &&
      pair.oracle.tag === ":" && pair.subject.tag === ":" &&
      isShared(pair.command.args[2], pair.previous),
  },
  {
    name: "OBJECT ENCODING of small lists since 7.2",
    reason: "redis-server 7.0 calls every list a quicklist; 7.2 calls a list " +
      "that fits in one node a listpack.",
    matches: (pair) =>
      nameOf(pair) === "OBJECT ENCODING" &&
      textOf(pair.oracle) === "quicklist" &&
      textOf(pair.subject) === "listpack",
  },
  {
    name: "LPOS with the least rank since 7.2",
    reason:
      "redis-server 7.0 negates the least 64-bit number, which C leaves " +
      "undefined; 7.2 refuses it.",
    matches: (pair) =>
      /^LPOS\b/.test(nameOf(pair)) &&
      pair.command.args.includes("-9223372036854775808") &&
      isError(pair.subject, "value must between -9223372036854775807"),
  },
  {
    name: "OBJECT REFCOUNT of integers",
    reason: "redis-server shares small integers unless a key was copied; " +
      "nothing is shared here, and every small integer shows the count.",
    matches: (pair) =>
      nameOf(pair) === "OBJECT REFCOUNT" && pair.oracle.tag === ":" &&
      textOf(pair.oracle) === "1" && textOf(pair.subject) === SHARED_REFERENCES,
  },
];

/** The explanation of a difference, or undefined when there is none. */
export function explain(pair: ReplyPair): Explanation | undefined {
  return EXPLANATIONS.find(({ matches }) => matches(pair));
}
