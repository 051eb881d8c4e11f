// === Text to long double, as C's strtold reads it ===
//
// The grammar is in number_read.ts. As Redis's string2ld adds: fewer than 5,120
// bytes, no NaN, and no number that is too large or rounds to zero without being
// it.

import { high, isInfinite, LongDouble, low, setInfinite, setRounded } from "./long_double";
import { exponentRead, isMinusRead, READ_FINITE, READ_INFINITE, READ_SCRATCH_BYTES, readNumber } from "./number_read";

/** Bytes of a text, one more than Redis reads. */
const TEXT_BYTES_END: u32 = 5120;
/** Scratch that `parseLongDouble` needs. */
export const PARSE_SCRATCH_BYTES: u32 = READ_SCRATCH_BYTES;

/**
 * Reads `length` bytes at `at` into `value`, which may become infinite.
 *
 * @returns Whether Redis takes the text for a float.
 */
export function parseLongDouble(value: LongDouble, at: usize, length: u32, scratch: usize): bool {
  if (length == 0 || length >= TEXT_BYTES_END) return false;
  const kind = readNumber(at, length, scratch, false);
  let isGood = kind == READ_INFINITE;
  if (isGood) {
    setInfinite(value);
  } else if (kind == READ_FINITE) {
    const isZero = (high | low) == 0;
    setRounded(value, exponentRead);
    isGood = (isZero || value.mantissa != 0) && !isInfinite(value);
  }
  value.sign = isMinusRead ? 1 : 0;
  return isGood;
}
