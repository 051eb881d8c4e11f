// === LZF: the compression of long strings in RDB payloads ===
//
// Format and search are liblzf's (Marc Lehmann, lzf_c.c and lzf_d.c, HLOG 16,
// VERY_FAST), so that what is written here is byte for byte what Redis writes:
//
//   000LLLLL <L+1 bytes>          literal run of L + 1 bytes
//   LLLooooo oooooooo             L + 2 bytes from o + 1 bytes back, L = 1…6
//   111ooooo LLLLLLLL oooooooo    L + 9 bytes from o + 1 bytes back
//
// The table of places stays from call to call. A place is stored as base +
// offset, and the base rises by the length of each input, so that places of
// earlier inputs lie below it and need no clearing.

import { allocate, KIND_BUFFER, OBJECT_HEADER } from "../memory/heap";
import { copyBytes } from "../text/bytes";

/** No input grows to more than this many times its size. */
export const LZF_RATIO_MAX: u64 = 88;

const TABLE_SLOTS: u32 = 1 << 16;
const LITERALS_MAX: u32 = 32;
const DISTANCE_MAX: u32 = 1 << 13;
const MATCH_MAX: u32 = 264;

let table: usize = 0;
let base: u32 = 0;

/** Makes the table ready for an input of `length` bytes; false without memory. */
function openTable(length: u32): bool {
  if (table == 0) {
    const buffer = allocate(TABLE_SLOTS * 4 + OBJECT_HEADER, KIND_BUFFER);
    if (buffer == 0) return false;
    table = buffer + OBJECT_HEADER;
    base = u32.MAX_VALUE;
  }
  if (base > u32.MAX_VALUE - length - 1) {
    memory.fill(table, 0, TABLE_SLOTS * 4);
    base = 1;
  }
  return true;
}

/** Notes that the three bytes at `at` stand at `place`; where they last stood. */
function notePlace(at: usize, place: u32): u32 {
  const three = (<u32>load<u8>(at) << 16) | (<u32>load<u8>(at, 1) << 8) | load<u8>(at, 2);
  const slot = table + (<usize>(((three >> 8) - three * 5) & (TABLE_SLOTS - 1)) << 2);
  const last = load<u32>(slot);
  store<u32>(slot, place);
  return last;
}

/**
 * Bytes that `a` and `b` have in common, of which there are three. liblzf looks
 * at sixteen more without asking for the limit when that is above 16, and so may
 * pass it by two.
 */
function matchLength(a: usize, b: usize, limit: u32): u32 {
  let length: u32 = 2;
  if (limit > 16) {
    while (length < 18) {
      length++;
      if (load<u8>(a + length) != load<u8>(b + length)) return length;
    }
  }
  do length++; while (length < limit && load<u8>(a + length) == load<u8>(b + length));
  return length;
}

/**
 * Compresses `length` bytes at `at` into at most `capacity` bytes at `out`.
 *
 * @returns Bytes written; 0 when they do not fit, or there is no memory for the
 * table.
 */
export function compress(at: usize, length: u32, out: usize, capacity: u32): u32 {
  if (length == 0 || capacity == 0 || !openTable(length)) return 0;
  const written = compressFrom(at, at + length, out, out + capacity);
  base += length;
  return written;
}

function compressFrom(from: usize, end: usize, out: usize, outEnd: usize): u32 {
  let at = from;
  let to = out + 1;
  let literals: u32 = 0;
  while (at + 2 < end) {
    const last = notePlace(at, base + <u32>(at - from));
    // A place at or below the base is an earlier input's, or the input's start,
    // which liblzf takes for none.
    const reference = from + (last - base);
    const distance = <u32>(at - reference) - 1;
    if (last > base && distance < DISTANCE_MAX && isSame3(reference, at)) {
      const run: u32 = literals == 0 ? 1 : 0;
      if (to - run + 4 >= outEnd) return 0;
      store<u8>(to - literals - 1, <u8>(literals - 1));
      to -= run;
      const limit = min(<u32>(end - at) - 2, MATCH_MAX);
      const matched = matchLength(reference, at, limit);
      to = writeMatch(to, distance, matched - 2) + 1;
      literals = 0;
      at += matched;
      if (at + 2 >= end) break;
      notePlace(at - 2, base + <u32>(at - 2 - from));
      notePlace(at - 1, base + <u32>(at - 1 - from));
    } else {
      if (to >= outEnd) return 0;
      store<u8>(to++, load<u8>(at++));
      if (++literals == LITERALS_MAX) to = closeRun(to, literals);
      literals &= LITERALS_MAX - 1;
    }
  }
  if (to + 3 > outEnd) return 0;
  while (at < end) {
    store<u8>(to++, load<u8>(at++));
    if (++literals == LITERALS_MAX) to = closeRun(to, literals);
    literals &= LITERALS_MAX - 1;
  }
  store<u8>(to - literals - 1, <u8>(literals - 1));
  return <u32>(to - (literals == 0 ? 1 : 0) - out);
}

function isSame3(a: usize, b: usize): bool {
  return load<u16>(a) == load<u16>(b) && load<u8>(a, 2) == load<u8>(b, 2);
}

/** Writes the length of the run that ends at `to`; where the next one's bytes go. */
function closeRun(to: usize, literals: u32): usize {
  store<u8>(to - literals - 1, <u8>(literals - 1));
  return to + 1;
}

/** Writes a match of `length` + 2 bytes; the address behind. */
function writeMatch(to: usize, distance: u32, length: u32): usize {
  if (length < 7) {
    store<u8>(to, <u8>((distance >> 8) + (length << 5)));
    store<u8>(to + 1, <u8>distance);
    return to + 2;
  }
  store<u8>(to, <u8>((distance >> 8) + (7 << 5)));
  store<u8>(to + 1, <u8>(length - 7));
  store<u8>(to + 2, <u8>distance);
  return to + 3;
}

/**
 * Whether `length` bytes at `at` are LZF of exactly `outLength` bytes, which are
 * then at `out`. Reads and writes nothing outside of these ranges.
 */
export function decompress(at: usize, length: u32, out: usize, outLength: u32): bool {
  const end = at + length;
  const outEnd = out + outLength;
  let to = out;
  while (at < end) {
    const control = <u32>load<u8>(at++);
    if (control < LITERALS_MAX) {
      const count = control + 1;
      if (count > <u32>(end - at) || count > <u32>(outEnd - to)) return false;
      copyBytes(to, at, count);
      at += count;
      to += count;
      continue;
    }
    let count = control >> 5;
    const isLong: u32 = count == 7 ? 1 : 0;
    if (<u32>(end - at) < 1 + isLong) return false;
    if (isLong) count += load<u8>(at++);
    count += 2;
    const distance = ((control & 31) << 8) + load<u8>(at++) + 1;
    if (distance > <u32>(to - out) || count > <u32>(outEnd - to)) return false;
    to = copyBack(to, distance, count);
  }
  return to == outEnd;
}

/** Repeats what stands `distance` bytes before `to`, byte by byte where it overlaps. */
function copyBack(to: usize, distance: u32, count: u32): usize {
  if (distance >= count) {
    copyBytes(to, to - distance, count);
    return to + count;
  }
  const stop = to + count;
  for (; to < stop; to++) store<u8>(to, load<u8>(to - distance));
  return to;
}
