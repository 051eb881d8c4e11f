/**
 * Lengths and strings of an RDB file.
 *
 * ```text
 *   00LLLLLL                  length below 64
 *   01LLLLLL LLLLLLLL         length below 16,384
 *   10000000 u32 big endian   length
 *   10000001 u64 big endian   length
 *   110000EE …                a string in encoding E: i8, i16, i32 (little
 *                             endian), or LZF: packed length, length, bytes
 * ```
 *
 * @module
 */

import type { RdbInput } from "./input.ts";
import { LZF_RATIO, STRING_BYTES, STRING_ENCODINGS } from "./format.ts";
import { unpackLzf } from "./lzf.ts";

/** What {@linkcode readLengthOrEncoding} adds to the number of an encoding. */
const ENCODING = -16;

/** A length, or `ENCODING` + the number of a string's encoding. */
function readLengthOrEncoding(input: RdbInput): number {
  const first = input.byte();
  if (first < 0x40) return first;
  if (first < 0x80) return ((first & 63) << 8) | input.byte();
  if (first >= 0xc0) return ENCODING + (first & 63);
  if (first === 0x80) return readBigEndian(input);
  if (first === 0x81) {
    const high = readBigEndian(input);
    return high * 2 ** 32 + readBigEndian(input);
  }
  const reason = `byte ${first} is no length`;
  throw input.damage(input.offset - 1, reason);
}

function readBigEndian(input: RdbInput): number {
  const at = input.take(4);
  const bytes = input.window;
  return (bytes[at]! * 2 ** 24) +
    ((bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!);
}

/** Reads a length; above 2^53 it is not exact. */
export function readLength(input: RdbInput): number {
  const start = input.offset;
  const length = readLengthOrEncoding(input);
  if (length >= 0) return length;
  throw input.damage(start, "a string's encoding where a length is expected");
}

/** Reads how many parts follow, each of at least `partBytes`. */
export function readCount(input: RdbInput, partBytes: number): number {
  const start = input.offset;
  const count = readLength(input);
  if (count * partBytes <= input.left) return count;
  throw input.damage(
    start,
    `${count} elements cannot be in the ${input.left} bytes that are left`,
  );
}

/** Checks the length of a string that has `stored` bytes in the file. */
function checkString(
  input: RdbInput,
  start: number,
  length: number,
  stored: number,
): void {
  if (length > STRING_BYTES || stored > STRING_BYTES) {
    throw input.damage(
      start,
      `a string of ${Math.max(length, stored)} bytes, above the limit of ` +
        `${STRING_BYTES}`,
    );
  }
  if (stored <= input.left) return;
  throw input.damage(
    start,
    `a string of ${stored} bytes where ${input.left} are left`,
  );
}

function integerBytes(input: RdbInput, start: number, code: number): number {
  const encoding = code - ENCODING;
  if (encoding <= STRING_ENCODINGS.int32) return 1 << encoding;
  throw input.damage(start, `a string in the unknown encoding ${encoding}`);
}

/** The lengths of an LZF string, whose packed bytes are next. */
function readPackedLengths(
  input: RdbInput,
  start: number,
): { packed: number; length: number } {
  const packed = readLength(input);
  const length = readLength(input);
  checkString(input, start, length, packed);
  if (length <= packed * LZF_RATIO) return { packed, length };
  throw input.damage(
    start,
    `${packed} bytes of LZF cannot make ${length} bytes`,
  );
}

/** Passes over a string; its length in the file when it is stored plain, else -1. */
export function skipString(input: RdbInput): number {
  const start = input.offset;
  const length = readLengthOrEncoding(input);
  if (length >= 0) {
    checkString(input, start, length, length);
    input.skip(length);
    return length;
  }
  if (length === ENCODING + STRING_ENCODINGS.lzf) {
    input.skip(readPackedLengths(input, start).packed);
  } else {
    input.skip(integerBytes(input, start, length));
  }
  return -1;
}

/** A string that is read again and again into the same bytes. */
export class StringBuffer {
  /** The bytes; the first `length` are the string. */
  bytes: Uint8Array = new Uint8Array(256);
  /** Bytes of the string. */
  length = 0;

  /** Makes room for a string of `length` bytes, which it then has. */
  resize(length: number): void {
    if (length > this.bytes.length) {
      this.bytes = new Uint8Array(Math.max(length, this.bytes.length * 2));
    }
    this.length = length;
  }

  /** The string as a view, good until the next one is read. */
  view(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}

function readInteger(input: RdbInput, bytes: number): number {
  const at = input.take(bytes);
  let value = 0;
  for (let i = 0; i < bytes; i++) value |= input.window[at + i]! << (i * 8);
  const spare = 32 - bytes * 8;
  return (value << spare) >> spare;
}

/** Reads a string, made plain, into `target`. */
export function readString(input: RdbInput, target: StringBuffer): void {
  const start = input.offset;
  const length = readLengthOrEncoding(input);
  if (length >= 0) {
    checkString(input, start, length, length);
    target.resize(length);
    input.copy(target.bytes, length);
  } else if (length === ENCODING + STRING_ENCODINGS.lzf) {
    readPacked(input, start, target);
  } else {
    const value = readInteger(input, integerBytes(input, start, length));
    const text = String(value);
    target.resize(text.length);
    for (let i = 0; i < text.length; i++) {
      target.bytes[i] = text.charCodeAt(i);
    }
  }
}

function readPacked(
  input: RdbInput,
  start: number,
  target: StringBuffer,
): void {
  const { packed, length } = readPackedLengths(input, start);
  const source = new Uint8Array(packed);
  input.copy(source, packed);
  target.resize(length);
  if (unpackLzf(source, packed, target.view())) return;
  throw input.damage(start, "bytes of LZF that do not make what they should");
}
