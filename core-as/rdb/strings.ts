// === RDB: strings ===
//
//   length, bytes             as they are
//   11000000 i8               decimal text of the number, little endian
//   11000001 i16
//   11000010 i32
//   11000011 clen len bytes   LZF: clen bytes that make len
//
// Writing does what Redis's rdbSaveRawString does, so that equal strings make
// equal bytes.

import { allocate, free, KIND_BUFFER, OBJECT_HEADER } from "../memory/heap";
import { advanceOutput, outputLength, outputStart, reserveOutput, truncateOutput } from "../request/reply";
import { keyScratch } from "../memory/state";
import { parsedInteger, parseInteger, writeInteger } from "../text/integers";
import { isEncoding, LENGTH_BYTES_MAX, lengthRead, readLength, takeBytes, writeLength } from "./length";
import { compress, decompress, LZF_RATIO_MAX } from "./lzf";

const ENCODING_LZF: u64 = 3;
/** The longest string that any command makes. */
const STRING_BYTES_MAX: u64 = 512 << 20;
/** Text that may be a number in Redis's eyes. */
const NUMBER_BYTES_MAX: u32 = 11;
/** Shorter strings are not compressed. */
const COMPRESSED_BYTES_MIN: u32 = 21;

// === Reading ===

/** The string last read, good until `dropStrings`. */
export let textAt: usize = 0;
export let textLen: u32 = 0;
/** When `loadString` found LZF: the bytes to decompress; else 0. */
export let packedAt: usize = 0;
export let packedLen: u32 = 0;

/** Buffers of decompressed strings still in use: a field's and its value's. */
let firstBuffer: usize = 0;
let secondBuffer: usize = 0;
/** Which of two places in scratch the next number's text goes to. */
let numberTurn: u32 = 0;
const NUMBER_PLACE: usize = 32;

/** Reads a string up to its bytes: plain in `textAt`, LZF in `packedAt`. */
export function openString(): bool {
  packedAt = 0;
  if (!readLength()) return false;
  if (!isEncoding) return takeText(lengthRead);
  if (lengthRead == ENCODING_LZF) return openPacked();
  return lengthRead < ENCODING_LZF && readNumber(<u32>1 << <u32>lengthRead);
}

function takeText(length: u64): bool {
  if (length > STRING_BYTES_MAX) return false;
  textLen = <u32>length;
  textAt = takeBytes(length);
  return textAt != 0;
}

function readNumber(bytes: u32): bool {
  const from = takeBytes(bytes);
  if (from == 0) return false;
  let value: i64 = load<i8>(from);
  if (bytes == 2) value = load<i16>(from);
  if (bytes == 4) value = load<i32>(from);
  numberTurn ^= 1;
  textAt = keyScratch() + <usize>numberTurn * NUMBER_PLACE;
  textLen = writeInteger(textAt, value);
  return true;
}

function openPacked(): bool {
  if (!readLength()) return false;
  const packed = lengthRead;
  if (!readLength()) return false;
  if (lengthRead > STRING_BYTES_MAX || packed > STRING_BYTES_MAX || lengthRead > packed * LZF_RATIO_MAX) return false;
  textLen = <u32>lengthRead;
  packedLen = <u32>packed;
  packedAt = takeBytes(packed);
  return packedAt != 0;
}

/** Kind of the buffers that strings are unpacked to. */
let unpackKind: u32 = KIND_BUFFER;
/** Whether `unpackString` found no memory. */
export let isStringTooLarge: bool = false;

/** Makes the LZF that `openString` found plain; whether it is sound. */
export function unpackString(): bool {
  const buffer = allocate(textLen + OBJECT_HEADER, unpackKind);
  if (buffer == 0) {
    isStringTooLarge = true;
    return false;
  }
  if (firstBuffer == 0) {
    firstBuffer = buffer;
  } else {
    assert(secondBuffer == 0);
    secondBuffer = buffer;
  }
  textAt = buffer + OBJECT_HEADER;
  return decompress(packedAt, packedLen, textAt, textLen);
}

/** Reads a string, decompressed if need be; at most two are held at a time. */
export function readString(): bool {
  return openString() && (packedAt == 0 || unpackString());
}

/** Lets go of the strings read. */
export function dropStrings(): void {
  if (firstBuffer != 0) free(firstBuffer);
  if (secondBuffer != 0) free(secondBuffer);
  firstBuffer = 0;
  secondBuffer = 0;
}

/** Starts reading a payload, whose strings are unpacked to buffers of `kind`. */
export function beginStrings(kind: u32): void {
  unpackKind = kind;
  isStringTooLarge = false;
}

// === Writing, to the output ===

/** Appends a length. */
export function emitLength(length: u64): void {
  const out = reserveOutput(LENGTH_BYTES_MAX);
  if (out != 0) advanceOutput(writeLength(out, length));
}

/** Writes `value` as an encoded number; bytes written, 0 when it is too large. */
function writeNumber(out: usize, value: i64): u32 {
  if (value >= -128 && value <= 127) {
    store<u16>(out, <u16>(0xc0 | ((<u32>value & 0xff) << 8)));
    return 2;
  }
  if (value >= -32768 && value <= 32767) {
    store<u8>(out, 0xc1);
    store<u16>(out, <u16>value, 1);
    return 3;
  }
  if (value < i32.MIN_VALUE || value > i32.MAX_VALUE) return 0;
  store<u8>(out, 0xc2);
  store<u32>(out, <u32>value, 1);
  return 5;
}

const HEAD_BYTES_MAX: u32 = 1 + LENGTH_BYTES_MAX * 2;

/** Appends a string. */
export function emitString(at: usize, length: u32): void {
  if (length <= NUMBER_BYTES_MAX && parseInteger(at, length)) {
    const number = reserveOutput(HEAD_BYTES_MAX);
    const bytes = number == 0 ? 0 : writeNumber(number, parsedInteger());
    advanceOutput(bytes);
    if (bytes != 0) return;
  }
  const out = reserveOutput(length + HEAD_BYTES_MAX);
  if (out == 0) return;
  if (length >= COMPRESSED_BYTES_MIN) {
    const bytes = writePacked(at, length, out);
    advanceOutput(bytes);
    if (bytes != 0) return;
  }
  const head = writeLength(out, length);
  memory.copy(out + head, at, length);
  advanceOutput(head + length);
}

/** Writes LZF at `out`, where there is room for the string; bytes, 0 when it saves too little. */
function writePacked(at: usize, length: u32, out: usize): u32 {
  const packedTo = out + HEAD_BYTES_MAX;
  const packed = compress(at, length, packedTo, length - 4);
  if (packed == 0) return 0;
  store<u8>(out, <u8>(0xc0 | ENCODING_LZF));
  let head = 1 + writeLength(out + 1, packed);
  head += writeLength(out + head, length);
  memory.copy(out + head, packedTo, packed);
  return head + packed;
}

/** Makes what was written since `from` a string: a listpack, which is no number's text. */
export function insertString(from: u32): void {
  const length = outputLength() - from;
  const out = reserveOutput(length + HEAD_BYTES_MAX);
  if (out == 0) return;
  const source = outputStart() + from;
  let bytes = length >= COMPRESSED_BYTES_MIN ? writePacked(source, length, out) : 0;
  if (bytes == 0) {
    const head = writeLength(out, length);
    memory.copy(out + head, source, length);
    bytes = head + length;
  }
  memory.copy(source, out, bytes);
  truncateOutput(from + bytes);
}
