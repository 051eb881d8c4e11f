// === Slots: how many keys one has, and which ===
//
// A slot is a range of a database's tree, so counting takes two descents. Keys whose
// time is over count as long as they are there, as in Redis.

import { database } from "../memory/layout";
import { walkCursor } from "../memory/state";
import { headOf, next, rankOf, recordOf, seek, settle, treeCount } from "../tree/cursor";
import { tailLength, tailOf } from "../tree/page";

/** Bits of a head below its slot. */
const SLOT_SHIFT: u64 = 50;
const SLOT_LAST: u32 = 16383;

/** Keys of the database before those of `slot`. */
function keysBefore(root: usize, slot: u32): u32 {
  if (slot > SLOT_LAST) return treeCount(root);
  seek(walkCursor(), root, <u64>slot << SLOT_SHIFT, 0, 0);
  return rankOf(walkCursor());
}

/** Keys in a slot. */
export function slotKeyCount(index: u32, slot: u32): u32 {
  const root = <usize>database(index).root;
  return keysBefore(root, slot + 1) - keysBefore(root, slot);
}

let walkedSlot: u64 = 0;
let hasMore: bool = false;
let keyLength: u32 = 0;

/** Begins a walk over the keys of a slot, which lasts until the core is called for anything else. */
export function slotWalk(index: u32, slot: u32): void {
  walkedSlot = slot;
  seek(walkCursor(), <usize>database(index).root, walkedSlot << SLOT_SHIFT, 0, 0);
  hasMore = settle(walkCursor());
}

/** Address of the walk's next key, `slotKeyBytes` its length; 0 = there is no other. */
export function slotKey(): usize {
  const cursor = walkCursor();
  if (!hasMore || headOf(cursor) >> SLOT_SHIFT != walkedSlot) return 0;
  const record = recordOf(cursor);
  keyLength = tailLength(record);
  hasMore = next(cursor);
  return tailOf(record);
}

export function slotKeyBytes(): u32 {
  return keyLength;
}
