/**
 * How messages show a key.
 *
 * @module
 */

import { byteText } from "../base/mod.ts";
import { IMPORT_KEY_BYTES_SHOWN } from "../config/mod.ts";
import type { StringBuffer } from "./strings.ts";

/** The key in quotes, what cannot be printed as `\x..`, long ones cut. */
export function keyText(key: StringBuffer | Uint8Array): string {
  const bytes = key instanceof Uint8Array ? key : key.view();
  const shown = byteText(bytes.subarray(0, IMPORT_KEY_BYTES_SHOWN));
  const text = shown.replace(/[^ -~]|["\\]/g, (character) => {
    const code = character.charCodeAt(0);
    if (character === '"' || character === "\\") return `\\${character}`;
    return `\\x${code.toString(16).padStart(2, "0")}`;
  });
  const rest = bytes.length - IMPORT_KEY_BYTES_SHOWN;
  return rest > 0 ? `"${text}" and ${rest} bytes more` : `"${text}"`;
}
