// === Patterns of SORT: names of keys made of elements ===
//
// `w_*` names a string, `h_*->f` a field of a hash, "#" the element itself; the first
// star stands for the element. What C's string functions do with a NUL, Redis does
// with these patterns: nothing is found behind it.

import { closeRoom, openRoom } from "../request/room";
import { argumentAt, argumentLength } from "../request/parser";
import { fieldAt, fieldLen, findField, loadField } from "../hashes/fields";
import { OBJECT_HEADER } from "../memory/heap";
import { loadString, stringAt, stringLen, TYPE_HASH, TYPE_STRING, typeOf } from "../keys/keyspace";
import { peekKey, readKey } from "../keys/lookup";

const STAR: u32 = 0x2a;
const NOWHERE: u32 = u32.MAX_VALUE;
/** Room for names in scratch: the half that numbers leave alone. */
const SCRATCH_BYTES: u32 = 16384;

/** Place of the first star of the pattern at argument `index`. */
function starOf(index: u32): u32 {
  const at = argumentAt(index);
  const length = argumentLength(index);
  for (let i: u32 = 0; i < length && load<u8>(at + i) != 0; i++) {
    if (load<u8>(at + i) == STAR) return i;
  }
  return NOWHERE;
}

/** Whether the pattern at argument `index` has a star. */
export function hasStar(index: u32): bool {
  return starOf(index) != NOWHERE;
}

/** Whether the pattern at argument `index` is the element itself. */
export function isElementPattern(index: u32): bool {
  const length = argumentLength(index);
  const at = argumentAt(index);
  return length != 0 && load<u8>(at) == 0x23 && (length == 1 || load<u8>(at + 1) == 0);
}

/** Place behind "->" in the pattern, from place `from` on, if a name of a field is there. */
function fieldOf(index: u32, from: u32): u32 {
  const at = argumentAt(index);
  const length = argumentLength(index);
  for (let i = from; i + 1 < length && load<u8>(at + i) != 0; i++) {
    if (load<u16>(at + i) != 0x3e2d) continue;
    return i + 2 < length && load<u8>(at + i + 2) != 0 ? i + 2 : NOWHERE;
  }
  return NOWHERE;
}

// === Room for a name ===

let names: usize = 0;
/** Whether lookups leave no trace, as admission's. */
let isPeeking: bool = false;

/** Bytes that names may need beside scratch. */
export function nameBytes(longest: u64): u64 {
  return longest <= SCRATCH_BYTES ? 0 : longest + OBJECT_HEADER;
}

/**
 * Makes room for names of up to `longest` bytes, or answers that there is none.
 * `closePatterns` must follow.
 */
export function openPatterns(longest: u64, isWrite: bool, peeks: bool): bool {
  isPeeking = peeks;
  names = openRoom(longest, SCRATCH_BYTES, isWrite, peeks);
  return names != 0;
}

export function closePatterns(): void {
  closeRoom();
}

// === Looking up ===

/** The value that `findValue` found. */
export let valueAt: usize = 0;
export let valueLen: u32 = 0;

function lookUp(name: usize, length: u32): usize {
  return isPeeking ? peekKey(name, length) : readKey(name, length);
}

function findText(record: usize): bool {
  if (typeOf(record) != TYPE_STRING) return false;
  loadString(record);
  valueAt = stringAt;
  valueLen = stringLen;
  return true;
}

function findInHash(record: usize, field: usize, length: u32): bool {
  if (typeOf(record) != TYPE_HASH) return false;
  const found = findField(record, field, length);
  if (found == 0) return false;
  loadField(found);
  valueAt = fieldAt;
  valueLen = fieldLen;
  return true;
}

/** Finds what the pattern at argument `index` names for an element. */
export function findValue(index: u32, element: usize, length: u32): bool {
  if (isElementPattern(index)) {
    valueAt = element;
    valueLen = length;
    return true;
  }
  const star = starOf(index);
  if (star == NOWHERE) return false;
  const at = argumentAt(index);
  const field = fieldOf(index, star + 1);
  const end = field == NOWHERE ? argumentLength(index) : field - 2;
  memory.copy(names, at, star);
  memory.copy(names + star, element, length);
  memory.copy(names + star + length, at + star + 1, end - star - 1);
  const record = lookUp(names, end - 1 + length);
  if (record == 0) return false;
  return field == NOWHERE ? findText(record) : findInHash(record, at + field, argumentLength(index) - field);
}
