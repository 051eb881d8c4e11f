// === Fields and values of one stream entry, as its record keeps them ===
//
// The RESP array that a client gets: `*2\r\n$5\r\nfield\r\n$5\r\nvalue\r\n`.
// What lies in records was written here and is believed.

import { copyBytes } from "../text/bytes";
import { writeUnsigned } from "../text/integers";

/** Digits of `value`. */
function digitsOf(value: u32): u32 {
  let digits: u32 = 1;
  for (let rest = value; rest >= 10; rest /= 10) digits++;
  return digits;
}

/** Bytes of the array's header for `words` fields and values. */
export function fieldsHeaderBytes(words: u32): u32 {
  return digitsOf(words) + 3;
}

/** Bytes of one field or value of `length` bytes. */
export function fieldBytes(length: u32): u32 {
  return digitsOf(length) + 5 + length;
}

function writeHeader(at: usize, type: u8, value: u32): usize {
  store<u8>(at, type);
  const digits = writeUnsigned(at + 1, value);
  store<u16>(at + 1 + digits, 0x0a0d);
  return at + digits + 3;
}

/** Writes the array's header; the address behind. */
export function writeFieldsHeader(at: usize, words: u32): usize {
  return writeHeader(at, 0x2a, words);
}

/** Writes one field or value; the address behind. */
export function writeField(at: usize, from: usize, length: u32): usize {
  const p = writeHeader(at, 0x24, length);
  copyBytes(p, from, length);
  store<u16>(p + length, 0x0a0d);
  return p + length + 2;
}

// === Reading ===

let next: usize = 0;

/** The field or value last read. */
export let wordAt: usize = 0;
export let wordLen: u32 = 0;

function readHeader(): u32 {
  let value: u32 = 0;
  for (next++; load<u8>(next) != 0x0d; next++) value = value * 10 + load<u8>(next) - 0x30;
  next += 2;
  return value;
}

/** Starts reading the array at `at`; its fields and values. */
export function openFields(at: usize): u32 {
  next = at;
  return readHeader();
}

/** Reads the next field or value. Requires: there is one. */
export function readWord(): void {
  wordLen = readHeader();
  wordAt = next;
  next += wordLen + 2;
}

/** Address behind what was read. */
export function fieldsPlace(): usize {
  return next;
}

/** Goes to a place that `fieldsPlace` gave, or whose word comes next. */
export function moveFields(place: usize): void {
  next = place;
}
