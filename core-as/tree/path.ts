// === Paths: from the root to the leaf under a cursor, made private before a change ===

import { copyPage, liveBytes, PAGE_ROOM, recordAt, valueOf } from "./page";
import { indexAt, pageAt, setPage, topOf } from "./cursor";
import { discard, isShared } from "./views";
import { header } from "../memory/layout";

/** Makes `page` the root. */
export function storeRoot(rootRef: usize, page: usize): void {
  store<u32>(rootRef, <u32>page);
}

/** Points the parent (or root field) of the path's page at `level` to `page`. */
export function relink(cursor: usize, rootRef: usize, level: u32, page: usize): void {
  setPage(cursor, level, page);
  if (level == <u32>topOf(cursor)) {
    storeRoot(rootRef, page);
  } else {
    store<u32>(valueOf(recordAt(pageAt(cursor, level + 1), indexAt(cursor, level + 1))), <u32>page);
  }
}

/** Makes every page of the path private, the leaf with `room` bytes to spare. */
export function touch(cursor: usize, rootRef: usize, room: u32): void {
  for (let level = topOf(cursor); level >= 0; level--) {
    const page = pageAt(cursor, level);
    if (!isShared(page)) continue;
    const spare = level == 0 ? min(room, PAGE_ROOM - liveBytes(page)) : 0;
    relink(cursor, rootRef, level, copyPage(page, spare));
    discard(page);
    header.pagesCopied++;
  }
}

/** Notes `delta` more leaf records, or items, in every page above the leaf. */
export function addCounts(cursor: usize, delta: i32): void {
  const top = topOf(cursor);
  for (let level = 1; level <= top; level++) {
    const value = valueOf(recordAt(pageAt(cursor, level), indexAt(cursor, level)));
    store<u32>(value, load<u32>(value, 4) + delta, 4);
  }
}
