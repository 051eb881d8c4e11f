// === Trees that nothing names any more ===
//
// Removing a collection or emptying a database only detaches its root; the
// pages wait here and are freed in bounded slices between turns. A page that a
// pinned view may reach is retired instead of freed, so this queue needs no
// knowledge of views.
//
// The queue is a stack of blocks of page addresses: a page is taken off, its
// children go on, so it never holds more than levels × fan-out addresses.

import { allocate, free, KIND_LEDGER } from "../memory/heap";
import { childOf, countOf, levelOf, recordAt, RECORD_HEADER, SUBTREES, TAIL_BLOB, tailWord, VALUE_BLOB, valueLength, valueOf } from "./page";
import { discard } from "./views";
import { header } from "../memory/layout";
import { roughTreeBytes } from "./estimate";

@unmanaged
class PendingBlock {
  objectHeader: u64 = 0;
  below: u32 = 0;
  count: u32 = 0;
}
const PENDING_FIRST: usize = offsetof<PendingBlock>();
const PENDING_BLOCK_BYTES: u32 = 512;
const PENDING_PER_BLOCK: u32 = (PENDING_BLOCK_BYTES - <u32>PENDING_FIRST) / 4;

let pendingTop: usize = 0;
/** Pages given to `discardTree` and their discovered children, not yet freed. */
export let pendingPages: u32 = 0;
/** About the bytes that come back when they are. */
export let pendingBytes: u64 = 0;

function push(page: usize): void {
  if (pendingTop == 0 || changetype<PendingBlock>(pendingTop).count == PENDING_PER_BLOCK) {
    const fresh = allocate(PENDING_BLOCK_BYTES, KIND_LEDGER);
    if (fresh == 0) unreachable(); // the reserve of heap.ts is larger than this
    changetype<PendingBlock>(fresh).below = <u32>pendingTop;
    changetype<PendingBlock>(fresh).count = 0;
    pendingTop = fresh;
  }
  const block = changetype<PendingBlock>(pendingTop);
  store<u32>(pendingTop + PENDING_FIRST + (<usize>block.count << 2), <u32>page);
  block.count++;
  pendingPages++;
}

function pop(): usize {
  const block = changetype<PendingBlock>(pendingTop);
  block.count--;
  pendingPages--;
  const page: usize = load<u32>(pendingTop + PENDING_FIRST + (<usize>block.count << 2));
  if (block.count == 0) {
    const below: usize = block.below;
    free(pendingTop);
    pendingTop = below;
  }
  return page;
}

/** Hands over the tree under `root` (0 = none). Its pages are freed later. */
export function discardTree(root: usize): void {
  if (root == 0) return;
  if (levelOf(root) == 0 && countOf(root) <= 16) reclaimPage(root);
  else {
    pendingBytes += roughTreeBytes(root);
    push(root);
  }
}

/** What a page costs, whose records are read, when an object that is only freed costs 1. */
const PAGE_COST: u32 = 8;

/** Frees pages and what they refer to until that has cost `budget`, or a page more; whether any are left. */
export function reclaim(budget: u32): bool {
  const before = header.bytesUsed - header.bytesRetired;
  for (let cost: u32 = 0; pendingTop != 0 && cost < budget;) cost += PAGE_COST + reclaimPage(pop());
  const freed = <i64>before - <i64>(header.bytesUsed - header.bytesRetired);
  pendingBytes = pendingTop == 0 ? 0 : max(<i64>pendingBytes - max(freed, 0), 0);
  return pendingTop != 0;
}

/** Frees a page and the blobs of its records; the number of those. */
function reclaimPage(page: usize): u32 {
  const isLeaf = levelOf(page) == 0;
  let blobs: u32 = 0;
  const end = countOf(page);
  for (let index: u32 = 0; index < end; index++) {
    const record = recordAt(page, index);
    const word = tailWord(record);
    if (word & TAIL_BLOB) {
      discard(<usize>load<u32>(record + RECORD_HEADER));
      blobs++;
    }
    if (word & VALUE_BLOB) blobs++;
    if (!isLeaf) push(childOf(record));
    else if (word & (VALUE_BLOB | SUBTREES)) reclaimValue(record, word);
  }
  discard(page);
  return blobs;
}

function reclaimValue(record: usize, word: u32): void {
  const valueEnd = valueOf(record) + valueLength(record);
  if (word & VALUE_BLOB) {
    discard(<usize>load<u32>(valueEnd - 8));
    return;
  }
  const first = load<u32>(valueEnd - 8);
  const second = load<u32>(valueEnd - 4);
  if (first != 0) push(first);
  if (second != 0) push(second);
}

// === Walking, for check.ts ===

export function pendingBlock(): usize {
  return pendingTop;
}

export function pendingBelow(block: usize): usize {
  return changetype<PendingBlock>(block).below;
}

export function pendingCount(block: usize): u32 {
  return changetype<PendingBlock>(block).count;
}

export function pendingPage(block: usize, index: u32): usize {
  return load<u32>(block + PENDING_FIRST + (<usize>index << 2));
}
