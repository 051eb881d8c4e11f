// === Long double to text, as Redis shows it ===
//
// C's `%.17Lf` without the zeros at the end, and without the sign of zero
// (ld2string, LD_STR_HUMAN): the exact value, rounded to 17 decimals, to nearest,
// ties to even. Never an exponent.

import {
  high, isInexact, low, LongDouble, multiplyWide, setAccumulator, shiftAccumulatorRight,
} from "./long_double";
import { NATURAL_BYTES, setNatural, shiftLeft, writeDigitsBefore } from "./naturals";

const DECIMALS: u32 = 17;
const DECIMALS_SCALE: u64 = 100000000000000000;
/** The longest text: sign and 4,933 digits; less than a round number. */
export const LONG_DOUBLE_TEXT_BYTES_MAX: u32 = 5120;
/** Scratch that `writeLongDouble` needs: a natural and its digits. */
export const WRITE_SCRATCH_BYTES: u32 = NATURAL_BYTES + LONG_DOUBLE_TEXT_BYTES_MAX;

/** Leaves value × 10^17, rounded to an integer, in high:low. Requires: exponent < 0. */
function scaleDecimals(value: LongDouble): void {
  multiplyWide(value.mantissa, DECIMALS_SCALE);
  shiftAccumulatorRight(-value.exponent - 1);
  const isHalf = (low & 1) != 0;
  const hasMore = isInexact;
  shiftAccumulatorRight(1);
  if (!isHalf || (!hasMore && (low & 1) == 0)) return;
  low++;
  if (low == 0) high++;
}

/**
 * Writes the text of `value` at `out`. Requires: it is finite, and `out` has room
 * for LONG_DOUBLE_TEXT_BYTES_MAX.
 *
 * @returns Bytes written.
 */
export function writeLongDouble(out: usize, value: LongDouble, scratch: usize): u32 {
  const hasDecimals = value.exponent < 0;
  if (hasDecimals) scaleDecimals(value);
  else setAccumulator(0, value.mantissa, false);
  setNatural(scratch, high, low);
  if (!hasDecimals) shiftLeft(scratch, value.exponent);
  let decimals: u32 = hasDecimals ? DECIMALS : 0;
  const end = scratch + WRITE_SCRATCH_BYTES;
  let count = writeDigitsBefore(end, scratch);
  while (count <= decimals) store<u8>(end - ++count, 0x30);
  const whole = count - decimals;
  const digits = end - count;
  while (decimals != 0 && load<u8>(digits + whole + decimals - 1) == 0x30) decimals--;
  const isZero = decimals == 0 && load<u8>(digits) == 0x30;
  let at = out;
  if (value.sign != 0 && !isZero) store<u8>(at++, 0x2d);
  memory.copy(at, digits, whole);
  at += whole;
  if (decimals != 0) {
    store<u8>(at++, 0x2e);
    memory.copy(at, digits + whole, decimals);
    at += decimals;
  }
  return <u32>(at - out);
}
