/**
 * Whole numbers in requests, read as strictly as Redis reads them.
 *
 * @module
 */

import { NOT_INTEGER, type Reply } from "../../resp/mod.ts";

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/**
 * A decimal integer of 64 bits with nothing around it: no plus, no leading
 * zeros, no `-0`. `undefined` for anything else.
 */
export function parseInteger(text: string): bigint | undefined {
  if (!/^(0|-?[1-9]\d{0,18})$/.test(text)) return undefined;
  const value = BigInt(text);
  return value < INT64_MIN || value > INT64_MAX ? undefined : value;
}

/** An integer within `[min, max]`, rounded to a number, or `otherwise`. */
export function integerOr(
  text: string,
  min: number,
  max: number,
  otherwise: Reply = NOT_INTEGER,
): number | Reply {
  const value = parseInteger(text);
  if (value === undefined || value < min || value > max) return otherwise;
  return Number(value);
}
