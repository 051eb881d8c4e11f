// === Cutting a tree: all records before or behind a place ===
//
// Whole subtrees beside the path are let go of, to be reclaimed later, so that
// the cost is that of one path, whatever goes.

import { childOf, closeRecord, countOf, noteShape, recordAt, tailWord, VALUE_BLOB, valueLength, valueOf } from "./page";
import { indexAt, pageAt, setIndex, topOf } from "./cursor";
import { lowerRoot, rebalance } from "./merge";
import { touch } from "./path";
import { discardTree } from "./reclaim";
import { dropTail, writeChild } from "./record";
import { discard } from "./views";

/** Removes record `index` and what it refers to. */
function dropRecord(page: usize, level: u32, index: u32): void {
  const record = recordAt(page, index);
  if (level != 0) discardTree(childOf(record));
  else if (tailWord(record) & VALUE_BLOB) discard(<usize>load<u32>(valueOf(record) + valueLength(record) - 8));
  dropTail(record);
  closeRecord(page, index);
}

/** Counts the path's pages anew, from the leaf up, and mends the tree. */
function mend(cursor: usize, rootRef: usize): void {
  const top = topOf(cursor);
  for (let level = 1; level <= top; level++) {
    writeChild(recordAt(pageAt(cursor, level), indexAt(cursor, level)), pageAt(cursor, level - 1));
  }
  noteShape();
  rebalance(cursor, rootRef, 0);
  lowerRoot(rootRef);
}

/** Removes all records before the one under the cursor. Requires: the tree is positional, and there is one. */
export function cutBefore(cursor: usize, rootRef: usize): void {
  touch(cursor, rootRef, 0);
  const top = topOf(cursor);
  for (let level = 0; level <= top; level++) {
    for (let left = indexAt(cursor, level); left > 0; left--) dropRecord(pageAt(cursor, level), level, 0);
    setIndex(cursor, level, 0);
  }
  mend(cursor, rootRef);
}

/** Removes the records from the cursor on. Requires: the tree is positional, and the cursor's leaf has one before it. */
export function cutFrom(cursor: usize, rootRef: usize): void {
  touch(cursor, rootRef, 0);
  const top = topOf(cursor);
  for (let level = 0; level <= top; level++) {
    const page = pageAt(cursor, level);
    const kept = indexAt(cursor, level) + (level == 0 ? 0 : 1);
    while (countOf(page) > kept) dropRecord(page, level, countOf(page) - 1);
  }
  mend(cursor, rootRef);
}
