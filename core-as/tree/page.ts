// === Slotted pages: the nodes of every tree ===
//
// ╒═══════════════════════ Page (up to 4096 bytes) ═════════════════════╕
// │ +0   object header   u64   kind = KIND_PAGE + level, see heap.ts     │
// │ +8   count           u16   records                                   │
// │ +10  heapBytes       u16   bytes of records at the page's end        │
// │ +12  deadBytes       u16   of these, bytes no slot points to         │
// │ +14  size            u16   bytes of the page                         │
// │ +16  slots           count × { head u64, distance u16 }, sorted      │
// │ ...  free space                                                      │
// │ end  records, newest first; a slot's distance counts from the end    │
// ╘══════════════════════════════════════════════════════════════════════╛
//
// ╒══════════════════════ Record ═════════════════════════════╕
// │ +0  tailWord   u16   length of the tail, and five flags     │
// │ +2  valueLen   u16   bytes of the value                     │
// │ +4  tail, then value                                        │
// ╘═════════════════════════════════════════════════════════════╛
//
// A key is (head, tail): the head is its first 8 bytes as a number, or a hash
// of it, so that most comparisons end in the slot array; ties are broken by the
// tail in byte order. A record of an inner page has the smallest key of a child
// (shortened to what tells it from its left neighbour) as key, and
// { child u32, records below it u32 } as value; the first record's key counts
// as minus infinity.
//
// Flags say where references to other objects lie, so that any walker can find
// them without knowing what a record means:
//   TAIL_BLOB   the tail is { blob u32, length u32 }
//   VALUE_BLOB  the value's last 8 bytes are { blob u32, length u32 }
//   SUBTREES    the value's last 8 bytes are two root pages, 0 = none
// and TIMED that the value's first 8 bytes are a due time: see hashes/dues.ts.
//
// In a positional tree, a list's, records have no key: all of them are WEIGHTED,
// which says that a record counts for as many items as its head says, and inner
// records hold numbers of items.
//
// Distances count from the end so that a page can move to a larger object with
// two block copies: pages grow in steps of their size class, which keeps them
// about 95 % full under random insertion.

import { allocate, classOf, classSize, KIND_PAGE, kindOf } from "../memory/heap";
import { compareBytes, copyBytes } from "../text/bytes";

export const PAGE_SIZE_MAX: u32 = 4096;
export const PAGE_SLOTS: usize = 16;
/** Bytes of records and slots that a page has room for. */
export const PAGE_ROOM: u32 = PAGE_SIZE_MAX - <u32>PAGE_SLOTS;
export const SLOT_BYTES: u32 = 10;
export const RECORD_HEADER: u32 = 4;

export const TIMED: u32 = 0x0800;
export const WEIGHTED: u32 = 0x1000;
export const TAIL_BLOB: u32 = 0x2000;
export const VALUE_BLOB: u32 = 0x4000;
export const SUBTREES: u32 = 0x8000;
const TAIL_MASK: u32 = 0x07ff;

/** Tails above this are kept in a blob. */
export const TAIL_INLINE_MAX: u32 = 256;
/** Values above this are kept in a blob by their owner. */
export const VALUE_INLINE_MAX: u32 = 512;
/** A page holds at least four of the largest records. */
export const RECORD_BYTES_MAX: u32 = 1000;

@unmanaged
export class Page {
  objectHeader: u64 = 0;
  count: u16 = 0;
  heapBytes: u16 = 0;
  deadBytes: u16 = 0;
  size: u16 = 0;
}
if (offsetof<Page>() != PAGE_SLOTS) ERROR("Page layout changed");

export function levelOf(page: usize): u32 {
  return kindOf(page) - KIND_PAGE;
}

export function countOf(page: usize): u32 {
  return changetype<Page>(page).count;
}

export function slotAt(page: usize, index: u32): usize {
  return page + PAGE_SLOTS + index * SLOT_BYTES;
}

export function headAt(page: usize, index: u32): u64 {
  return load<u64>(slotAt(page, index));
}

/** Address of record `index`. */
export function recordAt(page: usize, index: u32): usize {
  return page + changetype<Page>(page).size - load<u16>(slotAt(page, index), 8);
}

// === Records ===

export function tailWord(record: usize): u32 {
  return load<u16>(record);
}

/** Bytes of the tail as stored in the record (8 for a blob). */
export function storedTail(record: usize): u32 {
  return load<u16>(record) & TAIL_MASK;
}

export function valueLength(record: usize): u32 {
  return load<u16>(record, 2);
}

export function valueOf(record: usize): usize {
  return record + RECORD_HEADER + storedTail(record);
}

export function recordBytes(record: usize): u32 {
  return RECORD_HEADER + storedTail(record) + valueLength(record);
}

/** Address of the tail's bytes, wherever they lie. */
export function tailOf(record: usize): usize {
  const at = record + RECORD_HEADER;
  return load<u16>(record) & TAIL_BLOB ? <usize>load<u32>(at) + 8 : at;
}

/** Length of the tail in bytes, wherever they lie. */
export function tailLength(record: usize): u32 {
  return load<u16>(record) & TAIL_BLOB
    ? load<u32>(record + RECORD_HEADER, 4)
    : load<u16>(record) & TAIL_MASK;
}

export function childOf(record: usize): usize {
  return load<u32>(valueOf(record));
}

export function childCount(record: usize): u32 {
  return load<u32>(valueOf(record), 4);
}

/** What record `index` of a leaf counts for: one, or its items when it is weighted. */
export function weightAt(page: usize, index: u32): u32 {
  return tailWord(recordAt(page, index)) & WEIGHTED ? <u32>headAt(page, index) : 1;
}

/** Whether a leaf's records count for their items; of an empty one nothing is known. */
export function isWeighted(page: usize): bool {
  return countOf(page) != 0 && (tailWord(recordAt(page, 0)) & WEIGHTED) != 0;
}

/** What the first `end` records of a leaf count for. */
export function weightBefore(page: usize, end: u32): u32 {
  if (!isWeighted(page)) return end;
  let sum: u32 = 0;
  for (let index: u32 = 0; index < end; index++) sum += <u32>headAt(page, index);
  return sum;
}

// === Making pages ===

/** Moves whenever pages are made or inner records go: paths found before are stale. */
export let shapeVersion: u32 = 0;

/** A tree changes its shape without making a page. */
export function noteShape(): void {
  shapeVersion++;
}

/** An empty page of the smallest class that holds `bytes` of slots and records. */
export function newPage(level: u32, bytes: u32): usize {
  const size = min(classSize(classOf(<u32>PAGE_SLOTS + bytes)), PAGE_SIZE_MAX);
  shapeVersion++;
  const page = allocate(size, KIND_PAGE + level);
  if (page == 0) unreachable(); // writes are admitted only while the reserve stands
  const fields = changetype<Page>(page);
  fields.count = 0;
  fields.heapBytes = 0;
  fields.deadBytes = 0;
  fields.size = <u16>size;
  return page;
}

/** Whether no smaller page holds what `page` holds. */
export function isTight(page: usize): bool {
  return classSize(classOf(<u32>PAGE_SLOTS + liveBytes(page))) >= <u32>changetype<Page>(page).size;
}

/** Bytes of slots and live records: what a copy without gaps needs. */
export function liveBytes(page: usize): u32 {
  const fields = changetype<Page>(page);
  return <u32>fields.count * SLOT_BYTES + fields.heapBytes - fields.deadBytes;
}

export function freeBytes(page: usize): u32 {
  const fields = changetype<Page>(page);
  return <u32>fields.size - <u32>PAGE_SLOTS - <u32>fields.count * SLOT_BYTES - fields.heapBytes;
}

/** A copy of `page` with room for `room` more bytes, without gaps. */
export function copyPage(page: usize, room: u32): usize {
  const copy = newPage(levelOf(page), liveBytes(page) + room);
  const source = changetype<Page>(page);
  if (source.deadBytes != 0) {
    appendRecords(copy, page, 0, source.count);
    return copy;
  }
  const target = changetype<Page>(copy);
  target.count = source.count;
  target.heapBytes = source.heapBytes;
  copyBytes(copy + PAGE_SLOTS, page + PAGE_SLOTS, <u32>source.count * SLOT_BYTES);
  copyBytes(
    copy + target.size - source.heapBytes,
    page + source.size - source.heapBytes,
    source.heapBytes,
  );
  return copy;
}

/** Appends records [from, to) of `source`. Requires: room for them. */
export function appendRecords(page: usize, source: usize, from: u32, to: u32): void {
  const fields = changetype<Page>(page);
  for (let index = from; index < to; index++) {
    const record = recordAt(source, index);
    const bytes = recordBytes(record);
    const slot = slotAt(page, fields.count);
    fields.heapBytes += <u16>bytes;
    fields.count++;
    store<u64>(slot, headAt(source, index));
    store<u16>(slot, fields.heapBytes, 8);
    copyBytes(page + fields.size - fields.heapBytes, record, bytes);
  }
}

/**
 * Opens a slot at `index` and reserves `bytes` for its record.
 *
 * Requires: freeBytes(page) >= SLOT_BYTES + bytes.
 *
 * @returns Address of the record, whose bytes the caller writes.
 */
export function openRecord(page: usize, index: u32, head: u64, bytes: u32): usize {
  const fields = changetype<Page>(page);
  const slot = slotAt(page, index);
  const moved = (<u32>fields.count - index) * SLOT_BYTES;
  copyBytes(slot + SLOT_BYTES, slot, moved);
  fields.heapBytes += <u16>bytes;
  fields.count++;
  store<u64>(slot, head);
  store<u16>(slot, fields.heapBytes, 8);
  return page + fields.size - fields.heapBytes;
}

/** Closes slot `index`; the record's bytes become dead. */
export function closeRecord(page: usize, index: u32): void {
  const fields = changetype<Page>(page);
  const bytes = recordBytes(recordAt(page, index));
  const slot = slotAt(page, index);
  if (load<u16>(slot, 8) == fields.heapBytes) fields.heapBytes -= <u16>bytes;
  else fields.deadBytes += <u16>bytes;
  fields.count--;
  const moved = (<u32>fields.count - index) * SLOT_BYTES;
  copyBytes(slot, slot + SLOT_BYTES, moved);
}

// === Searching ===

/** Compares the key of record `index` with (head, tail). */
export function compareKey(page: usize, index: u32, head: u64, tail: usize, tailLen: u32): i32 {
  const own = headAt(page, index);
  if (own != head) return own < head ? -1 : 1;
  const record = recordAt(page, index);
  return compareBytes(tailOf(record), tailLength(record), tail, tailLen);
}

/** Set by `searchPage`: whether the record at the returned index has the key. */
export let searchHit: bool = false;

/** Slots looked past a guess before it is taken back: those of one cache line. */
const GALLOP_SLOTS: u32 = 6;

/** Where `head` would be among `count` heads that lie evenly in [lower, upper). Requires: count > 0. */
export function guessSlot(count: u32, head: u64, lower: u64, upper: u64): u32 {
  if (head <= lower) return 0;
  // Halved so that the cheap signed conversion is right for them.
  const share = <f64><i64>((head - lower) >> 1) / <f64><i64>((upper - lower) >> 1);
  return min(<u32>(share * <f64>count), count - 1);
}

/**
 * Index of the first record whose head is not below `head`, where heads are
 * thought to lie evenly in [lower, upper). Heads that are hashes do, and then the
 * guess is a few slots off, so that one or two cache lines are read instead of
 * one for each halving; others cost a few probes more.
 */
export function slotOfHead(page: usize, head: u64, lower: u64, upper: u64): u32 {
  const count = countOf(page);
  let low: u32 = 0;
  let high: u32 = count;
  if (count > GALLOP_SLOTS) {
    const guess = guessSlot(count, head, lower, upper);
    let step = GALLOP_SLOTS;
    if (headAt(page, guess) < head) {
      low = guess + 1;
      while (low + step < count && headAt(page, low + step) < head) {
        low += step + 1;
        step <<= 1;
      }
      high = min(low + step, count);
    } else {
      high = guess;
      while (high > step && headAt(page, high - step) >= head) {
        high -= step;
        step <<= 1;
      }
      low = high > step ? high - step : 0;
    }
  }
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (headAt(page, middle) < head) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Index of the first record whose key is not below (head, tail). All heads of the
 * page lie in [lower, upper], as its parent knows.
 */
export function searchPage(page: usize, head: u64, tail: usize, tailLen: u32, lower: u64, upper: u64): u32 {
  searchHit = false;
  const low = slotOfHead(page, head, lower, upper);
  // Every record before `low` has a smaller head; those from it on with an equal
  // one are told apart by their tails.
  const count = countOf(page);
  if (low == count || headAt(page, low) != head) return low;
  const record = recordAt(page, low);
  const order = compareBytes(tailOf(record), tailLength(record), tail, tailLen);
  if (order >= 0) {
    searchHit = order == 0;
    return low;
  }
  return searchTails(page, low + 1, head, tail, tailLen);
}

/** Whether record `index` exists and is the first one with `head`. */
export function isFirstOf(page: usize, index: u32, head: u64): bool {
  if (index >= countOf(page) || headAt(page, index) != head) return false;
  return index == 0 || headAt(page, index - 1) != head;
}

/** Whether the record's tail is these bytes; then `searchHit` is set. */
export function isTail(page: usize, index: u32, tail: usize, tailLen: u32): bool {
  const record = recordAt(page, index);
  searchHit = compareBytes(tailOf(record), tailLength(record), tail, tailLen) == 0;
  return searchHit;
}

function searchTails(page: usize, from: u32, head: u64, tail: usize, tailLen: u32): u32 {
  let low = from;
  let high = countOf(page);
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = compareKey(page, middle, head, tail, tailLen);
    if (order == 0) {
      searchHit = true;
      return middle;
    }
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Bounds of the heads below the child that `searchChild` found. */
export let childLower: u64 = 0;
export let childUpper: u64 = u64.MAX_VALUE;

/** Starts a descent: nothing is known of the root's heads. */
export function forgetBounds(): void {
  setBounds(0, u64.MAX_VALUE);
}

/** Goes on with a descent that has come to heads in [lower, upper]. */
export function setBounds(lower: u64, upper: u64): void {
  childLower = lower;
  childUpper = upper;
}

/** Index of the child of an inner page whose range holds (head, tail). */
export function searchChild(page: usize, head: u64, tail: usize, tailLen: u32): u32 {
  const count = countOf(page);
  // The first key counts as minus infinity.
  let low = max(slotOfHead(page, head, childLower, childUpper), 1);
  if (low < count && headAt(page, low) == head) low = firstAfter(page, low, head, tail, tailLen);
  if (low > 1) childLower = headAt(page, low - 1);
  if (low < count) childUpper = headAt(page, low);
  return low - 1;
}

/** Index from `from` on of the first record whose key is above (head, tail). */
function firstAfter(page: usize, from: u32, head: u64, tail: usize, tailLen: u32): u32 {
  let low = from;
  let high = countOf(page);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKey(page, middle, head, tail, tailLen) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}
