/**
 * Commands on streams, and what they do to the model.
 *
 * @module
 */

import {
  compareIds,
  type StreamEntry,
  type StreamId,
  StreamValue,
} from "../core_model.ts";
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

/** Entries that one call with `~` drops at most when LIMIT is not given. */
const APPROXIMATE_LIMIT = 10_000;
const ID_SMALL =
  "-ERR The ID specified in XADD is equal or smaller than the target stream top item\r\n";

/** An id as text. */
export function idText({ ms, seq }: StreamId): string {
  return `${ms}-${seq}`;
}

/** An id near those in use; not 0-0, which is refused in most places. */
export function someId(c: OperationContext): StreamId {
  const { random, model } = c;
  if (random.below(4) === 0) {
    return { ms: model.nowMs - random.below(3000), seq: random.below(3) };
  }
  return { ms: 1 + random.below(600), seq: random.below(4) };
}

interface Trim {
  readonly words: readonly string[];
  readonly apply: (stream: StreamValue) => number;
}

function trim(c: OperationContext): Trim {
  const { random } = c;
  const isApproximate = random.below(2) === 0;
  const words: string[] = [];
  const byLength = random.below(2) === 0;
  const lengthMax = random.below(random.below(10) === 0 ? 2 : 80);
  const least = someId(c);
  words.push(byLength ? "MAXLEN" : "minid");
  if (isApproximate) words.push("~");
  else if (random.below(2) === 0) words.push("=");
  words.push(byLength ? `${lengthMax}` : idText(least));
  let limit = isApproximate ? APPROXIMATE_LIMIT : Infinity;
  if (isApproximate && random.below(2) === 0) {
    const given = random.below(10);
    words.push("LIMIT", `${given}`);
    limit = given === 0 ? Infinity : given;
  }
  const apply = (stream: StreamValue) => {
    let over = byLength
      ? Math.max(0, stream.entries.length - lengthMax)
      : stream.entries.findIndex((entry) => compareIds(entry, least) >= 0);
    if (over < 0) over = stream.entries.length;
    const removed = Math.min(over, limit);
    stream.entries.splice(0, removed);
    return removed;
  };
  return { words, apply };
}

/** The id of a new entry as text, and what it is behind `last`; undefined = too small. */
function newId(
  c: OperationContext,
  last: StreamId,
): { text: string; id: StreamId | undefined } {
  const { random, model } = c;
  const form = random.below(4);
  if (form === 0) {
    const id = model.nowMs > last.ms
      ? { ms: model.nowMs, seq: 0 }
      : { ms: last.ms, seq: last.seq + 1 };
    return { text: "*", id };
  }
  const ms = random.below(4) === 0 ? someId(c).ms : last.ms + random.below(3);
  if (form === 1) {
    const id = { ms, seq: ms === last.ms ? last.seq + 1 : 0 };
    return { text: `${ms}-*`, id: compareIds(id, last) > 0 ? id : undefined };
  }
  const id = { ms, seq: ms === last.ms ? last.seq + 1 : random.below(3) };
  return { text: idText(id), id: compareIds(id, last) > 0 ? id : undefined };
}

function xadd(c: OperationContext): Operation {
  const { random, model } = c;
  const key = c.key("x");
  const words = ["XADD", key];
  const stream = c.stream(key);
  const skips = random.below(20) === 0;
  if (skips) words.push("NOMKSTREAM");
  const trimming = random.below(5) === 0 ? trim(c) : undefined;
  words.push(...trimming?.words ?? []);
  const last = stream ? stream.last : { ms: 0, seq: 0 };
  const { text, id } = newId(c, last);
  const fields = c.many(3, () => [c.field(), c.value()]).flat();
  words.push(text, ...fields);
  if (stream === false) return { words, reply: WRONG_TYPE };
  if (stream === undefined && skips) return { words, reply: c.replies.nil };
  if (id === undefined) return { words, reply: ID_SMALL };
  const target = stream ?? new StreamValue();
  if (stream === undefined) model.put(key, target);
  target.entries.push({ ...id, words: fields });
  target.last = id;
  trimming?.apply(target);
  model.note(key, target);
  return { words, reply: bulk(idText(id)) };
}

function xlen(c: OperationContext): Operation {
  const key = c.key("x");
  const stream = c.stream(key);
  const reply = stream === false
    ? WRONG_TYPE
    : integer(stream?.entries.length ?? 0);
  return { words: ["XLEN", key], reply };
}

function xdel(c: OperationContext): Operation {
  const key = c.key("x");
  const stream = c.stream(key);
  const ids = c.many(4, () => {
    const entries = stream ? stream.entries : [];
    return entries.length > 0 && c.random.below(4) !== 0
      ? c.random.pick(entries)
      : someId(c);
  });
  const words = ["XDEL", key, ...ids.map(idText)];
  if (stream === false) return { words, reply: WRONG_TYPE };
  let removed = 0;
  for (const id of ids) {
    const at = stream?.entries.findIndex((entry) =>
      compareIds(entry, id) === 0
    ) ?? -1;
    if (at < 0) continue;
    stream!.entries.splice(at, 1);
    removed++;
  }
  return { words, reply: integer(removed) };
}

function xtrim(c: OperationContext): Operation {
  const key = c.key("x");
  const { words: options, apply } = trim(c);
  const words = ["XTRIM", key, ...options];
  const stream = c.stream(key);
  if (stream === false) return { words, reply: WRONG_TYPE };
  return { words, reply: integer(stream === undefined ? 0 : apply(stream)) };
}

function xsetid(c: OperationContext): Operation {
  const key = c.key("x");
  const stream = c.stream(key);
  const id = stream && c.random.below(2) === 0
    ? { ms: stream.last.ms + c.random.below(3), seq: 5 }
    : someId(c);
  const words = ["XSETID", key, idText(id)];
  if (stream === false) return { words, reply: WRONG_TYPE };
  if (stream === undefined) return { words, reply: "-ERR no such key\r\n" };
  const newest = stream.entries.at(-1);
  if (newest !== undefined && compareIds(id, newest) < 0) {
    const reply =
      "-ERR The ID specified in XSETID is smaller than the target stream top item\r\n";
    return { words, reply };
  }
  stream.last = id;
  return { words, reply: OK };
}

/** An entry as commands answer it. */
export function entryReply(entry: StreamEntry): string {
  return arrayHead(2) + bulk(idText(entry)) + bulks(entry.words);
}

/** Entries as XRANGE answers them. */
export function entriesReply(entries: readonly StreamEntry[]): string {
  return arrayHead(entries.length) + entries.map(entryReply).join("");
}

/** An end of a range as text, and whether an id is within it. */
function rangeEnd(
  c: OperationContext,
  isLower: boolean,
): readonly [string, (id: StreamId) => boolean] {
  if (c.random.below(3) === 0) return [isLower ? "-" : "+", () => true];
  const end = someId(c);
  const isOpen = c.random.below(4) === 0;
  const isWithin = (id: StreamId) => {
    const order = isLower ? compareIds(id, end) : compareIds(end, id);
    return isOpen ? order > 0 : order >= 0;
  };
  return [isOpen ? `(${idText(end)}` : idText(end), isWithin];
}

function xrange(c: OperationContext): Operation {
  const key = c.key("x");
  const isReverse = c.random.below(2) === 0;
  const [lower, isBehind] = rangeEnd(c, true);
  const [upper, isBefore] = rangeEnd(c, false);
  const ends = isReverse ? [upper, lower] : [lower, upper];
  const words = [isReverse ? "XREVRANGE" : "XRANGE", key, ...ends];
  const count = c.random.below(12);
  const isCounted = c.random.below(3) !== 0;
  if (isCounted) words.push("COUNT", `${count}`);
  const stream = c.stream(key);
  if (stream === false) return { words, reply: WRONG_TYPE };
  if (stream === undefined) return { words, reply: arrayHead(0) };
  if (isCounted && count === 0) return { words, reply: c.replies.nilArray };
  let found = stream.entries.filter((id) => isBehind(id) && isBefore(id));
  if (isReverse) found = found.reverse();
  return {
    words,
    reply: entriesReply(isCounted ? found.slice(0, count) : found),
  };
}

function xread(c: OperationContext): Operation {
  const keys = c.many(3, () => c.key("x"));
  const ids = keys.map(() => someId(c));
  const words = ["XREAD"];
  const count = c.random.below(8);
  if (c.random.below(2) === 0) words.push("count", `${count}`);
  const most = words.length > 1 && count > 0 ? count : Infinity;
  words.push("STREAMS", ...keys, ...ids.map(idText));
  let answered = 0;
  let reply = "";
  for (const [index, key] of keys.entries()) {
    const stream = c.stream(key);
    if (stream === false) return { words, reply: WRONG_TYPE };
    const found = stream?.entries.filter((entry) =>
      compareIds(entry, ids[index]!) > 0
    ).slice(0, most) ?? [];
    if (found.length === 0) continue;
    answered++;
    if (c.replies.version === 2) reply += arrayHead(2);
    reply += bulk(key) + entriesReply(found);
  }
  if (answered === 0) return { words, reply: c.replies.nilArray };
  const head = c.replies.version === 2
    ? arrayHead(answered)
    : c.replies.mapHead(answered);
  return { words, reply: head + reply };
}

/** All of the group. */
export const STREAM_OPERATIONS: readonly OperationMaker[] = [
  { weight: 60, make: xadd },
  { weight: 5, make: xlen },
  { weight: 12, make: xdel },
  { weight: 6, make: xtrim },
  { weight: 3, make: xsetid },
  { weight: 5, make: xrange },
  { weight: 5, make: xread },
];
