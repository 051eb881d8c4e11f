// === Changing a list ===
//
// Every function here takes the address of a list's payload, of a key or not yet
// of one, and keeps its count and the size of its listpack.

import { indexAt, pageAt, recordOf, seekFirst, seekLast, setIndex } from "../tree/cursor";
import { countOf, liveBytes, PAGE_ROOM, RECORD_HEADER, SLOT_BYTES, tailWord, VALUE_BLOB, valueOf } from "../tree/page";
import { elementBytes } from "../rdb/listpack";
import { elementCursor, keyScratch } from "../memory/state";
import { touch } from "../tree/path";
import { remove, resize, setWeight } from "../tree/tree";
import { cutBefore, cutFrom } from "../tree/cut";
import {
  addBlob, addChunk, addItem, appendItem, dropChunk, isLarge, keepPart, prependItem, reshape, reshapeToBlob, settleChunk,
} from "./chunks";
import {
  CHUNK_BYTES_MAX, CHUNK_ITEMS_MAX, chunkAt, chunkItems, chunkLen, chunkOffset, itemAt, itemLen, ITEMS_ROOT, loadChunk, nextItem,
  openItem, packedBytes, packItem, placeOfItem, readItem, seekChunk, skipItem,
} from "./items";

function countIn(payload: usize): u32 {
  return load<u32>(payload);
}

function setCount(payload: usize, count: u32): void {
  store<u32>(payload, count);
}

// === The listpack's size ===

/** Bytes of a listpack without elements. */
export const EMPTY_LISTPACK: u32 = 7;

/** Notes an item that came or, `isGone`, went. */
export function notePacked(payload: usize, item: usize, length: u32, isGone: bool): void {
  const packed = load<u32>(payload, 4);
  if (packed == 0) return;
  const bytes = elementBytes(item, length);
  store<u32>(payload, isGone ? packed - bytes : packed + bytes, 4);
}

/** Bytes of `count` items from item `from` on in a listpack; the sum may stop when above `most`. */
export function measureItems(payload: usize, from: u32, count: u32, most: u32): u32 {
  const cursor = elementCursor();
  let sum: u32 = 0;
  openItem(cursor, load<u32>(payload + ITEMS_ROOT), from);
  while (true) {
    sum += elementBytes(itemAt, itemLen);
    if (--count == 0 || sum > most) return sum;
    nextItem(cursor);
  }
}

// === Ends ===

/** Adds an item at an end. */
export function pushItem(payload: usize, item: usize, length: u32, isLast: bool): void {
  const cursor = elementCursor();
  const rootRef = payload + ITEMS_ROOT;
  const root = load<u32>(rootRef);
  notePacked(payload, item, length, false);
  setCount(payload, countIn(payload) + 1);
  if (root == 0) {
    seekFirst(cursor, 0);
    addItem(cursor, rootRef, item, length);
  } else if (isLast) {
    seekLast(cursor, root);
    appendItem(cursor, rootRef, item, length);
  } else {
    seekFirst(cursor, root);
    prependItem(cursor, rootRef, item, length);
  }
}

/** A smaller chunk is not worth its record. */
const SMALL_CHUNK: u32 = 64;

/**
 * Adds a chunk of `items` packed items, which `notePacked` knows of, behind all others.
 *
 * @returns Bytes of one that fills the page, or begins the next.
 */
export function pushChunk(payload: usize, at: usize, bytes: u32, items: u32): u32 {
  const cursor = elementCursor();
  const rootRef = payload + ITEMS_ROOT;
  const root = load<u32>(rootRef);
  seekLast(cursor, root);
  if (root != 0) setIndex(cursor, 0, indexAt(cursor, 0) + 1);
  memory.copy(addChunk(cursor, rootRef, bytes, items), at, bytes);
  setCount(payload, countIn(payload) + items);
  const taken = liveBytes(pageAt(cursor, 0)) + SLOT_BYTES + RECORD_HEADER;
  return taken + SMALL_CHUNK > PAGE_ROOM ? CHUNK_BYTES_MAX : min(CHUNK_BYTES_MAX, PAGE_ROOM - taken);
}

/** Adds a large item, whose blob nothing else names, at an end. */
export function pushBlob(payload: usize, blob: u32, bytes: u32, isLast: bool): void {
  const cursor = elementCursor();
  const rootRef = payload + ITEMS_ROOT;
  const root = load<u32>(rootRef);
  setCount(payload, countIn(payload) + 1);
  if (isLast) seekLast(cursor, root);
  else seekFirst(cursor, root);
  if (isLast && root != 0) setIndex(cursor, 0, indexAt(cursor, 0) + 1);
  addBlob(cursor, rootRef, blob, bytes);
  loadChunk(cursor);
  readItem(chunkAt);
  notePacked(payload, itemAt, itemLen, false);
}

/** Removes the item that `seekEnd` read on the element cursor. */
export function removeEnd(payload: usize, isLast: bool): void {
  const cursor = elementCursor();
  const rootRef = payload + ITEMS_ROOT;
  notePacked(payload, itemAt, itemLen, true);
  setCount(payload, countIn(payload) - 1);
  const bytes = packedBytes(itemLen);
  if (chunkItems == 1) dropChunk(cursor, rootRef);
  else if (isLast) keepPart(cursor, rootRef, 0, chunkLen - bytes, chunkItems - 1);
  else keepPart(cursor, rootRef, bytes, chunkLen, chunkItems - 1);
}

/** The blob that `takeBlob` took, and its bytes. */
export let takenBlob: u32 = 0;
export let takenBytes: u32 = 0;

/** Whether the item that `seekEnd` read is a large one; then it is removed, and its blob the caller's. */
export function takeBlob(payload: usize): bool {
  const cursor = elementCursor();
  const record = recordOf(cursor);
  if (!(tailWord(record) & VALUE_BLOB)) return false;
  takenBlob = load<u32>(valueOf(record));
  takenBytes = load<u32>(valueOf(record), 4);
  notePacked(payload, itemAt, itemLen, true);
  setCount(payload, countIn(payload) - 1);
  remove(cursor, payload + ITEMS_ROOT);
  return true;
}

/** Notes that `count` items from item `from` on are about to go, when few of them tell the size. */
function noteRange(payload: usize, from: u32, count: u32): void {
  const packed = load<u32>(payload, 4);
  if (packed != 0) store<u32>(payload, packed - measureItems(payload, from, count, u32.MAX_VALUE), 4);
}

/** Removes the first `count` items. Requires: some are left. */
export function removeFirst(payload: usize, count: u32): void {
  if (count == 0) return;
  const cursor = elementCursor();
  const rootRef = payload + ITEMS_ROOT;
  noteRange(payload, 0, count);
  setCount(payload, countIn(payload) - count);
  seekChunk(cursor, load<u32>(rootRef), count);
  if (chunkOffset != 0) {
    const from = <u32>(placeOfItem(chunkAt, chunkOffset) - chunkAt);
    keepPart(cursor, rootRef, from, chunkLen, chunkItems - chunkOffset);
  }
  cutBefore(cursor, rootRef);
}

/** Removes the last `count` items. Requires: some are left. */
export function removeLast(payload: usize, count: u32): void {
  if (count == 0) return;
  const cursor = elementCursor();
  const rootRef = payload + ITEMS_ROOT;
  const kept = countIn(payload) - count;
  noteRange(payload, kept, count);
  setCount(payload, kept);
  seekChunk(cursor, load<u32>(rootRef), kept - 1);
  if (chunkOffset + 1 < chunkItems) {
    const to = <u32>(placeOfItem(chunkAt, chunkOffset + 1) - chunkAt);
    keepPart(cursor, rootRef, 0, to, chunkOffset + 1);
  }
  setIndex(cursor, 0, indexAt(cursor, 0) + 1);
  cutFrom(cursor, rootRef);
}

// === Places in the middle ===

/** Puts another item in the place of item `index`. */
export function setItem(payload: usize, index: u32, item: usize, length: u32): void {
  const cursor = elementCursor();
  seekChunk(cursor, load<u32>(payload + ITEMS_ROOT), index);
  readItem(placeOfItem(chunkAt, chunkOffset));
  notePacked(payload, itemAt, itemLen, true);
  notePacked(payload, item, length, false);
  editChunk(cursor, payload + ITEMS_ROOT, chunkOffset, 1, item, length);
}

/** Inserts an item before item `index`, or behind all. */
export function insertItem(payload: usize, index: u32, item: usize, length: u32): void {
  if (index == 0 || index == countIn(payload)) {
    pushItem(payload, item, length, index != 0);
    return;
  }
  const cursor = elementCursor();
  notePacked(payload, item, length, false);
  setCount(payload, countIn(payload) + 1);
  seekChunk(cursor, load<u32>(payload + ITEMS_ROOT), index - 1);
  editChunk(cursor, payload + ITEMS_ROOT, chunkOffset + 1, 0, item, length);
}

/** Adds an item behind the chunk under the cursor: to the chunk there, or as one of its own. */
function addBehind(cursor: usize, rootRef: usize, item: usize, length: u32): void {
  setIndex(cursor, 0, indexAt(cursor, 0) + 1);
  if (indexAt(cursor, 0) < countOf(pageAt(cursor, 0))) prependItem(cursor, rootRef, item, length);
  else addItem(cursor, rootRef, item, length);
}

/** Inserts a chunk of these bytes behind the one under the cursor. */
function addPiece(cursor: usize, rootRef: usize, at: usize, bytes: u32, items: u32): void {
  if (bytes == 0) return;
  setIndex(cursor, 0, indexAt(cursor, 0) + 1);
  memory.copy(addChunk(cursor, rootRef, bytes, items), at, bytes);
}

/**
 * Puts an item into the loaded chunk at `offset`, where it takes the place of
 * `removed` items: 0 or 1. What no longer fits in one chunk is cut beside the item.
 */
function editChunk(cursor: usize, rootRef: usize, offset: u32, removed: u32, item: usize, length: u32): void {
  const from = <u32>(placeOfItem(chunkAt, offset) - chunkAt);
  const to = removed == 0 ? from : <u32>(skipItem(chunkAt + from) - chunkAt);
  const bytes = packedBytes(length);
  const behind = chunkLen - to;
  const total = from + bytes + behind;
  const fits = total <= CHUNK_BYTES_MAX && chunkItems - removed < CHUNK_ITEMS_MAX;
  if (!fits && from == chunkLen) return addBehind(cursor, rootRef, item, length);
  const itemsBehind = chunkItems - offset - removed;
  const scratch = keyScratch();
  if (isLarge(length)) {
    memory.copy(scratch, chunkAt + to, behind);
    if (from == 0) {
      reshapeToBlob(cursor, rootRef, item, length);
    } else {
      keepPart(cursor, rootRef, 0, from, offset);
      setIndex(cursor, 0, indexAt(cursor, 0) + 1);
      addItem(cursor, rootRef, item, length);
    }
    addPiece(cursor, rootRef, scratch, behind, itemsBehind);
    return;
  }
  memory.copy(scratch, chunkAt, from);
  packItem(scratch + from, item, length);
  memory.copy(scratch + from + bytes, chunkAt + to, behind);
  if (fits) {
    const isSmaller = total < chunkLen;
    memory.copy(reshape(cursor, rootRef, total, offset + 1 + itemsBehind), scratch, total);
    if (isSmaller) settleChunk(cursor, rootRef);
    return;
  }
  writePieces(cursor, rootRef, from, offset, bytes, behind, itemsBehind);
}

/** Cuts what lies in scratch in two chunks, or three, around the item of `bytes` bytes at `from`. */
function writePieces(
  cursor: usize, rootRef: usize, from: u32, items: u32, bytes: u32, behind: u32, itemsBehind: u32,
): void {
  const scratch = keyScratch();
  const joinsFirst = from + bytes <= CHUNK_BYTES_MAX && items < CHUNK_ITEMS_MAX;
  const joinsLast = !joinsFirst && bytes + behind <= CHUNK_BYTES_MAX && itemsBehind < CHUNK_ITEMS_MAX;
  const first = joinsFirst ? from + bytes : from;
  memory.copy(reshape(cursor, rootRef, first, joinsFirst ? items + 1 : items), scratch, first);
  if (joinsLast) {
    addPiece(cursor, rootRef, scratch + first, bytes + behind, itemsBehind + 1);
    return;
  }
  if (!joinsFirst) addPiece(cursor, rootRef, scratch + first, bytes, 1);
  addPiece(cursor, rootRef, scratch + from + bytes, behind, itemsBehind);
}

// === Removing by value ===

function isItem(item: usize, length: u32): bool {
  return itemLen == length && memory.compare(itemAt, item, length) == 0;
}

/** Items [from, to) of the loaded chunk that are equal to this one. */
function countMatches(from: u32, to: u32, item: usize, length: u32): u32 {
  let place = placeOfItem(chunkAt, from);
  let found: u32 = 0;
  for (let i = from; i < to; i++) {
    place = readItem(place);
    if (isItem(item, length)) found++;
  }
  return found;
}

/**
 * Removes from the loaded chunk the matches among items [from, to) but the first
 * `spared`, at most `most`. The cursor is stale when there were any.
 */
function dropMatches(
  cursor: usize, rootRef: usize, from: u32, to: u32, spared: u32, most: u32, item: usize, length: u32,
): u32 {
  if (chunkItems == 1) {
    dropChunk(cursor, rootRef);
    return 1;
  }
  touch(cursor, rootRef, 0);
  loadChunk(cursor);
  let place = chunkAt;
  let kept = chunkAt;
  let removed: u32 = 0;
  for (let i: u32 = 0; i < chunkItems; i++) {
    const start = place;
    place = readItem(place);
    const matches = i >= from && i < to && removed < most && isItem(item, length);
    if (matches && spared == 0) {
      removed++;
      continue;
    }
    if (matches) spared--;
    memory.copy(kept, start, place - start);
    kept += place - start;
  }
  if (removed == chunkItems) {
    dropChunk(cursor, rootRef);
    return removed;
  }
  const items = chunkItems - removed;
  resize(cursor, rootRef, <u32>(kept - chunkAt));
  setWeight(cursor, items);
  settleChunk(cursor, rootRef);
  return removed;
}

/**
 * Removes up to `most` items equal to this one, from the first or, `isBackward`,
 * from the last on; how many. None of them lies before item `first`.
 */
export function removeMatches(payload: usize, item: usize, length: u32, most: u32, isBackward: bool, first: u32): u32 {
  const cursor = elementCursor();
  const rootRef = payload + ITEMS_ROOT;
  let removed: u32 = 0;
  // Items before `position` are done; backward, those from `position` on.
  let position: u32 = isBackward ? countIn(payload) : first;
  while (removed < most && (isBackward ? position > first : position < countIn(payload))) {
    seekChunk(cursor, load<u32>(rootRef), isBackward ? position - 1 : position);
    const from = isBackward ? 0 : chunkOffset;
    const to = isBackward ? chunkOffset + 1 : chunkItems;
    const found = countMatches(from, to, item, length);
    const wanted = min(found, most - removed);
    const gone: u32 = found == 0 ? 0 : dropMatches(cursor, rootRef, from, to, isBackward ? found - wanted : 0, wanted, item, length);
    for (let i: u32 = 0; i < gone; i++) notePacked(payload, item, length, true);
    setCount(payload, countIn(payload) - gone);
    removed += gone;
    position = isBackward ? position - (to - from) : position + (to - from) - gone;
  }
  return removed;
}
