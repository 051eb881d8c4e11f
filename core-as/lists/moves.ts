// === Lists: commands that take items of several keys ===

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { areSame, isWord } from "../request/arguments";
import { payloadOf, prepareKey, TYPE_LIST, typeOf } from "../keys/keyspace";
import { probeKey } from "../keys/lookup";
import { itemAt, itemLen, ITEMS_ROOT, seekEnd } from "./items";
import { pushBlob, pushItem, removeEnd, takeBlob, takenBlob, takenBytes } from "./edit";
import { noteGrowth } from "./encoding";
import { editList, listRecord, openList, popItems, readItemCount, settleList, popName, pushName } from "./lists";
import { replyArray, replyBulk, replyNull, replyNullArray, replySyntaxError, replyWrongType } from "../request/reply";
import { elementCursor, keyScratch } from "../memory/state";
import { parsedInteger } from "../text/integers";
import { WAITING_DATABASE } from "../memory/layout";
import { passesBy, readWaitTime, waitMs, waitOn } from "../waits/wake";
import { WAIT_LIST } from "../waits/waiters";
import { notifyArgument, ON_GENERIC, ON_LIST } from "../keys/events";

/** Whether the end that `readEnd` read is the last. */
let isLastRead: bool = false;

/** Reads argument `index` as LEFT or RIGHT, or answers the error. */
function readEnd(index: u32): bool {
  isLastRead = isWord(index, "right");
  if (isLastRead || isWord(index, "left")) return true;
  replySyntaxError();
  return false;
}

// === LMOVE, RPOPLPUSH, and those that wait ===

/** Whether the item moved was the last of its list. */
let isSourceGone: bool = false;

/** Is done with the list at `source`, which lost an item; payload of the other list. */
function openTarget(source: usize): usize {
  isSourceGone = settleList(source, 1);
  openList(2);
  return editList();
}

/** Moves an item, or waits for one when `waits`, for `waitMs`. */
function move(fromLast: bool, toLast: bool, waits: bool): void {
  if (passesBy(1, TYPE_LIST)) return waitOrReply(1, 1, false);
  if (!openList(1)) return;
  if (listRecord == 0) {
    if (waits) waitOrReply(1, 1, false);
    else replyNull();
    return;
  }
  const other = probeKey(argumentAt(2), argumentLength(2));
  if (other != 0 && typeOf(other) != TYPE_LIST) return replyWrongType();
  const source = payloadOf(prepareKey());
  seekEnd(elementCursor(), load<u32>(source + ITEMS_ROOT), fromLast);
  replyBulk(itemAt, itemLen);
  const length = itemLen;
  // A large item keeps its blob; another one waits in scratch.
  const isBlob = takeBlob(source);
  if (!isBlob) {
    memory.copy(keyScratch(), itemAt, length);
    removeEnd(source, fromLast);
  }
  isSourceGone = false;
  const target = areSame(1, 2) ? source : openTarget(source);
  noteGrowth(target, length, 1);
  if (isBlob) pushBlob(target, takenBlob, takenBytes, toLast);
  else pushItem(target, keyScratch(), length, toLast);
  notifyArgument(ON_LIST, pushName(toLast), 2);
  notifyArgument(ON_LIST, popName(fromLast), 1);
  if (isSourceGone) notifyArgument(ON_GENERIC, "del", 1);
}

/** `LMOVE source destination LEFT|RIGHT LEFT|RIGHT` */
export function lmoveCommand(): void {
  if (!readEnd(3)) return;
  const fromLast = isLastRead;
  if (readEnd(4)) move(fromLast, isLastRead, false);
}

/** `RPOPLPUSH source destination` */
export function rpoplpushCommand(): void {
  move(true, false, false);
}

/** `BLMOVE source destination LEFT|RIGHT LEFT|RIGHT timeout` */
export function blmoveCommand(): void {
  if (!readEnd(3)) return;
  const fromLast = isLastRead;
  if (!readEnd(4)) return;
  const toLast = isLastRead;
  if (readWaitTime(5)) move(fromLast, toLast, true);
}

/** `BRPOPLPUSH source destination timeout` */
export function brpoplpushCommand(): void {
  if (readWaitTime(3)) move(true, false, true);
}

/** Waits for one of `keys` lists, from argument `first` on, for `waitMs`; or answers that there is none. */
export function waitOrReply(first: u32, keys: u32, isArray: bool): void {
  if (waitOn(WAITING_DATABASE, WAIT_LIST, first, keys, waitMs)) return;
  if (isArray) replyNullArray();
  else replyNull();
}

// === LMPOP, BLMPOP ===

/** Items wanted by `readPopOptions`. */
let popCount: i64 = 1;

function readPopOptions(from: u32): bool {
  popCount = 1;
  if (from == argumentCount) return true;
  if (from + 2 != argumentCount || !isWord(from, "count")) {
    // What stands behind a good COUNT is an error only after it.
    if (from + 2 < argumentCount && isWord(from, "count") && !readItemCount(from + 1, 1, COUNT_ERROR)) return false;
    replySyntaxError();
    return false;
  }
  if (!readItemCount(from + 1, 1, COUNT_ERROR)) return false;
  popCount = parsedInteger();
  return true;
}

const COUNT_ERROR: string = "ERR count should be greater than 0";

/** Takes from the first list with items; `at` is the argument with the number of keys. */
function popFirst(at: u32, waits: bool): void {
  if (!readItemCount(at, 1, "ERR numkeys should be greater than 0")) return;
  const keys = parsedInteger();
  const first = at + 1;
  if (keys >= <i64>(argumentCount - first)) return replySyntaxError();
  const end: u32 = first + <u32>keys;
  if (!readEnd(end) || !readPopOptions(end + 1)) return;
  if (waits && !readWaitTime(1)) return;
  const isLast = isLastRead;
  for (let i = first; i < end; i++) {
    if (passesBy(i, TYPE_LIST)) continue;
    if (!openList(i)) return;
    if (listRecord == 0) continue;
    replyArray(2);
    replyBulk(argumentAt(i), argumentLength(i));
    popItems(isLast, popCount);
    return;
  }
  if (waits) waitOrReply(first, <u32>keys, true);
  else replyNullArray();
}

/** `LMPOP numkeys key [key ...] LEFT|RIGHT [COUNT count]` */
export function lmpopCommand(): void {
  popFirst(1, false);
}

/** `BLMPOP timeout numkeys key [key ...] LEFT|RIGHT [COUNT count]` */
export function blmpopCommand(): void {
  popFirst(2, true);
}
