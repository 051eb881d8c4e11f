// === Double to text with a fixed number of decimals ===
//
// C's `%.4f`: the exact value, rounded to nearest, ties to even. Never an exponent.

import { high, isInexact, low, multiplyWide, setAccumulator, shiftAccumulatorRight } from "./long_double";
import { NATURAL_BYTES, setNatural, shiftLeft, writeDigitsBefore } from "./naturals";

/** The longest text: sign, 309 digits, point and decimals. */
export const FIXED_TEXT_BYTES_MAX: u32 = 336;
/** Scratch that `writeFixed` needs: a natural and its digits. */
export const FIXED_WRITE_SCRATCH_BYTES: u32 = NATURAL_BYTES + FIXED_TEXT_BYTES_MAX;

const HIDDEN_BIT: u64 = 1 << 52;
const EXPONENT_BIAS: i32 = 1075;

/** Leaves mantissa × 2^exponent × scale, rounded to an integer, in high:low. Requires: exponent < 0. */
function scaleDecimals(mantissa: u64, exponent: i32, scale: u64): void {
  multiplyWide(mantissa, scale);
  shiftAccumulatorRight(-exponent - 1);
  const isHalf = (low & 1) != 0;
  const hasMore = isInexact;
  shiftAccumulatorRight(1);
  if (!isHalf || (!hasMore && (low & 1) == 0)) return;
  const sum = low + 1;
  setAccumulator(sum == 0 ? high + 1 : high, sum, false);
}

function powerOf10(power: u32): u64 {
  let value: u64 = 1;
  for (let i: u32 = 0; i < power; i++) value *= 10;
  return value;
}

/** Writes `inf` or `nan` at `at`; the address behind. */
function writeWord(at: usize, value: f64): usize {
  // "inf" and "nan"
  const word: u32 = isNaN<f64>(value) ? 0x6e616e : 0x666e69;
  store<u16>(at, <u16>word);
  store<u8>(at, <u8>(word >> 16), 2);
  return at + 3;
}

/**
 * Writes `value` with 1 to 9 decimals at `out`, which has room for
 * FIXED_TEXT_BYTES_MAX.
 *
 * @returns Bytes written.
 */
export function writeFixed(out: usize, value: f64, decimals: u32, scratch: usize): u32 {
  const bits = reinterpret<u64>(value);
  let at = out;
  if (bits >> 63 != 0) store<u8>(at++, 0x2d);
  const field = <i32>(bits >> 52) & 0x7ff;
  if (field == 0x7ff) return <u32>(writeWord(at, value) - out);
  const fraction = bits & (HIDDEN_BIT - 1);
  const mantissa = field == 0 ? fraction : fraction | HIDDEN_BIT;
  const exponent = max(field, 1) - EXPONENT_BIAS;
  const hasDecimals = exponent < 0;
  if (hasDecimals) scaleDecimals(mantissa, exponent, powerOf10(decimals));
  else setAccumulator(0, mantissa, false);
  setNatural(scratch, high, low);
  if (!hasDecimals) shiftLeft(scratch, exponent);
  const end = scratch + FIXED_WRITE_SCRATCH_BYTES;
  let count = writeDigitsBefore(end, scratch);
  const shown = hasDecimals ? decimals : 0;
  while (count <= shown) store<u8>(end - ++count, 0x30);
  const whole = count - shown;
  memory.copy(at, end - count, whole);
  at += whole;
  store<u8>(at++, 0x2e);
  if (hasDecimals) memory.copy(at, end - decimals, decimals);
  else memory.fill(at, 0x30, decimals);
  return <u32>(at + decimals - out);
}
