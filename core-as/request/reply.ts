// === Replies: RESP2 and RESP3 into the output region ===
//
// An instance owns one output region, a buffer that grows. Commands append to
// it; the host takes the bytes after each crossing. While `isMuted`, nothing is
// written: entries applied without a client.

import { enlarge, free, KIND_BUFFER, OBJECT_HEADER } from "../memory/heap";
import { protocol } from "../memory/state";
import { writeInteger, writeStreamId, writeUnsigned } from "../text/integers";
import { header } from "../memory/layout";
import { countError } from "./statistics";

let region: usize = 0;
let capacity: u32 = 0;
let used: u32 = 0;
export let muted: bool = false;
/** Error replies of the running command, for command statistics. */
export let errorCount: u32 = 0;

/**
 * Replies outgrew the region's limit or memory: what follows is not written, and
 * the host closes the connection, as Redis does at an output buffer limit.
 */
export let hasOverflown: bool = false;

/** Replies of one session in one turn. */
const OUTPUT_BYTES_MAX: u64 = 1 << 30;
const REGION_START_BYTES: u32 = 64 * 1024 - OBJECT_HEADER;
const NUMBER_BYTES_MAX: u32 = 24;

/** Address of the first reply byte; good until more is written. */
export function outputStart(): usize {
  return region + OBJECT_HEADER;
}

export function outputLength(): u32 {
  return used;
}

/** Forgets what was written; a region grown beyond 1 MiB is given back. */
export function clearOutput(): void {
  used = 0;
  hasOverflown = false;
  if (capacity > 1 << 20) {
    free(region);
    region = 0;
    capacity = 0;
  }
}

/** What overflowed was cut off, or is known to be of a client that is closed. */
export function setOverflown(value: bool): void {
  hasOverflown = value;
}

/** Cuts the output back to `length` bytes. */
export function truncateOutput(length: u32): void {
  used = length;
}

export function mute(value: bool): void {
  muted = value;
}

/** Room for `bytes` more at the returned address; 0 while muted or overflown. */
function room(bytes: u32): usize {
  if (muted) return 0;
  if (<u64>used + bytes > capacity && !grow(bytes)) return 0;
  return region + OBJECT_HEADER + used;
}

function grow(bytes: u32): bool {
  const least = <u64>used + bytes;
  const wanted = max(REGION_START_BYTES, <u32>max(least, min(<u64>capacity * 2, OUTPUT_BYTES_MAX)));
  const larger = hasOverflown || least > OUTPUT_BYTES_MAX ? <usize>0 : enlarge(region, used, wanted, KIND_BUFFER);
  if (larger == 0) {
    hasOverflown = true;
    return false;
  }
  region = larger;
  capacity = wanted;
  return true;
}

// === Raw pieces ===

/** Appends raw bytes. */
export function emit(at: usize, length: u32): void {
  const out = room(length);
  if (out == 0) return;
  memory.copy(out, at, length);
  used += length;
}

/** Whether what is replied is written: not while muted, nor beyond the region's limit. */
export function hasRoomToReply(): bool {
  return room(1) != 0;
}

/**
 * Room for `bytes` to be written behind the output, good until the next call; 0
 * while muted or overflown. `advanceOutput` then keeps the first of them.
 */
export function reserveOutput(bytes: u32): usize {
  return room(bytes);
}

/** Keeps `bytes` of what `reserveOutput` gave. */
export function advanceOutput(bytes: u32): void {
  used += bytes;
}

/** Room for `bytes` in front of what was written since `from`; 0 when there is none. */
export function insertFront(from: u32, bytes: u32): usize {
  if (room(bytes) == 0) return 0;
  const at = region + OBJECT_HEADER + from;
  memory.copy(at + bytes, at, used - from);
  used += bytes;
  return at;
}

/** Appends a constant text. */
export function emitText(text: string): void {
  const length = <u32>text.length;
  const out = room(length);
  if (out == 0) return;
  const source = changetype<usize>(text);
  for (let i: u32 = 0; i < length; i++) store<u8>(out + i, load<u16>(source + (<usize>i << 1)));
  used += length;
}

/** Appends bytes as C's `%s` shows them: up to the first NUL, line ends as spaces. */
export function emitUpToNul(at: usize, length: u32): void {
  const out = room(length);
  if (out == 0) return;
  let i: u32 = 0;
  for (; i < length && load<u8>(at + i) != 0; i++) {
    const byte = load<u8>(at + i);
    store<u8>(out + i, byte == 0x0d || byte == 0x0a ? 0x20 : byte);
  }
  used += i;
}

function emitCrlf(): void {
  const out = room(2);
  if (out == 0) return;
  store<u16>(out, 0x0a0d);
  used += 2;
}

/** Type byte, decimal number, CRLF. */
function emitHeader(type: u8, value: i64): void {
  const out = room(NUMBER_BYTES_MAX);
  if (out == 0) return;
  store<u8>(out, type);
  if (value >= 0 && value < 10) {
    store<u32>(out, (0x0a0d3000 + (<u32>value << 8)) | type);
    used += 4;
    return;
  }
  const digits = writeInteger(out + 1, value);
  store<u16>(out + 1 + digits, 0x0a0d);
  used += digits + 3;
}

// === Replies ===

export function replyOk(): void {
  const out = room(8);
  if (out == 0) return;
  store<u64>(out, 0x0a0d4b4f2b); // "+OK\r\n"
  used += 5;
}

/** A simple string. */
export function replyStatus(text: string): void {
  emitText("+");
  emitText(text);
  emitCrlf();
}

export function replyInteger(value: i64): void {
  emitHeader(0x3a, value);
}

/** 1 or 0. */
export function replyFlag(value: bool): void {
  emitHeader(0x3a, value ? 1 : 0);
}

export function replyBulk(at: usize, length: u32): void {
  emitHeader(0x24, length);
  const out = room(length + 2);
  if (out == 0) return;
  memory.copy(out, at, length);
  store<u16>(out + length, 0x0a0d);
  used += length + 2;
}

/** Makes what was written since `from` a bulk string. */
export function insertBulk(from: u32): void {
  const end = used;
  emitHeader(0x24, end - from);
  moveToFront(from, end);
  emitCrlf();
}

export function replyBulkText(text: string): void {
  emitHeader(0x24, text.length);
  emitText(text);
  emitCrlf();
}

/** A number as a bulk string. */
export function replyBulkInteger(value: i64): void {
  const out = room(NUMBER_BYTES_MAX * 2);
  if (out == 0) return;
  const at = out + NUMBER_BYTES_MAX;
  replyBulk(at, writeInteger(at, value));
}

/** A number without sign as a bulk string. */
export function replyBulkUnsigned(value: u64): void {
  const out = room(NUMBER_BYTES_MAX * 2);
  if (out == 0) return;
  const at = out + NUMBER_BYTES_MAX;
  replyBulk(at, writeUnsigned(at, value));
}

/** Missing value: `$-1` or `_`. */
export function replyNull(): void {
  const out = room(8);
  if (out == 0) return;
  if (protocol == 3) {
    store<u32>(out, 0x0a0d5f);
    used += 3;
  } else {
    store<u64>(out, 0x0a0d312d24);
    used += 5;
  }
}

/** Missing array: `*-1` or `_`. */
export function replyNullArray(): void {
  if (protocol == 3) replyNull();
  else emitText("*-1\r\n");
}

export function replyArray(length: u32): void {
  emitHeader(0x2a, length);
}

/** Puts an array header in front of what was written since `from`. */
export function insertArray(from: u32, length: u32): void {
  const end = used;
  replyArray(length);
  moveToFront(from, end);
}

/** Puts a set header in front of what was written since `from`. */
export function insertSet(from: u32, length: u32): void {
  const end = used;
  replySet(length);
  moveToFront(from, end);
}

/** Puts a map header of `pairs` in front of what was written since `from`. */
export function insertMap(from: u32, pairs: u32): void {
  const end = used;
  replyMap(pairs);
  moveToFront(from, end);
}

/** Moves what was written since `middle` in front of what stands at `from`. Short pieces only. */
export function moveToFront(from: u32, middle: u32): void {
  const length = used - middle;
  const spare = room(length);
  if (spare == 0) return;
  const base = region + OBJECT_HEADER;
  memory.copy(spare, base + middle, length);
  memory.copy(base + from + length, base + from, middle - from);
  memory.copy(base + from, spare, length);
}

/** A map of `pairs`; in RESP2 an array of twice as many. */
export function replyMap(pairs: u32): void {
  if (protocol == 3) emitHeader(0x25, pairs);
  else emitHeader(0x2a, <i64>pairs * 2);
}

export function replySet(length: u32): void {
  emitHeader(protocol == 3 ? 0x7e : 0x2a, length);
}

/** A stream id as a bulk string: `ms-seq`. */
export function replyStreamId(ms: u64, seq: u64): void {
  const out = room(96);
  if (out == 0) return;
  const at = out + 48;
  replyBulk(at, writeStreamId(at, ms, seq));
}

// === Errors ===

/** An error; `text` starts with its code word. */
export function replyError(text: string): void {
  beginError();
  emitText(text);
  endError();
}

/** The same; always false, for readers that say whether they could read. */
export function refuse(text: string): bool {
  replyError(text);
  return false;
}

/** Where the open error starts in the output. */
let errorFrom: u32 = 0;

/** Starts an error that is put together from pieces by `emit` and `emitText`. */
export function beginError(): void {
  errorCount++;
  header.errorReplies++;
  errorFrom = used;
  emitText("-");
}

export function endError(): void {
  if (used > errorFrom) countError(outputStart() + errorFrom + 1, used - errorFrom - 1);
  emitCrlf();
}

export function replyWrongType(): void {
  replyError("WRONGTYPE Operation against a key holding the wrong kind of value");
}

export function replySyntaxError(): void {
  replyError("ERR syntax error");
}

export function replyNotInteger(): void {
  replyError("ERR value is not an integer or out of range");
}

export function replyNotFloat(): void {
  replyError("ERR value is not a valid float");
}

export const OUT_OF_MEMORY = "OOM command not allowed when used memory > 'maxmemory'.";

export function replyOutOfMemory(): void {
  replyError(OUT_OF_MEMORY);
}
