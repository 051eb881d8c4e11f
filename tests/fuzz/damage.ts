/**
 * Damage to bytes, as fuzzers do it.
 *
 * @module
 */

import { join } from "./core_session.ts";
import type { Draw } from "./payload_values.ts";

/** Bytes at borders of encodings. */
const BORDERS = [
  0,
  1,
  63,
  64,
  127,
  128,
  129,
  191,
  192,
  195,
  224,
  240,
  254,
  255,
];

function cut(bytes: Uint8Array, draw: Draw): [Uint8Array, Uint8Array] {
  const at = draw(bytes.length + 1);
  return [bytes.subarray(0, at), bytes.subarray(at)];
}

function writeWord(bytes: Uint8Array, draw: Draw): Uint8Array {
  const copy = bytes.slice();
  if (copy.length < 4) return copy;
  const at = draw(copy.length - 3);
  const values = [0xffffffff, 0x7fffffff, copy.length, copy.length - 1, 0];
  new DataView(copy.buffer).setUint32(
    at,
    values[draw(values.length)]!,
    draw(2) === 0,
  );
  return copy;
}

/** `bytes` with one change: a bit, a byte, a word, or bytes that go, come or come twice. */
export function damage(bytes: Uint8Array, draw: Draw): Uint8Array {
  const copy = bytes.slice();
  const at = draw(Math.max(1, copy.length));
  const [front, back] = cut(bytes, draw);
  const length = 1 + draw(draw(4) === 0 ? 100 : 4);
  switch (draw(9)) {
    case 0:
    case 1:
      copy[at]! ^= 1 << draw(8);
      return copy;
    case 2:
      copy[at] = BORDERS[draw(BORDERS.length)]!;
      return copy;
    case 3:
      copy[at]! += draw(2) === 0 ? 1 : 255;
      return copy;
    case 4:
      return writeWord(bytes, draw);
    case 5:
      return join([front, back.subarray(length)]);
    case 6:
      return join([
        front,
        Uint8Array.from({ length }, () => draw(256)),
        back,
      ]);
    case 7:
      return join([front, back.subarray(0, length), back]);
    default:
      return draw(4) === 0
        ? front
        : join([front, bytes.subarray(at, at + length), back]);
  }
}
