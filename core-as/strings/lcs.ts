// === LCS: the longest common subsequence of two strings ===
//
// https://redis.io/commands/lcs/. Lengths come from the bit-vector recurrence of
// Hyyrö, "Bit-parallel LCS-length computation revisited" (2004): a row of the
// usual table holds, a bit a cell, where the length does *not* grow from one byte
// of the shorter string to the next. 64 cells cost five instructions, and the
// rows kept for walking back cost a bit a cell, not the 32 of Redis, whose limit
// on its own table is answered all the same.
//
// ╒═════════════ scratch buffer, given back with the reply ═════════════╕
// │ masks    256 × words u64   where the shorter string has a byte       │
// │ vector   words u64         the row in the making                     │
// │ found    shortLen bytes    the subsequence, written from its end     │
// │ rows     longLen × stride  one row a byte of the longer string       │
// ╘══════════════════════════════════════════════════════════════════════╛
//
// The longer string has no rows when only the length is asked for. The walk back
// takes the same turns as Redis's, since there may be many longest ones.

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { integerRead, isWord, readInteger } from "../request/arguments";
import { clearString, loadString, stringAt, stringLen, TYPE_STRING, typeOf } from "../keys/keyspace";
import { readKey } from "../keys/lookup";
import {
  insertArray, outputLength, replyArray, replyBulk, replyBulkText, replyError, replyInteger, replyMap, replySyntaxError,
} from "../request/reply";
import { allocate, free, KIND_BUFFER, OBJECT_HEADER } from "../memory/heap";
import { addWork } from "../memory/state";

/** Redis's limit on its table of u32 lengths: the default proto-max-bulk-len. */
const TABLE_BYTES_MAX: u64 = 512 << 20;
/** Steps of the recurrence in one unit of `addWork`. */
const WORDS_A_UNIT: u64 = 16;

// === Options ===

let wantsLength: bool = false;
let wantsRanges: bool = false;
let wantsRangeLength: bool = false;
let rangeLengthMin: i64 = 0;

/** Reads the options; false after answering an error. */
function readOptions(): bool {
  wantsLength = false;
  wantsRanges = false;
  wantsRangeLength = false;
  rangeLengthMin = 0;
  for (let i: u32 = 3; i < argumentCount; i++) {
    if (isWord(i, "idx")) {
      wantsRanges = true;
    } else if (isWord(i, "len")) {
      wantsLength = true;
    } else if (isWord(i, "withmatchlen")) {
      wantsRangeLength = true;
    } else if (isWord(i, "minmatchlen") && i + 1 < argumentCount) {
      if (!readInteger(++i)) return false;
      rangeLengthMin = max(integerRead, 0);
    } else {
      replySyntaxError();
      return false;
    }
  }
  if (!wantsRanges || !wantsLength) return true;
  replyError("ERR If you want both the length and indexes, please just use IDX.");
  return false;
}

// === The two strings ===

let firstAt: usize = 0;
let firstLen: u32 = 0;
let secondAt: usize = 0;
let secondLen: u32 = 0;

/** Looks both keys up, missing ones as empty strings; false after answering an error. */
function readStrings(): bool {
  const first = readKey(argumentAt(1), argumentLength(1));
  const second = readKey(argumentAt(2), argumentLength(2));
  if ((first != 0 && typeOf(first) != TYPE_STRING) || (second != 0 && typeOf(second) != TYPE_STRING)) {
    replyError("ERR The specified keys must contain string values");
    return false;
  }
  if (first == 0) clearString();
  else loadString(first);
  firstAt = stringAt;
  firstLen = stringLen;
  if (second == 0) clearString();
  else loadString(second);
  secondAt = stringAt;
  secondLen = stringLen;
  return true;
}

// === Rows ===

let isFirstShort: bool = false;
let shortAt: usize = 0;
let shortLen: u32 = 0;
let longAt: usize = 0;
let longLen: u32 = 0;
/** Words of a row, and bytes from one kept row to the next; 0 = rows are not kept. */
let words: u32 = 0;
let stride: u32 = 0;
let buffer: usize = 0;
let masks: usize = 0;
let vector: usize = 0;
let found: usize = 0;
let rows: usize = 0;

/** Orders the strings and lays the scratch buffer out; false after answering an error. */
function prepare(): bool {
  isFirstShort = firstLen <= secondLen;
  shortAt = isFirstShort ? firstAt : secondAt;
  shortLen = isFirstShort ? firstLen : secondLen;
  longAt = isFirstShort ? secondAt : firstAt;
  longLen = isFirstShort ? secondLen : firstLen;
  if ((<u64>shortLen + 1) * (<u64>longLen + 1) * 4 > TABLE_BYTES_MAX) {
    replyError("ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len");
    return false;
  }
  words = (shortLen + 63) >> 6;
  stride = wantsLength ? 0 : (shortLen + 7) >> 3;
  const rowBytes = words << 3;
  // Words are written and read whole: seven bytes behind the last row.
  const bytes = rowBytes * 257 + shortLen + longLen * stride + 8;
  buffer = allocate(bytes + OBJECT_HEADER, KIND_BUFFER);
  if (buffer == 0) {
    replyError("ERR Insufficient memory, failed allocating transient memory for LCS");
    return false;
  }
  masks = buffer + OBJECT_HEADER;
  vector = masks + (<usize>rowBytes << 8);
  found = vector + rowBytes;
  rows = found + shortLen;
  return true;
}

function fillMasks(): void {
  memory.fill(masks, 0, <usize>words << 11);
  for (let i: u32 = 0; i < shortLen; i++) {
    const at = masks + (<usize>load<u8>(shortAt + i) * words + (i >> 6) << 3);
    store<u64>(at, load<u64>(at) | (<u64>1 << (i & 63)));
  }
  memory.fill(vector, 0xff, words << 3);
}

/** One step of the recurrence: the row behind one more `byte` of the longer string. */
function stepRow(byte: u32, row: usize): void {
  const mask = masks + (<usize>byte * words << 3);
  let carry: u64 = 0;
  for (let word: u32 = 0; word < words; word++) {
    const offset = <usize>word << 3;
    const old = load<u64>(vector + offset);
    const matches = old & load<u64>(mask + offset);
    const sum = old + matches;
    const carried = sum + carry;
    carry = <u64>(sum < old) | <u64>(carried < sum);
    const fresh = carried | (old ^ matches);
    store<u64>(vector + offset, fresh);
    if (row != 0) store<u64>(row + offset, fresh);
  }
}

/** Fills the rows; the last one stays in `vector` too. */
function fillRows(): void {
  if (shortLen == 0) return;
  fillMasks();
  for (let i: u32 = 0; i < longLen; i++) {
    stepRow(load<u8>(longAt + i), stride == 0 ? 0 : rows + <usize>i * stride);
  }
  addWork(<u32>((<u64>longLen * words + longLen) / WORDS_A_UNIT));
}

/** Length of the LCS of the row's bytes of the longer string and `length` of the shorter. */
function lengthIn(row: usize, length: u32): u32 {
  let sum: u32 = 0;
  let left = length;
  for (; left >= 64; left -= 64) {
    sum += <u32>popcnt(~load<u64>(row));
    row += 8;
  }
  if (left == 0) return sum;
  return sum + <u32>popcnt(~load<u64>(row) & ((<u64>1 << left) - 1));
}

/** The same for the first `long` bytes of the longer string. */
function lengthAt(long: u32, short: u32): u32 {
  return long == 0 ? 0 : lengthIn(rows + <usize>(long - 1) * stride, short);
}

/** Whether the LCS shrinks by the last of `short` bytes. */
function shrinksByShort(long: u32, short: u32): bool {
  if (long == 0) return false;
  const bits = <u32>load<u8>(rows + <usize>(long - 1) * stride + ((short - 1) >> 3));
  return ((bits >> ((short - 1) & 7)) & 1) == 0;
}

// === Walking back ===

/** Bytes of the first and second string not yet walked over. */
let first: u32 = 0;
let second: u32 = 0;
/** Open range of matches, its ends in both strings; none while its length is 0. */
let rangeFirst: u32 = 0;
let rangeSecond: u32 = 0;
let rangeLength: u32 = 0;
let rangeCount: u32 = 0;

function replyRange(): void {
  if (wantsRanges && <i64>rangeLength >= rangeLengthMin) {
    replyArray(wantsRangeLength ? 3 : 2);
    replyArray(2);
    replyInteger(rangeFirst);
    replyInteger(rangeFirst + rangeLength - 1);
    replyArray(2);
    replyInteger(rangeSecond);
    replyInteger(rangeSecond + rangeLength - 1);
    if (wantsRangeLength) replyInteger(rangeLength);
    rangeCount++;
  }
  rangeLength = 0;
}

/** Whether the LCS shrinks without the last byte of the second string. */
function shrinksBySecond(length: u32): bool {
  if (!isFirstShort) return shrinksByShort(first, second);
  return lengthAt(second - 1, first) < length;
}

/** Writes the subsequence of `length` bytes to `found`, and answers its ranges. */
function walkBack(length: u32): void {
  first = firstLen;
  second = secondLen;
  rangeLength = 0;
  rangeCount = 0;
  let left = length;
  while (left != 0) {
    const byte = load<u8>(firstAt + first - 1);
    if (byte == load<u8>(secondAt + second - 1)) {
      store<u8>(found + --left, byte);
      rangeFirst = --first;
      rangeSecond = --second;
      rangeLength++;
      continue;
    }
    if (rangeLength != 0) replyRange();
    if (shrinksBySecond(left)) first--;
    else second--;
  }
  if (rangeLength != 0) replyRange();
  addWork(<u32>((<u64>longLen * words + longLen) / WORDS_A_UNIT));
}

function replyRanges(length: u32): void {
  replyMap(2);
  replyBulkText("matches");
  const from = outputLength();
  walkBack(length);
  insertArray(from, rangeCount);
  replyBulkText("len");
  replyInteger(length);
}

/** `LCS key1 key2 [LEN] [IDX] [MINMATCHLEN length] [WITHMATCHLEN]` */
export function lcsCommand(): void {
  if (!readStrings() || !readOptions() || !prepare()) return;
  fillRows();
  const length = lengthIn(vector, shortLen);
  if (wantsRanges) {
    replyRanges(length);
  } else if (wantsLength) {
    replyInteger(length);
  } else {
    walkBack(length);
    replyBulk(found, length);
  }
  free(buffer);
}
