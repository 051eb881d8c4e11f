// === Requests: the RESP parser ===
//
// Reads one request, multibulk or inline, from [at, end) into the argument
// table: pairs { address u32, length u32 } that point into the bytes read, so
// nothing is copied; only inline requests are unquoted into a buffer of their
// own, good until the next inline request. Rules and error texts are those of
// Redis's processMultibulkBuffer and processInlineBuffer.
//
// A request that is not complete can be resumed: what was read so far is in
// `argumentCount`, `argumentTotal` and `resumeAt`.

import { allocate, enlarge, free, KIND_LEDGER, OBJECT_HEADER } from "../memory/heap";
import { parsedInteger, parseInteger } from "../text/integers";

/** Not complete; `bytesNeeded` more than what is there are needed at least. */
export const PARSE_INCOMPLETE: u32 = 0;
/** A request with arguments; `requestEnd` follows it. */
export const PARSE_REQUEST: u32 = 1;
/** An empty line or array: no reply; `requestEnd` follows it. */
export const PARSE_EMPTY: u32 = 2;
/** The connection must close after the error in `parseError`. */
export const PARSE_BROKEN: u32 = 3;

export const ERROR_INLINE_TOO_BIG: u32 = 1;
export const ERROR_QUOTES: u32 = 2;
export const ERROR_COUNT_TOO_BIG: u32 = 3;
export const ERROR_COUNT: u32 = 4;
export const ERROR_LENGTH_TOO_BIG: u32 = 5;
export const ERROR_DOLLAR: u32 = 6;
export const ERROR_LENGTH: u32 = 7;
export const ERROR_UNAUTHENTICATED_COUNT: u32 = 8;
export const ERROR_UNAUTHENTICATED_LENGTH: u32 = 9;

const LINE_BYTES_MAX: u32 = 64 * 1024;
const COUNT_MAX: i64 = 1024 * 1024;
/** `proto-max-bulk-len`. */
const BULK_BYTES_MAX: i64 = 512 * 1024 * 1024;
const UNAUTHENTICATED_COUNT_MAX: i64 = 10;
const UNAUTHENTICATED_BULK_MAX: i64 = 16384;

const ARGUMENTS_START: u32 = 1024;

export let argumentCount: u32 = 0;
/** Arguments announced by the multibulk header. */
export let argumentTotal: u32 = 0;
/** Where to go on reading an incomplete multibulk request. */
export let resumeAt: usize = 0;
export let requestEnd: usize = 0;
export let bytesNeeded: u32 = 0;
export let parseError: u32 = 0;
/** The byte that stood where `$` was expected. */
export let parseErrorByte: u32 = 0;

let table: usize = 0;
let tableCapacity: u32 = 0;

/** Address of argument `index`'s bytes. */
export function argumentAt(index: u32): usize {
  return load<u32>(table + (<usize>index << 3));
}

/** Length of argument `index` in bytes. */
export function argumentLength(index: u32): u32 {
  return load<u32>(table + (<usize>index << 3), 4);
}

/** Address of the table itself, for saving and restoring a partial request. */
export function argumentTable(): usize {
  return table;
}

/** Puts back a partial request that was saved; its pairs are then copied in. */
export function restoreArguments(count: u32, total: u32, at: usize): usize {
  reserveArguments(count);
  argumentCount = count;
  argumentTotal = total;
  resumeAt = at;
  return table;
}

/** Lets a command see other arguments: used by walks that call commands. */
export function setArgument(index: u32, at: usize, length: u32): void {
  reserveArguments(index + 1);
  store<u32>(table + (<usize>index << 3), <u32>at);
  store<u32>(table + (<usize>index << 3), length, 4);
}

function reserveArguments(count: u32): void {
  if (count <= tableCapacity) return;
  const wanted = max(ARGUMENTS_START, max(count, tableCapacity * 2));
  const present = table == 0 ? 0 : table - OBJECT_HEADER;
  const larger = enlarge(present, argumentCount << 3, wanted << 3, KIND_LEDGER);
  if (larger == 0) unreachable(); // at most 8 MiB, within the reserve
  table = larger + OBJECT_HEADER;
  tableCapacity = wanted;
}

function addArgument(at: usize, length: u32): void {
  if (argumentCount == tableCapacity) reserveArguments(argumentCount + 1);
  const row = table + (<usize>argumentCount << 3);
  store<u32>(row, <u32>at);
  store<u32>(row, length, 4);
  argumentCount++;
}

function broken(error: u32): u32 {
  parseError = error;
  return PARSE_BROKEN;
}

/** Starts reading a request at `at`. Requires: at < end. */
export function parseRequest(at: usize, end: usize, isTrusted: bool): u32 {
  argumentCount = 0;
  bytesNeeded = 1;
  if (load<u8>(at) != 0x2a) return parseInline(at, end);
  argumentTotal = 0;
  const line = at + 1;
  const lineEnd = findLine(line, end);
  if (lineEnd == 0) {
    return end - line > LINE_BYTES_MAX ? broken(ERROR_COUNT_TOO_BIG) : PARSE_INCOMPLETE;
  }
  const count = readNumber(line, <u32>(lineEnd - line));
  if (!numberIsGood || count > COUNT_MAX) return broken(ERROR_COUNT);
  if (!isTrusted && count > UNAUTHENTICATED_COUNT_MAX) return broken(ERROR_UNAUTHENTICATED_COUNT);
  if (count <= 0) {
    requestEnd = lineEnd + 2;
    return PARSE_EMPTY;
  }
  argumentTotal = <u32>count;
  resumeAt = lineEnd + 2;
  return resumeRequest(end, isTrusted);
}

/** Goes on reading a multibulk request at `resumeAt`. */
export function resumeRequest(end: usize, isTrusted: bool): u32 {
  let at = resumeAt;
  const total = argumentTotal;
  bytesNeeded = 1;
  while (argumentCount < total) {
    const lineEnd = findLine(at, end);
    if (lineEnd == 0) return incompleteLine(at, end);
    if (load<u8>(at) != 0x24) {
      parseErrorByte = load<u8>(at);
      return broken(ERROR_DOLLAR);
    }
    const length = readNumber(at + 1, <u32>(lineEnd - at - 1));
    if (!numberIsGood || length < 0 || length > BULK_BYTES_MAX) return broken(ERROR_LENGTH);
    if (!isTrusted && length > UNAUTHENTICATED_BULK_MAX) return broken(ERROR_UNAUTHENTICATED_LENGTH);
    const bulk = lineEnd + 2;
    const here = <i64>end - <i64>bulk;
    if (here < length + 2) {
      bytesNeeded = <u32>(length + 2 - here);
      return PARSE_INCOMPLETE;
    }
    addArgument(bulk, <u32>length);
    at = bulk + <usize>length + 2;
    resumeAt = at;
  }
  requestEnd = at;
  return PARSE_REQUEST;
}

function incompleteLine(at: usize, end: usize): u32 {
  bytesNeeded = 1;
  if (end <= at) return PARSE_INCOMPLETE;
  return end - at > LINE_BYTES_MAX ? broken(ERROR_LENGTH_TOO_BIG) : PARSE_INCOMPLETE;
}

/**
 * Address of the `\r` that ends the line at `at`, with one byte after it; or 0.
 * A line that is too long has no end, so that it is refused however it arrives.
 */
function findLine(at: usize, end: usize): usize {
  const stop = min(end - 1, at + LINE_BYTES_MAX);
  for (let p = at; p < stop; p++) {
    if (load<u8>(p) == 0x0d) return p;
  }
  return 0;
}

let numberIsGood: bool = false;

/** A line's number by Redis's string2ll; short ones without the general path. */
function readNumber(at: usize, length: u32): i64 {
  numberIsGood = true;
  if (length - 1 < 8) {
    let value: u32 = 0;
    let i: u32 = 0;
    for (; i < length; i++) {
      const digit = <u32>load<u8>(at + i) - 0x30;
      if (digit > 9) break;
      value = value * 10 + digit;
    }
    if (i == length && (length == 1 || load<u8>(at) != 0x30)) return value;
  }
  numberIsGood = parseInteger(at, length);
  return parsedInteger();
}

// === Inline requests ===

function parseInline(at: usize, end: usize): u32 {
  let newline = at;
  const stop = min(end, at + LINE_BYTES_MAX + 1);
  while (newline < stop && load<u8>(newline) != 0x0a) newline++;
  if (newline == stop) {
    return end - at > LINE_BYTES_MAX ? broken(ERROR_INLINE_TOO_BIG) : PARSE_INCOMPLETE;
  }
  requestEnd = newline + 1;
  let lineEnd = newline > at && load<u8>(newline - 1) == 0x0d ? newline - 1 : newline;
  for (let p = at; p < lineEnd; p++) {
    if (load<u8>(p) == 0) lineEnd = p; // the line is a C string
  }
  reserveInline(<u32>(lineEnd - at));
  let p = at;
  while (true) {
    while (p < lineEnd && isSpace(load<u8>(p))) p++;
    if (p >= lineEnd) break;
    p = inlineArgument(p, lineEnd);
    if (p == 0) return broken(ERROR_QUOTES);
  }
  return argumentCount == 0 ? PARSE_EMPTY : PARSE_REQUEST;
}

function isSpace(byte: u32): bool {
  return byte == 0x20 || (byte >= 9 && byte <= 13);
}

/** What ends an unquoted argument: fewer characters than what may stand between two. */
function endsArgument(byte: u32): bool {
  return byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09;
}

function hexDigit(byte: u32): i32 {
  if (byte - 0x30 <= 9) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? <i32>(lower - 0x61 + 10) : -1;
}

let inlineBuffer: usize = 0;
let inlineCapacity: u32 = 0;
/** Where the next unquoted byte goes. */
let inlineOut: usize = 0;

/** Unquoting only ever shortens a line, so its length is room enough. */
function reserveInline(length: u32): void {
  if (length > inlineCapacity) {
    if (inlineBuffer != 0) free(inlineBuffer);
    inlineBuffer = allocate(length + OBJECT_HEADER, KIND_LEDGER);
    if (inlineBuffer == 0) unreachable(); // no longer than the input buffer
    inlineCapacity = length;
  }
  inlineOut = inlineBuffer + OBJECT_HEADER;
}

/**
 * Reads one argument of an inline request (sdssplitargs).
 *
 * @returns Where the next argument may start, or 0 when quotes do not match.
 */
function inlineArgument(start: usize, end: usize): usize {
  let p = start;
  const first = inlineOut;
  let out = first;
  while (p < end) {
    const byte = load<u8>(p);
    if (endsArgument(byte)) break;
    if (byte == 0x22 || byte == 0x27) {
      p = byte == 0x22 ? doubleQuoted(p + 1, end, out) : singleQuoted(p + 1, end, out);
      if (p == 0) return 0;
      if (p < end && !isSpace(load<u8>(p))) return 0;
      out = inlineOut;
      break;
    }
    store<u8>(out++, byte);
    p++;
  }
  addArgument(first, <u32>(out - first));
  inlineOut = out;
  return p;
}

function escaped(byte: u32): u32 {
  if (byte == 0x6e) return 0x0a; // n
  if (byte == 0x72) return 0x0d; // r
  if (byte == 0x74) return 0x09; // t
  if (byte == 0x62) return 0x08; // b
  if (byte == 0x61) return 0x07; // a
  return byte;
}

function doubleQuoted(from: usize, end: usize, to: usize): usize {
  let p = from;
  let out = to;
  while (p < end) {
    let byte = <u32>load<u8>(p);
    if (byte == 0x22) {
      inlineOut = out;
      return p + 1;
    }
    if (byte == 0x5c && p + 3 < end && load<u8>(p + 1) == 0x78 && hexDigit(load<u8>(p + 2)) >= 0 && hexDigit(load<u8>(p + 3)) >= 0) {
      byte = (hexDigit(load<u8>(p + 2)) << 4) | hexDigit(load<u8>(p + 3));
      p += 3;
    } else if (byte == 0x5c && p + 1 < end) {
      byte = escaped(load<u8>(p + 1));
      p++;
    }
    store<u8>(out++, <u8>byte);
    p++;
  }
  return 0;
}

function singleQuoted(from: usize, end: usize, to: usize): usize {
  let p = from;
  let out = to;
  while (p < end) {
    let byte = load<u8>(p);
    if (byte == 0x27) {
      inlineOut = out;
      return p + 1;
    }
    if (byte == 0x5c && p + 1 < end && load<u8>(p + 1) == 0x27) {
      byte = 0x27;
      p++;
    }
    store<u8>(out++, byte);
    p++;
  }
  return 0;
}
