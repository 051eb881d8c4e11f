// === Admission: how much memory a write may need ===
//
// The leader asks before it proposes, so that what was committed never runs out
// of memory: a request is admitted only when its bytes, and what the command may
// allocate beyond them, fit. Most commands store what they carry.

import { argumentAt, argumentCount, argumentLength } from "./parser";
import {
  ID_APPEND, ID_BITFIELD, ID_BITOP, ID_COPY, ID_HINCRBYFLOAT, ID_INCRBYFLOAT, ID_RESTORE, ID_SETBIT, ID_SETRANGE,
} from "./generated/commands";
import { loadString, peekKey, stringLen, TYPE_STRING, typeOf } from "./keyspace";
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
  if (commandId == ID_COPY) return carried + stringBytes(1);
  if (commandId == ID_INCRBYFLOAT || commandId == ID_HINCRBYFLOAT) return carried + LONG_DOUBLE_TEXT_BYTES_MAX;
  if (commandId == ID_RESTORE) return restoredBytes(carried);
  if (commandId == ID_BITOP) return carried + longestString(3);
  return carried;
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

/** The largest offset named, `#` ones times 64 bits. */
function bitfieldBytes(): u32 {
  let largest = stringBytes(1);
  for (let i: u32 = 2; i < argumentCount; i++) {
    if (argumentLength(i) > 1 && load<u8>(argumentAt(i)) == 0x23) {
      if (parseInteger(argumentAt(i) + 1, argumentLength(i) - 1)) {
        const bytes = parsedInteger() * 8;
        if (bytes > 0 && bytes < STRING_BYTES_MAX) largest = max(largest, <u32>bytes);
      }
    } else {
      largest = max(largest, offsetBytes(i, 8));
    }
  }
  return largest * 2;
}
