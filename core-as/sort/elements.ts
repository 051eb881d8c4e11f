// === Elements of a list, a set or a sorted set, one after the other ===
//
// What SORT takes its elements from. The bytes stay where they are.

import { next, previous, recordOf, seekRank, settle } from "../tree/cursor";
import { memberCount as plainCount, membersRoot } from "../sets/members";
import { memberCount, scoresRoot } from "../sorted_sets/members";
import { itemAt, itemCount, itemLen, itemsRoot, nextItem, openItem, openItemBackward, previousItem } from "../lists/items";
import { tailLength, tailOf } from "../tree/page";
import { TYPE_LIST, TYPE_SET, TYPE_ZSET, typeOf } from "../keys/keyspace";
import { walkCursor } from "../memory/state";

/** Whether SORT takes the value in a key's record. */
export function isSortable(record: usize): bool {
  const type = typeOf(record);
  return type == TYPE_LIST || type == TYPE_SET || type == TYPE_ZSET;
}

/** Elements of the value in a key's record. */
export function elementCount(record: usize): u32 {
  const type = typeOf(record);
  if (type == TYPE_LIST) return itemCount(record);
  return type == TYPE_SET ? plainCount(record) : memberCount(record);
}

/** The element last read. */
export let elementAt: usize = 0;
export let elementLen: u32 = 0;

let isList: bool = false;
let isBackward: bool = false;

function readElement(): void {
  if (isList) {
    elementAt = itemAt;
    elementLen = itemLen;
  } else {
    const record = recordOf(walkCursor());
    elementAt = tailOf(record);
    elementLen = tailLength(record);
  }
}

/**
 * Starts at element `index` of the value in a key's record, backward from the end if
 * so asked, and reads it; a set's order is that of its tree. Requires: it exists.
 */
export function openElement(record: usize, index: u32, backward: bool): void {
  const cursor = walkCursor();
  isList = typeOf(record) == TYPE_LIST;
  isBackward = backward;
  const place = backward ? elementCount(record) - 1 - index : index;
  if (!isList) {
    seekRank(cursor, typeOf(record) == TYPE_SET ? membersRoot(record) : scoresRoot(record), place);
    settle(cursor);
  } else if (backward) {
    openItemBackward(cursor, itemsRoot(record), place);
  } else {
    openItem(cursor, itemsRoot(record), place);
  }
  readElement();
}

/** Reads the next element. Requires: there is one. */
export function nextElement(): void {
  const cursor = walkCursor();
  if (!isList) {
    if (isBackward) previous(cursor);
    else next(cursor);
  } else if (isBackward) {
    previousItem(cursor);
  } else {
    nextItem(cursor);
  }
  readElement();
}
