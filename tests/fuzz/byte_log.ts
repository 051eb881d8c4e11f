/**
 * Bytes that grow at the end, without a new array for each piece.
 *
 * @module
 */

const DIGITS_MAX = 20;

/** Appends bytes; compared with another one at the end of a stream. */
export class ByteLog {
  /** The bytes; only the first `length` count. */
  bytes = new Uint8Array(1 << 16);
  /** Bytes written. */
  length = 0;

  /** Forgets everything. */
  clear(): void {
    this.length = 0;
  }

  /** Appends one byte. */
  byte(value: number): void {
    this.#reserve(1);
    this.bytes[this.length++] = value;
  }

  /** Appends `source[from, to)`. */
  slice(source: Uint8Array, from: number, to: number): void {
    const count = to - from;
    this.#reserve(count);
    // A call of `set` costs more than a few stores.
    if (count > 48) {
      this.bytes.set(source.subarray(from, to), this.length);
    } else {
      for (let at = 0; at < count; at++) {
        this.bytes[this.length + at] = source[from + at]!;
      }
    }
    this.length += count;
  }

  /** Appends text of one byte a character. */
  text(text: string): void {
    this.#reserve(text.length);
    for (let at = 0; at < text.length; at++) {
      this.bytes[this.length++] = text.charCodeAt(at);
    }
  }

  /** Appends a type byte, a number and a line end. */
  header(type: number, value: number): void {
    this.#reserve(DIGITS_MAX + 3);
    this.bytes[this.length++] = type;
    if (value >= 0 && value < 10) {
      this.bytes[this.length++] = 0x30 + value;
    } else {
      this.text(`${value}`);
    }
    this.bytes[this.length++] = 0x0d;
    this.bytes[this.length++] = 0x0a;
  }

  /** Appends a bulk string with the bytes of `source[from, to)`. */
  bulk(source: Uint8Array, from: number, to: number): void {
    this.header(0x24, to - from);
    this.slice(source, from, to);
    this.byte(0x0d);
    this.byte(0x0a);
  }

  /** First place where both differ, or -1. */
  difference(other: ByteLog): number {
    const shorter = Math.min(this.length, other.length);
    for (let at = 0; at < shorter; at++) {
      if (this.bytes[at] !== other.bytes[at]) return at;
    }
    return this.length === other.length ? -1 : shorter;
  }

  /** Bytes around `at` as JSON text. */
  around(at: number): string {
    const from = Math.max(0, at - 60);
    const piece = this.bytes.subarray(from, Math.min(this.length, at + 100));
    return JSON.stringify(String.fromCharCode(...piece));
  }

  #reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = new Uint8Array(
      Math.max(this.length + count, this.bytes.length * 2),
    );
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }
}
