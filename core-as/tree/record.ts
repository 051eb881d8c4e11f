// === Records: tails of keys, children of inner pages ===

import { childCount, countOf, levelOf, recordAt, RECORD_HEADER, TAIL_BLOB, TAIL_INLINE_MAX, tailWord, valueOf, weightBefore } from "./page";
import { allocate, KIND_BLOB, OBJECT_HEADER } from "../memory/heap";
import { discard } from "./views";
import { copyBytes } from "../text/bytes";

/** An inner record's value: its child's address and its count. */
export const CHILD_VALUE_BYTES: u32 = 8;

/**
 * Writes a record's tail, inline or in a blob, and the length of its value.
 *
 * Requires: the record has room for it, see `storedLength`.
 */
export function writeTail(record: usize, tail: usize, tailLen: u32, valueLen: u32): void {
  store<u16>(record, <u16>valueLen, 2);
  if (tailLen <= TAIL_INLINE_MAX) {
    store<u16>(record, <u16>tailLen);
    copyBytes(record + RECORD_HEADER, tail, tailLen);
    return;
  }
  const blob = allocate(tailLen + OBJECT_HEADER, KIND_BLOB);
  if (blob == 0) unreachable(); // admission checked the room
  memory.copy(blob + OBJECT_HEADER, tail, tailLen);
  store<u16>(record, <u16>(8 | TAIL_BLOB));
  store<u32>(record + RECORD_HEADER, <u32>blob);
  store<u32>(record + RECORD_HEADER, tailLen, 4);
}

/** Bytes that a tail of `tailLen` takes in its record. */
export function storedLength(tailLen: u32): u32 {
  return tailLen <= TAIL_INLINE_MAX ? tailLen : 8;
}

/** Gives a tail's blob back. */
export function dropTail(record: usize): void {
  if (tailWord(record) & TAIL_BLOB) discard(<usize>load<u32>(record + RECORD_HEADER));
}

function recordsBelow(page: usize): u32 {
  const entries = countOf(page);
  if (levelOf(page) == 0) return weightBefore(page, entries);
  let sum: u32 = 0;
  for (let index: u32 = 0; index < entries; index++) sum += childCount(recordAt(page, index));
  return sum;
}

/** Points an inner record to `child`, with its count. */
export function writeChild(record: usize, child: usize): void {
  const value = valueOf(record);
  store<u32>(value, <u32>child);
  store<u32>(value, recordsBelow(child), 4);
}
