// === Ziplists and zipmaps: packed lists of older versions, read only ===
//
//   ziplist := bytes u32 · place of the last element u32 · elements u16
//              (65535 = unknown) · element* · 0xff
//   element := bytes of the element before · code · bytes
//
//   00LLLLLL                string below 64 bytes
//   01LLLLLL LLLLLLLL       string below 16,384 bytes
//   10______ u32            string, length big endian
//   c0, d0, e0, f0, fe      integer of 16, 32, 64, 24, 8 bits, little endian
//   1111xxxx                integer x - 1, x = 1…13
//
//   zipmap  := pairs u8 (254 = unknown) · (length · field · length · unused u8
//              · value · unused bytes)* · 0xff
//
// As in Redis's ziplist.c and zipmap.c.

import { setBytes, setNumber } from "./element";

const ZIPLIST_HEADER: u32 = 10;
const COUNT_UNKNOWN: u32 = 65535;
const LONG_LENGTH: u32 = 254;
const END_BYTE: u32 = 255;

let start: usize = 0;
let next: usize = 0;
let end: usize = 0;
/** The element last read, and its bytes. */
let last: usize = 0;
let lastBytes: u32 = 0;

// === Ziplists ===

/** Starts reading a ziplist of `length` bytes; whether its frame is sound. */
export function openZiplist(at: usize, length: u32): bool {
  if (length < ZIPLIST_HEADER + 1 || load<u32>(at) != length) return false;
  start = at;
  next = at + ZIPLIST_HEADER;
  last = next;
  lastBytes = 0;
  end = at + length - 1;
  return load<u8>(end) == END_BYTE;
}

/** Whether all elements were read, `count` of them, and the header agrees. */
export function isZiplistDone(count: u32): bool {
  const claimed = <u32>load<u16>(start, 8);
  return next == end && start + load<u32>(start, 4) == last && (claimed == COUNT_UNKNOWN || claimed == count);
}

/** Whether there are elements left. */
export function hasZiplistMore(): bool {
  return next < end;
}

/** Reads the next element into element.ts; false when it is not sound. */
export function readZiplistElement(): bool {
  const left = <u32>(end - next);
  const isLong = left > 0 && load<u8>(next) == LONG_LENGTH;
  const head: u32 = isLong ? 5 : 1;
  // A code and at least the bytes that tell the length of the element before.
  if (left < head + 1 || load<u8>(next) == END_BYTE) return false;
  const before = isLong ? load<u32>(next, 1) : <u32>load<u8>(next);
  if (before != lastBytes) return false;
  const bytes = readValue(next + head, left - head);
  if (bytes == 0) return false;
  last = next;
  lastBytes = head + bytes;
  next += lastBytes;
  return true;
}

/** Reads code and bytes; their length, 0 when they are not sound. */
function readValue(at: usize, left: u32): u32 {
  const code = <u32>load<u8>(at);
  if (code < 0x40) return readBytes(at, 1, code, left);
  if (code < 0x80) return left < 2 ? 0 : readBytes(at, 2, (code & 63) << 8 | load<u8>(at, 1), left);
  if (code < 0xc0) return left < 5 ? 0 : readBytes(at, 5, bswap(load<u32>(at, 1)), left);
  const bytes = integerBytes(code);
  if (bytes == 0 || bytes > left) return 0;
  if (code == 0xfe) setNumber(load<i8>(at, 1));
  else if (code == 0xc0) setNumber(load<i16>(at, 1));
  else if (code == 0xf0) setNumber(<i64>(<u32>load<u16>(at, 1) | (<u32>load<u8>(at, 3) << 16)) << 40 >> 40);
  else if (code == 0xd0) setNumber(load<i32>(at, 1));
  else if (code == 0xe0) setNumber(load<i64>(at, 1));
  else setNumber(<i64>(code & 15) - 1);
  return bytes;
}

function readBytes(at: usize, head: u32, length: u32, left: u32): u32 {
  if (length > left - head) return 0;
  setBytes(at + head, length);
  return head + length;
}

/** Bytes of an integer with its code; 0 when the code means none. */
function integerBytes(code: u32): u32 {
  if (code == 0xfe) return 2;
  if (code == 0xc0) return 3;
  if (code == 0xf0) return 4;
  if (code == 0xd0) return 5;
  if (code == 0xe0) return 9;
  return code > 0xf0 && code < 0xfe ? 1 : 0;
}

// === Zipmaps ===

/** Starts reading a zipmap of `length` bytes; whether its frame is sound. */
export function openZipmap(at: usize, length: u32): bool {
  if (length < 2) return false;
  start = at;
  next = at + 1;
  end = at + length - 1;
  return load<u8>(end) == END_BYTE;
}

/** Whether all `count` pairs were read, and the header agrees. */
export function isZipmapDone(count: u32): bool {
  const claimed = <u32>load<u8>(start);
  return next == end && (claimed >= LONG_LENGTH || claimed == count);
}

/** Reads a length; -1 when it is not sound. */
function readZipmapLength(): i64 {
  if (next >= end) return -1;
  const short = <u32>load<u8>(next);
  if (short < LONG_LENGTH) {
    next++;
    return short;
  }
  if (short == END_BYTE || <u32>(end - next) < 5) return -1;
  next += 5;
  return load<u32>(next - 4);
}

/** Takes `length` bytes and `unused` more; whether they are there. */
function takeZipmapBytes(length: i64, unused: u32): bool {
  if (length < 0 || length + unused > <i64>(end - next)) return false;
  setBytes(next, <u32>length);
  next += <usize>length + unused;
  return true;
}

/** Reads the next field into element.ts; false when it is not sound. */
export function readZipmapField(): bool {
  return takeZipmapBytes(readZipmapLength(), 0);
}

/** Reads the value that follows a field into element.ts; false when it is not sound. */
export function readZipmapValue(): bool {
  const length = readZipmapLength();
  if (next >= end) return false;
  const unused = <u32>load<u8>(next++);
  return takeZipmapBytes(length, unused);
}
