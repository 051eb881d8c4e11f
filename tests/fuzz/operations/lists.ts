/**
 * Commands on lists, and what they do to the model.
 *
 * @module
 */

import type { ListValue } from "../core_model.ts";
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
  OK,
  WRONG_TYPE,
} from "../core_replies.ts";

/** Items that come again and again, so that searches find them. */
function item(c: OperationContext): string {
  return c.random.below(3) === 0 ? `i${c.random.below(5)}` : c.value();
}

/** The list at `key`, made when there is none; false for another type. */
export function openList(c: OperationContext, key: string): ListValue | false {
  const list = c.list(key);
  if (list !== undefined) return list;
  const fresh: ListValue = [];
  c.model.put(key, fresh);
  return fresh;
}

/** Drops the list at `key` when nothing is in it. */
export function dropEmpty(c: OperationContext, key: string): void {
  const list = c.list(key);
  if (list !== false && list?.length === 0) c.model.drop(key);
}

function push(c: OperationContext): Operation {
  const { random, profile } = c;
  const key = c.key("l");
  const name = random.pick(["LPUSH", "RPUSH", "RPUSH", "LPUSHX", "RPUSHX"]);
  const most = random.below(20) === 0 ? Math.min(600, profile.fieldCount) : 4;
  const items = c.many(most, () => item(c));
  const words = [name, key, ...items];
  if (name.endsWith("X") && c.list(key) === undefined) {
    return { words, reply: integer(0) };
  }
  const list = openList(c, key);
  if (list === false) return { words, reply: WRONG_TYPE };
  if (name.startsWith("L")) list.unshift(...items.reverse());
  else list.push(...items);
  return { words, reply: integer(list.length) };
}

function pop(c: OperationContext): Operation {
  const key = c.key("l");
  const isLast = c.random.below(2) === 0;
  const name = isLast ? "RPOP" : "LPOP";
  const list = c.list(key);
  if (c.random.below(3) > 0) {
    const words = [name, key];
    if (list === false) return { words, reply: WRONG_TYPE };
    const reply = c.replies.value(isLast ? list?.pop() : list?.shift());
    dropEmpty(c, key);
    return { words, reply };
  }
  const count = c.random.below(c.random.below(8) === 0 ? 600 : 6);
  const words = [name, key, `${count}`];
  if (list === false) return { words, reply: WRONG_TYPE };
  if (list === undefined) return { words, reply: c.replies.nilArray };
  const taken = take(list, isLast, count);
  dropEmpty(c, key);
  return { words, reply: bulks(taken) };
}

/** Takes `count` items from an end of `list`. */
export function take(
  list: ListValue,
  isLast: boolean,
  count: number,
): string[] {
  const from = isLast ? Math.max(0, list.length - count) : 0;
  const taken = list.splice(from, Math.min(count, list.length));
  return isLast ? taken.reverse() : taken;
}

function indexOf(c: OperationContext, list: ListValue | undefined): number {
  const most = (list?.length ?? 0) + 2;
  return c.random.between(-most, most);
}

function positionOf(index: number, list: ListValue): number {
  return index < 0 ? index + list.length : index;
}

function lindex(c: OperationContext): Operation {
  const key = c.key("l");
  const list = c.list(key);
  if (list === false) return { words: ["LINDEX", key, "0"], reply: WRONG_TYPE };
  const index = indexOf(c, list);
  const words = ["LINDEX", key, `${index}`];
  return { words, reply: c.replies.value(list?.at(index)) };
}

function lset(c: OperationContext): Operation {
  const [key, value] = [c.key("l"), item(c)];
  const list = c.list(key);
  const index = indexOf(c, list || undefined);
  const words = ["LSET", key, `${index}`, value];
  if (list === false) return { words, reply: WRONG_TYPE };
  if (list === undefined) return { words, reply: "-ERR no such key\r\n" };
  const position = positionOf(index, list);
  if (position < 0 || position >= list.length) {
    return { words, reply: "-ERR index out of range\r\n" };
  }
  list[position] = value;
  return { words, reply: OK };
}

function lrange(c: OperationContext): Operation {
  const key = c.key("l");
  const list = c.list(key);
  const [from, to] = [indexOf(c, list || []), indexOf(c, list || [])];
  const words = ["LRANGE", key, `${from}`, `${to}`];
  if (list === false) return { words, reply: WRONG_TYPE };
  return { words, reply: bulks(rangeOf(list ?? [], from, to)) };
}

function rangeOf(list: ListValue, from: number, to: number): string[] {
  return list.slice(
    Math.max(0, positionOf(from, list)),
    Math.max(0, positionOf(to, list) + 1),
  );
}

function ltrim(c: OperationContext): Operation {
  const key = c.key("l");
  const list = c.list(key);
  const isSmall = c.random.below(3) > 0;
  const most = list === false || list === undefined ? 0 : list.length;
  const from = isSmall ? c.random.below(3) : indexOf(c, list || []);
  const to = isSmall ? most - c.random.between(0, 3) : indexOf(c, list || []);
  const words = ["LTRIM", key, `${from}`, `${to}`];
  if (list === false) return { words, reply: WRONG_TYPE };
  if (list !== undefined) {
    const kept = rangeOf(list, from, to);
    list.length = 0;
    for (const each of kept) list.push(each);
    dropEmpty(c, key);
  }
  return { words, reply: OK };
}

function linsert(c: OperationContext): Operation {
  const [key, value] = [c.key("l"), item(c)];
  const isBehind = c.random.below(2) === 0;
  const list = c.list(key);
  const known = list === false || list === undefined
    ? undefined
    : list[c.random.below(list.length)];
  const pivot = c.random.below(4) > 0 ? known ?? item(c) : item(c);
  const words = ["LINSERT", key, isBehind ? "AFTER" : "before", pivot, value];
  if (list === false) return { words, reply: WRONG_TYPE };
  if (list === undefined) return { words, reply: integer(0) };
  const position = list.indexOf(pivot);
  if (position < 0) return { words, reply: integer(-1) };
  list.splice(isBehind ? position + 1 : position, 0, value);
  return { words, reply: integer(list.length) };
}

function lrem(c: OperationContext): Operation {
  const [key, value] = [c.key("l"), item(c)];
  const count = c.random.between(-4, 4);
  const words = ["LREM", key, `${count}`, value];
  const list = c.list(key);
  if (list === false) return { words, reply: WRONG_TYPE };
  let left = count === 0 ? Infinity : Math.abs(count);
  const ordered = count < 0 ? [...list ?? []].reverse() : [...list ?? []];
  const kept = ordered.filter((each) => each !== value || left-- <= 0);
  if (list === undefined) return { words, reply: integer(0) };
  const removed = list.length - kept.length;
  list.length = 0;
  for (const each of count < 0 ? kept.reverse() : kept) list.push(each);
  dropEmpty(c, key);
  return { words, reply: integer(removed) };
}

function lpos(c: OperationContext): Operation {
  const [key, value] = [c.key("l"), item(c)];
  const rank = c.random.between(1, 3) * c.random.pick([1, -1]);
  const count = c.random.below(4);
  const lookedMax = c.random.below(30);
  const words = ["LPOS", key, value, "RANK", `${rank}`, "COUNT", `${count}`];
  words.push("MAXLEN", `${lookedMax}`);
  const list = c.list(key);
  if (list === false) return { words, reply: WRONG_TYPE };
  let places = (list ?? []).map((_, at) => at);
  if (rank < 0) places.reverse();
  if (lookedMax > 0) places = places.slice(0, lookedMax);
  places = places.filter((at) => list![at] === value).slice(Math.abs(rank) - 1);
  if (count > 0) places = places.slice(0, count);
  return {
    words,
    reply: arrayHead(places.length) + places.map(integer).join(""),
  };
}

function lmove(c: OperationContext): Operation {
  const [from, to] = [c.key("l"), c.key("l")];
  const [isLast, toLast] = [c.random.below(2) === 0, c.random.below(2) === 0];
  const ends = [isLast, toLast].map((last) => last ? "right" : "LEFT");
  const words = isLast && !toLast
    ? ["RPOPLPUSH", from, to]
    : ["LMOVE", from, to, ...ends];
  const source = c.list(from);
  if (source === false) return { words, reply: WRONG_TYPE };
  if (source === undefined) return { words, reply: c.replies.value(undefined) };
  const target = openList(c, to);
  if (target === false) return { words, reply: WRONG_TYPE };
  const value = (isLast ? source.pop() : source.shift())!;
  if (toLast) target.push(value);
  else target.unshift(value);
  dropEmpty(c, from);
  return { words, reply: bulk(value) };
}

function lmpop(c: OperationContext): Operation {
  const keys = c.many(3, () => c.key("l"));
  const isLast = c.random.below(2) === 0;
  const count = c.random.between(1, 5);
  const words = ["LMPOP", `${keys.length}`, ...keys];
  words.push(isLast ? "RIGHT" : "LEFT", "COUNT", `${count}`);
  for (const key of keys) {
    const list = c.list(key);
    if (list === false) return { words, reply: WRONG_TYPE };
    if (list === undefined) continue;
    const taken = take(list, isLast, count);
    dropEmpty(c, key);
    return { words, reply: arrayHead(2) + bulk(key) + bulks(taken) };
  }
  return { words, reply: c.replies.nilArray };
}

/** All of the group. */
export const LIST_OPERATIONS: readonly OperationMaker[] = [
  { weight: 50, make: push },
  { weight: 15, make: pop },
  { weight: 10, make: lindex },
  { weight: 20, make: lset },
  { weight: 6, make: lrange },
  { weight: 5, make: ltrim },
  { weight: 25, make: linsert },
  { weight: 12, make: lrem },
  { weight: 8, make: lpos },
  { weight: 12, make: lmove },
  { weight: 6, make: lmpop },
];
