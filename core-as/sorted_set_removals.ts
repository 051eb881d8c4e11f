// === Removing ranges and ends of a sorted set ===

import { argumentAt, argumentCount, argumentLength } from "./parser";
import { isWord } from "./arguments";
import { recordOf, seekRank, settle } from "./cursor";
import { addWork } from "./execute";
import { payloadOf } from "./keyspace";
import { tailLength, tailOf } from "./page";
import { replyArray, replyBulk, replyError, replyInteger, replyNullArray, replySyntaxError } from "./reply";
import { replyDouble } from "./score_arguments";
import { dropIfEmpty, editSortedSet, openSortedSet, removeAt, scoreAt, scoresRoot, setRecord, setSize } from "./sorted_set_members";
import { BY_NAME, BY_RANK, BY_SCORE, rangeEnd, rangeFirst, readRange, resolveRange } from "./sorted_set_ranges";
import { protocol, walkCursor } from "./state";
import { parsedInteger, parseInteger } from "./text/integers";

/** Moves the walk cursor to the member of a rank in the open set. */
function seekMemberAt(rank: u32): void {
  seekRank(walkCursor(), scoresRoot(setRecord), rank);
  settle(walkCursor());
}

// === ZREMRANGEBY… ===

function removeRange(kind: u32): void {
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
  dropIfEmpty();
}

/** `ZREMRANGEBYRANK key start stop` */
export function zremrangebyrankCommand(): void {
  removeRange(BY_RANK);
}

/** `ZREMRANGEBYSCORE key min max` */
export function zremrangebyscoreCommand(): void {
  removeRange(BY_SCORE);
}

/** `ZREMRANGEBYLEX key min max` */
export function zremrangebylexCommand(): void {
  removeRange(BY_NAME);
}

// === ZPOPMIN, ZPOPMAX, ZMPOP ===

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

/** `ZMPOP numkeys key [key ...] MIN | MAX [COUNT count]` */
export function zmpopCommand(): void {
  if (!readPositive(1, "ERR numkeys should be greater than 0")) return;
  const keys = parsedInteger();
  const where = <u64>keys + 2;
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
  popFirst(<u32>keys, isHighest, count);
}

/** Pops from the first of the keys in arguments 2 on that exists. */
function popFirst(keys: u32, isHighest: bool, count: i64): void {
  for (let i: u32 = 2; i < keys + 2; i++) {
    if (!openSortedSet(argumentAt(i), argumentLength(i))) return;
    if (setRecord == 0) continue;
    const times = <u32>min(count, <i64>setSize());
    replyArray(2);
    replyBulk(argumentAt(i), argumentLength(i));
    replyArray(times);
    popMembers(times, isHighest, true);
    return;
  }
  replyNullArray();
}
