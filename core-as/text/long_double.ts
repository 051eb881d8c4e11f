// === Long doubles: the 80-bit floats of the x87 ===
//
// Redis counts INCRBYFLOAT and HINCRBYFLOAT in C's `long double`, so its replies
// are those of a 64-bit mantissa, each step rounded to nearest, ties to even.
// WebAssembly has no such type; here it is in integers, the same on every host.
//
//     value = ± mantissa × 2^exponent
//
// Invariants:
//  (1) EXPONENT_MIN ≤ exponent; above EXPONENT_MAX the value is infinite.
//  (2) The mantissa's top bit is set, unless exponent = EXPONENT_MIN (subnormal
//      numbers and zero).
//
// Zero's sign is kept by nobody, since no reply shows it; there is no NaN, since
// every way to one is an error.

export const EXPONENT_MIN: i32 = -16445;
export const EXPONENT_MAX: i32 = 16320;
const TOP_BIT: u64 = 1 << 63;

@unmanaged
export class LongDouble {
  mantissa: u64 = 0;
  exponent: i32 = 0;
  /** 1 = below zero. */
  sign: u32 = 0;
}
/** Bytes of one long double. */
export const LONG_DOUBLE_BYTES: u32 = 16;
if (offsetof<LongDouble>() != LONG_DOUBLE_BYTES) ERROR("LongDouble layout changed");

export function setZero(value: LongDouble): void {
  value.mantissa = 0;
  value.exponent = EXPONENT_MIN;
  value.sign = 0;
}

export function setInfinite(value: LongDouble): void {
  value.mantissa = TOP_BIT;
  value.exponent = EXPONENT_MAX + 1;
}

export function isInfinite(value: LongDouble): bool {
  return value.exponent > EXPONENT_MAX;
}

// === The accumulator: 128 bits, and whether more follow ===

export let high: u64 = 0;
export let low: u64 = 0;
/** Whether the exact number is above high:low, by less than its last bit. */
export let isInexact: bool = false;

export function setAccumulator(upper: u64, lower: u64, hasMore: bool): void {
  high = upper;
  low = lower;
  isInexact = hasMore;
}

/** high:low = a × b */
export function multiplyWide(a: u64, b: u64): void {
  const a0 = a & 0xffffffff;
  const a1 = a >> 32;
  const b0 = b & 0xffffffff;
  const b1 = b >> 32;
  const lowest = a0 * b0;
  const middle = a1 * b0 + (lowest >> 32);
  const other = a0 * b1 + (middle & 0xffffffff);
  setAccumulator(a1 * b1 + (middle >> 32) + (other >> 32), (other << 32) | (lowest & 0xffffffff), false);
}

function shiftAccumulatorLeft(bits: u32): void {
  if (bits >= 64) {
    high = low << (bits - 64);
    low = 0;
  } else if (bits != 0) {
    high = (high << bits) | (low >> (64 - bits));
    low <<= bits;
  }
}

/** What is shifted out is remembered by `isInexact`. */
export function shiftAccumulatorRight(bits: u32): void {
  if (bits >= 128) {
    isInexact = isInexact || (high | low) != 0;
    high = 0;
    low = 0;
  } else if (bits >= 64) {
    const part = <u64>bits - 64;
    isInexact = isInexact || low != 0 || (high & ((<u64>1 << part) - 1)) != 0;
    low = high >> part;
    high = 0;
  } else if (bits != 0) {
    isInexact = isInexact || (low & ((<u64>1 << bits) - 1)) != 0;
    low = (low >> bits) | (high << (64 - bits));
    high >>= bits;
  }
}

/**
 * Makes `value` the accumulator × 2^exponent, rounded; the sign stays. Requires:
 * an inexact accumulator holds 65 significant bits or more. Changes it.
 */
export function setRounded(value: LongDouble, exponent: i32): void {
  value.mantissa = 0;
  value.exponent = EXPONENT_MIN;
  if ((high | low) == 0) return;
  const zeros = high != 0 ? <u32>clz(high) : 64 + <u32>clz(low);
  shiftAccumulatorLeft(zeros);
  let scale = exponent + 64 - <i32>zeros;
  if (scale < EXPONENT_MIN) {
    shiftAccumulatorRight(EXPONENT_MIN - scale);
    scale = EXPONENT_MIN;
  }
  const isUp = (low & TOP_BIT) != 0 && (low != TOP_BIT || isInexact || (high & 1) != 0);
  let mantissa = high + (isUp ? 1 : 0);
  if (isUp && mantissa == 0) {
    mantissa = TOP_BIT;
    scale++;
  }
  if (scale > EXPONENT_MAX) {
    setInfinite(value);
    return;
  }
  value.mantissa = mantissa;
  value.exponent = scale;
}

// === Adding ===

function isLarger(a: LongDouble, b: LongDouble): bool {
  return a.exponent != b.exponent ? a.exponent > b.exponent : a.mantissa > b.mantissa;
}

/** Adds high:low below the mantissa `upper`; 1 when the sum has a bit more. */
function addBelow(upper: u64): i32 {
  high += upper;
  if (high >= upper) return 0;
  shiftAccumulatorRight(1);
  high |= TOP_BIT;
  return 1;
}

/** Takes high:low, and what follows it, from the mantissa `upper`. */
function subtractFrom(upper: u64): void {
  if (isInexact) {
    // Takes a whole last bit; what was too much is what is left behind it.
    low++;
    if (low == 0) high++;
  }
  high = upper - high - (low != 0 ? 1 : 0);
  low = 0 - low;
}

/** value = value + other; infinite when it overflows or one of them is. */
export function addLongDouble(value: LongDouble, other: LongDouble): void {
  if (isInfinite(value) || isInfinite(other)) {
    setInfinite(value);
    return;
  }
  const isOtherLarger = isLarger(other, value);
  const larger = isOtherLarger ? other : value;
  const smaller = isOtherLarger ? value : other;
  const isSameSign = value.sign == other.sign;
  let exponent = larger.exponent - 64;
  setAccumulator(smaller.mantissa, 0, false);
  shiftAccumulatorRight(larger.exponent - smaller.exponent);
  if (isSameSign) exponent += addBelow(larger.mantissa);
  else subtractFrom(larger.mantissa);
  value.sign = larger.sign;
  setRounded(value, exponent);
}
