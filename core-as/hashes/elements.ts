// === Elements of hashes, sets and sorted sets, as replies show them ===

import { scoreText, writePreciseScore } from "../request/scores";
import { headOf, next, recordOf, seek, seekFirst, seekRank, settle } from "../tree/cursor";
import { tailLength, tailOf, valueOf } from "../tree/page";
import { isOverdue } from "./dues";
import { fieldAt, fieldLen, loadField } from "./fields";
import { replyBulk } from "../request/reply";
import { insertScanHeader, passesPattern, SCAN_SHIFT } from "../keys/scan";
import { addWork, walkCursor } from "../memory/state";

/** What is shown of an element: the field or member, and a field's value or a member's score with 17 digits. */
export const SHOW_NAMES: u32 = 1;
export const SHOW_VALUES: u32 = 2;
export const SHOW_SCORES: u32 = 4;

export function replyElement(element: usize, shown: u32): void {
  if (shown & SHOW_NAMES) replyBulk(tailOf(element), tailLength(element));
  if (shown & SHOW_VALUES) {
    loadField(element);
    replyBulk(fieldAt, fieldLen);
  }
  if (shown & SHOW_SCORES) replyBulk(scoreText(), writePreciseScore(load<f64>(valueOf(element))));
}

/** Shows all of the `count` elements of the tree at `root` but fields whose time is over. */
export function replyElements(root: usize, count: u32, shown: u32): void {
  const cursor = walkCursor();
  seekFirst(cursor, root);
  let more = settle(cursor);
  while (more) {
    if (!isOverdue(recordOf(cursor))) replyElement(recordOf(cursor), shown);
    more = next(cursor);
  }
  addWork(count);
}

/** Shows the element that `rank` others lie before. Requires: there is one. */
export function replyRank(root: usize, rank: u32, shown: u32): void {
  seekRank(walkCursor(), root, rank);
  settle(walkCursor());
  replyElement(recordOf(walkCursor()), shown);
}

/**
 * Shows what HSCAN, SSCAN or ZSCAN meets from cursor `from` on, and puts its header at
 * `start`: at least `limit` elements are looked at, those with equal cursors
 * together.
 */
export function scanElements(root: usize, start: u32, from: u64, limit: i64, shown: u32): void {
  const cursor = walkCursor();
  const isDone = from > u64.MAX_VALUE >> SCAN_SHIFT;
  if (!isDone) seek(cursor, root, from << SCAN_SHIFT, 0, 0);
  let more = !isDone && settle(cursor);
  let looked: i64 = 0;
  let found: u32 = 0;
  let last: u64 = 0;
  while (more && (looked < limit || headOf(cursor) >> SCAN_SHIFT == last)) {
    last = headOf(cursor) >> SCAN_SHIFT;
    const element = recordOf(cursor);
    if (!isOverdue(element) && passesPattern(tailOf(element), tailLength(element))) {
      replyElement(element, shown);
      found += shown == SHOW_NAMES ? 1 : 2;
    }
    looked++;
    more = next(cursor);
  }
  addWork(<u32>min(looked, 1 << 30));
  insertScanHeader(start, more ? last + 1 : 0, found);
}
