// === BITFIELD: integers of any width in a string ===
//
// https://redis.io/commands/bitfield/

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { integerRead, isWord, readInteger } from "../request/arguments";
import { editString, loadString, stringAt, stringLen, TYPE_STRING, typeOf, notifyOpen } from "../keys/keyspace";
import { readKey } from "../keys/lookup";
import { replyArray, replyError, replyInteger, replyNull, replySyntaxError, replyWrongType } from "../request/reply";
import { parsedInteger, parseInteger } from "../text/integers";
import { bitOffset, openBits, openedBits, openedLength, readBitOffset } from "./bits";
import { ON_STRING } from "../keys/events";

const OVERFLOW_WRAP: u32 = 0;
const OVERFLOW_SATURATE: u32 = 1;
const OVERFLOW_FAIL: u32 = 2;

const OP_GET: u32 = 0;
const OP_SET: u32 = 1;
const OP_INCREMENT: u32 = 2;

let isSigned: bool = false;
let width: u32 = 0;
let overflowMode: u32 = 0;
let operation: u32 = 0;
let operand: i64 = 0;
/** Bit behind the last one that any operation writes. */
let writeEnd: u64 = 0;
let operations: u32 = 0;

function readType(index: u32): bool {
  const at = argumentAt(index);
  const length = argumentLength(index);
  const first: u32 = length > 0 ? load<u8>(at) : 0;
  isSigned = first == 0x69;
  if ((isSigned || first == 0x75) && parseInteger(at + 1, length - 1)) {
    const bits = parsedInteger();
    width = <u32>bits;
    if (bits >= 1 && bits <= (isSigned ? 64 : 63)) return true;
  }
  replyError("ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.");
  return false;
}

function readOverflow(index: u32): bool {
  if (isWord(index, "wrap")) overflowMode = OVERFLOW_WRAP;
  else if (isWord(index, "sat")) overflowMode = OVERFLOW_SATURATE;
  else if (isWord(index, "fail")) overflowMode = OVERFLOW_FAIL;
  else {
    replyError("ERR Invalid OVERFLOW type specified");
    return false;
  }
  return true;
}

/**
 * Reads the operation at argument `index`; the argument behind it, 0 after an
 * error. `operation` is then set, or untouched for OVERFLOW (`isOperation`).
 */
function readOperation(index: u32): u32 {
  const left = argumentCount - index - 1;
  isOperation = true;
  if (isWord(index, "overflow") && left >= 1) {
    isOperation = false;
    return readOverflow(index + 1) ? index + 2 : 0;
  }
  if (isWord(index, "get") && left >= 2) operation = OP_GET;
  else if (isWord(index, "set") && left >= 3) operation = OP_SET;
  else if (isWord(index, "incrby") && left >= 3) operation = OP_INCREMENT;
  else {
    replySyntaxError();
    return 0;
  }
  if (!readType(index + 1) || !readBitOffset(index + 2, width)) return 0;
  if (operation == OP_GET) return index + 3;
  if (!readInteger(index + 3)) return 0;
  operand = integerRead;
  return index + 4;
}

let isOperation: bool = false;

/** Checks all operations; false after answering an error. */
function readAll(isReadOnly: bool): bool {
  writeEnd = 0;
  operations = 0;
  overflowMode = OVERFLOW_WRAP;
  let mayOnlyRead = true;
  let index: u32 = 2;
  while (index < argumentCount) {
    index = readOperation(index);
    if (index == 0) return false;
    if (!isOperation) continue;
    operations++;
    if (operation == OP_GET) continue;
    mayOnlyRead = false;
    writeEnd = max(writeEnd, bitOffset + width);
  }
  if (mayOnlyRead || !isReadOnly) return true;
  replyError("ERR BITFIELD_RO only supports the GET subcommand");
  return false;
}

// === Bits ===

/** The field at `bitOffset`, zeros beyond the end, as an unsigned number. */
function loadBits(at: usize, length: u32): u64 {
  let value: u64 = 0;
  for (let i: u32 = 0; i < width; i++) {
    const bit = bitOffset + i;
    const byte = bit >> 3;
    const set: u64 = byte < length ? (load<u8>(at + <usize>byte) >> <u8>(7 - (bit & 7))) & 1 : 0;
    value = (value << 1) | set;
  }
  return value;
}

function storeBits(at: usize, value: u64): void {
  for (let i: u32 = 0; i < width; i++) {
    const bit = bitOffset + i;
    const address = at + <usize>(bit >> 3);
    const shift = <u32>(7 - (bit & 7));
    const set = <u32>(value >> (width - 1 - i)) & 1;
    store<u8>(address, <u8>((<u32>load<u8>(address) & ~(1 << shift)) | (set << shift)));
  }
}

function extendSign(value: u64): i64 {
  if (!isSigned || width == 64) return value;
  return <i64>(value << (64 - width)) >> (64 - width);
}

// === Overflow ===

/** The result of the last `add`; whether it had to be bent is what `add` returns. */
let sum: i64 = 0;

function add(value: i64, increment: i64): bool {
  return isSigned ? addSigned(value, increment) : addUnsigned(value, increment);
}

function addSigned(value: i64, increment: i64): bool {
  const most: i64 = width == 64 ? i64.MAX_VALUE : (<i64>1 << (width - 1)) - 1;
  const least = -most - 1;
  // The differences wrap, as they do in Redis: a value far below the least counts as above the most.
  const toMost = most - value;
  const toLeast = least - value;
  const isAbove = value > most || ((width != 64 || (value >= 0 && increment > 0)) && increment > toMost);
  const isBelow = !isAbove &&
    (value < least || ((width != 64 || (value < 0 && increment < 0)) && increment < toLeast));
  if (!isAbove && !isBelow) {
    sum = value + increment;
    return false;
  }
  if (overflowMode == OVERFLOW_SATURATE) sum = isAbove ? most : least;
  else sum = extendSign(<u64>(value + increment));
  return true;
}

function addUnsigned(value: i64, increment: i64): bool {
  const most = (<u64>1 << width) - 1;
  const isAbove = <u64>value > most || (increment > 0 && <u64>increment > most - <u64>value);
  const isBelow = !isAbove && increment < 0 && <u64>-increment > <u64>value;
  if (!isAbove && !isBelow) {
    sum = value + increment;
    return false;
  }
  if (overflowMode == OVERFLOW_SATURATE) sum = isAbove ? <i64>most : 0;
  else sum = <i64>(<u64>(value + increment) & most);
  return true;
}

// === Running ===

function runWrite(at: usize, length: u32): void {
  const old = extendSign(loadBits(at, length));
  const isBent = operation == OP_SET ? add(operand, 0) : add(old, operand);
  if (isBent && overflowMode == OVERFLOW_FAIL) {
    replyNull();
    return;
  }
  storeBits(at, sum);
  if (hasGrown || sum != old) hasChanged = true;
  replyInteger(operation == OP_SET ? old : sum);
}

/** Whether the string has become longer for the operations. */
let hasGrown: bool = false;
/** Whether an operation has changed something: what it wrote, or the length. */
let hasChanged: bool = false;

function runAll(at: usize, length: u32): void {
  replyArray(operations);
  overflowMode = OVERFLOW_WRAP;
  let index: u32 = 2;
  while (index < argumentCount) {
    index = readOperation(index);
    if (!isOperation) continue;
    if (operation == OP_GET) replyInteger(extendSign(loadBits(at, length)));
    else runWrite(at, length);
  }
}

function runReadOnly(): void {
  const record = readKey(argumentAt(1), argumentLength(1));
  if (record == 0) return runAll(0, 0);
  if (typeOf(record) != TYPE_STRING) return replyWrongType();
  loadString(record);
  runAll(stringAt, stringLen);
}

/** `BITFIELD key [GET type offset | [OVERFLOW mode] SET type offset value | INCRBY type offset increment ...]` */
export function bitfieldCommand(): void {
  if (!readAll(false)) return;
  if (writeEnd == 0) return runReadOnly();
  if (!openBits()) return;
  const wanted = <u32>((writeEnd + 7) >> 3);
  hasGrown = openedLength() < <i64>wanted;
  hasChanged = false;
  const at = editString(openedBits != 0, wanted);
  runAll(at, stringLen);
  if (hasChanged) notifyOpen(ON_STRING, "setbit");
}

/** `BITFIELD_RO key [GET type offset ...]` */
export function bitfieldRoCommand(): void {
  if (readAll(true)) runReadOnly();
}
