// === Lists: commands on one end or one place ===
//
// Commands of the group "list"; https://redis.io/commands/?group=list. Those
// that look for items are in lists/searches.ts, those that move them in
// lists/moves.ts.

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { integerRead, readInteger } from "../request/arguments";
import {
  deleteOpenKey, openKey, payloadOf, prepareKey, replaceKey, TYPE_LIST, typeOf, notifyOpen, dropOpenKey,
} from "../keys/keyspace";
import { SUBTREES } from "../tree/page";
import { readKey } from "../keys/lookup";
import {
  itemAt, itemCount, itemLen, ITEMS_ROOT, itemsRoot, LIST_BYTES, nextItem, openItem, openItemBackward, previousItem, seekEnd,
} from "./items";
import { EMPTY_LISTPACK, pushItem, removeEnd, removeFirst, removeLast, setItem } from "./edit";
import { noteGrowth, noteShrink } from "./encoding";
import {
  replyArray, replyBulk, replyError, replyInteger, replyNull, replyNullArray, replyOk, replyWrongType,
} from "../request/reply";
import { addWork, elementCursor, walkCursor } from "../memory/state";
import { parsedInteger, parseInteger } from "../text/integers";
import { waitOrReply } from "./moves";
import { passesBy, readWaitTime } from "../waits/wake";
import { ON_GENERIC, ON_LIST } from "../keys/events";

// === Opening ===

/** Record of the list that `readList` or `openList` found; 0 = no such key. */
export let listRecord: usize = 0;

/** Looks argument 1 up; false after answering for another type. */
export function readList(): bool {
  listRecord = readKey(argumentAt(1), argumentLength(1));
  if (listRecord == 0 || typeOf(listRecord) == TYPE_LIST) return true;
  replyWrongType();
  return false;
}

/** Opens argument `index` for a write; false after answering for another type. */
export function openList(index: u32): bool {
  listRecord = openKey(argumentAt(index), argumentLength(index));
  if (listRecord == 0 || typeOf(listRecord) == TYPE_LIST) return true;
  replyWrongType();
  return false;
}

/** Creates the open list when it is missing and makes it writable; its payload. */
export function editList(): usize {
  if (listRecord != 0) {
    listRecord = prepareKey();
    return payloadOf(listRecord);
  }
  listRecord = replaceKey(false, TYPE_LIST, 0, -1, LIST_BYTES, SUBTREES);
  const payload = payloadOf(listRecord);
  memory.fill(payload, 0, LIST_BYTES);
  store<u32>(payload, EMPTY_LISTPACK, 4);
  return payload;
}

/** Drops the open list when its last item is gone, of `removed`; whether it did. */
export function settleList(payload: usize, removed: u32): bool {
  const isEmpty = load<u32>(payload) == 0;
  if (isEmpty) dropOpenKey();
  else noteShrink(payload, removed);
  return isEmpty;
}

/** `settleList` after event `name` at the open list. */
export function settleAfter(payload: usize, removed: u32, name: string): void {
  notifyOpen(ON_LIST, name);
  if (settleList(payload, removed)) notifyOpen(ON_GENERIC, "del");
}

// === Pushing ===

function push(isLast: bool, mayCreate: bool): void {
  if (!openList(1)) return;
  if (listRecord == 0 && !mayCreate) return replyInteger(0);
  const payload = editList();
  let bytes: u64 = 0;
  for (let i: u32 = 2; i < argumentCount; i++) bytes += argumentLength(i);
  noteGrowth(payload, bytes, argumentCount - 2);
  for (let i: u32 = 2; i < argumentCount; i++) pushItem(payload, argumentAt(i), argumentLength(i), isLast);
  notifyOpen(ON_LIST, pushName(isLast));
  replyInteger(load<u32>(payload));
}

/** `LPUSH key element [element ...]` */
export function lpushCommand(): void {
  push(false, true);
}

/** `RPUSH key element [element ...]` */
export function rpushCommand(): void {
  push(true, true);
}

/** `LPUSHX key element [element ...]` */
export function lpushxCommand(): void {
  push(false, false);
}

/** `RPUSHX key element [element ...]` */
export function rpushxCommand(): void {
  push(true, false);
}

// === Popping ===

/** Answers `count` items from an end on, without a header. Requires: they exist. */
function replyEnd(record: usize, isLast: bool, count: u32): void {
  const cursor = walkCursor();
  if (isLast) openItemBackward(cursor, itemsRoot(record), itemCount(record) - 1);
  else openItem(cursor, itemsRoot(record), 0);
  while (true) {
    replyBulk(itemAt, itemLen);
    if (--count == 0) return;
    if (isLast) previousItem(cursor);
    else nextItem(cursor);
  }
}

/** The event of pushing at an end. */
export function pushName(isLast: bool): string {
  return isLast ? "rpush" : "lpush";
}

/** The event of popping at an end. */
export function popName(isLast: bool): string {
  return isLast ? "rpop" : "lpop";
}

/** Removes `count` items at an end of the open list. */
function removeFrom(isLast: bool, count: u32): void {
  const all = itemCount(listRecord);
  notifyOpen(ON_LIST, popName(isLast));
  if (count == all) return deleteOpenKey();
  const payload = payloadOf(prepareKey());
  if (isLast) removeLast(payload, count);
  else removeFirst(payload, count);
  noteShrink(payload, count);
}

/** Answers and removes up to `count` items of the open list, as an array. */
export function popItems(isLast: bool, count: i64): void {
  const taken = <u32>min(count, <i64>itemCount(listRecord));
  replyArray(taken);
  replyEnd(listRecord, isLast, taken);
  removeFrom(isLast, taken);
  addWork(taken);
}

function popOne(isLast: bool): void {
  const payload = payloadOf(prepareKey());
  seekEnd(elementCursor(), load<u32>(payload + ITEMS_ROOT), isLast);
  replyBulk(itemAt, itemLen);
  removeEnd(payload, isLast);
  settleAfter(payload, 1, popName(isLast));
}

/** Reads argument `index` as a number of items, at least `least`, or answers `error`. */
export function readItemCount(index: u32, least: i64, error: string): bool {
  if (parseInteger(argumentAt(index), argumentLength(index)) && parsedInteger() >= least) return true;
  replyError(error);
  return false;
}

function pop(isLast: bool): void {
  if (argumentCount > 3) {
    return replyError(isLast ? "ERR wrong number of arguments for 'rpop' command" : "ERR wrong number of arguments for 'lpop' command");
  }
  const hasCount = argumentCount == 3;
  let count: i64 = 1;
  if (hasCount) {
    if (!readItemCount(2, 0, "ERR value is out of range, must be positive")) return;
    count = parsedInteger();
  }
  if (!openList(1)) return;
  if (listRecord == 0) {
    if (hasCount) replyNullArray();
    else replyNull();
  } else if (!hasCount) {
    popOne(isLast);
  } else if (count == 0) {
    replyArray(0);
  } else {
    popItems(isLast, count);
  }
}

/** `LPOP key [count]` */
export function lpopCommand(): void {
  pop(false);
}

/** `RPOP key [count]` */
export function rpopCommand(): void {
  pop(true);
}

/** Pops from the first list that has items, or waits for one. */
function popOrWait(isLast: bool): void {
  const end = argumentCount - 1;
  if (!readWaitTime(end)) return;
  for (let i: u32 = 1; i < end; i++) {
    if (passesBy(i, TYPE_LIST)) continue;
    if (!openList(i)) return;
    if (listRecord == 0) continue;
    replyArray(2);
    replyBulk(argumentAt(i), argumentLength(i));
    popOne(isLast);
    return;
  }
  waitOrReply(1, end - 1, true);
}

/** `BLPOP key [key ...] timeout` */
export function blpopCommand(): void {
  popOrWait(false);
}

/** `BRPOP key [key ...] timeout` */
export function brpopCommand(): void {
  popOrWait(true);
}

// === Reading ===

/** `LLEN key` */
export function llenCommand(): void {
  if (readList()) replyInteger(listRecord == 0 ? 0 : itemCount(listRecord));
}

/** The position that an index names, negative ones from the end; below 0 or past the end: none. */
function positionOf(index: i64, count: u32): i64 {
  return index < 0 ? index + count : index;
}

/** `LINDEX key index` */
export function lindexCommand(): void {
  if (!readList()) return;
  if (listRecord == 0) return replyNull();
  if (!readInteger(2)) return;
  const count = itemCount(listRecord);
  const position = positionOf(integerRead, count);
  if (position < 0 || position >= <i64>count) return replyNull();
  openItem(walkCursor(), itemsRoot(listRecord), <u32>position);
  replyBulk(itemAt, itemLen);
}

let rangeStart: i64 = 0;
let rangeStop: i64 = 0;

/** Reads arguments 2 and 3 as the ends of a range. */
function readRange(): bool {
  if (!readInteger(2)) return false;
  rangeStart = integerRead;
  if (!readInteger(3)) return false;
  rangeStop = integerRead;
  return true;
}

/** Makes the range one of positions below `count`; whether anything is in it. */
function fitRange(count: u32): bool {
  rangeStart = max(positionOf(rangeStart, count), 0);
  rangeStop = min(positionOf(rangeStop, count), <i64>count - 1);
  return rangeStart <= rangeStop;
}

/** `LRANGE key start stop` */
export function lrangeCommand(): void {
  if (!readRange() || !readList()) return;
  if (listRecord == 0 || !fitRange(itemCount(listRecord))) return replyArray(0);
  let left = <u32>(rangeStop - rangeStart + 1);
  replyArray(left);
  addWork(left);
  const cursor = walkCursor();
  openItem(cursor, itemsRoot(listRecord), <u32>rangeStart);
  while (true) {
    replyBulk(itemAt, itemLen);
    if (--left == 0) return;
    nextItem(cursor);
  }
}

// === Replacing, trimming ===

/** `LSET key index element` */
export function lsetCommand(): void {
  if (!openList(1)) return;
  if (listRecord == 0) return replyError("ERR no such key");
  if (!readInteger(2)) return;
  const count = itemCount(listRecord);
  const position = positionOf(integerRead, count);
  if (position < 0 || position >= <i64>count) return replyError("ERR index out of range");
  const payload = editList();
  noteGrowth(payload, argumentLength(3), 1);
  setItem(payload, <u32>position, argumentAt(3), argumentLength(3));
  noteShrink(payload, 1);
  notifyOpen(ON_LIST, "lset");
  replyOk();
}

/** `LTRIM key start stop` */
export function ltrimCommand(): void {
  if (!readRange() || !openList(1)) return;
  if (listRecord != 0) {
    const count = itemCount(listRecord);
    notifyOpen(ON_LIST, "ltrim");
    if (!fitRange(count)) {
      deleteOpenKey();
    } else {
      const payload = editList();
      trim(payload, <u32>rangeStart, count - 1 - <u32>rangeStop);
    }
  }
  replyOk();
}

/** Removes items at both ends, not all. */
function trim(payload: usize, before: u32, behind: u32): void {
  removeLast(payload, behind);
  removeFirst(payload, before);
  if (before + behind != 0) noteShrink(payload, before + behind);
}
