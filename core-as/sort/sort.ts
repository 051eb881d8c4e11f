// === SORT and SORT_RO ===
//
// https://redis.io/commands/sort/. Elements are noted in rows with what they are
// sorted by; nothing is copied but what is answered or stored.

import { takeRoom } from "../request/room";
import { argumentAt, argumentLength } from "../request/parser";
import { addWork } from "../memory/state";
import { free, OBJECT_HEADER } from "../memory/heap";
import { ENCODING_RAW, encodingOf, openKey, prepareKeyUnseen, TYPE_SET, TYPE_ZSET, typeOf } from "../keys/keyspace";
import { readKey } from "../keys/lookup";
import { valueOf } from "../tree/page";
import { hasRoomToReply, replyArray, replyBulk, replyError, replyNull, replyOutOfMemory, replyWrongType } from "../request/reply";
import {
  beginSort, BY_BYTES, BY_ELEMENT, BY_ELEMENT_TEXT, BY_NUMBER_AND_ELEMENT, BY_TEXT, ROW_BYTES, sortAll, sortSome,
} from "../request/rows";
import { parseWeight } from "../request/scores";
import { elementAt, elementCount, elementLen, isSortable, nextElement, openElement } from "./elements";
import {
  byPattern, firstPattern, getCount, isDescending, isText, isUnsorted, limitRange, nextPattern, patternBytes, rangeEnd, rangeFirst,
  readOptions, sortByElements, storeKey,
} from "./options";
import { closePatterns, findValue, nameBytes, openPatterns, valueAt, valueLen } from "./patterns";
import { addItem, beginList, dropList, sortBytesMax, storeList } from "./result";
import { parsedDouble } from "../text/double_parse";
import { isAtomic } from "../waits/wake";

let buffer: usize = 0;
let rows: usize = 0;
let count: u32 = 0;
/** Bytes that the name of a key may have. */
let longestName: u64 = 0;

/** Bytes of rows for `elements` elements, and of the room to sort them. */
export function rowsBytes(elements: u64): u64 {
  return (elements * 2 + 1) * ROW_BYTES + OBJECT_HEADER;
}

function rowOf(index: u32): usize {
  return rows + <usize>index * ROW_BYTES;
}

// === Loading ===

/** Makes room for `most` rows, or answers that there is none. */
function beginRows(most: u32): bool {
  count = 0;
  const stores = storeKey != 0;
  const bytes = rowsBytes(most);
  if (stores && bytes > sortBytesMax(isAtomic)) {
    replyOutOfMemory();
    return false;
  }
  buffer = takeRoom(bytes, stores);
  if (buffer == 0) return false;
  rows = buffer + OBJECT_HEADER;
  return true;
}

/** Notes `wanted` elements of the value in a key's record; the length of the longest. */
function loadRows(record: usize, first: u32, wanted: u32, backward: bool): u32 {
  let longest: u32 = 0;
  for (let i: u32 = 0; i < wanted; i++) {
    if (i == 0) openElement(record, first, backward);
    else nextElement();
    const row = rowOf(count++);
    store<u64>(row, 0);
    store<u32>(row, <u32>elementAt, 8);
    store<u32>(row, elementLen, 12);
    longest = max(longest, elementLen);
  }
  addWork(wanted);
  return longest;
}

// === Sorting ===

/** Notes what each row is sorted by; false when one is no number. */
function loadKeys(): bool {
  let isGood = true;
  for (let i: u32 = 0; i < count; i++) {
    const row = rowOf(i);
    let at: usize = load<u32>(row, 8);
    let length: u32 = load<u32>(row, 12);
    if (byPattern != 0) {
      if (!findValue(byPattern, at, length)) continue;
      at = valueAt;
      length = valueLen;
      addWork(1);
    }
    if (!isText) {
      if (parseWeight(at, length)) store<f64>(row, parsedDouble);
      else isGood = false;
    } else if (byPattern != 0) {
      store<u32>(row, <u32>at);
      store<u32>(row, length, 4);
    }
  }
  return isGood;
}

/** How rows are compared. What is stored is compared whole, what is answered as C's strings. */
function orderOf(): u32 {
  if (!isText) return BY_NUMBER_AND_ELEMENT;
  if (byPattern != 0) return storeKey != 0 ? BY_BYTES : BY_TEXT;
  return storeKey != 0 ? BY_ELEMENT : BY_ELEMENT_TEXT;
}

function sortRows(): void {
  const isPart = rangeFirst != 0 || rangeEnd != count;
  beginSort(rows, orderOf(), isDescending);
  if (byPattern == 0 || !isPart) sortAll(count, rowOf(count));
  else if (rangeFirst < rangeEnd) sortSome(count, rangeFirst, rangeEnd - 1);
}

// === Results ===

/** Shows, or adds to the list, what is wanted of the row; false when the list is too large. */
function giveRow(index: u32): bool {
  const element: usize = load<u32>(rowOf(index), 8);
  const length: u32 = load<u32>(rowOf(index), 12);
  if (getCount == 0) return give(element, length);
  let pattern = firstPattern();
  for (let i: u32 = 0; i < getCount; i++) {
    if (i != 0) pattern = nextPattern(pattern);
    const isFound = findValue(pattern, element, length);
    if (isFound ? !give(valueAt, valueLen) : !giveNothing()) return false;
  }
  addWork(getCount);
  return true;
}

function give(at: usize, length: u32): bool {
  if (storeKey != 0) return addItem(at, length);
  replyBulk(at, length);
  return hasRoomToReply();
}

function giveNothing(): bool {
  if (storeKey != 0) return addItem(0, 0);
  replyNull();
  return hasRoomToReply();
}

/** Answers or stores rows [from, to). */
function giveRows(from: u32, to: u32): void {
  const size = <u64>(to - from) * max(getCount, 1);
  if (storeKey == 0) replyArray(<u32>size);
  else beginList(rowsBytes(count) + nameBytes(longestName));
  for (let i = from; i < to; i++) {
    if (giveRow(i)) continue;
    if (storeKey == 0) return;
    dropList();
    replyOutOfMemory();
    return;
  }
  if (storeKey != 0) storeList(storeKey);
}

// === Commands ===

function sortRecord(record: usize): void {
  const size = elementCount(record);
  // A set has no order of its own that a list could keep.
  if (isUnsorted && storeKey != 0 && typeOf(record) == TYPE_SET) sortByElements();
  limitRange(size);
  const isDirect = isUnsorted && typeOf(record) != TYPE_SET;
  const wanted = isDirect ? rangeEnd - rangeFirst : size;
  if (!beginRows(wanted)) return;
  const longest = isDirect ? loadRows(record, rangeFirst, wanted, isDescending) : loadRows(record, 0, wanted, false);
  longestName = <u64>longest + patternBytes;
  if (storeKey != 0 && rowsBytes(count) + nameBytes(longestName) > sortBytesMax(isAtomic)) {
    replyOutOfMemory();
    free(buffer);
    return;
  }
  if (openPatterns(longestName, storeKey != 0, false)) {
    const isGood = isUnsorted || loadKeys();
    if (!isGood) {
      replyError("ERR One or more scores can't be converted into double");
    } else {
      if (!isUnsorted) sortRows();
      if (isDirect) giveRows(0, wanted);
      else giveRows(rangeFirst, rangeEnd);
    }
    closePatterns();
  }
  free(buffer);
}

/** Redis turns a sorted set that it sorts into its large encoding; the record of the key in argument 1 then. */
function enlarge(): usize {
  const record = openKey(argumentAt(1), argumentLength(1));
  if (encodingOf(record) & ENCODING_RAW) return record;
  const changed = prepareKeyUnseen();
  const meta = valueOf(changed);
  store<u8>(meta, <u8>(load<u8>(meta) | ENCODING_RAW));
  return changed;
}

/** Answers or stores that there are no elements. */
function sortNothing(): void {
  if (storeKey == 0) {
    replyArray(0);
    return;
  }
  beginList(0);
  storeList(storeKey);
}

function sort(mayStore: bool): void {
  if (!readOptions(mayStore)) return;
  let record = readKey(argumentAt(1), argumentLength(1));
  if (record == 0) {
    sortNothing();
    return;
  }
  if (!isSortable(record)) {
    replyWrongType();
    return;
  }
  if (mayStore && typeOf(record) == TYPE_ZSET) record = enlarge();
  // Where nobody hears the answer, the work for it is left out.
  if (storeKey != 0 || hasRoomToReply()) sortRecord(record);
}

/** `SORT key [BY pattern] [LIMIT offset count] [GET pattern ...] [ASC | DESC] [ALPHA] [STORE destination]` */
export function sortCommand(): void {
  sort(true);
}

/** `SORT_RO`: the same without STORE. */
export function sortRoCommand(): void {
  sort(false);
}
