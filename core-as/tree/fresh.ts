// === Filling a tree that nobody else sees yet ===
//
// What a payload makes mostly fits one page, which is the tree's root and which
// no view can reach. There a record needs no path, and nothing above it counts.

import { freeBytes, levelOf, openRecord, RECORD_HEADER, searchHit, searchPage, SLOT_BYTES } from "./page";
import { storedLength, writeTail } from "./record";

/**
 * `insert` into a tree of one page. Requires: the page was made within this command.
 *
 * @returns The record, its tail written, its `valueLen` value bytes not; 0 when the tree is none,
 * is of more pages, has no room in its page, or has the key.
 */
export function insertFresh(rootRef: usize, head: u64, tail: usize, tailLen: u32, valueLen: u32): usize {
  const page: usize = load<u32>(rootRef);
  if (page == 0 || levelOf(page) != 0) return 0;
  const bytes = RECORD_HEADER + storedLength(tailLen) + valueLen;
  if (freeBytes(page) < SLOT_BYTES + bytes) return 0;
  const index = searchPage(page, head, tail, tailLen, 0, u64.MAX_VALUE);
  if (searchHit) return 0;
  const record = openRecord(page, index, head, bytes);
  writeTail(record, tail, tailLen, valueLen);
  return record;
}
