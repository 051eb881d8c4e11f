// === Removing ranges and ends of a sorted set ===

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { isWord } from "../request/arguments";
import { recordOf, seekRank, settle } from "../tree/cursor";
import { notifyOpen, payloadOf, TYPE_ZSET } from "../keys/keyspace";
import { WAITING_DATABASE } from "../memory/layout";
import { tailLength, tailOf } from "../tree/page";
import { replyArray, replyBulk, replyError, replyInteger, replyNullArray, replySyntaxError } from "../request/reply";
import { replyDouble } from "../request/scores";
import { dropIfEmpty, editSortedSet, openSortedSet, removeAt, scoreAt, scoresRoot, setRecord, setSize } from "./members";
import { BY_NAME, BY_RANK, BY_SCORE, rangeEnd, rangeFirst, readRange, resolveRange } from "./ranges";
import { addWork, protocol, walkCursor } from "../memory/state";
import { parsedInteger, parseInteger } from "../text/integers";
import { WAIT_ZSET } from "../waits/waiters";
import { passesBy, readWaitTime, waitMs, waitOn } from "../waits/wake";
import { ON_SORTED_SET } from "../keys/events";

/** Moves the walk cursor to the member of a rank in the open set. */
function seekMemberAt(rank: u32): void {
  seekRank(walkCursor(), scoresRoot(setRecord), rank);
  settle(walkCursor());
}

// === ZREMRANGEBY… ===

function removeRange(kind: u32, name: string): void {
  if (!readRange(kind, 2, 3) || !openSortedSet(argumentAt(1), argumentLength(1))) return;
  resolveRange(kind, false);
  const size = rangeEnd - rangeFirst;
  replyInteger(size);
  if (size == 0) return;
  editSortedSet();
  // From the end, so that a rank stays what it was.
  for (let rank = rangeEnd; rank != rangeFirst; rank--) {
    seekMemberAt(rank - 1);
    removeAt(payloadOf(setRecord), walkCursor());
  }
  addWork(size);
  notifyOpen(ON_SORTED_SET, name);
  dropIfEmpty();
}

/** `ZREMRANGEBYRANK key start stop` */
export function zremrangebyrankCommand(): void {
  removeRange(BY_RANK, "zremrangebyrank");
}

/** `ZREMRANGEBYSCORE key min max` */
export function zremrangebyscoreCommand(): void {
  removeRange(BY_SCORE, "zremrangebyscore");
}

/** `ZREMRANGEBYLEX key min max` */
export function zremrangebylexCommand(): void {
  removeRange(BY_NAME, "zremrangebylex");
}

// === ZPOPMIN, ZPOPMAX, ZMPOP, and those that wait ===

/** Removes and answers `times` members from one end of the open set, which has so many. */
function popMembers(times: u32, isHighest: bool, isNested: bool): void {
  editSortedSet();
  for (let left = times; left != 0; left--) {
    seekMemberAt(isHighest ? setSize() - 1 : 0);
    const element = recordOf(walkCursor());
    if (isNested) replyArray(2);
    replyBulk(tailOf(element), tailLength(element));
    replyDouble(scoreAt(walkCursor(), setRecord));
    removeAt(payloadOf(setRecord), walkCursor());
  }
  addWork(times);
  notifyOpen(ON_SORTED_SET, isHighest ? "zpopmax" : "zpopmin");
  dropIfEmpty();
}

function popEnd(isHighest: bool): void {
  if (argumentCount > 3) {
    replySyntaxError();
    return;
  }
  const hasCount = argumentCount == 3;
  const isNumber = !hasCount || parseInteger(argumentAt(2), argumentLength(2));
  const count: i64 = hasCount ? parsedInteger() : 1;
  if (!isNumber || count < 0) {
    replyError("ERR value is out of range, must be positive");
    return;
  }
  if (!openSortedSet(argumentAt(1), argumentLength(1))) return;
  const times = <u32>min(count, <i64>setSize());
  const isNested = protocol == 3 && hasCount;
  replyArray(isNested ? times : times * 2);
  if (times != 0) popMembers(times, isHighest, isNested);
}

/** `ZPOPMIN key [count]` */
export function zpopminCommand(): void {
  popEnd(false);
}

/** `ZPOPMAX key [count]` */
export function zpopmaxCommand(): void {
  popEnd(true);
}

/** Reads argument `index` as a positive number, or answers the error of `name`. */
function readPositive(index: u32, error: string): bool {
  if (readsPositive(index)) return true;
  replyError(error);
  return false;
}

function readsPositive(index: u32): bool {
  return parseInteger(argumentAt(index), argumentLength(index)) && parsedInteger() > 0;
}

/** Pops members of several keys; `at` is the argument with the number of keys. */
function popSome(at: u32, waits: bool): void {
  if (!readPositive(at, "ERR numkeys should be greater than 0")) return;
  const keys = parsedInteger();
  const where = <u64>keys + at + 1;
  if (where >= argumentCount || (!isWord(<u32>where, "min") && !isWord(<u32>where, "max"))) {
    replySyntaxError();
    return;
  }
  const isHighest = isWord(<u32>where, "max");
  let count: i64 = 1;
  const rest = <u32>where + 1;
  if (rest < argumentCount) {
    if (!isWord(rest, "count") || rest + 1 >= argumentCount) {
      replySyntaxError();
      return;
    }
    if (!readPositive(rest + 1, "ERR count should be greater than 0")) return;
    count = parsedInteger();
    if (rest + 2 < argumentCount) {
      replySyntaxError();
      return;
    }
  }
  if (waits && !readWaitTime(1)) return;
  if (popFirst(at + 1, <u32>keys, isHighest, count)) return;
  if (!waits || !waitOn(WAITING_DATABASE, WAIT_ZSET, at + 1, <u32>keys, waitMs)) replyNullArray();
}

/** `ZMPOP numkeys key [key ...] MIN | MAX [COUNT count]` */
export function zmpopCommand(): void {
  popSome(1, false);
}

/** `BZMPOP timeout numkeys key [key ...] MIN | MAX [COUNT count]` */
export function bzmpopCommand(): void {
  popSome(2, true);
}

/** Pops from the first of the `keys` keys, from argument `first` on, that exists; whether it answered. */
function popFirst(first: u32, keys: u32, isHighest: bool, count: i64): bool {
  for (let i = first; i < first + keys; i++) {
    if (passesBy(i, TYPE_ZSET)) continue;
    if (!openSortedSet(argumentAt(i), argumentLength(i))) return true;
    if (setRecord == 0) continue;
    const times = <u32>min(count, <i64>setSize());
    replyArray(2);
    replyBulk(argumentAt(i), argumentLength(i));
    replyArray(times);
    popMembers(times, isHighest, true);
    return true;
  }
  return false;
}

/** Pops one member of the first key that exists, or waits for one. */
function popOrWait(isHighest: bool): void {
  const end = argumentCount - 1;
  if (!readWaitTime(end)) return;
  for (let i: u32 = 1; i < end; i++) {
    if (passesBy(i, TYPE_ZSET)) continue;
    if (!openSortedSet(argumentAt(i), argumentLength(i))) return;
    if (setRecord == 0) continue;
    replyArray(3);
    replyBulk(argumentAt(i), argumentLength(i));
    popMembers(1, isHighest, false);
    return;
  }
  if (!waitOn(WAITING_DATABASE, WAIT_ZSET, 1, end - 1, waitMs)) replyNullArray();
}

/** `BZPOPMIN key [key ...] timeout` */
export function bzpopminCommand(): void {
  popOrWait(false);
}

/** `BZPOPMAX key [key ...] timeout` */
export function bzpopmaxCommand(): void {
  popOrWait(true);
}
