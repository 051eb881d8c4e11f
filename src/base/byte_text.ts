/**
 * Bytes as text of one character a byte, which loses nothing.
 *
 * @module
 */

/** Bytes made text at once: a call takes only so many arguments. */
const PORTION_BYTES = 8192;

/**
 * Text whose characters have the codes of `bytes`. A `TextDecoder` does not do it:
 * what it calls latin1 is windows-1252, which differs from 0x80 to 0x9f.
 */
export function byteText(bytes: Uint8Array): string {
  if (bytes.length <= PORTION_BYTES) return String.fromCharCode(...bytes);
  let text = "";
  for (let at = 0; at < bytes.length; at += PORTION_BYTES) {
    const portion = bytes.subarray(at, at + PORTION_BYTES);
    text += String.fromCharCode(...portion);
  }
  return text;
}
