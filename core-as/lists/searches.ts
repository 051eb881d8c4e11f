// === Lists: commands that look for an item ===

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { integerRead, isWord, readInteger, readSigned } from "../request/arguments";
import { itemAt, itemCount, itemLen, itemsRoot, nextItem, openItem, openItemBackward, previousItem } from "./items";
import { insertItem, removeMatches } from "./edit";
import { noteGrowth } from "./encoding";
import { editList, listRecord, openList, readItemCount, readList, settleAfter } from "./lists";
import { insertArray, outputLength, refuse, replyInteger, replyNull, replySyntaxError } from "../request/reply";
import { addWork, walkCursor } from "../memory/state";
import { parsedInteger } from "../text/integers";
import { notifyOpen } from "../keys/keyspace";
import { ON_LIST } from "../keys/events";

function isArgument(index: u32): bool {
  return itemLen == argumentLength(index) && memory.compare(itemAt, argumentAt(index), itemLen) == 0;
}

// === LPOS ===

let rank: i64 = 1;
/** Matches wanted; -1 = one, as a number. */
let wanted: i64 = -1;
/** Items to look at; 0 = all. */
let lookedMax: i64 = 0;

function readRank(index: u32): bool {
  if (!readSigned(index)) return false;
  rank = integerRead;
  return rank != 0 || refuse(
    "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list",
  );
}

function readOptions(): bool {
  rank = 1;
  wanted = -1;
  lookedMax = 0;
  for (let i: u32 = 3; i < argumentCount; i += 2) {
    const hasValue = i + 1 < argumentCount;
    if (hasValue && isWord(i, "rank")) {
      if (!readRank(i + 1)) return false;
    } else if (hasValue && isWord(i, "count")) {
      if (!readItemCount(i + 1, 0, "ERR COUNT can't be negative")) return false;
      wanted = parsedInteger();
    } else if (hasValue && isWord(i, "maxlen")) {
      if (!readItemCount(i + 1, 0, "ERR MAXLEN can't be negative")) return false;
      lookedMax = parsedInteger();
    } else {
      replySyntaxError();
      return false;
    }
  }
  return true;
}

/** `LPOS key element [RANK rank] [COUNT matches] [MAXLEN length]` */
export function lposCommand(): void {
  if (!readOptions() || !readList()) return;
  const start = outputLength();
  const found = listRecord == 0 ? 0 : replyPositions();
  if (wanted >= 0) insertArray(start, found);
  else if (found == 0) replyNull();
}

/** Answers the positions of matches; their number. */
function replyPositions(): u32 {
  const cursor = walkCursor();
  const root = itemsRoot(listRecord);
  const count = itemCount(listRecord);
  const isBackward = rank < 0;
  const least = isBackward ? -rank : rank;
  const most = wanted < 0 ? 1 : wanted == 0 ? i64.MAX_VALUE : wanted;
  const limit = lookedMax == 0 ? count : <u32>min(lookedMax, <i64>count);
  let matches: i64 = 0;
  let found: u32 = 0;
  if (isBackward) openItemBackward(cursor, root, count - 1);
  else openItem(cursor, root, 0);
  for (let looked: u32 = 0; looked < limit;) {
    if (isArgument(2) && ++matches >= least) {
      replyInteger(isBackward ? count - 1 - looked : looked);
      if (<i64>++found >= most) break;
    }
    if (++looked == limit) break;
    if (isBackward) previousItem(cursor);
    else nextItem(cursor);
  }
  addWork(limit);
  return found;
}

// === LINSERT ===

/** Position of the first item equal to argument `index`, or -1. */
function findItem(index: u32): i64 {
  const cursor = walkCursor();
  openItem(cursor, itemsRoot(listRecord), 0);
  let position: u32 = 0;
  while (!isArgument(index)) {
    if (!nextItem(cursor)) {
      addWork(position);
      return -1;
    }
    position++;
  }
  addWork(position);
  return position;
}

/** `LINSERT key BEFORE|AFTER pivot element` */
export function linsertCommand(): void {
  const isBehind = isWord(2, "after");
  if (!isBehind && !isWord(2, "before")) return replySyntaxError();
  if (!openList(1)) return;
  if (listRecord == 0) return replyInteger(0);
  const position = findItem(3);
  if (position < 0) return replyInteger(-1);
  const payload = editList();
  noteGrowth(payload, argumentLength(4), 1);
  insertItem(payload, <u32>position + (isBehind ? 1 : 0), argumentAt(4), argumentLength(4));
  notifyOpen(ON_LIST, "linsert");
  replyInteger(load<u32>(payload));
}

// === LREM ===

/** `LREM key count element` */
export function lremCommand(): void {
  if (!readInteger(2)) return;
  const count = integerRead;
  if (!openList(1)) return;
  if (listRecord == 0) return replyInteger(0);
  addWork(itemCount(listRecord));
  const first = findItem(3);
  if (first < 0) return replyInteger(0);
  const most = count == 0 || count == i64.MIN_VALUE ? u32.MAX_VALUE : <u32>min(abs(count), <i64>u32.MAX_VALUE);
  const payload = editList();
  const removed = removeMatches(payload, argumentAt(3), argumentLength(3), most, count < 0, <u32>first);
  settleAfter(payload, removed, "lrem");
  replyInteger(removed);
}
