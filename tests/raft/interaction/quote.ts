/**
 * Bytes as Go's `%q` prints them.
 *
 * @module
 */

const SHORT: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  '"': '\\"',
  "\\": "\\\\",
};

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}

function quoteChar(char: string): string {
  const short = SHORT[char];
  if (short !== undefined) return short;
  const code = char.codePointAt(0)!;
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`;
  if (code < 0x7f || /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(char)) return char;
  return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
}

/** Bytes of the UTF-8 character at the front of `bytes`, 0 when there is none. */
function charLength(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  for (let length = 1; length <= Math.min(4, bytes.length); length++) {
    try {
      decoder.decode(bytes.subarray(0, length));
      return length;
    } catch {
      // Not a whole character yet.
    }
  }
  return 0;
}

/** `bytes` in quotes, with escapes for what cannot be printed. */
export function quote(bytes: Uint8Array): string {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const length = charLength(bytes.subarray(at));
    text += length === 0
      ? `\\x${hex(bytes[at]!, 2)}`
      : quoteChar(decoder.decode(bytes.subarray(at, at + length)));
    at += Math.max(1, length);
  }
  return `"${text}"`;
}
