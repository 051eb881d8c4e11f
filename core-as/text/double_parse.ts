// === Text to double, as C's strtod reads it ===
//
// The grammar is in number_read.ts. Rounded to nearest, ties to even. Redis takes
// no NaN as a number, so there is no text for one.

import { high, isInexact, low, shiftAccumulatorRight } from "./long_double";
import {
  digitsRead, exponentRead, isMinusRead, READ_FINITE, READ_INFINITE, READ_LARGE, READ_NOTHING, READ_SCRATCH_BYTES, READ_SHORT,
  readNumber, widenShort,
} from "./number_read";

/** Scratch that the readers here need. */
export const DOUBLE_SCRATCH_BYTES: u32 = READ_SCRATCH_BYTES;

/** Value of the text read last. */
export let parsedDouble: f64 = 0;
/** Whether it became infinite or zero without being it. */
let isOutOfRange: bool = false;

const MANTISSA_BITS: i32 = 53;
const EXPONENT_MIN: i32 = -1074;
const EXPONENT_MAX: i32 = 971;

/** Integers up to 2^53 and these powers of ten are exact, so one operation on both rounds once. */
const EXACT_MAX: u64 = 1 << 53;
const EXACT_POWER_MAX: i32 = 22;

function powerOf10(power: i32): f64 {
  let value: f64 = 1;
  for (let i = 0; i < power; i++) value *= 10;
  return value;
}

/** The accumulator × 2^exponent, rounded; infinite when it is too large. */
function roundAccumulator(exponent: i32): f64 {
  if ((high | low) == 0) return 0;
  const bits = high != 0 ? 128 - <i32>clz(high) : 64 - <i32>clz(low);
  let scale = max(exponent + bits - MANTISSA_BITS, EXPONENT_MIN);
  const dropped = scale - exponent;
  if (dropped < 0) {
    // Fewer bits than a mantissa has: nothing to round.
    return fromMantissa(low << <u64>-dropped, scale);
  }
  if (dropped == 0) return fromMantissa(low, scale);
  shiftAccumulatorRight(dropped - 1);
  const isHalf = (low & 1) != 0;
  const hasMore = isInexact;
  shiftAccumulatorRight(1);
  let mantissa = low;
  if (isHalf && (hasMore || (mantissa & 1) != 0)) mantissa++;
  return fromMantissa(mantissa, scale);
}

/** mantissa × 2^scale. Requires: mantissa ≤ 2^53, scale ≥ EXPONENT_MIN. */
function fromMantissa(mantissa: u64, scale: i32): f64 {
  let exponent = scale;
  let value = mantissa;
  if (value == EXACT_MAX) {
    value >>= 1;
    exponent++;
  }
  if (exponent > EXPONENT_MAX) return Infinity;
  // Below 2^52 it is subnormal, with an exponent field of 0.
  const field = value >> 52 == 0 ? <u64>0 : <u64>(exponent - EXPONENT_MIN + 1);
  return reinterpret<f64>((field << 52) | (value & 0xfffffffffffff));
}

function shortDouble(): f64 {
  if (digitsRead <= EXACT_MAX && abs(exponentRead) <= EXACT_POWER_MAX) {
    const digits = <f64>digitsRead;
    return exponentRead < 0 ? digits / powerOf10(-exponentRead) : digits * powerOf10(exponentRead);
  }
  widenShort();
  return roundAccumulator(exponentRead);
}

function readDouble(at: usize, length: u32, scratch: usize): bool {
  const kind = readNumber(at, length, scratch, true);
  isOutOfRange = false;
  if (kind == READ_NOTHING) return false;
  let value: f64 = 0;
  if (kind == READ_SHORT) {
    value = shortDouble();
  } else if (kind == READ_FINITE) {
    const isZero = (high | low) == 0;
    value = roundAccumulator(exponentRead);
    isOutOfRange = value == Infinity || (value == 0 && !isZero);
  } else if (kind == READ_INFINITE) {
    value = Infinity;
  } else {
    value = kind == READ_LARGE ? Infinity : 0;
    isOutOfRange = true;
  }
  parsedDouble = isMinusRead ? -value : value;
  return true;
}

/**
 * Reads `length` bytes at `at` into `parsedDouble`.
 *
 * @returns Whether Redis takes the text for a float (string2d): all of it, with
 * nothing in front, and not too large or small.
 */
export function parseDouble(at: usize, length: u32, scratch: usize): bool {
  return length != 0 && readDouble(at, length, scratch) && !isOutOfRange;
}

function isSpace(byte: u32): bool {
  return byte == 0x20 || byte - 9 < 5;
}

/**
 * Reads the end of a range as Redis does: blanks in front, what stands behind a
 * NUL does not count, nothing at all is 0, and too large is infinite.
 */
export function parseLimit(at: usize, length: u32, scratch: usize): bool {
  let count: u32 = 0;
  while (count < length && load<u8>(at + count) != 0) count++;
  parsedDouble = 0;
  isOutOfRange = false;
  if (count == 0) return true;
  let from: u32 = 0;
  while (from < count && isSpace(load<u8>(at + from))) from++;
  return readDouble(at + from, count - from, scratch);
}

/** The least double of 53 bits. */
const NORMAL_MIN: f64 = 2.2250738585072014e-308;

/** As `parseLimit`, but neither too large nor, as strtod sees it, too small. */
export function parseNormal(at: usize, length: u32, scratch: usize): bool {
  if (!parseLimit(at, length, scratch)) return false;
  return !isOutOfRange && (parsedDouble == 0 || abs<f64>(parsedDouble) >= NORMAL_MIN);
}
