// === Rows that are put in order for a reply: GEOSEARCH, SORT, ZUNION and its kind ===
//
// ╒══════════════ row (24 bytes) ══════════════╕
// │ +0  key      f64, or address u32, length u32│
// │ +8  element  u32   address of its bytes     │
// │ +12 length   u32                            │
// │ +16 extra    u64   what the caller likes    │
// ╘══════════════════════════════════════════════╛
//
// Equal rows: a whole sort is stable, as that of the C library is. A part of the
// order is found by Redis's partial quicksort, so that equal rows come in its order
// too; only rows made to slow that down are sorted otherwise.
//
// Source of the quicksort: Bentley and McIlroy, "Engineering a sort function".

import { addWork } from "../memory/state";
import { compareBytes } from "../text/bytes";

export const ROW_BYTES: u32 = 24;

/** By number; by number, then by the element; by bytes; by bytes up to a NUL. */
export const BY_NUMBER: u32 = 0;
export const BY_NUMBER_AND_ELEMENT: u32 = 1;
export const BY_ELEMENT: u32 = 2;
export const BY_ELEMENT_TEXT: u32 = 3;
/** By the bytes of the key, those without one first. */
export const BY_BYTES: u32 = 4;
export const BY_TEXT: u32 = 5;

let order: u32 = BY_NUMBER;
let isDescending: bool = false;
let rows: usize = 0;

/** Says where the rows are and how they are put in order. */
export function beginSort(at: usize, by: u32, descending: bool): void {
  rows = at;
  order = by;
  isDescending = descending;
}

// === Comparing ===

function textLength(at: usize, length: u32): u32 {
  let i: u32 = 0;
  while (i < length && load<u8>(at + i) != 0) i++;
  return i;
}

function compareTexts(a: usize, aLen: u32, b: usize, bLen: u32, isText: bool): i32 {
  if (isText) return compareBytes(a, textLength(a, aLen), b, textLength(b, bLen));
  return compareBytes(a, aLen, b, bLen);
}

function compareKeys(a: usize, b: usize, isText: bool): i32 {
  const aKey = load<u32>(a);
  const bKey = load<u32>(b);
  if (aKey == 0 || bKey == 0) return <i32>(aKey != 0) - <i32>(bKey != 0);
  return compareTexts(aKey, load<u32>(a, 4), bKey, load<u32>(b, 4), isText);
}

function compareElements(a: usize, b: usize, isText: bool): i32 {
  return compareTexts(load<u32>(a, 8), load<u32>(a, 12), load<u32>(b, 8), load<u32>(b, 12), isText);
}

function compareUpward(a: usize, b: usize): i32 {
  if (order <= BY_NUMBER_AND_ELEMENT) {
    const x = load<f64>(a);
    const y = load<f64>(b);
    if (x > y) return 1;
    if (x < y) return -1;
    return order == BY_NUMBER ? 0 : compareElements(a, b, false);
  }
  if (order <= BY_ELEMENT_TEXT) return compareElements(a, b, order == BY_ELEMENT_TEXT);
  return compareKeys(a, b, order == BY_TEXT);
}

function compare(a: usize, b: usize): i32 {
  const result = compareUpward(a, b);
  return isDescending ? -result : result;
}

// === All rows: a merge sort ===

/** Longest run that is sorted by insertion. */
const RUN: u32 = 8;

function rowIn(base: usize, index: u32): usize {
  return base + <usize>index * ROW_BYTES;
}

/** Sorts rows [from, to) by insertion; `spare` has room for one. */
function insertAll(from: u32, to: u32, spare: usize): void {
  for (let i = from + 1; i < to; i++) {
    let at = i;
    while (at > from && compare(rowIn(rows, at - 1), rowIn(rows, i)) > 0) at--;
    if (at == i) continue;
    memory.copy(spare, rowIn(rows, i), ROW_BYTES);
    memory.copy(rowIn(rows, at + 1), rowIn(rows, at), <usize>(i - at) * ROW_BYTES);
    memory.copy(rowIn(rows, at), spare, ROW_BYTES);
  }
}

/** Merges [from, middle) and [middle, end) of `source` to the same place in `target`. */
function mergeRuns(source: usize, target: usize, from: u32, middle: u32, end: u32): void {
  let left = from;
  let right = middle;
  for (let i = from; i < end; i++) {
    const takesLeft = left < middle && (right == end || compare(rowIn(source, left), rowIn(source, right)) <= 0);
    memory.copy(rowIn(target, i), rowIn(source, takesLeft ? left++ : right++), ROW_BYTES);
  }
}

/** Sorts `count` rows; those that are equal stay in their order. `spare` has room for as many, and one at least. */
export function sortAll(count: u32, spare: usize): void {
  for (let from: u32 = 0; from < count; from += RUN) insertAll(from, min(from + RUN, count), spare);
  let source = rows;
  let target = spare;
  for (let width: u64 = RUN; width < count; width *= 2) {
    for (let from: u64 = 0; from < count; from += width * 2) {
      const middle = <u32>min(from + width, <u64>count);
      mergeRuns(source, target, <u32>from, middle, <u32>min(<u64>middle + width, <u64>count));
    }
    const other = source;
    source = target;
    target = other;
    addWork(count);
  }
  if (source != rows) memory.copy(rows, source, <usize>count * ROW_BYTES);
}

// === Some of the rows: a partial quicksort ===

function swap(a: usize, b: usize): void {
  const x = load<u64>(a);
  const y = load<u64>(a, 8);
  const z = load<u64>(a, 16);
  memory.copy(a, b, ROW_BYTES);
  store<u64>(b, x);
  store<u64>(b, y, 8);
  store<u64>(b, z, 16);
}

/** Swaps `bytes` at `a` and at `b`. */
function swapMany(a: usize, b: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += ROW_BYTES) swap(a + i, b + i);
}

/** The middle one of three rows. */
function medianOf(a: usize, b: usize, c: usize): usize {
  if (compare(a, b) < 0) return compare(b, c) < 0 ? b : compare(a, c) < 0 ? c : a;
  return compare(b, c) > 0 ? b : compare(a, c) < 0 ? a : c;
}

function pivotOf(base: usize, count: u32): usize {
  const middle = rowIn(base, count / 2);
  if (count <= 7) return middle;
  const last = rowIn(base, count - 1);
  if (count <= 40) return medianOf(base, middle, last);
  const step = <usize>(count / 8) * ROW_BYTES;
  return medianOf(
    medianOf(base, base + step, base + 2 * step),
    medianOf(middle - step, middle, middle + step),
    medianOf(last - 2 * step, last - step, last),
  );
}

/** Rows below and above those that equal the pivot, which `part` found. */
let belowCount: u32 = 0;
let aboveCount: u32 = 0;

/** Puts rows below the pivot in front, rows above it behind, equal ones between. */
function part(base: usize, count: u32): void {
  swap(base, pivotOf(base, count));
  const end = rowIn(base, count);
  let equalLow = base + ROW_BYTES;
  let low = equalLow;
  let high = end - ROW_BYTES;
  let equalHigh = high;
  while (true) {
    while (low <= high) {
      const result = compare(low, base);
      if (result > 0) break;
      if (result == 0) {
        swap(equalLow, low);
        equalLow += ROW_BYTES;
      }
      low += ROW_BYTES;
    }
    while (low <= high) {
      const result = compare(high, base);
      if (result < 0) break;
      if (result == 0) {
        swap(high, equalHigh);
        equalHigh -= ROW_BYTES;
      }
      high -= ROW_BYTES;
    }
    if (low > high) break;
    swap(low, high);
    low += ROW_BYTES;
    high -= ROW_BYTES;
  }
  const front = min(equalLow - base, low - equalLow);
  swapMany(base, low - front, front);
  const back = min(equalHigh - high, end - equalHigh - ROW_BYTES);
  swapMany(low, end - back, back);
  belowCount = <u32>((low - equalLow) / ROW_BYTES);
  aboveCount = <u32>((equalHigh - high) / ROW_BYTES);
}

function insertFew(base: usize, count: u32): void {
  for (let i: u32 = 1; i < count; i++) {
    for (let at = rowIn(base, i); at > base && compare(at - ROW_BYTES, at) > 0; at -= ROW_BYTES) swap(at, at - ROW_BYTES);
  }
}

/** Parts of the rows that quicksort may look at, a halving: more is a sign of rows made to slow it down. */
const ROUNDS_A_HALVING: u32 = 4;

/** Sinks the row at `index` of a heap, the last in order on top. */
function sink(base: usize, index: u32, size: u32): void {
  while (true) {
    let child = index * 2 + 1;
    if (child >= size) return;
    if (child + 1 < size && compare(rowIn(base, child), rowIn(base, child + 1)) < 0) child++;
    if (compare(rowIn(base, index), rowIn(base, child)) >= 0) return;
    swap(rowIn(base, index), rowIn(base, child));
    index = child;
  }
}

function heapSort(base: usize, count: u32): void {
  for (let i = count / 2; i != 0; i--) sink(base, i - 1, count);
  for (let size = count; size > 1; size--) {
    swap(base, rowIn(base, size - 1));
    sink(base, 0, size - 1);
  }
}

/** Sorts `count` rows where they lie; the order of those that are equal is open. */
export function sortInPlace(count: u32): void {
  heapSort(rows, count);
}

/** Sorts rows [first, last] of `count` at `base`, where some of them belong; both may lie outside. */
function sortPart(base: usize, count: u32, first: i64, last: i64, rounds: u32): void {
  while (true) {
    if (count < 7) {
      insertFew(base, count);
      return;
    }
    addWork(count);
    if (rounds-- == 0) {
      heapSort(base, count);
      return;
    }
    part(base, count);
    const below = belowCount;
    const above = aboveCount;
    const behind = count - above;
    const needsBelow = below > 1 && first < <i64>below && last >= 0;
    const needsAbove = above > 1 && last >= <i64>behind && first < <i64>count;
    if (needsBelow && needsAbove && below > above) {
      // The larger part last, so that calls never lie deep.
      sortPart(rowIn(base, behind), above, first - behind, last - behind, rounds);
      count = below;
    } else {
      if (needsBelow && needsAbove) sortPart(base, below, first, last, rounds);
      if (needsAbove) {
        base = rowIn(base, behind);
        first -= behind;
        last -= behind;
        count = above;
      } else if (needsBelow) {
        count = below;
      } else {
        return;
      }
    }
  }
}

/** Sorts `count` rows as far as rows [first, last] need it. */
export function sortSome(count: u32, first: u32, last: u32): void {
  const halvings = 32 - clz(count);
  sortPart(rows, count, first, last, halvings * ROUNDS_A_HALVING);
}
