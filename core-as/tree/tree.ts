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
//  (2) An inner record's count is what the leaf records below its child count for: one
//      each, or in a positional tree the items that their heads say.
//  (3) No page is empty, and the root is a leaf or has at least two children.

import {
  appendRecords, closeRecord, copyPage, countOf, freeBytes, headAt, isTight, levelOf, liveBytes, newPage, openRecord, Page, PAGE_ROOM, PAGE_SLOTS, recordAt,
  recordBytes, RECORD_BYTES_MAX, RECORD_HEADER, SLOT_BYTES, tailWord, valueLength, weightAt, WEIGHTED,
} from "./page";
import { indexAt, pageAt, rankOf, seek, seekRank, setIndex, setPage, setTop, settle, topOf } from "./cursor";
import { free } from "../memory/heap";
import { addCounts, relink, storeRoot, touch } from "./path";
import { dropTail, storedLength, writeTail } from "./record";
import { growPage, split } from "./split";
import { lowerRoot, rebalance } from "./merge";
import { copyBytes } from "../text/bytes";

// === Insert ===

/** Bytes that the first page of a tree has room for at least. */
let firstPageBytes: u32 = 0;

/** Gives trees that begin from now on a first page with room for `bytes`; 0 = as small as can be. */
export function expectBytes(bytes: u32): void {
  firstPageBytes = min(bytes, PAGE_ROOM);
}

/** Moves the records of a tree of one page to the smallest page that holds them. */
export function trimRoot(rootRef: usize): void {
  const page: usize = load<u32>(rootRef);
  if (page == 0 || levelOf(page) != 0 || isTight(page)) return;
  storeRoot(rootRef, copyPage(page, 0));
  free(page);
}

function firstRecord(cursor: usize, rootRef: usize, head: u64, bytes: u32): usize {
  const page = newPage(0, max(SLOT_BYTES + bytes, firstPageBytes));
  storeRoot(rootRef, page);
  setTop(cursor, 0);
  setPage(cursor, 0, page);
  setIndex(cursor, 0, 0);
  return openRecord(page, 0, head, bytes);
}

/**
 * Inserts a record at the cursor. A positional tree passes `isPositional`, the
 * record's number of items as head, and no tail. The cursor then stands on the
 * new record.
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
    if (isPositional) store<u16>(record, <u16>WEIGHTED);
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
  if (isPositional) store<u16>(record, <u16>WEIGHTED);
  addCounts(cursor, isPositional ? <i32>head : 1);
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
  if (tailWord(record) & WEIGHTED) return enlargeChunk(cursor, rootRef, valueLen - valueLength(record));
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
  copyBytes(target, source, oldBytes);
  store<u16>(target, <u16>valueLen, 2);
  return target;
}

/**
 * Gives the value of the record under the cursor, one that grows bit by bit,
 * `gained` bytes more at its end. The path becomes private.
 *
 * Requires: its page has room for them, dead bytes aside.
 *
 * @returns The record's address.
 */
export function lengthen(cursor: usize, rootRef: usize, gained: u32): usize {
  touch(cursor, rootRef, gained);
  return enlargeChunk(cursor, rootRef, gained);
}

// A list or stream grows by the item, at a record that is nearly always the same: it is
// kept the newest of its page, so that it grows where it lies, and a page is full
// only when what lives in it fills it.
function enlargeChunk(cursor: usize, rootRef: usize, gained: u32): usize {
  const page = pageAt(cursor, 0);
  const index = indexAt(cursor, 0);
  const fields = changetype<Page>(page);
  if (liveBytes(page) + gained > PAGE_ROOM) {
    splitAtRecord(cursor, rootRef);
    return enlargeChunk(cursor, rootRef, gained);
  }
  const slot = page + PAGE_SLOTS + index * SLOT_BYTES;
  if (load<u16>(slot, 8) != fields.heapBytes || freeBytes(page) < gained) {
    const larger = makeNewest(page, index, gained);
    relink(cursor, rootRef, 0, larger);
    free(page);
    return enlargeChunk(cursor, rootRef, gained);
  }
  const source = recordAt(page, index);
  const valueLen = valueLength(source) + gained;
  fields.heapBytes += <u16>gained;
  store<u16>(slot, fields.heapBytes, 8);
  copyBytes(source - gained, source, recordBytes(source));
  store<u16>(source - gained, <u16>valueLen, 2);
  return source - gained;
}

/** A copy of a leaf with room for `room` more bytes, whose newest record is `index`. */
function makeNewest(page: usize, index: u32, room: u32): usize {
  const live = liveBytes(page);
  const copy = newPage(0, min(live + max(room, live >> 3), PAGE_ROOM));
  appendRecords(copy, page, 0, index);
  appendRecords(copy, page, index + 1, countOf(page));
  const record = recordAt(page, index);
  const bytes = recordBytes(record);
  memory.copy(openRecord(copy, index, headAt(page, index), bytes), record, bytes);
  return copy;
}

/** Makes the weighted record under the cursor count for `weight` items. Requires: the path is private. */
export function setWeight(cursor: usize, weight: u32): void {
  const page = pageAt(cursor, 0);
  const index = indexAt(cursor, 0);
  addCounts(cursor, <i32>(weight - <u32>headAt(page, index)));
  store<u64>(page + PAGE_SLOTS + index * SLOT_BYTES, weight);
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

/** Removes the leaf under the cursor with all its records; what their values refer to is the caller's. */
export function removeLeaf(cursor: usize, rootRef: usize): void {
  touch(cursor, rootRef, 0);
  const page = pageAt(cursor, 0);
  const count = countOf(page);
  for (let index: u32 = 0; index < count; index++) dropTail(recordAt(page, index));
  changetype<Page>(page).count = 0;
  addCounts(cursor, -<i32>count);
  rebalance(cursor, rootRef, 0);
  lowerRoot(rootRef);
}

/** Removes the record under the cursor; what its value refers to is the caller's. */
export function remove(cursor: usize, rootRef: usize): void {
  touch(cursor, rootRef, 0);
  const page = pageAt(cursor, 0);
  const index = indexAt(cursor, 0);
  dropTail(recordAt(page, index));
  addCounts(cursor, -<i32>weightAt(page, index));
  closeRecord(page, index);
  rebalance(cursor, rootRef, 0);
  lowerRoot(rootRef);
}
