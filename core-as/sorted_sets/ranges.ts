// === Ranges of a sorted set: from what a client names to ranks ===
//
// A range by rank, by score or by name (BYLEX) is always a run of neighbours in
// the scores' tree: the ranks from `rangeFirst` up to `rangeEnd`, which is outside.
//
// A range by name is only meant for members of one score, where the tree is in the
// order of the names. For others Redis's small encoding is followed: from the near
// end, the run starts at the first member within the one limit and stops before
// the first that is beyond the other.

import { compareBytes } from "../text/bytes";
import { argumentAt, argumentLength } from "../request/parser";
import { integerRead, readInteger } from "../request/arguments";
import { headOf, next, previous, rankOf, recordOf, seek, seekFirst, seekLast, settle } from "../tree/cursor";
import { tailLength, tailOf } from "../tree/page";
import { replyError } from "../request/reply";
import { isMaxOutside, isMinOutside, readScoreRange, scoreMax, scoreMin } from "../request/scores";
import { scoreHead, scoresRoot, setRecord, setSize } from "./members";
import { addWork, walkCursor } from "../memory/state";

export const BY_RANK: u32 = 0;
export const BY_SCORE: u32 = 1;
export const BY_NAME: u32 = 2;

/** Ranks of the range resolved last, the lowest score first. */
export let rangeFirst: u32 = 0;
export let rangeEnd: u32 = 0;

// === Reading ===

let rankFrom: i64 = 0;
let rankTo: i64 = 0;
/** Arguments with the least and the greatest name. */
let leastName: u32 = 0;
let mostName: u32 = 0;

function isNameLimit(index: u32): bool {
  const length = argumentLength(index);
  if (length == 0) return false;
  const at = argumentAt(index);
  const first = load<u8>(at);
  if (first == 0x28 || first == 0x5b) return true;
  return (first == 0x2b || first == 0x2d) && (length == 1 || load<u8>(at, 1) == 0);
}

/** Reads arguments `least` and `most` as a range of kind BY_…, or answers the error. */
export function readRange(kind: u32, least: u32, most: u32): bool {
  if (kind == BY_SCORE) return readScoreRange(least, most);
  if (kind == BY_RANK) {
    if (!readInteger(least)) return false;
    rankFrom = integerRead;
    if (!readInteger(most)) return false;
    rankTo = integerRead;
    return true;
  }
  leastName = least;
  mostName = most;
  if (isNameLimit(least) && isNameLimit(most)) return true;
  replyError("ERR min or max not valid string range item");
  return false;
}

// === Resolving ===

/** Finds the ranks of the range read last in the set that was found. */
export function resolveRange(kind: u32, isReverse: bool): void {
  rangeFirst = 0;
  rangeEnd = 0;
  if (setRecord == 0) return;
  if (kind == BY_RANK) resolveRanks(isReverse);
  else if (kind == BY_SCORE) resolveScores();
  else resolveNames(isReverse);
  if (rangeEnd < rangeFirst) rangeEnd = rangeFirst;
}

function resolveRanks(isReverse: bool): void {
  const size = <i64>setSize();
  let from = rankFrom < 0 ? max(size + rankFrom, 0) : rankFrom;
  let to = min(rankTo < 0 ? size + rankTo : rankTo, size - 1);
  if (from > to || from >= size) return;
  rangeFirst = <u32>(isReverse ? size - 1 - to : from);
  rangeEnd = <u32>(isReverse ? size - from : to + 1);
}

/** Members before the first that is not below (head, name). */
function rankBefore(head: u64, name: usize, length: u32): u32 {
  seek(walkCursor(), scoresRoot(setRecord), head, name, length);
  return rankOf(walkCursor());
}

function resolveScores(): void {
  rangeFirst = rankBefore(scoreHead(scoreMin) + (isMinOutside ? 1 : 0), 0, 0);
  rangeEnd = rankBefore(scoreHead(scoreMax) + (isMaxOutside ? 0 : 1), 0, 0);
}

// === Names ===

const SIGN_MINUS: u32 = 0x2d;
const SIGN_PLUS: u32 = 0x2b;
const INCLUSIVE: u32 = 0x5b;

function signOf(index: u32): u32 {
  return load<u8>(argumentAt(index));
}

/** Order of a record's member and the name of a limit. */
function compareLimit(record: usize, index: u32): i32 {
  return compareBytes(tailOf(record), tailLength(record), argumentAt(index) + 1, argumentLength(index) - 1);
}

function isNotBelow(record: usize): bool {
  const sign = signOf(leastName);
  if (sign == SIGN_MINUS) return true;
  if (sign == SIGN_PLUS) return false;
  const order = compareLimit(record, leastName);
  return sign == INCLUSIVE ? order >= 0 : order > 0;
}

function isNotAbove(record: usize): bool {
  const sign = signOf(mostName);
  if (sign == SIGN_PLUS) return true;
  if (sign == SIGN_MINUS) return false;
  const order = compareLimit(record, mostName);
  return sign == INCLUSIVE ? order <= 0 : order < 0;
}

/** Whether no name can lie between the limits. */
function isRangeEmpty(): bool {
  const least = signOf(leastName);
  const most = signOf(mostName);
  if (least == SIGN_PLUS || most == SIGN_MINUS) return true;
  if (least == SIGN_MINUS || most == SIGN_PLUS) return false;
  const order = compareBytes(
    argumentAt(leastName) + 1, argumentLength(leastName) - 1, argumentAt(mostName) + 1, argumentLength(mostName) - 1,
  );
  return order > 0 || (order == 0 && (least != INCLUSIVE || most != INCLUSIVE));
}

function resolveNames(isReverse: bool): void {
  if (isRangeEmpty()) return;
  const cursor = walkCursor();
  const root = scoresRoot(setRecord);
  seekLast(cursor, root);
  const lastHead = headOf(cursor);
  if (!isNotBelow(recordOf(cursor))) return;
  seekFirst(cursor, root);
  if (!isNotAbove(recordOf(cursor))) return;
  if (headOf(cursor) == lastHead) {
    rangeFirst = signOf(leastName) == SIGN_MINUS ? 0 : rankOfLimit(lastHead, leastName, signOf(leastName) != INCLUSIVE);
    rangeEnd = signOf(mostName) == SIGN_PLUS ? setSize() : rankOfLimit(lastHead, mostName, signOf(mostName) == INCLUSIVE);
  } else if (isReverse) {
    walkBackward(root);
  } else {
    walkForward(root);
  }
}

/** Members before a limit's name, or with `isBehind` up to and with it. */
function rankOfLimit(head: u64, index: u32, isBehind: bool): u32 {
  const isThere = seek(walkCursor(), scoresRoot(setRecord), head, argumentAt(index) + 1, argumentLength(index) - 1);
  return rankOf(walkCursor()) + (isThere && isBehind ? 1 : 0);
}

function walkForward(root: usize): void {
  const cursor = walkCursor();
  seekFirst(cursor, root);
  let more = settle(cursor);
  for (; more && !isNotBelow(recordOf(cursor)); more = next(cursor)) rangeFirst++;
  rangeEnd = rangeFirst;
  for (; more && isNotAbove(recordOf(cursor)); more = next(cursor)) rangeEnd++;
  addWork(rangeEnd);
}

function walkBackward(root: usize): void {
  const cursor = walkCursor();
  seekLast(cursor, root);
  let more = true;
  rangeEnd = setSize();
  for (; more && !isNotAbove(recordOf(cursor)); more = previous(cursor)) rangeEnd--;
  rangeFirst = rangeEnd;
  for (; more && isNotBelow(recordOf(cursor)); more = previous(cursor)) rangeFirst--;
  addWork(setSize() - rangeFirst);
}

/** Cuts the range to what LIMIT leaves: skips `offset` from its near end, keeps `count`; negative: none, all. */
export function limitRange(offset: i64, count: i64, isReverse: bool): void {
  const size = <i64>(rangeEnd - rangeFirst);
  const skipped = offset < 0 ? size : min(offset, size);
  const kept = <u32>(count < 0 ? size - skipped : min(count, size - skipped));
  if (isReverse) {
    rangeEnd -= <u32>skipped;
    rangeFirst = rangeEnd - kept;
  } else {
    rangeFirst += <u32>skipped;
    rangeEnd = rangeFirst + kept;
  }
}
