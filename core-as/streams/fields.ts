// === Fields and values of the entry last read ===
//
// As words for who looks at them, and in RESP for clients.

import { advanceOutput, reserveOutput } from "../request/reply";
import { STREAM_ID_TEXT_BYTES_MAX, writeStreamId, writeUnsigned } from "../text/integers";
import { copyBytes, equalBytes } from "../text/bytes";
import { behind, entryMs, entrySeq, firstIn, isOwn, namesIn, readNatural, skipWord, wordsAt } from "./chunks";

/** Names of the chunk that is walked: how many, and where. */
let sharedCount: u32 = 0;
let sharedAt: usize = 0;
let sharedBytes: u32 = 0;

/** Entries without names of their own have those of the chunk at `chunk`. */
export function useNames(chunk: usize): void {
  sharedCount = <u32>readNatural(namesIn(chunk));
  sharedAt = behind;
  sharedBytes = <u32>(firstIn(chunk) - sharedAt);
}

// === Reading ===

let nextName: usize = 0;
let nextValue: usize = 0;
let isValueNext: bool = false;

/** The field or value last read. */
export let wordAt: usize = 0;
export let wordLen: u32 = 0;

/** Starts reading the entry's words, each field before its value; how many there are. */
export function openFields(): u32 {
  isValueNext = false;
  if (isOwn) {
    const fields = <u32>readNatural(wordsAt);
    nextName = behind;
    return fields << 1;
  }
  nextName = sharedAt;
  nextValue = wordsAt;
  return sharedCount << 1;
}

/** Reads the next field or value. Requires: there is one. */
export function readWord(): void {
  const isValue = isValueNext && !isOwn;
  wordLen = <u32>readNatural(isValue ? nextValue : nextName);
  wordAt = behind;
  if (isValue) nextValue = behind + wordLen;
  else nextName = behind + wordLen;
  isValueNext = !isValueNext;
}

// === Comparing names ===

/** Names kept for comparing: where, how many, and whether values stand between them. */
let keptAt: usize = 0;
let keptCount: u32 = 0;
let areSpread: bool = false;

/** Keeps the names of the entry last read, which stay where they are, for comparing. */
export function keepNames(): void {
  areSpread = isOwn;
  keptCount = isOwn ? <u32>readNatural(wordsAt) : sharedCount;
  keptAt = isOwn ? behind : sharedAt;
}

/** Whether the entry last read has the names kept, in their order. */
export function hasKeptNames(): bool {
  const count = isOwn ? <u32>readNatural(wordsAt) : sharedCount;
  if (count != keptCount) return false;
  let own = isOwn ? behind : sharedAt;
  let other = keptAt;
  if (own == other) return true;
  for (let left = count; left != 0; left--) {
    const ownEnd = skipWord(own);
    const otherEnd = skipWord(other);
    const bytes = ownEnd - own;
    if (otherEnd - other != bytes || !equalBytes(own, other, <u32>bytes)) return false;
    own = isOwn ? skipWord(ownEnd) : ownEnd;
    other = areSpread ? skipWord(otherEnd) : otherEnd;
  }
  return true;
}

// === RESP ===

/** What a field and its value of up to 9 bytes each have around them, without two lengths of a byte. */
const PAIR_FRAME_BYTES: u32 = 10;
/** An array of two, the id, and an array's header. */
const ENTRY_FRAME_BYTES: u32 = STREAM_ID_TEXT_BYTES_MAX + 48;

function writeHead(at: usize, type: u8, value: u32): usize {
  store<u8>(at, type);
  if (value < 10) {
    store<u8>(at + 1, <u8>(0x30 + value));
    store<u16>(at + 2, 0x0a0d);
    return at + 4;
  }
  const digits = writeUnsigned(at + 1, value);
  store<u16>(at + 1 + digits, 0x0a0d);
  return at + digits + 3;
}

/** Address behind the word that `writeBulk` wrote last, where it came from. */
let behindWord: usize = 0;

/** `$`, a digit and a line end, little-endian. */
const HEAD_OF_DIGIT: u32 = 0x0a0d3024;
/** `$`, two digits and half a line end. */
const HEAD_OF_DIGITS: u32 = 0x0d303024;

/** Writes the word at `from` in RESP; the address behind. */
function writeBulk(at: usize, from: usize): usize {
  const length: u32 = load<u8>(from);
  const bytes = from + 1;
  if (length > 99) return writeLongBulk(at, from);
  behindWord = bytes + length;
  if (length < 10) {
    store<u32>(at, HEAD_OF_DIGIT + (length << 8));
    at += 4;
  } else {
    const tens = (length * 205) >> 11;
    store<u32>(at, HEAD_OF_DIGITS + (tens << 8) + ((length - tens * 10) << 16));
    store<u8>(at + 4, 0x0a);
    at += 5;
  }
  const end = at + length;
  if (length - 8 <= 8) {
    store<u64>(at, load<u64>(bytes));
    store<u64>(end - 8, load<u64>(behindWord - 8));
  } else if (length - 4 < 4) {
    store<u32>(at, load<u32>(bytes));
    store<u32>(end - 4, load<u32>(behindWord - 4));
  } else {
    copyBytes(at, bytes, length);
  }
  store<u16>(end, 0x0a0d);
  return end + 2;
}

function writeLongBulk(at: usize, from: usize): usize {
  const length = <u32>readNatural(from);
  const bytes = behind;
  behindWord = bytes + length;
  const p = writeHead(at, 0x24, length);
  copyBytes(p, bytes, length);
  store<u16>(p + length, 0x0a0d);
  return p + length + 2;
}

/** Answers the entry last read in a walk, whose bytes end at `end`. */
export function replyFields(end: usize): void {
  let value = wordsAt;
  let name = sharedAt;
  let count = sharedCount;
  if (isOwn) {
    count = <u32>readNatural(wordsAt);
    value = behind;
  }
  const bytes = <u32>(end - wordsAt) + (isOwn ? 0 : sharedBytes);
  // Digits beyond the first are fewer than a tenth of the bytes that they count, and at most eight.
  const most = ENTRY_FRAME_BYTES + bytes + min(bytes / 10, count * 16) + count * PAIR_FRAME_BYTES;
  const out = reserveOutput(most);
  if (out == 0) return;
  let at = writeHead(out, 0x2a, 2);
  const id = at + 16;
  const length = writeStreamId(id, entryMs, entrySeq);
  at = writeHead(at, 0x24, length);
  copyBytes(at, id, length);
  store<u16>(at + length, 0x0a0d);
  at = writeHead(at + length + 2, 0x2a, count << 1);
  for (; count != 0; count--) {
    if (isOwn) {
      at = writeBulk(at, value);
      value = behindWord;
    } else {
      at = writeBulk(at, name);
      name = behindWord;
    }
    at = writeBulk(at, value);
    value = behindWord;
  }
  advanceOutput(<u32>(at - out));
}
