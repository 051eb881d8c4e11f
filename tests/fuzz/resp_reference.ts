/**
 * Requests read the plain way, from a stream that is wholly there: what the
 * core's parser must see in it, however the bytes arrive.
 *
 * @module
 */

import { ByteLog } from "./byte_log.ts";

const LINE_BYTES_MAX = 64 * 1024;
/** redis-server 7 takes 2^31 - 1; here it is the bound of the argument table. */
const COUNT_MAX = 1024 * 1024;
const BULK_BYTES_MAX = 512 * 1024 * 1024;
const UNTRUSTED_COUNT_MAX = 10;
const UNTRUSTED_BULK_MAX = 16_384;

const CR = 0x0d;
const LF = 0x0a;
const STAR = 0x2a;
const DOLLAR = 0x24;
const MINUS = 0x2d;

/** What stands at the place in the stream. */
export type Found = "request" | "empty" | "broken" | "incomplete";

/** Reads requests one after the other. */
export class RespReference {
  /** Arguments of the last request: where each starts and ends in `source`. */
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  /** Count of its arguments. */
  count = 0;
  /** The bytes that hold them: the stream's, or an inline line's unquoted. */
  source: Uint8Array;
  /** Whether it was an inline request. */
  isInline = false;
  /** Text of the protocol error behind `ERR Protocol error: `. */
  error = "";
  /** Where the request starts, and where it ends. */
  from = 0;
  at = 0;
  #end: number;
  #bytes: Uint8Array;
  #isTrusted: boolean;
  readonly #line = new ByteLog();

  /** Reads `bytes[0, end)`. */
  constructor(bytes: Uint8Array, end: number, isTrusted: boolean) {
    this.#bytes = bytes;
    this.source = bytes;
    this.#end = end;
    this.#isTrusted = isTrusted;
  }

  /** Starts on another stream. */
  reset(bytes: Uint8Array, end: number, isTrusted: boolean): void {
    this.#bytes = bytes;
    this.#end = end;
    this.#isTrusted = isTrusted;
    this.at = 0;
  }

  /** Reads on. */
  next(): Found {
    this.count = 0;
    this.from = this.at;
    if (this.at >= this.#end) return "incomplete";
    this.isInline = this.#bytes[this.at] !== STAR;
    return this.isInline ? this.#inline() : this.#multibulk();
  }

  #broken(error: string): Found {
    this.error = error;
    return "broken";
  }

  #add(start: number, end: number): void {
    this.starts[this.count] = start;
    this.ends[this.count++] = end;
  }

  // -- Arrays --

  /** Place of the CR that ends the line at `from` with a byte behind it; -1 = not there, -2 = too long. */
  #lineEnd(from: number): number {
    const stop = Math.min(this.#end, from + LINE_BYTES_MAX);
    for (let at = from; at < stop; at++) {
      if (this.#bytes[at] === CR) return at + 1 < this.#end ? at : -1;
    }
    return this.#end - from > LINE_BYTES_MAX ? -2 : -1;
  }

  #multibulk(): Found {
    const line = this.from + 1;
    const lineEnd = this.#lineEnd(line);
    if (lineEnd === -2) return this.#broken("too big mbulk count string");
    if (lineEnd === -1) return "incomplete";
    const count = readNumber(this.#bytes, line, lineEnd);
    if (count === undefined || count > COUNT_MAX) {
      return this.#broken("invalid multibulk length");
    }
    if (!this.#isTrusted && count > UNTRUSTED_COUNT_MAX) {
      return this.#broken("unauthenticated multibulk length");
    }
    this.at = lineEnd + 2;
    if (count <= 0) return "empty";
    this.source = this.#bytes;
    while (this.count < count) {
      const found = this.#bulk();
      if (found !== "request") return found;
    }
    return "request";
  }

  #bulk(): Found {
    const lineEnd = this.#lineEnd(this.at);
    if (lineEnd === -2) return this.#broken("too big bulk count string");
    if (lineEnd === -1) return "incomplete";
    const marker = this.#bytes[this.at]!;
    if (marker !== DOLLAR) {
      const shown = marker === CR || marker === LF ? 0x20 : marker;
      return this.#broken(`expected '$', got '${String.fromCharCode(shown)}'`);
    }
    const length = readNumber(this.#bytes, this.at + 1, lineEnd);
    if (length === undefined || length < 0 || length > BULK_BYTES_MAX) {
      return this.#broken("invalid bulk length");
    }
    if (!this.#isTrusted && length > UNTRUSTED_BULK_MAX) {
      return this.#broken("unauthenticated bulk length");
    }
    const start = lineEnd + 2;
    // Whatever two bytes follow a bulk are passed over.
    if (start + length + 2 > this.#end) return "incomplete";
    this.#add(start, start + length);
    this.at = start + length + 2;
    return "request";
  }

  // -- Lines --

  #inline(): Found {
    const stop = Math.min(this.#end, this.from + LINE_BYTES_MAX + 1);
    let newline = this.from;
    while (newline < stop && this.#bytes[newline] !== LF) newline++;
    if (newline === stop) {
      return this.#end - this.from > LINE_BYTES_MAX
        ? this.#broken("too big inline request")
        : "incomplete";
    }
    this.at = newline + 1;
    let end = newline;
    if (end > this.from && this.#bytes[end - 1] === CR) end--;
    const nul = this.#bytes.subarray(this.from, end).indexOf(0);
    if (nul >= 0) end = this.from + nul;
    this.#line.clear();
    let at = this.from;
    while (at < end) {
      if (isSpace(this.#bytes[at]!)) at++;
      else {
        at = this.#word(at, end);
        if (at < 0) return this.#broken("unbalanced quotes in request");
      }
    }
    this.source = this.#line.bytes;
    return this.count === 0 ? "empty" : "request";
  }

  /** Reads a word of a line; where it ends, or -1 when its quotes do not match. */
  #word(from: number, end: number): number {
    const start = this.#line.length;
    let at = from;
    while (at < end) {
      const byte = this.#bytes[at]!;
      if (byte === 0x22 || byte === 0x27) {
        at = this.#quoted(at + 1, end, byte);
        if (at < 0 || (at < end && !isSpace(this.#bytes[at]!))) return -1;
        break;
      }
      if (byte === 0x20 || byte === LF || byte === CR || byte === 0x09) break;
      this.#line.byte(byte);
      at++;
    }
    this.#add(start, this.#line.length);
    return at;
  }

  /** Reads what is quoted by `quote`; the place behind it, or -1. */
  #quoted(from: number, end: number, quote: number): number {
    for (let at = from; at < end; at++) {
      const byte = this.#bytes[at]!;
      if (byte === quote) return at + 1;
      if (byte !== 0x5c || at + 1 >= end) {
        this.#line.byte(byte);
      } else if (quote === 0x27) {
        if (this.#bytes[at + 1] === quote) at++;
        this.#line.byte(this.#bytes[at]!);
      } else {
        at = this.#escape(at, end);
      }
    }
    return -1;
  }

  /** Reads the escape at `at`; the place of its last byte. */
  #escape(at: number, end: number): number {
    const letter = String.fromCharCode(this.#bytes[at + 1]!);
    if (letter === "x" && at + 3 < end) {
      const digits = String.fromCharCode(
        this.#bytes[at + 2]!,
        this.#bytes[at + 3]!,
      );
      if (/^[0-9a-fA-F]{2}$/.test(digits)) {
        this.#line.byte(parseInt(digits, 16));
        return at + 3;
      }
    }
    this.#line.byte(ESCAPES[letter] ?? this.#bytes[at + 1]!);
    return at + 1;
  }
}

const ESCAPES: Readonly<Record<string, number>> = {
  n: 10,
  r: 13,
  t: 9,
  b: 8,
  a: 7,
};

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 9 && byte <= 13);
}

/** Value of a 64-bit decimal number without a plus sign or leading zeros; beyond 53 bits only about. */
function readNumber(
  bytes: Uint8Array,
  from: number,
  to: number,
): number | undefined {
  const isNegative = from < to && bytes[from] === MINUS;
  const first = isNegative ? from + 1 : from;
  const digits = to - first;
  if (digits < 1 || digits > 19) return undefined;
  if (bytes[first] === 0x30 && (digits > 1 || isNegative)) return undefined;
  if (digits === 19) {
    const text = String.fromCharCode(...bytes.subarray(from, to));
    if (!/^-?[0-9]+$/.test(text)) return undefined;
    if (BigInt.asIntN(64, BigInt(text)) !== BigInt(text)) return undefined;
  }
  let value = 0;
  for (let at = first; at < to; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return isNegative ? -value : value;
}
