// === Arguments of the running command ===
//
// Small readers over the parser's table, so that a command reads like its
// synopsis. A reader that can fail answers the error itself and says so.

import { argumentAt, argumentLength } from "./parser";
import { parsedInteger, parseInteger } from "../text/integers";
import { beginError, emitText, endError, refuse, replyNotInteger } from "./reply";
import { nowMs } from "../memory/state";
import { equalBytes } from "../text/bytes";

/** Whether argument `index` is the word `word` (given in lower case). */
export function isWord(index: u32, word: string): bool {
  const length = <u32>word.length;
  if (argumentLength(index) != length) return false;
  const at = argumentAt(index);
  const source = changetype<usize>(word);
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    const lower = byte - 0x41 < 26 ? byte | 0x20 : byte;
    if (lower != <u32>load<u16>(source + (<usize>i << 1))) return false;
  }
  return true;
}

/** Whether arguments `first` and `second` are the same bytes. */
export function areSame(first: u32, second: u32): bool {
  const length = argumentLength(first);
  return argumentLength(second) == length && equalBytes(argumentAt(first), argumentAt(second), length);
}

/** Value of the last `readInteger…` that succeeded. */
export let integerRead: i64 = 0;

/** Reads argument `index` as a signed 64-bit integer, or answers the error. */
export function readInteger(index: u32): bool {
  if (!parseInteger(argumentAt(index), argumentLength(index))) {
    replyNotInteger();
    return false;
  }
  integerRead = parsedInteger();
  return true;
}

/** Reads argument `index` as a signed 32-bit integer, or answers the error. */
export function readInt32(index: u32): bool {
  if (!readInteger(index)) return false;
  if (integerRead >= i32.MIN_VALUE && integerRead <= i32.MAX_VALUE) return true;
  return refuse("ERR value is out of range, value must between -2147483648 and 2147483647");
}

/** `readInteger` for one whose opposite is one, too. */
export function readSigned(index: u32): bool {
  if (!readInteger(index)) return false;
  if (integerRead != i64.MIN_VALUE) return true;
  return refuse("ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807");
}

export const UNIT_SECONDS: i64 = 1000;
export const UNIT_MILLISECONDS: i64 = 1;

/** Expiry in milliseconds since 1970 of the last `readExpiry` that succeeded. */
export let expiryRead: i64 = 0;

/**
 * Reads argument `index` as a positive time, absolute or from now, as SET, GETEX
 * and their kind do (getExpireMillisecondsOrReply). `command` is the name shown.
 */
export function readExpiry(index: u32, unit: i64, isAbsolute: bool, command: string): bool {
  if (!readInteger(index)) return false;
  let time = integerRead;
  if (time <= 0 || (unit == UNIT_SECONDS && time > i64.MAX_VALUE / 1000)) return refuseExpiry(command);
  time *= unit;
  if (!isAbsolute) {
    if (time > i64.MAX_VALUE - nowMs) return refuseExpiry(command);
    time += nowMs;
  }
  expiryRead = time;
  return true;
}

/** Answers `invalid expire time`; always false. */
export function refuseExpiry(command: string): bool {
  beginError();
  emitText("ERR invalid expire time in '");
  emitText(command);
  emitText("' command");
  endError();
  return false;
}
