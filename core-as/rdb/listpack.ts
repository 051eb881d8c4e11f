// === Listpacks: Redis's packed lists of strings and integers ===
//
//   listpack := bytes u32 · elements u16 (65535 = unknown) · element* · 0xff
//   element  := code · bytes · its own length once more, from behind
//
//   0xxxxxxx                     integer 0…127
//   10LLLLLL                     string below 64 bytes
//   110xxxxx xxxxxxxx            integer of 13 bits
//   1110LLLL LLLLLLLL            string below 4096 bytes
//   11110000 u32                 string
//   11110001…11110100            integer of 16, 24, 32, 64 bits, little endian
//
// As in Redis's listpack.c. The last part of an element is in groups of 7 bits,
// the highest first.

import { advanceOutput, insertFront, outputLength, reserveOutput } from "../request/reply";
import { parsedInteger, parseInteger } from "../text/integers";
import { bytesAt, bytesLen, isNumber, setBytes, setNumber } from "./element";

/** Bytes and number of elements. */
export const LISTPACK_HEADER: u32 = 6;
const END_BYTE: u8 = 0xff;
const COUNT_UNKNOWN: u32 = 65535;

/** Bytes of the part behind an element of `length` bytes; Redis's borders. */
function backBytes(length: u32): u32 {
  if (length <= 127) return 1;
  if (length < 16383) return 2;
  if (length < 2097151) return 3;
  return length < 268435455 ? 4 : 5;
}

function writeBack(at: usize, length: u32): u32 {
  const bytes = backBytes(length);
  for (let i = bytes; i > 0; i--) {
    store<u8>(at + i - 1, <u8>((length & 127) | (i == 1 ? 0 : 128)));
    length >>>= 7;
  }
  return bytes;
}

// === Reading ===

let next: usize = 0;
let end: usize = 0;

/** Starts reading a listpack of `length` bytes; whether its frame is sound. */
export function openListpack(at: usize, length: u32): bool {
  if (length < LISTPACK_HEADER + 1 || load<u32>(at) != length) return false;
  next = at + LISTPACK_HEADER;
  end = at + length - 1;
  return load<u8>(end) == END_BYTE;
}

/** Elements that the listpack at `at` claims to have; 65535 = it does not say. */
export function claimsCount(at: usize, count: u32): bool {
  const claimed = <u32>load<u16>(at, 4);
  return claimed == COUNT_UNKNOWN || claimed == count;
}

/** Whether all elements were read. */
export function isListpackDone(): bool {
  return next == end;
}

/** Place of the next element, to come back to. */
export function listpackPlace(): usize {
  return next;
}

/** Goes to a place that `listpackPlace` gave in the same listpack. */
export function moveListpack(place: usize): void {
  next = place;
}

/** Reads the next element into element.ts; false at the end, and when it is not sound. */
export function readElement(): bool {
  const left = <u32>(end - next);
  if (left < 2) return false;
  const from = next;
  const code = <u32>load<u8>(from);
  let length: u32;
  if (code < 0x80) {
    length = 1;
    setNumber(code);
  } else if (code < 0xc0) {
    length = readBytes(from + 1, code & 63, 1, left);
  } else if (code < 0xe0) {
    length = 2;
    setNumber(<i64>((code & 31) << 8 | load<u8>(from, 1)) << 51 >> 51);
  } else if (code < 0xf0) {
    length = readBytes(from + 2, (code & 15) << 8 | load<u8>(from, 1), 2, left);
  } else {
    length = readWide(from, code, left);
  }
  if (length == 0 || length >= left) return false;
  const back = backBytes(length);
  if (back > left - length || !isBackSound(from + length, length, back)) return false;
  next = from + length + back;
  return true;
}

/** Notes a string behind `head` bytes; the element's length, 0 when it passes the end. */
function readBytes(at: usize, length: u32, head: u32, left: u32): u32 {
  if (left < head || length > left - head) return 0;
  setBytes(at, length);
  return head + length;
}

/** Reads what has a whole byte of code; the element's length, 0 when it is not sound. */
function readWide(from: usize, code: u32, left: u32): u32 {
  if (code == 0xf0) return left < 5 ? 0 : readBytes(from + 5, load<u32>(from, 1), 5, left);
  if (code > 0xf4) return 0;
  const length: u32 = code == 0xf4 ? 9 : code - 0xf1 + 3;
  if (length > left) return 0;
  if (code == 0xf1) setNumber(load<i16>(from, 1));
  else if (code == 0xf2) setNumber(<i64>(<u32>load<u16>(from, 1) | (<u32>load<u8>(from, 3) << 16)) << 40 >> 40);
  else if (code == 0xf3) setNumber(load<i32>(from, 1));
  else setNumber(load<i64>(from, 1));
  return length;
}

function isBackSound(at: usize, length: u32, bytes: u32): bool {
  for (let i = bytes; i > 0; i--) {
    if (load<u8>(at + i - 1) != <u8>((length & 127) | (i == 1 ? 0 : 128))) return false;
    length >>>= 7;
  }
  return true;
}

/** Reads the next element as an integer, which may be written as text. */
export function readNumberElement(): bool {
  if (!readElement()) return false;
  if (isNumber) return true;
  if (!parseInteger(bytesAt, bytesLen)) return false;
  setNumber(parsedInteger());
  return true;
}

// === Writing, to the output ===

/** Most bytes of an element beyond a string's own. */
const ELEMENT_EXTRA: u32 = 16;

function writeNumber(at: usize, value: i64): u32 {
  if (value >= 0 && value <= 127) {
    store<u8>(at, <u8>value);
    return 1;
  }
  if (value >= -4096 && value <= 4095) {
    store<u8>(at, <u8>(0xc0 | ((<u32>value >> 8) & 31)));
    store<u8>(at, <u8>value, 1);
    return 2;
  }
  store<i64>(at, value, 1);
  let code: u8 = 0xf4;
  if (value >= -32768 && value <= 32767) code = 0xf1;
  else if (value >= -8388608 && value <= 8388607) code = 0xf2;
  else if (value >= i32.MIN_VALUE && value <= i32.MAX_VALUE) code = 0xf3;
  store<u8>(at, code);
  return code == 0xf4 ? 9 : <u32>code - 0xf1 + 3;
}

/** Writes a string without its bytes; bytes written. */
function writeHead(at: usize, length: u32): u32 {
  if (length < 64) {
    store<u8>(at, <u8>(0x80 | length));
    return 1;
  }
  if (length < 4096) {
    store<u8>(at, <u8>(0xe0 | (length >> 8)));
    store<u8>(at, <u8>length, 1);
    return 2;
  }
  store<u8>(at, 0xf0);
  store<u32>(at, length, 1);
  return 5;
}

/** Appends an integer. */
export function emitNumberElement(value: i64): void {
  const out = reserveOutput(ELEMENT_EXTRA);
  if (out == 0) return;
  const length = writeNumber(out, value);
  advanceOutput(length + writeBack(out + length, length));
}

/** Bytes that `emitNumberElement` writes. */
export function numberElementBytes(value: i64): u32 {
  if (value >= 0 && value <= 127) return 2;
  if (value >= -4096 && value <= 4095) return 3;
  if (value >= -32768 && value <= 32767) return 4;
  if (value >= -8388608 && value <= 8388607) return 5;
  return value >= i32.MIN_VALUE && value <= i32.MAX_VALUE ? 6 : 10;
}

/** Bytes that `emitElement` writes. */
export function elementBytes(at: usize, length: u32): u32 {
  if (length <= 20 && parseInteger(at, length)) return numberElementBytes(parsedInteger());
  const head = length + (length < 64 ? 1 : length < 4096 ? 2 : 5);
  return head + backBytes(head);
}

/** Appends a string, as an integer when it is the text of one. */
export function emitElement(at: usize, length: u32): void {
  if (length <= 20 && parseInteger(at, length)) return emitNumberElement(parsedInteger());
  const out = reserveOutput(length + ELEMENT_EXTRA);
  if (out == 0) return;
  const head = writeHead(out, length);
  memory.copy(out + head, at, length);
  advanceOutput(head + length + writeBack(out + head + length, head + length));
}

/** Makes the elements written since `from`, `count` of them, a listpack. */
export function insertListpack(from: u32, count: u32): void {
  const end = reserveOutput(1);
  if (end == 0) return;
  store<u8>(end, END_BYTE);
  advanceOutput(1);
  const header = insertFront(from, LISTPACK_HEADER);
  if (header == 0) return;
  store<u32>(header, outputLength() - from);
  store<u16>(header, <u16>min(count, COUNT_UNKNOWN), 4);
}
