/**
 * Bytes of replies, gathered in one buffer that grows by doubling.
 *
 * @module
 */

import { REPLY_BYTES_KEPT, REPLY_BYTES_START } from "../config/mod.ts";

const CR = 13;
const LF = 10;
const SPACE = 32;
const encoder = new TextEncoder();
const WIDE = /[^\0-\xff]/;

/** Bytes that {@linkcode ByteWriter.text} makes of `text`. */
export function writtenBytes(text: string): number {
  if (!WIDE.test(text)) return text.length;
  let bytes = 0;
  for (const character of text) {
    bytes += character <= "\xff" ? 1 : encoder.encode(character).length;
  }
  return bytes;
}

/** A buffer to write replies into. */
export class ByteWriter {
  #bytes = new Uint8Array(REPLY_BYTES_START);
  #length = 0;

  /** Appends `bytes`. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Appends text of one character a byte; wider characters in UTF-8. */
  text(text: string): void {
    this.#reserve(text.length);
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code > 255) return this.#wide(text.slice(at));
      this.#bytes[this.#length++] = code;
    }
  }

  /** Appends `type`, `content` without line ends, and CR LF. */
  line(type: string, content: string): void {
    this.text(type);
    const start = this.#length;
    this.text(content);
    for (let at = start; at < this.#length; at++) {
      const byte = this.#bytes[at];
      if (byte === CR || byte === LF) this.#bytes[at] = SPACE;
    }
    this.end();
  }

  /** Appends CR LF. */
  end(): void {
    this.#reserve(2);
    this.#bytes[this.#length++] = CR;
    this.#bytes[this.#length++] = LF;
  }

  /** A copy of what was written; the writer is empty afterwards. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    if (this.#bytes.length > REPLY_BYTES_KEPT) {
      this.#bytes = new Uint8Array(REPLY_BYTES_START);
    }
    return taken;
  }

  #wide(text: string): void {
    for (const character of text) {
      if (character > "\xff") {
        this.raw(encoder.encode(character));
      } else {
        this.#reserve(1);
        this.#bytes[this.#length++] = character.charCodeAt(0);
      }
    }
  }

  #reserve(bytes: number): void {
    const wanted = this.#length + bytes;
    if (wanted <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(wanted, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
