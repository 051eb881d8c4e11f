// === Due times of a hash's fields ===
//
// ╒═════════ value of a field that is due (flag TIMED) ═════════╕
// │ +0  due    i64   milliseconds since 1970                     │
// │ +8  value  the field's bytes, or { blob u32, length u32 }    │
// ╘═══════════════════════════════════════════════════════════════╛
//
// Such a field stands once more in the hash's second tree: head = due time, tail =
// the field, no value. The hash itself stands in its database's due-time tree by
// its earliest field (expiry.ts). A hash none of whose fields is due has no second
// tree, and costs what it would cost without all this.
//
// A field whose time is over is there for no command. It is removed by a write
// that names it, or in log order by the due-time tree.

import { insert, remove } from "../tree/tree";
import { rankOf, seek } from "../tree/cursor";
import { childOf, headAt, levelOf, recordAt, tailWord, TIMED, valueOf } from "../tree/page";
import { nowMs, otherCursor } from "../memory/state";

/** Where in a hash's payload the root of the due times is. */
export const DUES_ROOT: usize = 12;
/** Bytes of a due time in front of a field's value. */
export const DUE_BYTES: u32 = 8;
/** The earliest due time where there is none. */
export const NEVER: i64 = i64.MAX_VALUE;

/** Due time of a field's record in milliseconds since 1970, or -1. */
export function dueOf(field: usize): i64 {
  return tailWord(field) & TIMED ? load<i64>(valueOf(field)) : -1;
}

/** Whether the time of a field's record is over for the running command. */
export function isOverdue(field: usize): bool {
  return (tailWord(field) & TIMED) != 0 && load<i64>(valueOf(field)) <= nowMs;
}

/** Writes the due time of a field's record, which has room for it in front of its value. */
export function markDue(field: usize, due: i64): void {
  store<u16>(field, <u16>(tailWord(field) | TIMED));
  store<i64>(valueOf(field), due);
}

/** Root of the due times of the hash with the payload at `payload`; 0 = no field is due. */
export function duesRoot(payload: usize): usize {
  return load<u32>(payload + DUES_ROOT);
}

/** Due time of the field that is due first, or NEVER. */
export function earliestDue(payload: usize): i64 {
  let page = duesRoot(payload);
  if (page == 0) return NEVER;
  while (levelOf(page) > 0) page = childOf(recordAt(page, 0));
  return <i64>headAt(page, 0);
}

/** Fields whose time is over and that are still to be removed. */
export function overdueFields(payload: usize): u32 {
  if (earliestDue(payload) > nowMs) return 0;
  seek(otherCursor(), duesRoot(payload), <u64>nowMs + 1, 0, 0);
  return rankOf(otherCursor());
}

/** Notes that a field is due. Requires: it is not noted yet. */
export function noteDue(payload: usize, due: i64, field: usize, length: u32): void {
  const known = seek(otherCursor(), duesRoot(payload), due, field, length);
  assert(!known);
  insert(otherCursor(), payload + DUES_ROOT, due, field, length, 0);
}

/** Forgets when a field is due. Requires: it is noted. */
export function forgetDue(payload: usize, due: i64, field: usize, length: u32): void {
  const known = seek(otherCursor(), duesRoot(payload), due, field, length);
  assert(known);
  remove(otherCursor(), payload + DUES_ROOT);
}
