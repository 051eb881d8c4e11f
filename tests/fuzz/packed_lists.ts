/**
 * Listpacks, ziplists and zipmaps as tests make them.
 *
 * @module
 */

import { join } from "./core_session.ts";

/** An element: an integer in its own encoding, or bytes. */
export type Element = bigint | Uint8Array;

function little(value: bigint, bytes: number): Uint8Array {
  return Uint8Array.from(
    { length: bytes },
    (_, at) => Number((value >> BigInt(8 * at)) & 255n),
  );
}

/** Bytes that hold `value`, at most 8. */
function widthOf(value: bigint): number {
  const widths = [1, 2, 3, 4];
  return widths.find((bytes) => BigInt.asIntN(8 * bytes, value) === value) ?? 8;
}

function frame(header: Uint8Array, elements: Uint8Array[]): Uint8Array {
  const list = join([header, ...elements, Uint8Array.of(0xff)]);
  new DataView(list.buffer).setUint32(0, list.length, true);
  return list;
}

// -- Listpacks --

function backBytes(length: number): Uint8Array {
  const groups = [length & 127];
  const borders = [127, 16383, 2097151, 268435455];
  // Redis takes a byte more from each border on, but for the first.
  const count = length <= 127
    ? 1
    : 1 + borders.filter((border) => length >= border).length;
  for (let group = 1; group < count; group++) {
    groups.unshift((length >> (7 * group)) & 127);
  }
  return Uint8Array.from(groups, (bits, at) => at === 0 ? bits : bits | 128);
}

function listpackInteger(value: bigint): Uint8Array {
  if (value >= 0n && value < 128n) return Uint8Array.of(Number(value));
  if (BigInt.asIntN(13, value) === value) {
    const bits = Number(BigInt.asUintN(13, value));
    return Uint8Array.of(0xc0 | (bits >> 8), bits & 255);
  }
  const width = Math.max(2, widthOf(value));
  const code = { 2: 0xf1, 3: 0xf2, 4: 0xf3, 8: 0xf4 }[width]!;
  return join([Uint8Array.of(code), little(value, width)]);
}

function listpackString(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  const head = length < 64
    ? Uint8Array.of(0x80 | length)
    : length < 4096
    ? Uint8Array.of(0xe0 | (length >> 8), length & 255)
    : join([Uint8Array.of(0xf0), little(BigInt(length), 4)]);
  return join([head, bytes]);
}

/** A listpack of `elements`. */
export function listpackOf(elements: readonly Element[]): Uint8Array {
  const parts = elements.map((element) => {
    const bytes = typeof element === "bigint"
      ? listpackInteger(element)
      : listpackString(element);
    return join([bytes, backBytes(bytes.length)]);
  });
  const header = new Uint8Array(6);
  const count = Math.min(elements.length, 65535);
  new DataView(header.buffer).setUint16(4, count, true);
  return frame(header, parts);
}

// -- Ziplists --

function ziplistValue(element: Element): Uint8Array {
  if (typeof element === "bigint") {
    if (element >= 0n && element <= 12n) {
      return Uint8Array.of(0xf1 + Number(element));
    }
    const width = widthOf(element);
    const code = { 1: 0xfe, 2: 0xc0, 3: 0xf0, 4: 0xd0, 8: 0xe0 }[width]!;
    return join([Uint8Array.of(code), little(element, width)]);
  }
  const { length } = element;
  if (length < 64) return join([Uint8Array.of(length), element]);
  if (length < 16384) {
    return join([Uint8Array.of(0x40 | (length >> 8), length & 255), element]);
  }
  const head = new Uint8Array(5);
  head[0] = 0x80;
  new DataView(head.buffer).setUint32(1, length);
  return join([head, element]);
}

/** A ziplist of `elements`. */
export function ziplistOf(elements: readonly Element[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let tail = 10;
  for (const element of elements) {
    const before = parts.at(-1)?.length ?? 0;
    tail += before;
    const head = before < 254
      ? Uint8Array.of(before)
      : join([Uint8Array.of(254), little(BigInt(before), 4)]);
    parts.push(join([head, ziplistValue(element)]));
  }
  const header = new Uint8Array(10);
  const view = new DataView(header.buffer);
  view.setUint32(4, tail, true);
  view.setUint16(8, elements.length, true);
  return frame(header, parts);
}

// -- Zipmaps --

function zipmapLength(length: number): Uint8Array {
  return length < 254
    ? Uint8Array.of(length)
    : join([Uint8Array.of(254), little(BigInt(length), 4)]);
}

/** A zipmap of fields and values in turn; `unused` bytes behind each value. */
export function zipmapOf(
  words: readonly Uint8Array[],
  unused = 0,
): Uint8Array {
  const pairs = words.length / 2;
  const parts = words.flatMap((word, at) =>
    at % 2 === 0 ? [zipmapLength(word.length), word] : [
      zipmapLength(word.length),
      Uint8Array.of(unused),
      word,
      new Uint8Array(unused),
    ]
  );
  const count = Uint8Array.of(Math.min(pairs, 254));
  return join([count, ...parts, Uint8Array.of(0xff)]);
}
