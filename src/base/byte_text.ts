/**
 * Bytes as text of one character a byte, which loses nothing.
 *
 * @module
 */

import { Buffer } from "node:buffer";

/**
 * Text whose characters have the codes of `bytes`. A `TextDecoder` does not do it:
 * what it calls latin1 is windows-1252, which differs from 0x80 to 0x9f; and
 * `String.fromCharCode` takes 35 ns a byte, which a name of some MiB makes a stop.
 */
export function byteText(bytes: Uint8Array): string {
  const { buffer, byteOffset, length } = bytes;
  return Buffer.from(buffer, byteOffset, length).toString("latin1");
}

/** The bytes of such text. Of wider characters the low byte is taken. */
export function textBytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(text, "latin1"));
}
