// === Reading ranges of a sorted set ===

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { integerRead, isWord, readInteger } from "../request/arguments";
import { next, previous, recordOf, seekRank, settle } from "../tree/cursor";
import { tailLength, tailOf } from "../tree/page";
import { replyArray, replyBulk, replyError, replyInteger, replySyntaxError } from "../request/reply";
import { replyDouble } from "../request/scores";
import { isLargeSet, readSortedSet, scoreAt, scoresRoot, setRecord } from "./members";
import {
  BY_NAME, BY_RANK, BY_SCORE, limitRange, rangeEnd, rangeFirst, readRange, resolveRange,
} from "./ranges";
import { addResult, beginResult, resultSize, storeResult } from "./results";
import { addWork, protocol, walkCursor } from "../memory/state";

// === Options ===

let kind: u32 = BY_RANK;
let isReverse: bool = false;
let withScores: bool = false;
let offset: i64 = 0;
let count: i64 = -1;

function readLimit(index: u32): bool {
  if (!readInteger(index)) return false;
  offset = integerRead;
  if (!readInteger(index + 1)) return false;
  count = integerRead;
  return true;
}

/**
 * Reads the options from argument `from` on; `isOpen` says whether they may choose
 * kind and direction. Answers the error.
 */
function readOptions(from: u32, isOpen: bool, stores: bool): bool {
  withScores = false;
  offset = 0;
  count = -1;
  let hasKind = !isOpen;
  for (let i = from; i < argumentCount; i++) {
    if (!stores && isWord(i, "withscores")) {
      withScores = true;
    } else if (isWord(i, "limit") && i + 2 < argumentCount) {
      if (!readLimit(i + 1)) return false;
      i += 2;
    } else if (isOpen && !isReverse && isWord(i, "rev")) {
      isReverse = true;
    } else if (!hasKind && (isWord(i, "bylex") || isWord(i, "byscore"))) {
      kind = isWord(i, "bylex") ? BY_NAME : BY_SCORE;
      hasKind = true;
    } else {
      replySyntaxError();
      return false;
    }
  }
  if (count != -1 && kind == BY_RANK) {
    replyError("ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
    return false;
  }
  if (withScores && kind == BY_NAME) {
    replyError("ERR syntax error, WITHSCORES not supported in combination with BYLEX");
    return false;
  }
  return true;
}

/** Reads range and options behind the key in argument `keyIndex`, finds the set, and resolves the range. */
function openRange(keyIndex: u32, isOpen: bool, stores: bool): bool {
  if (!readOptions(keyIndex + 3, isOpen, stores)) return false;
  const isSwapped = isReverse && kind != BY_RANK;
  const least = keyIndex + (isSwapped ? 2 : 1);
  const most = keyIndex + (isSwapped ? 1 : 2);
  if (!readRange(kind, least, most) || !readSortedSet(argumentAt(keyIndex), argumentLength(keyIndex))) return false;
  resolveRange(kind, isReverse);
  if (kind != BY_RANK) limitRange(offset, count, isReverse);
  return true;
}

/** Moves the walk cursor to the near end of the range. Requires: the range is not empty. */
function seekRange(): void {
  seekRank(walkCursor(), scoresRoot(setRecord), isReverse ? rangeEnd - 1 : rangeFirst);
  settle(walkCursor());
}

function stepRange(): void {
  if (isReverse) previous(walkCursor());
  else next(walkCursor());
}

// === ZRANGE and its older forms ===

function replyRange(): void {
  const size = rangeEnd - rangeFirst;
  const isFlat = withScores && protocol != 3;
  replyArray(isFlat ? size * 2 : size);
  if (size == 0) return;
  seekRange();
  for (let left = size; left != 0; left--) {
    if (withScores && !isFlat) replyArray(2);
    const element = recordOf(walkCursor());
    replyBulk(tailOf(element), tailLength(element));
    if (withScores) replyDouble(scoreAt(walkCursor(), setRecord));
    stepRange();
  }
  addWork(size);
}

function answerRange(rangeKind: u32, reverse: bool, isOpen: bool): void {
  kind = rangeKind;
  isReverse = reverse;
  if (openRange(1, isOpen, false)) replyRange();
}

/** `ZRANGE key start stop [BYSCORE | BYLEX] [REV] [LIMIT offset count] [WITHSCORES]` */
export function zrangeCommand(): void {
  answerRange(BY_RANK, false, true);
}

/** `ZREVRANGE key start stop [WITHSCORES]` */
export function zrevrangeCommand(): void {
  answerRange(BY_RANK, true, false);
}

/** `ZRANGEBYSCORE key min max [WITHSCORES] [LIMIT offset count]` */
export function zrangebyscoreCommand(): void {
  answerRange(BY_SCORE, false, false);
}

/** `ZREVRANGEBYSCORE key max min [WITHSCORES] [LIMIT offset count]` */
export function zrevrangebyscoreCommand(): void {
  answerRange(BY_SCORE, true, false);
}

/** `ZRANGEBYLEX key min max [LIMIT offset count]` */
export function zrangebylexCommand(): void {
  answerRange(BY_NAME, false, false);
}

/** `ZREVRANGEBYLEX key max min [LIMIT offset count]` */
export function zrevrangebylexCommand(): void {
  answerRange(BY_NAME, true, false);
}

/** `ZRANGESTORE destination source min max [BYSCORE | BYLEX] [REV] [LIMIT offset count]` */
export function zrangestoreCommand(): void {
  kind = BY_RANK;
  isReverse = false;
  if (!openRange(2, true, true)) return;
  beginResult();
  const size = rangeEnd - rangeFirst;
  if (size != 0) seekRange();
  // Redis may begin with the small encoding, which forgets the sign of zero.
  let isLarge = kind == BY_RANK && isLargeSet(size, 0);
  for (let left = size; left != 0; left--) {
    const element = recordOf(walkCursor());
    isLarge = isLarge || isLargeSet(resultSize() + 1, tailLength(element));
    const score = scoreAt(walkCursor(), setRecord);
    addResult(tailOf(element), tailLength(element), score == 0 && !isLarge ? 0 : score);
    stepRange();
  }
  addWork(size);
  storeResult(1, "zrangestore");
}

// === Counting ===

function replyCount(rangeKind: u32): void {
  if (!readRange(rangeKind, 2, 3) || !readSortedSet(argumentAt(1), argumentLength(1))) return;
  resolveRange(rangeKind, false);
  replyInteger(rangeEnd - rangeFirst);
}

/** `ZCOUNT key min max` */
export function zcountCommand(): void {
  replyCount(BY_SCORE);
}

/** `ZLEXCOUNT key min max` */
export function zlexcountCommand(): void {
  replyCount(BY_NAME);
}
