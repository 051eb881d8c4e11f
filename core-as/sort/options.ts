// === Words of SORT ===

import { argumentCount, argumentLength } from "../request/parser";
import { integerRead, isWord, readInteger } from "../request/arguments";
import { replySyntaxError } from "../request/reply";
import { hasStar } from "./patterns";

/** Argument with the pattern to sort by; 0 = by the elements. */
export let byPattern: u32 = 0;
/** Whether the elements stay in their order: the pattern has no star. */
export let isUnsorted: bool = false;
export let isDescending: bool = false;
export let isText: bool = false;
/** Argument with the key to store at; 0 = none. */
export let storeKey: u32 = 0;
/** Patterns to get. */
export let getCount: u32 = 0;
/** Bytes of the longest pattern. */
export let patternBytes: u32 = 0;

let offset: i64 = 0;
let count: i64 = -1;
/** Argument with the first option GET. */
let firstGet: u32 = 0;

function notePattern(index: u32): void {
  patternBytes = max(patternBytes, argumentLength(index));
}

function readLimit(index: u32): bool {
  if (!readInteger(index)) return false;
  offset = integerRead;
  if (!readInteger(index + 1)) return false;
  count = integerRead;
  return true;
}

function refuse(): bool {
  replySyntaxError();
  return false;
}

/** Words of the option in argument `index`, which is one. */
function wordsOf(index: u32): u32 {
  if (isWord(index, "limit")) return 3;
  return isWord(index, "asc") || isWord(index, "desc") || isWord(index, "alpha") ? 1 : 2;
}

/** Reads the option in argument `index`, or answers the error. */
function readOption(index: u32, mayStore: bool): bool {
  const left = argumentCount - index - 1;
  if (isWord(index, "asc")) isDescending = false;
  else if (isWord(index, "desc")) isDescending = true;
  else if (isWord(index, "alpha")) isText = true;
  else if (left >= 2 && isWord(index, "limit")) return readLimit(index + 1);
  else if (left >= 1 && mayStore && isWord(index, "store")) storeKey = index + 1;
  else if (left >= 1 && isWord(index, "by")) {
    byPattern = index + 1;
    // Once a pattern had no star, one behind it makes no difference.
    isUnsorted = isUnsorted || !hasStar(index + 1);
    notePattern(index + 1);
  } else if (left >= 1 && isWord(index, "get")) {
    if (getCount++ == 0) firstGet = index;
    notePattern(index + 1);
  } else return refuse();
  return true;
}

/** Reads the options, or answers the error. */
export function readOptions(mayStore: bool): bool {
  byPattern = 0;
  isUnsorted = false;
  isDescending = false;
  isText = false;
  storeKey = 0;
  getCount = 0;
  patternBytes = 0;
  offset = 0;
  count = -1;
  for (let i: u32 = 2; i < argumentCount; i += wordsOf(i)) {
    if (!readOption(i, mayStore)) return false;
  }
  return true;
}

/** Forgets the pattern to sort by: the elements themselves are put in order, as texts. */
export function sortByElements(): void {
  byPattern = 0;
  isUnsorted = false;
  isText = true;
}

/** Argument with the first pattern to get. Requires: there is one. */
export function firstPattern(): u32 {
  return firstGet + 1;
}

/** Argument with the pattern to get behind the one in argument `index`. Requires: there is one. */
export function nextPattern(index: u32): u32 {
  let i = index + 1;
  while (!isWord(i, "get")) i += wordsOf(i);
  return i + 1;
}

/** The part of `size` elements in order that is wanted: [rangeFirst, rangeEnd). */
export let rangeFirst: u32 = 0;
export let rangeEnd: u32 = 0;

/** Finds the part that LIMIT leaves. */
export function limitRange(size: u32): void {
  const first = min(max(offset, 0), <i64>size);
  const most = min(max(count, -1), <i64>size);
  rangeFirst = <u32>first;
  rangeEnd = most < 0 ? size : <u32>min(first + most, <i64>size);
}
