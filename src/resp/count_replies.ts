/**
 * Counts replies without reading them.
 *
 * @module
 */

const LINE_END = 0x0a;

/** Types whose length in bytes stands in their line: `$`, `=`, `!`. */
const SIZED: ReadonlySet<number> = new Set([0x24, 0x3d, 0x21]);

/** Types that hold other values, with how many for each that their line tells: `*`, `~`, `>`, `%`, `|`. */
const HOLDING: ReadonlyMap<number, number> = new Map([
  [0x2a, 1],
  [0x7e, 1],
  [0x3e, 1],
  [0x25, 2],
  [0x7c, 2],
]);
const ATTRIBUTE = 0x7c;

/** Reads the whole number in the line [from, to); −1 for a null, NaN for anything else. */
function lengthIn(bytes: Uint8Array, from: number, to: number): number {
  if (bytes[from] === 0x2d) return -1;
  let value = from === to ? NaN : 0;
  for (let at = from; at < to; at++) {
    const digit = bytes[at]! - 0x30;
    value = digit >= 0 && digit <= 9 ? value * 10 + digit : NaN;
  }
  return value;
}

/** Offset behind the value at `start`; NaN when it is not whole, or none. */
function valueEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  for (let left = 1; left > 0; left--) {
    const lineEnd = bytes.indexOf(LINE_END, at);
    if (lineEnd < at + 2) return NaN;
    const type = bytes[at]!;
    const holds = HOLDING.get(type);
    if (holds === undefined && !SIZED.has(type)) {
      at = lineEnd + 1;
      continue;
    }
    const length = lengthIn(bytes, at + 1, lineEnd - 1);
    if (Number.isNaN(length)) return NaN;
    at = lineEnd + 1;
    if (length < 0) continue;
    if (holds === undefined) at += length + 2;
    else left += length * holds;
    // An attribute stands in front of the value that it is about.
    if (type === ATTRIBUTE) left++;
    if (at > bytes.length || left > bytes.length) return NaN;
  }
  return at;
}

/** Number of values of RESP in `bytes`; `undefined` when they are not whole. */
export function countReplies(bytes: Uint8Array): number | undefined {
  let count = 0;
  for (let at = 0; at < bytes.length; count++) {
    at = valueEnd(bytes, at);
    if (Number.isNaN(at)) return undefined;
  }
  return count;
}
