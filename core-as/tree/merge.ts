// === Merge: pages that removals leave nearly empty ===

import {
  appendRecords, childOf, closeRecord, copyPage, countOf, headAt, levelOf, liveBytes, newPage, noteShape, openRecord, Page,
  PAGE_ROOM, PAGE_SLOTS, recordAt, RECORD_HEADER, slotAt, storedTail, tailLength, tailOf, valueOf,
} from "./page";
import { indexAt, pageAt, setIndex, topOf } from "./cursor";
import { classOf, classSize, free, hasRoomToShrink } from "../memory/heap";
import { discard } from "./views";
import { relink, storeRoot } from "./path";
import { CHILD_VALUE_BYTES, dropTail, writeChild, writeTail } from "./record";

/** Pages below this look for a neighbour to merge with. */
const MERGE_BELOW: u32 = PAGE_ROOM / 4;
const MERGED_MAX: u32 = PAGE_ROOM / 4 * 3;

/** Whether pages shrink as soon as a smaller object would do: their bytes are wanted now. */
let isTight: bool = false;

export function setTight(value: bool): void {
  isTight = value;
}

/** Whether a page of `size` with `live` bytes of records moves to a smaller object. */
function isTooLarge(size: u32, live: u32): bool {
  if (size <= 128) return false;
  const least = live + <u32>PAGE_SLOTS;
  return isTight ? classSize(classOf(least)) < size : least * 2 < size;
}

/** Mends the path from `level` up after a record of that page was removed. */
export function rebalance(cursor: usize, rootRef: usize, level: u32): void {
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
  if (!isTooLarge(changetype<Page>(page).size, live)) return;
  relink(cursor, rootRef, level, copyPage(page, isTight ? 0 : live >> 3));
  free(page);
}

/** Removes the inner record under the path at `level`. */
function dropChild(cursor: usize, rootRef: usize, level: u32): void {
  const page = pageAt(cursor, level);
  const index = indexAt(cursor, level);
  noteShape();
  dropTail(recordAt(page, index));
  closeRecord(page, index);
  // The first key counts as minus infinity; keys that come below it now may get it a
  // neighbour with a smaller one, and searches want heads in order.
  if (index == 0 && countOf(page) != 0) store<u64>(slotAt(page, 0), 0);
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
export function lowerRoot(rootRef: usize): void {
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
