// === Chunks of a stream: layout and reading ===
//
// The entries' tree holds *chunks* of entries that follow one another. A chunk's
// head is the first half of an id, its tail the second half, big endian: its
// *base*, the id of the entry with which it began. No entry of it lies before the
// base, and each before the base of the next chunk. Its value is
//
//   chunk := entries u8 · names · entry*
//   names := n · word{n}
//   entry := bytes behind · stamp · [sequence] · (value word{n} | n · (field word, value word){n})
//   stamp := (ms - base's) × 4 + 2 (a sequence follows) + 1 (it has names of its own)
//   word  := length · byte*
//
// where all numbers but the first are naturals in groups of 7 bits, the lowest
// first, 128 = more follow. An entry with the chunk's names, in their order,
// leaves them out. A sequence counts from the base's where ms is the base's, and
// is left out when it is 0. The value lies in the page, or in a blob when an
// entry is too large for that: then it stands alone, with names of its own.

import { headOf, recordOf } from "../tree/cursor";
import { tailOf, tailWord, VALUE_BLOB, VALUE_INLINE_MAX, valueLength, valueOf } from "../tree/page";
import { OBJECT_HEADER } from "../memory/heap";
import { copyBytes } from "../text/bytes";

/** Bytes of a chunk in a page. */
export const CHUNK_BYTES_MAX: u32 = VALUE_INLINE_MAX;
/** Entries of a chunk: a walk through it stays short. */
export const CHUNK_ENTRIES_MAX: u32 = 64;
/** Milliseconds from a base to an entry: a stamp stays far below 64 bits. */
export const CHUNK_SPAN_MS: u64 = <u64>1 << 48;

export const STAMP_OWN: u64 = 1;
export const STAMP_SEQUENCE: u64 = 2;

// === Naturals ===

/** Bytes of a natural. */
export function naturalBytes(value: u64): u32 {
  let bytes: u32 = 1;
  for (let rest = value >> 7; rest != 0; rest >>= 7) bytes++;
  return bytes;
}

/** Writes a natural; the address behind. */
export function writeNatural(at: usize, value: u64): usize {
  while (value > 127) {
    store<u8>(at++, <u8>(value | 128));
    value >>= 7;
  }
  store<u8>(at++, <u8>value);
  return at;
}

/** Address behind the natural last read. */
export let behind: usize = 0;

/** Reads the natural at `at`. */
export function readNatural(at: usize): u64 {
  let value: u64 = load<u8>(at++);
  if (value > 127) {
    value &= 127;
    let byte: u64 = 128;
    for (let shift: u64 = 7; byte > 127; shift += 7) {
      byte = load<u8>(at++);
      value |= (byte & 127) << shift;
    }
  }
  behind = at;
  return value;
}

/** Bytes of a word of `length` bytes. */
export function wordBytes(length: u32): u32 {
  return naturalBytes(length) + length;
}

/** Writes a word; the address behind. */
export function writeWord(at: usize, from: usize, length: u32): usize {
  const p = writeNatural(at, length);
  copyBytes(p, from, length);
  return p + length;
}

/** The address behind the word at `at`. */
export function skipWord(at: usize): usize {
  const length = <usize>load<u8>(at);
  if (length < 128) return at + 1 + length;
  const bytes = <usize>readNatural(at);
  return behind + bytes;
}

/** The address behind `count` words. */
export function skipWords(at: usize, count: u32): usize {
  for (; count != 0; count--) at = skipWord(at);
  return at;
}

// === Records ===

/** Address of the bytes of the chunk in a record. */
export function chunkOf(record: usize): usize {
  const value = valueOf(record);
  return tailWord(record) & VALUE_BLOB ? <usize>load<u32>(value) + OBJECT_HEADER : value;
}

/** Their number. */
export function chunkLength(record: usize): u32 {
  return tailWord(record) & VALUE_BLOB ? load<u32>(valueOf(record), 4) : valueLength(record);
}

/** Entries of the chunk at `chunk`. */
export function entriesIn(chunk: usize): u32 {
  return load<u8>(chunk);
}

/** Address of its names. */
export function namesIn(chunk: usize): usize {
  return chunk + 1;
}

/** Address of its first entry. */
export function firstIn(chunk: usize): usize {
  const names = <u32>readNatural(chunk + 1);
  return skipWords(behind, names);
}

/** Second half of the base of the chunk in a record. */
export function baseSequence(record: usize): u64 {
  return bswap(load<u64>(tailOf(record)));
}

// === Entries ===

/** The entry last read: its id, whether it has names of its own, and where its values, or its names' count, begin. */
export let entryMs: u64 = 0;
export let entrySeq: u64 = 0;
export let isOwn: bool = false;
export let wordsAt: usize = 0;

/** Reads the entry at `place` of a chunk with this base; the place behind. */
export function readEntry(place: usize, baseMs: u64, baseSeq: u64): usize {
  const bytes = <usize>readNatural(place);
  const end = behind + bytes;
  const stamp = readNatural(behind);
  const span = stamp >> 2;
  const sequence: u64 = stamp & STAMP_SEQUENCE ? readNatural(behind) : 0;
  entryMs = baseMs + span;
  entrySeq = span == 0 ? baseSeq + sequence : sequence;
  isOwn = (stamp & STAMP_OWN) != 0;
  wordsAt = behind;
  return end;
}

/** The place behind the entry at `place`, without reading it. */
export function skipEntry(place: usize): usize {
  const bytes = <usize>load<u8>(place);
  return bytes < 128 ? place + 1 + bytes : skipWord(place);
}

/** Reads the last entry of the chunk under the cursor, or the first. */
export function readEnd(cursor: usize, isLast: bool): void {
  const record = recordOf(cursor);
  const chunk = chunkOf(record);
  let place = firstIn(chunk);
  if (isLast) {
    for (let left = entriesIn(chunk); left > 1; left--) place = skipEntry(place);
  }
  readEntry(place, headOf(cursor), baseSequence(record));
}

/** Order of two ids. */
export function compareIds(ms: u64, seq: u64, otherMs: u64, otherSeq: u64): i32 {
  if (ms != otherMs) return ms < otherMs ? -1 : 1;
  return seq == otherSeq ? 0 : seq < otherSeq ? -1 : 1;
}
