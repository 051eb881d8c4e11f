// === Cursors: a path from a tree's root to one record ===
//
// ╒═════════════════ Cursor (128 bytes of scratch) ══════════════════╕
// │ +0   top      i32   level of the root page, -1 = empty tree       │
// │ +8   path     LEVELS_MAX × { page u32, index u32 }, leaf first     │
// ╘════════════════════════════════════════════════════════════════════╛
//
// A cursor may stand behind the last record of its leaf: there an insertion
// goes. `settle` moves such a cursor to the next leaf for reading.
//
// Cursors live in the scratch block of an instance, so two instances never
// share one. A cursor is good until the tree changes other than through it.

import {
  childCount, childLower, childOf, childUpper, countOf, forgetBounds, headAt, levelOf, isWeighted, recordAt, searchChild, searchHit,
  searchPage, weightBefore,
} from "./page";
import { CURSOR_BYTES } from "../memory/state";
import { copyBytes } from "../text/bytes";

export const LEVELS_MAX: u32 = 14;
const PATH: usize = 8;
if (PATH + 8 * LEVELS_MAX > CURSOR_BYTES) ERROR("Cursor layout changed");

export function topOf(cursor: usize): i32 {
  return load<i32>(cursor);
}

export function setTop(cursor: usize, top: i32): void {
  store<i32>(cursor, top);
}

export function pageAt(cursor: usize, level: u32): usize {
  return load<u32>(cursor + PATH + (level << 3));
}

export function indexAt(cursor: usize, level: u32): u32 {
  return load<u32>(cursor + PATH + (level << 3), 4);
}

export function setPage(cursor: usize, level: u32, page: usize): void {
  store<u32>(cursor + PATH + (level << 3), <u32>page);
}

export function setIndex(cursor: usize, level: u32, index: u32): void {
  store<u32>(cursor + PATH + (level << 3), index, 4);
}

/** Makes `cursor` stand where `source` stands. */
export function copyPath(cursor: usize, source: usize): void {
  copyBytes(cursor, source, <u32>PATH + (<u32>(topOf(source) + 1) << 3));
}

/**
 * Whether the path still leads from `root` to the leaf where keys with `head` belong.
 * It says no when only a tail could tell.
 */
export function isPathGood(cursor: usize, root: usize, head: u64): bool {
  const top = topOf(cursor);
  if (top < 0 || pageAt(cursor, top) != root || <i32>levelOf(root) != top) return false;
  let page = root;
  for (let level = top; level > 0; level--) {
    const index = indexAt(cursor, level);
    const count = countOf(page);
    if (index >= count || (index > 0 && headAt(page, index) >= head)) return false;
    if (index + 1 < count && headAt(page, index + 1) <= head) return false;
    page = childOf(recordAt(page, index));
    if (page != pageAt(cursor, level - 1)) return false;
  }
  return true;
}

function descendTo(cursor: usize, level: u32, page: usize, index: u32): usize {
  setPage(cursor, level, page);
  setIndex(cursor, level, index);
  return childOf(recordAt(page, index));
}

function start(cursor: usize, root: usize): i32 {
  const top = root == 0 ? -1 : <i32>levelOf(root);
  setTop(cursor, top);
  return top;
}

/** Stands at the first record not below (head, tail); whether it has that key. */
export function seek(cursor: usize, root: usize, head: u64, tail: usize, tailLen: u32): bool {
  let level = start(cursor, root);
  if (level < 0) return false;
  let page = root;
  forgetBounds();
  for (; level > 0; level--) {
    page = descendTo(cursor, level, page, searchChild(page, head, tail, tailLen));
  }
  setPage(cursor, 0, page);
  setIndex(cursor, 0, searchPage(page, head, tail, tailLen, childLower, childUpper));
  return searchHit;
}

/** The record with key (head, tail), or 0. */
export function find(root: usize, head: u64, tail: usize, tailLen: u32): usize {
  if (root == 0) return 0;
  let page = root;
  forgetBounds();
  for (let level = levelOf(root); level > 0; level--) {
    page = childOf(recordAt(page, searchChild(page, head, tail, tailLen)));
  }
  const index = searchPage(page, head, tail, tailLen, childLower, childUpper);
  return searchHit ? recordAt(page, index) : 0;
}

export function seekFirst(cursor: usize, root: usize): void {
  let level = start(cursor, root);
  if (level < 0) return;
  let page = root;
  for (; level > 0; level--) page = descendTo(cursor, level, page, 0);
  setPage(cursor, 0, page);
  setIndex(cursor, 0, 0);
}

export function seekLast(cursor: usize, root: usize): void {
  let level = start(cursor, root);
  if (level < 0) return;
  let page = root;
  for (; level > 0; level--) page = descendTo(cursor, level, page, countOf(page) - 1);
  setPage(cursor, 0, page);
  setIndex(cursor, 0, countOf(page) - 1);
}

/** Items of the weighted record under the cursor that lie before the rank `seekRank` looked for. */
export let rankOffset: u32 = 0;

/**
 * Stands where `rank` records, or items, lie before: in a weighted tree on the
 * record with that item, which is `rankOffset` items into it. At a border between
 * two leaves it prefers the end of the left one, unless the right one is empty.
 */
export function seekRank(cursor: usize, root: usize, rank: u32): void {
  let level = start(cursor, root);
  if (level < 0) return;
  let page = root;
  let left = rank;
  for (; level > 0; level--) {
    const last = countOf(page) - 1;
    let index: u32 = 0;
    while (index < last) {
      const below = childCount(recordAt(page, index));
      if (left < below || (left == below && childCount(recordAt(page, index + 1)) != 0)) break;
      left -= below;
      index++;
    }
    page = descendTo(cursor, level, page, index);
  }
  setPage(cursor, 0, page);
  setIndex(cursor, 0, isWeighted(page) ? recordOfRank(page, left) : left);
}

/** Index of the record of a weighted leaf that `rank` items lie before, the rest in `rankOffset`. */
function recordOfRank(page: usize, rank: u32): u32 {
  const count = countOf(page);
  let index: u32 = 0;
  while (index < count && rank >= <u32>headAt(page, index)) rank -= <u32>headAt(page, index++);
  rankOffset = rank;
  return index;
}

/** Records, or items, before the record under the cursor. */
export function rankOf(cursor: usize): u32 {
  const top = topOf(cursor);
  if (top < 0) return 0;
  let rank = weightBefore(pageAt(cursor, 0), indexAt(cursor, 0));
  for (let level = 1; level <= top; level++) {
    const page = pageAt(cursor, level);
    const end = indexAt(cursor, level);
    for (let index: u32 = 0; index < end; index++) rank += childCount(recordAt(page, index));
  }
  return rank;
}

/** Records, or items, in the tree. */
export function treeCount(root: usize): u32 {
  if (root == 0) return 0;
  const entries = countOf(root);
  if (levelOf(root) == 0) return weightBefore(root, entries);
  let sum: u32 = 0;
  for (let index: u32 = 0; index < entries; index++) sum += childCount(recordAt(root, index));
  return sum;
}

/** The record under the cursor. Requires: the cursor is on one (see `settle`). */
export function recordOf(cursor: usize): usize {
  return recordAt(pageAt(cursor, 0), indexAt(cursor, 0));
}

/** Head of the record under the cursor. */
export function headOf(cursor: usize): u64 {
  return load<u64>(pageAt(cursor, 0) + 16 + indexAt(cursor, 0) * 10);
}

/** Moves off the end of a leaf to the next record; whether there is one. */
export function settle(cursor: usize): bool {
  if (topOf(cursor) < 0) return false;
  if (indexAt(cursor, 0) < countOf(pageAt(cursor, 0))) return true;
  return nextLeaf(cursor);
}

function nextLeaf(cursor: usize): bool {
  const top = <u32>topOf(cursor);
  for (let level: u32 = 1; level <= top; level++) {
    const page = pageAt(cursor, level);
    const index = indexAt(cursor, level) + 1;
    if (index >= countOf(page)) continue;
    let child = descendTo(cursor, level, page, index);
    for (let below = level - 1; below > 0; below--) child = descendTo(cursor, below, child, 0);
    setPage(cursor, 0, child);
    setIndex(cursor, 0, 0);
    return true;
  }
  return false;
}

/** Moves to the next record; whether there is one. */
export function next(cursor: usize): bool {
  const index = indexAt(cursor, 0) + 1;
  setIndex(cursor, 0, index);
  return index < countOf(pageAt(cursor, 0)) ? true : nextLeaf(cursor);
}

/** Moves to the previous record; whether there is one. */
export function previous(cursor: usize): bool {
  const top = topOf(cursor);
  if (top < 0) return false;
  const index = indexAt(cursor, 0);
  if (index > 0) {
    setIndex(cursor, 0, index - 1);
    return true;
  }
  for (let level: u32 = 1; level <= <u32>top; level++) {
    const at = indexAt(cursor, level);
    if (at == 0) continue;
    let child = descendTo(cursor, level, pageAt(cursor, level), at - 1);
    for (let below = level - 1; below > 0; below--) {
      child = descendTo(cursor, below, child, countOf(child) - 1);
    }
    setPage(cursor, 0, child);
    setIndex(cursor, 0, countOf(child) - 1);
    return true;
  }
  return false;
}
