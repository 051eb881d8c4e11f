// === Intsets: Redis's sorted arrays of integers ===
//
//   intset := width u32 · integers u32 · integer*     all little endian
//
// The width of each is 2, 4 or 8 bytes. As in Redis's intset.c, but that an
// intset here is as narrow as its integers let it be: Redis's stays as wide as
// the widest integer that was ever in it.

import { advanceOutput, outputStart, reserveOutput, truncateOutput } from "../request/reply";

/** Width and number of integers. */
const INTSET_HEADER: u32 = 8;

// === Reading ===

let next: usize = 0;
let end: usize = 0;
let width: u32 = 0;
/** Integer last read. */
export let intsetInteger: i64 = 0;
let isFirst: bool = true;

/** Starts reading an intset of `length` bytes; whether its frame is sound, and it is not empty. */
export function openIntset(at: usize, length: u32): bool {
  if (length < INTSET_HEADER) return false;
  width = load<u32>(at);
  const count = load<u32>(at, 4);
  if (width != 2 && width != 4 && width != 8) return false;
  if (count == 0 || <u64>count * width + INTSET_HEADER != length) return false;
  next = at + INTSET_HEADER;
  end = at + length;
  isFirst = true;
  return true;
}

/** Whether all integers were read. */
export function isIntsetDone(): bool {
  return next == end;
}

function integerAt(at: usize): i64 {
  if (width == 2) return load<i16>(at);
  return width == 4 ? <i64>load<i32>(at) : load<i64>(at);
}

/** Reads the next integer; whether it is above the one before. */
export function readIntsetInteger(): bool {
  const value = integerAt(next);
  next += width;
  const rises = isFirst || value > intsetInteger;
  isFirst = false;
  intsetInteger = value;
  return rises;
}

// === Writing, to the output ===

/** Appends an integer, to be sorted by `insertIntset`. */
export function emitIntsetInteger(value: i64): void {
  const out = reserveOutput(8);
  if (out == 0) return;
  store<i64>(out, value);
  advanceOutput(8);
}

/** Makes the `count` integers written since `from` an intset. */
export function insertIntset(from: u32, count: u32): void {
  const spare = reserveOutput(INTSET_HEADER);
  if (spare == 0) return;
  const first = outputStart() + from;
  sort(first, count);
  const low = load<i64>(first);
  const high = load<i64>(first + (<usize>(count - 1) << 3));
  width = 8;
  if (low >= i16.MIN_VALUE && high <= i16.MAX_VALUE) width = 2;
  else if (low >= i32.MIN_VALUE && high <= i32.MAX_VALUE) width = 4;
  narrow(first, count);
  memory.copy(first + INTSET_HEADER, first, <usize>count * width);
  store<u32>(first, width);
  store<u32>(first, count, 4);
  truncateOutput(from + INTSET_HEADER + count * width);
}

function narrow(first: usize, count: u32): void {
  for (let i: usize = 0; i < count; i++) {
    const value = load<i64>(first + (i << 3));
    if (width == 2) store<i16>(first + (i << 1), <i16>value);
    else if (width == 4) store<i32>(first + (i << 2), <i32>value);
  }
}

/** Heap sort. */
function sort(first: usize, count: u32): void {
  for (let i = count >> 1; i > 0; i--) sink(first, i - 1, count);
  for (let left = count; left > 1; left--) {
    const last = first + (<usize>(left - 1) << 3);
    const largest = load<i64>(first);
    store<i64>(first, load<i64>(last));
    store<i64>(last, largest);
    sink(first, 0, left - 1);
  }
}

function sink(first: usize, from: u32, count: u32): void {
  let index = from;
  const value = load<i64>(first + (<usize>index << 3));
  while (true) {
    let child = index * 2 + 1;
    if (child >= count) break;
    let largest = load<i64>(first + (<usize>child << 3));
    if (child + 1 < count && load<i64>(first + (<usize>child << 3), 8) > largest) {
      child++;
      largest = load<i64>(first + (<usize>child << 3));
    }
    if (largest <= value) break;
    store<i64>(first + (<usize>index << 3), largest);
    index = child;
  }
  store<i64>(first + (<usize>index << 3), value);
}
