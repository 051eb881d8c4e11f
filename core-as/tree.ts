// === Changing a tree: insert, resize, remove ===
//
// A tree is named by the address of its root field (`rootRef`), so that a copy
// of the root page can be stored back: a field of the header, of a database, or
// of a collection's record. Every change first makes its path private (`touch`):
// pages that a pinned view may reach are copied, from the root down.
//
// Invariants:
//  (1) Within a page keys strictly rise; all keys of child i are ≥ key i and
//      < key i+1 (positional trees, whose keys are all empty, keep order only).
//  (2) An inner record's count is the number of leaf records below its child.
//  (3) No page is empty, and the root is a leaf or has at least two children.

import {
  childCount, childOf, closeRecord, copyPage, countOf, freeBytes, headAt, levelOf, liveBytes, newPage, noteShape,
  openRecord, Page, PAGE_SIZE_MAX, PAGE_SLOTS, appendRecords, recordAt, recordBytes, RECORD_BYTES_MAX, RECORD_HEADER,
  SLOT_BYTES, storedTail, TAIL_BLOB, TAIL_INLINE_MAX, tailLength, tailOf, tailWord, valueLength, valueOf,
} from "./page";
import { indexAt, pageAt, rankOf, seek, seekRank, setIndex, setPage, setTop, settle, topOf } from "./cursor";
import { allocate, free, hasRoomToShrink, KIND_BLOB, OBJECT_HEADER } from "./heap";
import { discard, isShared } from "./views";
import { header } from "./layout";

function commonPrefix(a: usize, aLen: u32, b: usize, bLen: u32): u32 {
  const end = min(aLen, bLen);
  let at: u32 = 0;
  while (at < end && load<u8>(a + at) == load<u8>(b + at)) at++;
  return at;
}

const CHILD_VALUE_BYTES: u32 = 8;
const PAGE_ROOM: u32 = PAGE_SIZE_MAX - <u32>PAGE_SLOTS;
/** Pages below this look for a neighbour to merge with. */
const MERGE_BELOW: u32 = PAGE_ROOM / 4;
const MERGED_MAX: u32 = PAGE_ROOM / 4 * 3;

// === Paths ===

function storeRoot(rootRef: usize, page: usize): void {
  store<u32>(rootRef, <u32>page);
}

/** Points the parent (or root field) of the path's page at `level` to `page`. */
function relink(cursor: usize, rootRef: usize, level: u32, page: usize): void {
  setPage(cursor, level, page);
  if (level == <u32>topOf(cursor)) {
    storeRoot(rootRef, page);
  } else {
    store<u32>(valueOf(recordAt(pageAt(cursor, level + 1), indexAt(cursor, level + 1))), <u32>page);
  }
}

/** Makes every page of the path private, the leaf with `room` bytes to spare. */
export function touch(cursor: usize, rootRef: usize, room: u32): void {
  for (let level = topOf(cursor); level >= 0; level--) {
    const page = pageAt(cursor, level);
    if (!isShared(page)) continue;
    const spare = level == 0 ? min(room, PAGE_ROOM - liveBytes(page)) : 0;
    relink(cursor, rootRef, level, copyPage(page, spare));
    discard(page);
    header.pagesCopied++;
  }
}

function addCounts(cursor: usize, delta: i32): void {
  const top = topOf(cursor);
  for (let level = 1; level <= top; level++) {
    const value = valueOf(recordAt(pageAt(cursor, level), indexAt(cursor, level)));
    store<u32>(value, load<u32>(value, 4) + delta, 4);
  }
}

// === Records ===

function writeTail(record: usize, tail: usize, tailLen: u32, valueLen: u32): void {
  store<u16>(record, <u16>valueLen, 2);
  if (tailLen <= TAIL_INLINE_MAX) {
    store<u16>(record, <u16>tailLen);
    memory.copy(record + RECORD_HEADER, tail, tailLen);
    return;
  }
  const blob = allocate(tailLen + OBJECT_HEADER, KIND_BLOB);
  if (blob == 0) unreachable(); // admission checked the room
  memory.copy(blob + OBJECT_HEADER, tail, tailLen);
  store<u16>(record, <u16>(8 | TAIL_BLOB));
  store<u32>(record + RECORD_HEADER, <u32>blob);
  store<u32>(record + RECORD_HEADER, tailLen, 4);
}

function storedLength(tailLen: u32): u32 {
  return tailLen <= TAIL_INLINE_MAX ? tailLen : 8;
}

function dropTail(record: usize): void {
  if (tailWord(record) & TAIL_BLOB) discard(<usize>load<u32>(record + RECORD_HEADER));
}

// === Room ===

/** Moves the page at `level` to one with `need` bytes free; false if it must split. */
function growPage(cursor: usize, rootRef: usize, level: u32, need: u32): bool {
  const page = pageAt(cursor, level);
  if (liveBytes(page) + need > PAGE_ROOM) return false;
  relink(cursor, rootRef, level, copyPage(page, need));
  free(page);
  return true;
}

/** Puts a root above the present one. */
function raiseRoot(cursor: usize, rootRef: usize): void {
  const level = <u32>topOf(cursor);
  const child = pageAt(cursor, level);
  const root = newPage(level + 1, 2 * (SLOT_BYTES + RECORD_HEADER + CHILD_VALUE_BYTES));
  const record = openRecord(root, 0, 0, RECORD_HEADER + CHILD_VALUE_BYTES);
  writeTail(record, 0, 0, CHILD_VALUE_BYTES);
  writeChild(record, child);
  storeRoot(rootRef, root);
  setTop(cursor, level + 1);
  setPage(cursor, level + 1, root);
  setIndex(cursor, level + 1, 0);
}

function recordsBelow(page: usize): u32 {
  const entries = countOf(page);
  if (levelOf(page) == 0) return entries;
  let sum: u32 = 0;
  for (let index: u32 = 0; index < entries; index++) sum += childCount(recordAt(page, index));
  return sum;
}

function writeChild(record: usize, child: usize): void {
  const value = valueOf(record);
  store<u32>(value, <u32>child);
  store<u32>(value, recordsBelow(child), 4);
}

function isAtEdge(cursor: usize, level: u32, isRight: bool): bool {
  const top = <u32>topOf(cursor);
  for (let above = level + 1; above <= top; above++) {
    const edge: u32 = isRight ? countOf(pageAt(cursor, above)) - 1 : 0;
    if (indexAt(cursor, above) != edge) return false;
  }
  return true;
}

/**
 * Where to cut: records [0, cut) stay left. A leaf being filled from one end is
 * cut at that end, so that pages of a stream or queue stay full.
 */
function cutOf(cursor: usize, level: u32): u32 {
  const page = pageAt(cursor, level);
  const entries = countOf(page);
  const index = indexAt(cursor, level);
  if (isAtEdge(cursor, level, true) && index + (level == 0 ? 0 : 1) >= entries) {
    return level == 0 ? entries : entries - 1;
  }
  if (level == 0 && index == 0 && isAtEdge(cursor, level, false)) return 0;
  const half = liveBytes(page) / 2;
  let bytes: u32 = 0;
  let cut: u32 = 0;
  while (cut < entries - 1 && bytes < half) {
    bytes += SLOT_BYTES + recordBytes(recordAt(page, cut));
    cut++;
  }
  return max(cut, 1);
}

// Separator of the split in progress: what tells the right page from the left.
let separatorHead: u64 = 0;
let separatorTail: usize = 0;
let separatorLen: u32 = 0;

function setSeparator(
  leftHead: u64, leftTail: usize, leftLen: u32, rightHead: u64, rightTail: usize, rightLen: u32,
): void {
  separatorHead = rightHead;
  separatorTail = rightTail;
  separatorLen = leftHead != rightHead ? 0 : min(rightLen, commonPrefix(leftTail, leftLen, rightTail, rightLen) + 1);
}

function separate(page: usize, cut: u32, head: u64, tail: usize, tailLen: u32): void {
  const entries = countOf(page);
  if (cut != 0 && cut != entries) {
    const left = recordAt(page, cut - 1);
    const right = recordAt(page, cut);
    setSeparator(
      headAt(page, cut - 1), tailOf(left), tailLength(left), headAt(page, cut), tailOf(right), tailLength(right),
    );
  } else if (cut == 0) {
    const right = recordAt(page, 0);
    setSeparator(head, tail, tailLen, headAt(page, 0), tailOf(right), tailLength(right));
  } else {
    const left = recordAt(page, entries - 1);
    setSeparator(headAt(page, entries - 1), tailOf(left), tailLength(left), head, tail, tailLen);
  }
}

/**
 * Splits the page at `level`, or a page above it when that has no room for one
 * more child; the caller seeks again and retries. (head, tail) is the key that
 * a leaf is being split for.
 */
function split(cursor: usize, rootRef: usize, level: u32, head: u64, tail: usize, tailLen: u32): void {
  const page = pageAt(cursor, level);
  const cut = cutOf(cursor, level);
  separate(page, cut, head, tail, tailLen);
  const parentLevel = level + 1;
  const recordLen = RECORD_HEADER + storedLength(separatorLen) + CHILD_VALUE_BYTES;
  if (level == <u32>topOf(cursor)) raiseRoot(cursor, rootRef);
  if (freeBytes(pageAt(cursor, parentLevel)) < SLOT_BYTES + recordLen) {
    if (!growPage(cursor, rootRef, parentLevel, SLOT_BYTES + recordLen)) {
      split(cursor, rootRef, parentLevel, 0, 0, 0);
      return;
    }
  }
  cutPage(cursor, rootRef, level, cut, recordLen);
  header.pagesSplit++;
}

function cutPage(cursor: usize, rootRef: usize, level: u32, cut: u32, recordLen: u32): void {
  const page = pageAt(cursor, level);
  const parent = pageAt(cursor, level + 1);
  const at = indexAt(cursor, level + 1);
  const entries = countOf(page);
  const bytes = liveBytes(page);
  const left = newPage(level, rangeBytes(page, 0, cut));
  const right = newPage(level, bytes - rangeBytes(page, 0, cut));
  appendRecords(left, page, 0, cut);
  appendRecords(right, page, cut, entries);
  const record = openRecord(parent, at + 1, separatorHead, recordLen);
  writeTail(record, separatorTail, separatorLen, CHILD_VALUE_BYTES);
  writeChild(record, right);
  writeChild(recordAt(parent, at), left);
  setPage(cursor, level, left);
  free(page);
}

function rangeBytes(page: usize, from: u32, to: u32): u32 {
  let bytes: u32 = 0;
  for (let index = from; index < to; index++) bytes += SLOT_BYTES + recordBytes(recordAt(page, index));
  return bytes;
}

// === Insert ===

function firstRecord(cursor: usize, rootRef: usize, head: u64, bytes: u32): usize {
  const page = newPage(0, SLOT_BYTES + bytes);
  storeRoot(rootRef, page);
  setTop(cursor, 0);
  setPage(cursor, 0, page);
  setIndex(cursor, 0, 0);
  return openRecord(page, 0, head, bytes);
}

/**
 * Inserts a record at the cursor. A positional tree passes `isPositional` and
 * no key. The cursor then stands on the new record.
 *
 * Requires: the cursor stands where the key belongs, and the key is not there.
 *
 * @returns The record, its tail written, its `valueLen` value bytes not.
 */
export function insert(
  cursor: usize, rootRef: usize, head: u64, tail: usize, tailLen: u32, valueLen: u32, isPositional: bool = false,
): usize {
  const bytes = RECORD_HEADER + storedLength(tailLen) + valueLen;
  assert(bytes <= RECORD_BYTES_MAX); // larger values lie in blobs
  if (topOf(cursor) < 0) {
    const record = firstRecord(cursor, rootRef, head, bytes);
    writeTail(record, tail, tailLen, valueLen);
    return record;
  }
  const need = SLOT_BYTES + bytes;
  touch(cursor, rootRef, need);
  while (freeBytes(pageAt(cursor, 0)) < need) {
    if (growPage(cursor, rootRef, 0, need)) break;
    const rank = isPositional ? rankOf(cursor) : 0;
    split(cursor, rootRef, 0, head, tail, tailLen);
    if (isPositional) seekRank(cursor, load<u32>(rootRef), rank);
    else seek(cursor, load<u32>(rootRef), head, tail, tailLen);
  }
  const record = openRecord(pageAt(cursor, 0), indexAt(cursor, 0), head, bytes);
  writeTail(record, tail, tailLen, valueLen);
  addCounts(cursor, 1);
  return record;
}

// === Resize ===

/**
 * Gives the record under the cursor a value of `valueLen` bytes, of which the
 * first min(old, new) are kept; flags of the tail word too. The path becomes
 * private.
 *
 * @returns The record's address.
 */
export function resize(cursor: usize, rootRef: usize, valueLen: u32): usize {
  touch(cursor, rootRef, valueLen);
  const page = pageAt(cursor, 0);
  const index = indexAt(cursor, 0);
  const record = recordAt(page, index);
  const old = valueLength(record);
  if (valueLen <= old) {
    changetype<Page>(page).deadBytes += <u16>(old - valueLen);
    return shrinkRecord(page, index, record, valueLen);
  }
  return enlargeRecord(cursor, rootRef, valueLen);
}

// Dead bytes are counted as the heap minus what records say, so a record that
// shrinks moves up against its old end: the gap lies in front of it.
function shrinkRecord(page: usize, index: u32, record: usize, valueLen: u32): usize {
  const saved = valueLength(record) - valueLen;
  if (saved == 0) return record;
  const fields = changetype<Page>(page);
  const slot = page + PAGE_SLOTS + index * SLOT_BYTES;
  const distance = load<u16>(slot, 8);
  memory.copy(record + saved, record, recordBytes(record) - saved);
  store<u16>(record + saved, <u16>valueLen, 2);
  store<u16>(slot, <u16>(distance - saved), 8);
  if (distance == fields.heapBytes) {
    fields.heapBytes -= <u16>saved;
    fields.deadBytes -= <u16>saved;
  }
  return record + saved;
}

function enlargeRecord(cursor: usize, rootRef: usize, valueLen: u32): usize {
  const record = recordAt(pageAt(cursor, 0), indexAt(cursor, 0));
  const bytes = recordBytes(record) - valueLength(record) + valueLen;
  assert(bytes <= RECORD_BYTES_MAX);
  if (freeBytes(pageAt(cursor, 0)) < bytes) {
    if (!growPage(cursor, rootRef, 0, bytes)) {
      splitAtRecord(cursor, rootRef);
      return enlargeRecord(cursor, rootRef, valueLen);
    }
  }
  const page = pageAt(cursor, 0);
  const index = indexAt(cursor, 0);
  const source = recordAt(page, index);
  const fields = changetype<Page>(page);
  const oldBytes = recordBytes(source);
  const slot = page + PAGE_SLOTS + index * SLOT_BYTES;
  const wasNewest = load<u16>(slot, 8) == fields.heapBytes;
  if (wasNewest) fields.heapBytes -= <u16>oldBytes;
  else fields.deadBytes += <u16>oldBytes;
  fields.heapBytes += <u16>bytes;
  const target = page + fields.size - fields.heapBytes;
  store<u16>(slot, fields.heapBytes, 8);
  memory.copy(target, source, oldBytes);
  store<u16>(target, <u16>valueLen, 2);
  return target;
}

/** Splits the leaf under the cursor in two halves and finds the record again. */
function splitAtRecord(cursor: usize, rootRef: usize): void {
  const rank = rankOf(cursor);
  const page = pageAt(cursor, 0);
  const entries = countOf(page);
  assert(entries >= 2); // four of the largest records fit a page
  // A cut in the middle, wherever the cursor stands at an edge.
  const index = indexAt(cursor, 0);
  if (index == 0 || index + 1 >= entries) setIndex(cursor, 0, 1);
  split(cursor, rootRef, 0, 0, 0, 0);
  seekRank(cursor, load<u32>(rootRef), rank);
  if (indexAt(cursor, 0) == countOf(pageAt(cursor, 0))) seekRecord(cursor, rank, rootRef);
}

/** `seekRank` for a record that exists: never behind the end of a leaf. */
function seekRecord(cursor: usize, rank: u32, rootRef: usize): void {
  seekRank(cursor, load<u32>(rootRef), rank);
  settle(cursor);
}

// === Remove ===

/** Removes the record under the cursor; what its value refers to is the caller's. */
export function remove(cursor: usize, rootRef: usize): void {
  touch(cursor, rootRef, 0);
  const page = pageAt(cursor, 0);
  const index = indexAt(cursor, 0);
  dropTail(recordAt(page, index));
  closeRecord(page, index);
  addCounts(cursor, -1);
  rebalance(cursor, rootRef, 0);
  lowerRoot(rootRef);
}

function rebalance(cursor: usize, rootRef: usize, level: u32): void {
  const page = pageAt(cursor, level);
  const isRoot = level == <u32>topOf(cursor);
  if (countOf(page) == 0) {
    free(page);
    if (isRoot) storeRoot(rootRef, 0);
    else dropChild(cursor, rootRef, level + 1);
    return;
  }
  if (!hasRoomToShrink()) return;
  const live = liveBytes(page);
  if (!isRoot && live < MERGE_BELOW && mergeWithNeighbour(cursor, rootRef, level)) return;
  const size = <u32>changetype<Page>(page).size;
  if (size > 128 && (live + <u32>PAGE_SLOTS) * 2 < size) {
    relink(cursor, rootRef, level, copyPage(page, live >> 3));
    free(page);
  }
}

/** Removes the inner record under the path at `level`. */
function dropChild(cursor: usize, rootRef: usize, level: u32): void {
  const page = pageAt(cursor, level);
  const index = indexAt(cursor, level);
  noteShape();
  dropTail(recordAt(page, index));
  closeRecord(page, index);
  rebalance(cursor, rootRef, level);
}

function mergeWithNeighbour(cursor: usize, rootRef: usize, level: u32): bool {
  const parent = pageAt(cursor, level + 1);
  const index = indexAt(cursor, level + 1);
  if (index + 1 < countOf(parent) && tryMerge(cursor, rootRef, level, index)) return true;
  return index > 0 && tryMerge(cursor, rootRef, level, index - 1);
}

/** Joins children `left` and `left + 1` of the path's page above `level`. */
function tryMerge(cursor: usize, rootRef: usize, level: u32, left: u32): bool {
  const parent = pageAt(cursor, level + 1);
  const leftPage = childOf(recordAt(parent, left));
  const rightPage = childOf(recordAt(parent, left + 1));
  const border = recordAt(parent, left + 1);
  const bytes = liveBytes(leftPage) + liveBytes(rightPage) + (level == 0 ? 0 : storedTail(border));
  if (bytes > MERGED_MAX) return false;
  const merged = newPage(level, bytes);
  appendRecords(merged, leftPage, 0, countOf(leftPage));
  if (level == 0) {
    appendRecords(merged, rightPage, 0, countOf(rightPage));
  } else {
    appendFirstChild(merged, rightPage, headAt(parent, left + 1), border);
    appendRecords(merged, rightPage, 1, countOf(rightPage));
  }
  writeChild(recordAt(parent, left), merged);
  discard(leftPage);
  discard(rightPage);
  setIndex(cursor, level + 1, left + 1);
  dropChild(cursor, rootRef, level + 1);
  return true;
}

/**
 * Appends the first child of `source`, whose own key counted as minus infinity
 * there, under the key that the parent's record `border` has for it.
 */
function appendFirstChild(page: usize, source: usize, head: u64, border: usize): void {
  const first = recordAt(source, 0);
  const bytes = RECORD_HEADER + storedTail(border) + CHILD_VALUE_BYTES;
  const record = openRecord(page, countOf(page), head, bytes);
  writeTail(record, tailOf(border), tailLength(border), CHILD_VALUE_BYTES);
  memory.copy(valueOf(record), valueOf(first), CHILD_VALUE_BYTES);
  dropTail(first);
}

/** A root with one child gives way to it. */
function lowerRoot(rootRef: usize): void {
  let root: usize = load<u32>(rootRef);
  while (root != 0 && levelOf(root) > 0 && countOf(root) == 1) {
    const record = recordAt(root, 0);
    const child = childOf(record);
    dropTail(record);
    discard(root);
    storeRoot(rootRef, child);
    root = child;
  }
}
