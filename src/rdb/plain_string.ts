/**
 * A string's value in an RDB file as a word of a request.
 *
 * @module
 */

import { STRING_ENCODINGS } from "./format.ts";
import type { RequestBuffer } from "./request_buffer.ts";

const ENCODED = 0xc0;

/** Whether the string that begins with the byte `first` is packed. */
export function isPacked(first: number): boolean {
  return first === (ENCODED | STRING_ENCODINGS.lzf);
}

/** Appends the string stored in `bytes[at]` to `bytes[at + count - 1]`, which is not packed. */
export function appendString(
  words: RequestBuffer,
  bytes: Uint8Array,
  at: number,
  count: number,
): void {
  const first = bytes[at]!;
  if (first >= ENCODED) {
    words.text(integerText(bytes, at + 1, count - 1));
    return;
  }
  const head = first < 0x40 ? 1 : first < 0x80 ? 2 : first === 0x80 ? 5 : 9;
  words.beginWord(count - head);
  words.raw(bytes, at + head, at + count);
  words.endWord();
}

/** Text of a little endian number of `count` bytes. */
function integerText(bytes: Uint8Array, at: number, count: number): string {
  let value = 0;
  for (let i = 0; i < count; i++) value |= bytes[at + i]! << (i * 8);
  const spare = 32 - count * 8;
  return String((value << spare) >> spare);
}
