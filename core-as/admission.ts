// === Admission: how much memory a write may need ===
//
// The leader asks before it proposes, so that what was committed never runs out
// of memory: a request is admitted only when its bytes, and what the command may
// allocate beyond them, fit beside what was promised to requests that wait in
// batches. Most commands store what they carry. While a view is pinned, each key
// that is written may also cost a copy of its page and of the one above.

import { argumentAt, argumentCount, argumentLength } from "./parser";
import { isWord } from "./arguments";
import {
  CMD_DENYOOM, ID_APPEND, ID_BITFIELD, ID_BITOP, ID_COPY, ID_HINCRBYFLOAT, ID_INCRBYFLOAT, ID_MOVE, ID_RENAME, ID_RENAMENX, ID_RESTORE,
  ID_SETBIT, ID_SETRANGE, ID_SWAPDB, ID_XADD,
} from "./generated/commands";
import { CHUNK_SIZE, header } from "./layout";
import { hasRoomFor, OBJECT_HEADER, SLAB_SIZE_MAX } from "./heap";
import { gatheringBatch } from "./batch";
import { setAside } from "./escrow";
import { PAGE_SIZE_MAX } from "./page";
import { loadString, stringLen, TYPE_STRING, typeOf } from "./keyspace";
import { peekKey } from "./lookup";
import { keyBytes } from "./memory";
import { measureValue } from "./rdb/value_restore";
import { parsedInteger, parseInteger } from "./text/integers";
import { LONG_DOUBLE_TEXT_BYTES_MAX } from "./text/long_double_write";

const STRING_BYTES_MAX: i64 = 512 << 20;

/** Bytes of the string at argument `index`, 0 when there is none. */
function stringBytes(index: u32): u32 {
  const record = peekKey(argumentAt(index), argumentLength(index));
  if (record == 0 || typeOf(record) != TYPE_STRING) return 0;
  loadString(record);
  return stringLen;
}

/** Argument `index` as an offset in bytes, 0 when it is none. */
function offsetBytes(index: u32, divisor: i64): u32 {
  if (index >= argumentCount || !parseInteger(argumentAt(index), argumentLength(index))) return 0;
  const value = parsedInteger() / divisor;
  return value < 0 || value > STRING_BYTES_MAX ? 0 : <u32>value;
}

function carriedBytes(): u32 {
  let bytes: u32 = 0;
  for (let i: u32 = 1; i < argumentCount; i++) bytes += argumentLength(i) + 64;
  return bytes;
}

/** Bytes that the write request in the table may need at most, roughly. */
export function reservationOf(commandId: u32): u32 {
  const carried = carriedBytes();
  if (commandId == ID_APPEND) return carried + growth(stringBytes(1), argumentLength(2));
  if (commandId == ID_SETRANGE) return carried + growth(stringBytes(1), offsetBytes(2, 1));
  if (commandId == ID_SETBIT) return carried + growth(stringBytes(1), offsetBytes(2, 8));
  if (commandId == ID_BITFIELD) return carried + bitfieldBytes();
  if (commandId == ID_COPY) return copiedBytes(carried);
  if (commandId == ID_INCRBYFLOAT || commandId == ID_HINCRBYFLOAT) return carried + LONG_DOUBLE_TEXT_BYTES_MAX;
  if (commandId == ID_RESTORE) return restoredBytes(carried);
  // The result, and the buffer in which it is made.
  if (commandId == ID_BITOP) return carried + longestString(3) * 2;
  return carried;
}

/** What COPY duplicates: a string's bytes, or all pages of a collection. */
function copiedBytes(carried: u32): u32 {
  const record = peekKey(argumentAt(1), argumentLength(1));
  return record == 0 ? carried : <u32>min(keyBytes(record) + carried, <u64>u32.MAX_VALUE);
}

/** An edited string may move to a buffer with room to grow. */
function growth(present: u32, added: u32): u32 {
  return (present + added) * 2;
}

/** What the payload becomes: compressed, it may be many times its size. */
function restoredBytes(carried: u32): u32 {
  const value = measureValue(argumentAt(3), argumentLength(3));
  return value > u32.MAX_VALUE - carried ? u32.MAX_VALUE : carried + <u32>value;
}

function longestString(from: u32): u32 {
  let longest: u32 = 0;
  for (let i = from; i < argumentCount; i++) longest = max(longest, stringBytes(i));
  return longest;
}

/** What the string, or the farthest field that is written, takes twice. */
function bitfieldBytes(): u32 {
  let largest = stringBytes(1);
  for (let i: u32 = 2; i < argumentCount;) {
    if (isWord(i, "overflow")) {
      i += 2;
    } else if (isWord(i, "get")) {
      i += 3;
    } else {
      if (i + 2 < argumentCount) largest = max(largest, fieldStart(i + 1));
      i += 4;
    }
  }
  return largest * 2;
}

/** Byte at which the field of the type at argument `index` begins, by the offset behind it; 0 when it is none. */
function fieldStart(index: u32): u32 {
  const at = argumentAt(index + 1);
  const length = argumentLength(index + 1);
  if (length < 2 || load<u8>(at) != 0x23) return offsetBytes(index + 1, 8);
  // "#": in fields of the type's bits.
  if (argumentLength(index) < 2 || !parseInteger(argumentAt(index) + 1, argumentLength(index) - 1)) return 0;
  const bits = parsedInteger();
  if (bits < 1 || bits > 64 || !parseInteger(at + 1, length - 1)) return 0;
  const fields = parsedInteger();
  return fields < 0 || fields > STRING_BYTES_MAX * 8 / bits ? 0 : <u32>(fields * bits / 8);
}

function isEdit(commandId: u32): bool {
  return commandId == ID_APPEND || commandId == ID_SETRANGE || commandId == ID_SETBIT || commandId == ID_BITFIELD ||
    commandId == ID_BITOP || commandId == ID_COPY;
}

/** Whether a command may need more than it carries, one piece for all of it, or renames a string. */
function isMeasured(commandId: u32): bool {
  return isEdit(commandId) || commandId == ID_XADD || commandId == ID_RENAME || commandId == ID_RENAMENX || commandId == ID_MOVE ||
    commandId == ID_RESTORE || commandId == ID_SWAPDB || commandId == ID_INCRBYFLOAT || commandId == ID_HINCRBYFLOAT;
}

/** Bytes by which the write request in the table may make any one string longer. */
function growthOf(commandId: u32): u64 {
  if (commandId == ID_SETRANGE) return <u64>argumentLength(3) + offsetBytes(2, 1);
  if (commandId == ID_SETBIT) return <u64>offsetBytes(2, 8) + 1;
  if (commandId == ID_BITFIELD) return bitfieldBytes();
  if (commandId == ID_BITOP) return longestString(3);
  // These give a string another name, under which an edit behind it finds it.
  if (commandId == ID_COPY || commandId == ID_RENAME || commandId == ID_RENAMENX || commandId == ID_MOVE) return stringBytes(1);
  if (commandId == ID_SWAPDB) return STRING_BYTES_MAX;
  return neededBytes;
}

// === Promises ===

export const ADMIT_NOW: u32 = 0;
/** There is room, but it is promised to batches that are not applied yet. */
export const ADMIT_LATER: u32 = 1;
export const ADMIT_NEVER: u32 = 2;

/** A leaf and the page above it. */
const COPIES_BYTES: u64 = 2 * <u64>PAGE_SIZE_MAX;
/** Pages on the way to a key, from which copies start. */
const PATH_PAGES: u32 = 4;

let promisedBytes: u64 = 0;
let promisedCopies: u64 = 0;
let promisedGrowth: u64 = 0;
/** Bytes, and copies of leaves, that the request last judged by `admit` needs. */
export let neededBytes: u32 = 0;
export let neededCopies: u32 = 0;
/** Bytes by which it may make any one string longer. */
export let neededGrowth: u64 = 0;

/** Whether memory has room for the write request in the table; ADMIT_…. */
export function admit(commandId: u32, flags: u32): u32 {
  const mayGrow = (flags & CMD_DENYOOM) != 0;
  const measured = isMeasured(commandId);
  neededBytes = !mayGrow ? 0 : measured ? reservationOf(commandId) : carriedBytes();
  neededCopies = argumentCount + PATH_PAGES;
  neededGrowth = measured ? growthOf(commandId) : neededBytes;
  if (mayGrow) {
    const limit = header.memoryLimit;
    if (limit != 0 && header.bytesUsed - header.bytesRetired + neededBytes > limit) return ADMIT_NEVER;
  } else if (header.viewsOpen == 0) {
    return ADMIT_NOW;
  }
  const own = neededBytes + copiesBytes(neededCopies);
  if (hasRoomFor(own + promisedBytes + copiesBytes(promisedCopies)) && (!mayGrow || hasRun(commandId, measured))) return ADMIT_NOW;
  return promisedCopies != 0 && hasRoomFor(own) ? ADMIT_LATER : ADMIT_NEVER;
}

function copiesBytes(copies: u64): u64 {
  return header.viewsOpen == 0 ? 0 : copies * COPIES_BYTES;
}

/** Promises room to the request last judged. */
export function promise(): void {
  promisedBytes += neededBytes;
  promisedCopies += neededCopies;
  promisedGrowth += neededGrowth;
}

/** Requests to which so much was promised have what they needed, or never ran. */
export function keepPromises(bytes: u64, copies: u64, growth: u64): void {
  promisedBytes -= bytes;
  promisedCopies -= copies;
  promisedGrowth -= growth;
}

/** Whether the writes that are promised would still have room if a view were pinned now. */
export function hasRoomForView(): bool {
  return hasRoomFor(promisedBytes + promisedCopies * COPIES_BYTES);
}

// === Neighbouring chunks ===

/** What an edit of a string allocates at most: BITOP a buffer and the result. */
const EDIT_BYTES_MAX: u64 = 2 * STRING_BYTES_MAX + (1 << 20);
/** An argument of more may get chunks of its own. */
const LARGE_BYTES: u32 = 16 * 1024;

/** Whether the request's large objects find neighbouring chunks, which are then set aside for it. */
function hasRun(commandId: u32, measured: bool): bool {
  if (!measured && neededBytes < LARGE_BYTES) return true;
  let bytes: u64 = 0;
  // Writes in flight may make the strings that an edit finds longer.
  if (isEdit(commandId)) bytes = neededBytes + min(promisedGrowth * 2, EDIT_BYTES_MAX);
  else if (commandId == ID_XADD || commandId == ID_RESTORE) bytes = neededBytes;
  else bytes = largeArguments();
  if (bytes < SLAB_SIZE_MAX) return true;
  bytes += 2 * CHUNK_SIZE; // each of two is rounded up to chunks
  return bytes + OBJECT_HEADER <= u32.MAX_VALUE && setAside(gatheringBatch(), <u32>bytes);
}

/** Bytes of the arguments that may get chunks of their own, each rounded up to these. */
function largeArguments(): u64 {
  let bytes: u64 = 0;
  for (let i: u32 = 1; i < argumentCount; i++) {
    if (argumentLength(i) > LARGE_BYTES) bytes += argumentLength(i) + CHUNK_SIZE;
  }
  return bytes;
}
