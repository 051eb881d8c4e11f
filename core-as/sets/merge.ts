// === Sets walked together in their common order ===
//
// The trees of all sets are in one order, so their members come in turn, equal
// ones next to each other, from a heap of cursors: the lowest is at the top. Of
// equal ones that of the set that was added first comes first.
//
// ╒══════ a merge's space ══════╕
// │ heap     n × u32            │
// │ cursors  n × CURSOR_BYTES   │
// ╘══════════════════════════════╛

import { headOf, LEVELS_MAX, next, recordOf, seekFirst, settle } from "../tree/cursor";
import { CURSOR_BYTES } from "../memory/state";
import { tailLength, tailOf } from "../tree/page";
import { compareBytes } from "../text/bytes";

/** Bytes of space for each set. */
export const MERGE_BYTES: u32 = <u32>CURSOR_BYTES + 4;

/** Where in a cursor's space the number of its set is, behind its path. */
const SOURCE: usize = CURSOR_BYTES - 4;
if (CURSOR_BYTES != 128 || LEVELS_MAX != 14) ERROR("A cursor leaves no space for its set");

let heap: usize = 0;
let cursors: usize = 0;
let size: u32 = 0;

/** Starts a merge of at most `count` sets in `space`. */
export function beginMerge(space: usize, count: u32): void {
  heap = space;
  cursors = (space + (<usize>count << 2) + 7) & ~<usize>7;
  size = 0;
}

/** Adds the tree at `root`, which may be empty, of set number `source`. */
export function addToMerge(root: usize, source: u32): void {
  const cursor = cursors + <usize>size * CURSOR_BYTES;
  seekFirst(cursor, root);
  if (!settle(cursor)) return;
  store<u32>(cursor + SOURCE, source);
  let index = size++;
  while (index > 0 && compareMembers(cursor, slot((index - 1) >> 1)) < 0) {
    setSlot(index, slot((index - 1) >> 1));
    index = (index - 1) >> 1;
  }
  setSlot(index, cursor);
}

function slot(index: u32): usize {
  return load<u32>(heap + (<usize>index << 2));
}

function setSlot(index: u32, cursor: usize): void {
  store<u32>(heap + (<usize>index << 2), <u32>cursor);
}

/** Number of the set of a cursor that `mergeTop` gave. */
export function sourceOf(cursor: usize): u32 {
  return load<u32>(cursor + SOURCE);
}

/** Order of the members under two cursors, and of the cursors when they are equal: below or above 0. */
function compareMembers(left: usize, right: usize): i32 {
  const order = compareTo(left, headOf(right), recordOf(right));
  return order != 0 ? order : left < right ? -1 : 1;
}

/** Order of the member under a cursor and one with `head` and `record`. */
export function compareTo(cursor: usize, head: u64, record: usize): i32 {
  const own = headOf(cursor);
  if (own != head) return own < head ? -1 : 1;
  const member = recordOf(cursor);
  return compareBytes(tailOf(member), tailLength(member), tailOf(record), tailLength(record));
}

/** Cursor on the lowest member left, or 0 at the end. */
export function mergeTop(): usize {
  return size == 0 ? 0 : slot(0);
}

/** Goes past the lowest member, of one set. */
export function advanceMerge(): void {
  let cursor = slot(0);
  if (!next(cursor)) {
    if (--size == 0) return;
    cursor = slot(size);
  }
  let index: u32 = 0;
  while (true) {
    let child = index * 2 + 1;
    if (child >= size) break;
    if (child + 1 < size && compareMembers(slot(child + 1), slot(child)) < 0) child++;
    if (compareMembers(cursor, slot(child)) <= 0) break;
    setSlot(index, slot(child));
    index = child;
  }
  setSlot(index, cursor);
}

/** Goes up to the member with `head` and `record`; whether one of the sets has it. Requires: members are asked for in order. */
export function hasMerged(head: u64, record: usize): bool {
  while (mergeTop() != 0) {
    const order = compareTo(mergeTop(), head, record);
    if (order >= 0) return order == 0;
    advanceMerge();
  }
  return false;
}
