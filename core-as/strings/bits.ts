// === Bitmaps ===
//
// Commands of the group "bitmap"; https://redis.io/commands/?group=bitmap.
// Bit 0 is the highest bit of the first byte. BITFIELD is in bitfield.ts.

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { integerRead, isWord, readInteger } from "../request/arguments";
import {
  clearString, deleteOpenKey, editString, ENCODING_RAW, loadString, openKey, replaceString, stringAt, stringLen,
  TYPE_STRING, typeOf, notifyOpen,
} from "../keys/keyspace";
import { peekKey, readKey } from "../keys/lookup";
import { replyError, replyInteger, replySyntaxError, replyWrongType } from "../request/reply";
import { allocate, free, KIND_LEDGER, OBJECT_HEADER } from "../memory/heap";
import { parsedInteger, parseInteger } from "../text/integers";
import { addWork } from "../memory/state";
import { ON_STRING } from "../keys/events";

const STRING_BYTES_MAX: i64 = 512 << 20;

/** The bit offset that `readBitOffset` read. */
export let bitOffset: u64 = 0;

/** Reads argument `index` as a bit offset, `#n` standing for n times `width` where that is not 0. */
export function readBitOffset(index: u32, width: u32): bool {
  let at = argumentAt(index);
  let length = argumentLength(index);
  const isCounted = width != 0 && length > 0 && load<u8>(at) == 0x23;
  if (isCounted) {
    at++;
    length--;
  }
  if (parseInteger(at, length)) {
    const offset = isCounted ? parsedInteger() * width : parsedInteger();
    if (offset >= 0 && offset >> 3 < STRING_BYTES_MAX) {
      bitOffset = offset;
      return true;
    }
  }
  replyError("ERR bit offset is not an integer or out of range");
  return false;
}

/** Opens argument 1 as a string for a write; false after answering for another type. */
export function openBits(): bool {
  openedBits = openKey(argumentAt(1), argumentLength(1));
  if (openedBits == 0 || typeOf(openedBits) == TYPE_STRING) return true;
  replyWrongType();
  return false;
}

/** Record that `openBits` found; 0 = no such key. */
export let openedBits: usize = 0;

/** `GETBIT key offset` */
export function getbitCommand(): void {
  if (!readBitOffset(2, 0)) return;
  const record = readKey(argumentAt(1), argumentLength(1));
  if (record == 0) return replyInteger(0);
  if (typeOf(record) != TYPE_STRING) return replyWrongType();
  loadString(record);
  const byte = bitOffset >> 3;
  if (byte >= stringLen) return replyInteger(0);
  replyInteger((load<u8>(stringAt + <usize>byte) >> <u8>(7 - (bitOffset & 7))) & 1);
}

/** Bytes of the string that `openBits` opened, -1 when there is none. */
export function openedLength(): i64 {
  if (openedBits == 0) return -1;
  loadString(openedBits);
  return stringLen;
}

/** `SETBIT key offset value` */
export function setbitCommand(): void {
  if (!readBitOffset(2, 0)) return;
  const isBit = parseInteger(argumentAt(3), argumentLength(3)) && (parsedInteger() & ~1) == 0;
  if (!isBit) return replyError("ERR bit is not an integer or out of range");
  const value = <u32>parsedInteger();
  if (!openBits()) return;
  const wanted = <u32>(bitOffset >> 3) + 1;
  const grows = openedLength() < <i64>wanted;
  const at = editString(openedBits != 0, wanted) + <usize>(bitOffset >> 3);
  const shift = <u32>(7 - (bitOffset & 7));
  const byte = <u32>load<u8>(at);
  store<u8>(at, <u8>((byte & ~(1 << shift)) | (value << shift)));
  if (grows || ((byte >> shift) & 1) != value) notifyOpen(ON_STRING, "setbit");
  replyInteger((byte >> shift) & 1);
}

// === BITCOUNT and BITPOS ===

let rangeStart: i64 = 0;
let rangeEnd: i64 = 0;
let countsBits: bool = false;

function readUnit(index: u32): bool {
  countsBits = isWord(index, "bit");
  if (countsBits || isWord(index, "byte")) return true;
  replySyntaxError();
  return false;
}

/** Turns the range, in bytes or bits, into bits within the string of `length` bytes. */
function clampRange(length: u32): void {
  const total = countsBits ? <i64>length << 3 : <i64>length;
  if (rangeStart < 0) rangeStart = max(rangeStart + total, 0);
  if (rangeEnd < 0) rangeEnd = max(rangeEnd + total, 0);
  rangeEnd = min(rangeEnd, total - 1);
  if (countsBits || rangeStart > rangeEnd) return;
  rangeStart <<= 3;
  rangeEnd = (rangeEnd << 3) + 7;
}

function countBits(at: usize, length: u32): u64 {
  let count: u64 = 0;
  let i: u32 = 0;
  for (; i + 8 <= length; i += 8) count += popcnt(load<u64>(at + i));
  for (; i < length; i++) count += popcnt(<u32>load<u8>(at + i));
  addWork(length >> 10);
  return count;
}

/** `BITCOUNT key [start end [BYTE | BIT]]` */
export function bitcountCommand(): void {
  const record = readKey(argumentAt(1), argumentLength(1));
  if (record == 0) return replyInteger(0);
  if (typeOf(record) != TYPE_STRING) return replyWrongType();
  if (argumentCount == 2) {
    loadString(record);
    return replyInteger(countBits(stringAt, stringLen));
  }
  if (argumentCount != 4 && argumentCount != 5) return replySyntaxError();
  if (!readInteger(2)) return;
  rangeStart = integerRead;
  if (!readInteger(3)) return;
  rangeEnd = integerRead;
  if (rangeStart < 0 && rangeEnd < 0 && rangeStart > rangeEnd) return replyInteger(0);
  countsBits = false;
  if (argumentCount == 5 && !readUnit(4)) return;
  loadString(record);
  clampRange(stringLen);
  replyInteger(rangeStart > rangeEnd ? 0 : countRange());
}

function countRange(): i64 {
  const first = <u32>(rangeStart >> 3);
  const last = <u32>(rangeEnd >> 3);
  let count = countBits(stringAt + first, last - first + 1);
  const before = (0xff00 >> <u32>(rangeStart & 7)) & 0xff;
  const behind = 0xff >> (<u32>(rangeEnd & 7) + 1);
  count -= popcnt(<u32>load<u8>(stringAt + first) & before);
  count -= popcnt(<u32>load<u8>(stringAt + last) & behind);
  return count;
}

/** `BITPOS key bit [start [end [BYTE | BIT]]]` */
export function bitposCommand(): void {
  if (!readInteger(2)) return;
  const bit = integerRead;
  if (bit != 0 && bit != 1) return replyError("ERR The bit argument must be 1 or 0.");
  const record = readKey(argumentAt(1), argumentLength(1));
  if (record == 0) return replyInteger(bit == 1 ? -1 : 0);
  if (typeOf(record) != TYPE_STRING) return replyWrongType();
  if (argumentCount > 6) return replySyntaxError();
  rangeStart = 0;
  rangeEnd = -1;
  countsBits = false;
  if (argumentCount > 3) {
    if (!readInteger(3)) return;
    rangeStart = integerRead;
  }
  if (argumentCount == 6 && !readUnit(5)) return;
  const hasEnd = argumentCount > 4;
  if (hasEnd) {
    if (!readInteger(4)) return;
    rangeEnd = integerRead;
  }
  loadString(record);
  if (stringLen == 0) return replyInteger(-1);
  clampRange(stringLen);
  if (rangeStart > rangeEnd) return replyInteger(-1);
  const found = findBit(<u32>bit);
  replyInteger(found >= 0 ? found : bit == 1 || hasEnd ? -1 : rangeEnd + 1);
}

/** Place of the first `bit` in the range, or -1. */
function findBit(bit: u32): i64 {
  const none: u64 = bit == 1 ? 0 : u64.MAX_VALUE;
  let place = rangeStart;
  while (place <= rangeEnd) {
    const at = stringAt + <usize>(place >> 3);
    if ((place & 7) == 0 && place + 63 <= rangeEnd && load<u64>(at) == none) {
      place += 64;
      continue;
    }
    if (((<u32>load<u8>(at) >> <u32>(7 - (place & 7))) & 1) == bit) return place;
    place++;
  }
  return -1;
}

// === BITOP ===

const OP_AND: u32 = 0;
const OP_OR: u32 = 1;
const OP_XOR: u32 = 2;
const OP_NOT: u32 = 3;
const OP_NONE: u32 = 4;

function readOperation(): u32 {
  if (isWord(1, "and")) return OP_AND;
  if (isWord(1, "or")) return OP_OR;
  if (isWord(1, "xor")) return OP_XOR;
  return isWord(1, "not") ? OP_NOT : OP_NONE;
}

/** Length of the longest source, each looked up as for a read, or -1 after answering for a wrong type. */
function longestSource(): i64 {
  let longest: u32 = 0;
  for (let i: u32 = 3; i < argumentCount; i++) {
    const record = readKey(argumentAt(i), argumentLength(i));
    if (record == 0) continue;
    if (typeOf(record) != TYPE_STRING) {
      replyWrongType();
      return -1;
    }
    loadString(record);
    longest = max(longest, stringLen);
  }
  return longest;
}

/** Joins the source in `stringAt` with the result; a short source counts as followed by zeros. */
function combine(operation: u32, result: usize, length: u32): void {
  const present = min(stringLen, length);
  let i: u32 = 0;
  for (; i + 8 <= present; i += 8) {
    const a = load<u64>(result + i);
    const b = load<u64>(stringAt + i);
    store<u64>(result + i, operation == OP_AND ? a & b : operation == OP_OR ? a | b : a ^ b);
  }
  for (; i < present; i++) {
    const a = load<u8>(result + i);
    const b = load<u8>(stringAt + i);
    store<u8>(result + i, operation == OP_AND ? a & b : operation == OP_OR ? a | b : a ^ b);
  }
  if (operation == OP_AND && present < length) memory.fill(result + present, 0, length - present);
}

function loadSource(index: u32): void {
  const record = peekKey(argumentAt(index), argumentLength(index));
  if (record == 0) clearString();
  else loadString(record);
}

function invert(result: usize, length: u32): void {
  for (let i: u32 = 0; i < length; i++) store<u8>(result + i, ~load<u8>(result + i));
}

/** `BITOP AND | OR | XOR | NOT destkey key [key ...]` */
export function bitopCommand(): void {
  const operation = readOperation();
  if (operation == OP_NONE) return replySyntaxError();
  if (operation == OP_NOT && argumentCount != 4) {
    return replyError("ERR BITOP NOT must be called with a single source key.");
  }
  const longest = longestSource();
  if (longest < 0) return;
  const length = <u32>longest;
  if (length == 0) {
    if (openKey(argumentAt(2), argumentLength(2)) != 0) deleteOpenKey();
    return replyInteger(0);
  }
  const buffer = allocate(length + OBJECT_HEADER, KIND_LEDGER);
  if (buffer == 0) return replyError("ERR not enough memory for the result");
  const result = buffer + OBJECT_HEADER;
  loadSource(3);
  memory.copy(result, stringAt, stringLen);
  memory.fill(result + stringLen, 0, length - stringLen);
  if (operation == OP_NOT) invert(result, length);
  for (let i: u32 = 4; i < argumentCount; i++) {
    loadSource(i);
    combine(operation, result, length);
  }
  const record = openKey(argumentAt(2), argumentLength(2));
  memory.copy(replaceString(record != 0, length, ENCODING_RAW, -1), result, length);
  notifyOpen(ON_STRING, "set");
  free(buffer);
  addWork(length >> 10);
  replyInteger(length);
}
