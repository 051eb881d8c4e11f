/**
 * RDB payloads as tests make and take apart: footers, lengths, strings, and the
 * packed lists of every version. Written apart from the core's own code.
 *
 * @module
 */

import { join } from "./core_session.ts";

/** Numbers of the types of values. */
export const RDB_TYPES = {
  string: 0,
  list: 1,
  set: 2,
  zset: 3,
  hash: 4,
  zset2: 5,
  hashZipmap: 9,
  listZiplist: 10,
  setIntset: 11,
  zsetZiplist: 12,
  hashZiplist: 13,
  listQuicklist: 14,
  streamListpacks: 15,
  hashListpack: 16,
  zsetListpack: 17,
  listQuicklist2: 18,
  streamListpacks2: 19,
  setListpack: 20,
  streamListpacks3: 21,
  hashMetadata: 24,
  hashListpackEx: 25,
} as const;

/** Bytes of version and sum. */
export const FOOTER_BYTES = 10;

// -- Footer --

// Jones's polynomial, reflected, in two halves: BigInt is too slow for a fuzzer.
const CRC_LOW = new Uint32Array(256);
const CRC_HIGH = new Uint32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let crc = BigInt(byte);
  for (let bit = 0; bit < 8; bit++) {
    crc = crc & 1n ? (crc >> 1n) ^ 0x95ac9329ac4bc9b5n : crc >> 1n;
  }
  CRC_LOW[byte] = Number(crc & 0xffffffffn);
  CRC_HIGH[byte] = Number(crc >> 32n);
}

/** CRC64 of `bytes` as Redis computes it. */
export function crc64(bytes: Uint8Array): bigint {
  let low = 0;
  let high = 0;
  for (const byte of bytes) {
    const row = (low ^ byte) & 0xff;
    low = ((low >>> 8) | (high << 24)) ^ CRC_LOW[row]!;
    high = (high >>> 8) ^ CRC_HIGH[row]!;
  }
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

/** `body`, which starts with a type, with its footer. */
export function seal(body: Uint8Array, version = 10): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(body.length + FOOTER_BYTES);
  const view = new DataView(whole.buffer);
  whole.set(body);
  view.setUint16(body.length, version, true);
  view.setBigUint64(
    body.length + 2,
    crc64(whole.subarray(0, body.length + 2)),
    true,
  );
  return whole;
}

/** A payload without its footer. */
export function bodyOf(payload: Uint8Array): Uint8Array {
  return payload.subarray(0, payload.length - FOOTER_BYTES);
}

// -- Lengths and strings --

/** A length, in the shortest form. */
export function lengthBytes(length: number | bigint): Uint8Array {
  const value = BigInt(length);
  if (value < 64n) return Uint8Array.of(Number(value));
  if (value < 16384n) {
    return Uint8Array.of(0x40 | Number(value >> 8n), Number(value & 255n));
  }
  const bytes = new Uint8Array(9);
  const view = new DataView(bytes.buffer);
  if (value <= 0xffffffffn) {
    bytes[0] = 0x80;
    view.setUint32(1, Number(value));
    return bytes.subarray(0, 5);
  }
  bytes[0] = 0x81;
  view.setBigUint64(1, value);
  return bytes;
}

/** A string, as it is. */
export function stringBytes(bytes: Uint8Array): Uint8Array {
  return join([lengthBytes(bytes.length), bytes]);
}

/** LZF made plain. */
export function unpackLzf(packed: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  let to = 0;
  for (let at = 0; at < packed.length;) {
    const control = packed[at++]!;
    if (control < 32) {
      out.set(packed.subarray(at, at + control + 1), to);
      at += control + 1;
      to += control + 1;
      continue;
    }
    let count = (control >> 5) + 2;
    if (count === 9) count += packed[at++]!;
    let from = to - ((control & 31) << 8) - packed[at++]! - 1;
    for (; count > 0; count--) out[to++] = out[from++]!;
  }
  return out;
}

/** Reads a payload's parts in order. */
export class PayloadReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 1;

  /** Starts behind the type of `body`. */
  constructor(body: Uint8Array) {
    this.#bytes = body;
    this.#view = new DataView(body.buffer, body.byteOffset, body.length);
  }

  /** The next length. */
  length(): bigint {
    const first = this.#bytes[this.#at++]!;
    if (first < 64) return BigInt(first);
    if (first < 128) {
      return BigInt(((first & 63) << 8) | this.#bytes[this.#at++]!);
    }
    const isWide = first === 0x81;
    this.#at += isWide ? 8 : 4;
    return isWide
      ? this.#view.getBigUint64(this.#at - 8)
      : BigInt(this.#view.getUint32(this.#at - 4));
  }

  /** The next string as it is written, LZF made plain. */
  string(): Uint8Array {
    const first = this.#bytes[this.#at]!;
    if (first < 0xc0) return stringBytes(this.#take(Number(this.length())));
    if (first < 0xc3) return this.#take(1 + (1 << (first & 3)));
    this.#at++;
    const packed = Number(this.length());
    const length = Number(this.length());
    return stringBytes(unpackLzf(this.#take(packed), length));
  }

  /** The 8 bytes of a score or a time. */
  score(): Uint8Array {
    return this.#take(8);
  }

  #take(count: number): Uint8Array {
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  /** What is left. */
  rest(): Uint8Array {
    return this.#bytes.subarray(this.#at);
  }
}

/** The parts of a body: its strings plain, and what lies between them. */
export interface BodyParts {
  /** Type, the earliest due time if there is one, and lengths before the strings. */
  readonly head: Uint8Array;
  /** Strings as they are written, with their lengths, and what a node or field has in front. */
  readonly strings: readonly Uint8Array[];
  /** What follows them. */
  readonly rest: Uint8Array;
}

/** Types that are a number of parts, and the strings of a part. */
const STRINGS_OF_PARTS: Readonly<Record<number, number>> = {
  [RDB_TYPES.list]: 1,
  [RDB_TYPES.listQuicklist]: 1,
  [RDB_TYPES.listQuicklist2]: 1,
  [RDB_TYPES.set]: 1,
  [RDB_TYPES.zset2]: 1,
  [RDB_TYPES.hash]: 2,
  [RDB_TYPES.hashMetadata]: 2,
  [RDB_TYPES.streamListpacks]: 2,
  [RDB_TYPES.streamListpacks2]: 2,
  [RDB_TYPES.streamListpacks3]: 2,
};

/** Takes a sound payload's body apart, so that damage can reach inside of strings. */
export function partsOf(body: Uint8Array): BodyParts {
  const reader = new PayloadReader(body);
  const isTimed = body[0] === RDB_TYPES.hashMetadata ||
    body[0] === RDB_TYPES.hashListpackEx;
  const type = body.subarray(0, isTimed ? 9 : 1);
  if (isTimed) reader.score();
  const stringsOfPart = STRINGS_OF_PARTS[type[0]!];
  if (stringsOfPart === undefined) {
    return { head: type, strings: [reader.string()], rest: reader.rest() };
  }
  const count = reader.length();
  const strings = Array.from(
    { length: Number(count) * stringsOfPart },
    (_, at) => {
      const isTimedField = type[0] === RDB_TYPES.hashMetadata && at % 2 === 0;
      if (isTimedField || type[0] === RDB_TYPES.listQuicklist2) {
        return join([lengthBytes(reader.length()), reader.string()]);
      }
      const string = reader.string();
      return type[0] === RDB_TYPES.zset2
        ? join([string, reader.score()])
        : string;
    },
  );
  const head = join([type, lengthBytes(count)]);
  return { head, strings, rest: reader.rest() };
}

/** Puts a body together. */
export function bodyFrom({ head, strings, rest }: BodyParts): Uint8Array {
  return join([head, ...strings, rest]);
}
