/**
 * Commands that may wait for a key, and what they do to the model.
 *
 * @module
 */

import {
  compareIds,
  type SortedSetValue,
  type StreamId,
  type StreamValue,
} from "../core_model.ts";
import type { OperationContext } from "../core_operation.ts";
import { arrayHead, bulk, bulks, WRONG_TYPE } from "../core_replies.ts";
import type { WaitKind } from "../core_waits.ts";
import { double } from "./sorted_sets.ts";
import { deliver, readReply, refusedRead } from "./groups.ts";
import { dropEmpty, openList, take } from "./lists.ts";
import { entriesReply, idText } from "./streams.ts";

/** A request that may wait. */
export interface WaitRequest {
  /** Its words; the timeout is `timeout`, in seconds or for streams in milliseconds. */
  readonly words: readonly string[];
  /** What it waits for. */
  readonly kind: WaitKind;
  /** The keys. */
  readonly keys: readonly string[];
  /** Runs it at first; `undefined` = it waits. */
  readonly attempt: () => string | undefined;
  /** Serves it from a key that is ready; `undefined` = it waits on. */
  readonly serve: (key: string) => string | undefined;
}

type Serve = (key: string) => string | undefined;

/** A request that is served by the first of its keys that holds something of its type. */
function byKeys(
  c: OperationContext,
  kind: "list" | "zset",
  words: readonly string[],
  keys: readonly string[],
  take: Serve,
): WaitRequest {
  const holds = (key: string) =>
    kind === "list" ? c.list(key) : c.sortedSet(key);
  const attempt = () => {
    for (const key of keys) {
      if (holds(key) === false) return WRONG_TYPE;
      if (holds(key) !== undefined) return take(key);
    }
    return undefined;
  };
  const serve = (key: string) => holds(key) ? take(key) : undefined;
  return { words, kind, keys, attempt, serve };
}

/** A key of few, so that it is often waited for and made. */
function waitedKey(c: OperationContext, kind: "l" | "z" | "x"): string {
  if (c.random.below(8) === 0) return c.anyKey();
  const count = c.random.below(2) === 0 ? 12 : 10 * c.profile.keyCount;
  const draw = () => `${kind}${c.random.below(count)}`;
  const drawn = Array.from({ length: 8 }, draw);
  return drawn.find((key) => c.model.find(key) === undefined) ?? draw();
}

/** A stream and a group of it that has read everything, if one is found. */
function waitedGroup(c: OperationContext): readonly [string, string] {
  const name = `g${c.random.below(3)}`;
  for (let tries = 0; tries < 20; tries++) {
    const key = `x${c.random.below(c.profile.keyCount)}`;
    const stream = c.stream(key);
    const [found] = stream && c.random.below(10) > 0
      ? [...stream.groups].filter(([, { last }]) =>
        compareIds(stream.last, last) <= 0
      )
      : [];
    if (found !== undefined) return [key, found[0]];
  }
  return [waitedKey(c, "x"), name];
}

// === Lists ===

function popFrom(c: OperationContext, key: string, isLast: boolean): string {
  const list = c.list(key) as string[];
  const item = (isLast ? list.pop() : list.shift())!;
  dropEmpty(c, key);
  return item;
}

function blpop(c: OperationContext, timeoutMs: number): WaitRequest {
  const keys = c.many(3, () => waitedKey(c, "l"));
  const isLast = c.random.chance(0.5);
  const name = isLast ? "BRPOP" : "BLPOP";
  const words = [name, ...keys, `${timeoutMs / 1000}`];
  return byKeys(
    c,
    "list",
    words,
    keys,
    (key) => arrayHead(2) + bulk(key) + bulk(popFrom(c, key, isLast)),
  );
}

function blmpop(c: OperationContext, timeoutMs: number): WaitRequest {
  const keys = c.many(3, () => waitedKey(c, "l"));
  const isLast = c.random.chance(0.5);
  const count = c.random.between(1, 4);
  const words = ["BLMPOP", `${timeoutMs / 1000}`, `${keys.length}`, ...keys];
  words.push(isLast ? "RIGHT" : "LEFT", "COUNT", `${count}`);
  return byKeys(c, "list", words, keys, (key) => {
    const taken = take(c.list(key) as string[], isLast, count);
    dropEmpty(c, key);
    return arrayHead(2) + bulk(key) + bulks(taken);
  });
}

function blmove(c: OperationContext, timeoutMs: number): WaitRequest {
  const [from, to] = [waitedKey(c, "l"), waitedKey(c, "l")];
  const [isLast, toLast] = [c.random.chance(0.5), c.random.chance(0.5)];
  const ends = [isLast, toLast].map((last) => last ? "RIGHT" : "LEFT");
  const words = isLast && !toLast
    ? ["BRPOPLPUSH", from, to, `${timeoutMs / 1000}`]
    : ["BLMOVE", from, to, ...ends, `${timeoutMs / 1000}`];
  return byKeys(c, "list", words, [from], (key) => {
    const target = openList(c, to);
    if (target === false) return WRONG_TYPE;
    const source = c.list(key) as string[];
    const item = (isLast ? source.pop() : source.shift())!;
    if (toLast) target.push(item);
    else target.unshift(item);
    dropEmpty(c, key);
    return bulk(item);
  });
}

// === Sorted sets ===

function popMembers(
  c: OperationContext,
  key: string,
  isHighest: boolean,
  count: number,
): readonly (readonly [string, number])[] {
  const set = c.sortedSet(key) as SortedSetValue;
  const sorted = set.sorted();
  if (isHighest) sorted.reverse();
  const members = sorted.slice(0, count)
    .map((member) => [member, set.scores.get(member)!] as const);
  for (const [member] of members) set.scores.delete(member);
  if (set.scores.size === 0) c.model.drop(key);
  return members;
}

function bzpop(c: OperationContext, timeoutMs: number): WaitRequest {
  const keys = c.many(3, () => waitedKey(c, "z"));
  const isHighest = c.random.chance(0.5);
  const name = isHighest ? "BZPOPMAX" : "BZPOPMIN";
  const words = [name, ...keys, `${timeoutMs / 1000}`];
  return byKeys(c, "zset", words, keys, (key) => {
    const [[member, score]] = popMembers(c, key, isHighest, 1) as [
      readonly [string, number],
    ];
    return arrayHead(3) + bulk(key) + bulk(member) + double(c, score);
  });
}

function bzmpop(c: OperationContext, timeoutMs: number): WaitRequest {
  const keys = c.many(3, () => waitedKey(c, "z"));
  const isHighest = c.random.chance(0.5);
  const count = c.random.between(1, 4);
  const words = ["BZMPOP", `${timeoutMs / 1000}`, `${keys.length}`, ...keys];
  words.push(isHighest ? "MAX" : "MIN", "COUNT", `${count}`);
  return byKeys(c, "zset", words, keys, (key) => {
    const members = popMembers(c, key, isHighest, count);
    let reply = arrayHead(2) + bulk(key) + arrayHead(members.length);
    for (const [member, score] of members) {
      reply += arrayHead(2) + bulk(member) + double(c, score);
    }
    return reply;
  });
}

// === Streams ===

const FIRST: StreamId = { ms: 0, seq: 0 };

function xread(c: OperationContext, timeoutMs: number): WaitRequest {
  const key = waitedKey(c, "x");
  const count = c.random.below(4);
  const isNewest = c.random.below(4) > 0;
  const given: StreamId = { ms: c.random.below(400), seq: c.random.below(3) };
  const words = ["XREAD"];
  if (count > 0) words.push("COUNT", `${count}`);
  words.push("BLOCK", `${timeoutMs}`, "STREAMS", key);
  words.push(isNewest ? "$" : idText(given));
  let after = given;
  const read = (isWoken: boolean) => {
    const stream = c.stream(key);
    if (!stream || compareIds(stream.last, after) <= 0) return undefined;
    const found = stream.entries
      .filter((entry) => compareIds(entry, after) > 0)
      .slice(0, count > 0 ? count : Infinity);
    if (found.length === 0 && !isWoken) return undefined;
    return readReply(c, key, entriesReply(found));
  };
  const attempt = () => {
    const stream = c.stream(key);
    if (stream === false) return WRONG_TYPE;
    if (!isNewest) return read(false);
    after = stream?.last ?? FIRST;
    return undefined;
  };
  const serve = () => read(true);
  return { words, kind: "stream", keys: [key], attempt, serve };
}

function xreadgroup(c: OperationContext, timeoutMs: number): WaitRequest {
  const [key, name] = waitedGroup(c);
  const consumer = `c${c.random.below(4)}`;
  const count = c.random.below(4);
  const keeps = c.random.below(6) > 0;
  const words = ["XREADGROUP", "GROUP", name, consumer];
  if (count > 0) words.push("COUNT", `${count}`);
  if (!keeps) words.push("NOACK");
  words.push("BLOCK", `${timeoutMs}`, "STREAMS", key, ">");
  const most = count > 0 ? count : Infinity;
  const read = (stream: StreamValue, isWoken: boolean) => {
    const group = stream.groups.get(name)!;
    const newest = isWoken ? stream.last : stream.entries.at(-1) ?? FIRST;
    if (compareIds(newest, group.last) <= 0) return undefined;
    group.consumers.add(consumer);
    const found = deliver(c, { stream, group, consumer, most, keeps });
    return readReply(c, key, entriesReply(found));
  };
  const attempt = () => {
    const stream = c.stream(key);
    if (!stream || !stream.groups.has(name)) {
      return refusedRead(stream, key, name);
    }
    return read(stream, false);
  };
  const serve = () => {
    const stream = c.stream(key);
    if (!stream) return "-UNBLOCKED the stream key no longer exists\r\n";
    if (!stream.groups.has(name)) {
      return "-NOGROUP the consumer group this client was blocked on no longer exists\r\n";
    }
    return read(stream, true);
  };
  return { words, kind: "group", keys: [key], attempt, serve };
}

/** Draws a request that waits for `timeoutMs` milliseconds, 0 = for ever; `reads`: perhaps one that only reads. */
export function waitRequest(
  c: OperationContext,
  timeoutMs: number,
  reads: boolean,
): WaitRequest {
  const makers = [blpop, blmpop, blmove, blmove, bzpop, bzmpop, xreadgroup];
  makers.push(xreadgroup, ...reads ? [xread, xread] : []);
  return c.random.pick(makers)(c, timeoutMs);
}
