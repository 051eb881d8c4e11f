// === Split: room for a record, by a larger page or by two ===

import {
  appendRecords, copyPage, countOf, freeBytes, headAt, liveBytes, newPage, openRecord, PAGE_ROOM, recordAt, recordBytes,
  RECORD_HEADER, SLOT_BYTES, tailLength, tailOf,
} from "./page";
import { indexAt, pageAt, setIndex, setPage, setTop, topOf } from "./cursor";
import { free } from "../memory/heap";
import { header } from "../memory/layout";
import { relink, storeRoot } from "./path";
import { CHILD_VALUE_BYTES, storedLength, writeChild, writeTail } from "./record";

function commonPrefix(a: usize, aLen: u32, b: usize, bLen: u32): u32 {
  const end = min(aLen, bLen);
  let at: u32 = 0;
  while (at < end && load<u8>(a + at) == load<u8>(b + at)) at++;
  return at;
}

/** Moves the page at `level` to one with `need` bytes free; false if it must split. */
export function growPage(cursor: usize, rootRef: usize, level: u32, need: u32): bool {
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

/** What lies below the last child on the left may be next to the right key: that must stay whole. */
function separateChildren(page: usize, cut: u32): void {
  const right = recordAt(page, cut);
  separatorHead = headAt(page, cut);
  separatorTail = tailOf(right);
  separatorLen = tailLength(right);
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
export function split(cursor: usize, rootRef: usize, level: u32, head: u64, tail: usize, tailLen: u32): void {
  const page = pageAt(cursor, level);
  const cut = cutOf(cursor, level);
  if (level == 0) separate(page, cut, head, tail, tailLen);
  else separateChildren(page, cut);
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
