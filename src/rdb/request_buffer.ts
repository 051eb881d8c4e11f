/**
 * Requests as bytes, many in one buffer.
 *
 * @module
 */

const CARRIAGE_RETURN = 0x0d;
const NEWLINE = 0x0a;
const BULK = 0x24;
const ARRAY = 0x2a;
const ZERO = 0x30;
/** A mark, the digits of a length, and the end of the line. */
const HEAD_BYTES = 24;

/** A buffer that requests are appended to; it grows to hold one that is long. */
export class RequestBuffer {
  #bytes: Uint8Array;
  #length = 0;
  readonly #keptBytes: number;

  /** Keeps `keptBytes` of room between two uses. */
  constructor(keptBytes: number) {
    this.#bytes = new Uint8Array(keptBytes);
    this.#keptBytes = keptBytes;
  }

  /** Bytes in it. */
  get length(): number {
    return this.#length;
  }

  /** What is in it, good until more is appended. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Forgets what is in it. */
  clear(): void {
    this.#length = 0;
    if (this.#bytes.length > this.#keptBytes) {
      this.#bytes = new Uint8Array(this.#keptBytes);
    }
  }

  /** Begins a request of `count` words. */
  begin(count: number): void {
    this.#reserve(HEAD_BYTES);
    this.#head(ARRAY, count);
  }

  /** Begins a word of `length` bytes; they follow by {@linkcode raw}, then {@linkcode endWord}. */
  beginWord(length: number): void {
    this.#reserve(HEAD_BYTES);
    this.#head(BULK, length);
  }

  /** Ends a word. */
  endWord(): void {
    this.#reserve(2);
    this.#bytes[this.#length++] = CARRIAGE_RETURN;
    this.#bytes[this.#length++] = NEWLINE;
  }

  /** Appends `source[from]` to `source[to - 1]` as they are. */
  raw(source: Uint8Array, from: number, to: number): void {
    const count = to - from;
    this.#reserve(count);
    const [bytes, start] = [this.#bytes, this.#length];
    if (count < 32) {
      for (let i = 0; i < count; i++) bytes[start + i] = source[from + i]!;
    } else {
      bytes.set(source.subarray(from, to), start);
    }
    this.#length = start + count;
  }

  /** Appends a word. */
  word(source: Uint8Array, length: number): void {
    this.beginWord(length);
    this.raw(source, 0, length);
    this.endWord();
  }

  /** Appends a word of ASCII text. */
  text(word: string): void {
    const count = word.length;
    this.beginWord(count);
    this.#reserve(count);
    for (let i = 0; i < count; i++) {
      this.#bytes[this.#length++] = word.charCodeAt(i);
    }
    this.endWord();
  }

  #head(mark: number, value: number): void {
    const bytes = this.#bytes;
    let at = this.#length;
    bytes[at++] = mark;
    let scale = 1;
    while (scale * 10 <= value) scale *= 10;
    for (let rest = value; scale >= 1; scale /= 10) {
      const digit = Math.floor(rest / scale);
      bytes[at++] = ZERO + digit;
      rest -= digit * scale;
    }
    bytes[at++] = CARRIAGE_RETURN;
    bytes[at++] = NEWLINE;
    this.#length = at;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.view());
    this.#bytes = grown;
  }
}
