// === Text to long double, as C's strtold reads it ===
//
// ╒══════════════════════════ grammar ══════════════════════════╕
// │ number   [sign] ( decimal | hex | "inf" | "infinity" )        │
// │ decimal  digits with at most one point [ e [sign] digits ]    │
// │ hex      "0x", hex digits with one point [ p [sign] digits ]  │
// ╘═══════════════════════════════════════════════════════════════╛
//
// Letters in any case, at least one digit, nothing before or behind. As Redis's
// string2ld adds: fewer than 5,120 bytes, no NaN, and no number that is too large
// or rounds to zero without being it.

import { isInfinite, LongDouble, multiplyWide, setAccumulator, setInfinite, setRounded, setZero } from "./long_double";
import {
  bitLength, bitsFrom, hasBitsBelow, isAtLeast, isZero, multiplyAdd, multiplyByPowerOf5, NATURAL_BYTES, setNatural,
  shiftLeft, subtract,
} from "./naturals";

/** Bytes of a text, one more than Redis reads. */
const TEXT_BYTES_END: u32 = 5120;
/** Scratch that `parseLongDouble` needs: two naturals. */
export const PARSE_SCRATCH_BYTES: u32 = NATURAL_BYTES * 2;

/** Beyond it no number of so few digits is neither zero nor infinite. */
const POWER_MAX: i32 = 1000000;
/** A number of magnitude 10^DECADE_MAX is too large, of less than 10^DECADE_MIN zero. */
const DECADE_MAX: i32 = 4933;
const DECADE_MIN: i32 = -4952;

// === Reading the text ===

let next: usize = 0;
let end: usize = 0;

/** The byte at `next` in lower case, 0 at the end; letters alone need the case. */
function peek(): u32 {
  return next < end ? <u32>load<u8>(next) | 0x20 : 0;
}

function takeSign(): bool {
  const byte: u32 = next < end ? load<u8>(next) : 0;
  if (byte == 0x2b || byte == 0x2d) next++;
  return byte == 0x2d;
}

/** Whether what is left is `word`, given in lower case. */
function isRest(word: string): bool {
  const length = <usize>word.length;
  if (end - next != length) return false;
  for (let i: usize = 0; i < length; i++) {
    if ((<u32>load<u8>(next + i) | 0x20) != <u32>load<u16>(changetype<usize>(word) + (i << 1))) return false;
  }
  return true;
}

let power: i32 = 0;

/** Reads `letter [sign] digits` up to the end into `power`, or nothing at the end. */
function takePower(letter: u32): bool {
  power = 0;
  if (next == end) return true;
  if (peek() != letter) return false;
  next++;
  const isNegative = takeSign();
  if (next == end) return false;
  for (; next < end; next++) {
    const digit = <u32>load<u8>(next) - 0x30;
    if (digit > 9) return false;
    power = min(power * 10 + <i32>digit, POWER_MAX);
  }
  if (isNegative) power = -power;
  return true;
}

// === Hexadecimal ===

function hexDigit(byte: u32): u32 {
  const digit = byte - 0x30;
  if (digit <= 9) return digit;
  const letter = (byte | 0x20) - 0x61;
  return letter < 6 ? letter + 10 : 16;
}

/** Reads what follows "0x": the value, rounded. */
function parseHex(value: LongDouble): bool {
  let upper: u64 = 0;
  let lower: u64 = 0;
  let hasMore = false;
  let exponent: i32 = 0;
  let hasDigits = false;
  let hasPoint = false;
  for (; next < end; next++) {
    const byte = load<u8>(next);
    if (byte == 0x2e && !hasPoint) {
      hasPoint = true;
      continue;
    }
    const digit = hexDigit(byte);
    if (digit > 15) break;
    hasDigits = true;
    if (hasPoint) exponent -= 4;
    if (upper >> 60 == 0) {
      upper = (upper << 4) | (lower >> 60);
      lower = (lower << 4) | digit;
    } else {
      exponent += 4;
      if (digit != 0) hasMore = true;
    }
  }
  if (!hasDigits || !takePower(0x70)) return false;
  setAccumulator(upper, lower, hasMore);
  setRounded(value, exponent + power);
  return (upper | lower) == 0 || value.mantissa != 0;
}

// === Decimal ===

/** The digits from the first to the last that is not 0: the number is digits × 10^power. */
let digitsAt: usize = 0;
let digitCount: u32 = 0;
/** Their value, if they are DIGITS_SMALL or fewer. */
let smallDigits: u64 = 0;
const DIGITS_SMALL: u32 = 19;

function noteDigit(digit: u32, zeros: u32): void {
  if (digitCount == 0) digitsAt = next;
  const count: u32 = digitCount == 0 ? 1 : digitCount + zeros + 1;
  if (count <= DIGITS_SMALL) {
    for (let i = digitCount; i + 1 < count; i++) smallDigits *= 10;
    smallDigits = smallDigits * 10 + digit;
  }
  digitCount = count;
}

/** Finds the digits and the power of ten; false when this is no decimal number. */
function scanDecimal(): bool {
  digitCount = 0;
  smallDigits = 0;
  let shift: i32 = 0;
  let zeros: u32 = 0;
  let hasDigits = false;
  let hasPoint = false;
  for (; next < end; next++) {
    const byte = load<u8>(next);
    if (byte == 0x2e && !hasPoint) {
      hasPoint = true;
      continue;
    }
    const digit = <u32>byte - 0x30;
    if (digit > 9) break;
    hasDigits = true;
    if (hasPoint) shift--;
    if (digit == 0) {
      zeros++;
      continue;
    }
    noteDigit(digit, zeros);
    zeros = 0;
  }
  if (!hasDigits || !takePower(0x65)) return false;
  power += shift + <i32>zeros;
  return true;
}

/** natural = the digits */
function readDigits(natural: usize): void {
  setNatural(natural, 0, 0);
  let at = digitsAt;
  let left = digitCount;
  while (left != 0) {
    let chunk: u32 = 0;
    let scale: u32 = 1;
    for (let i: u32 = 0; i < 9 && left != 0; at++) {
      const digit = <u32>load<u8>(at) - 0x30;
      if (digit > 9) continue; // the point
      chunk = chunk * 10 + digit;
      scale *= 10;
      i++;
      left--;
    }
    multiplyAdd(natural, scale, chunk);
  }
}

function powerOf5(exponent: u32): u64 {
  let value: u64 = 1;
  for (let i: u32 = 0; i < exponent; i++) value *= 5;
  return value;
}

/** 5^27 is the largest that leaves a remainder room to be doubled. */
const SMALL_POWER_MAX: i32 = 27;

/** As `setFromNaturals`, for at most 19 digits and 27 powers of ten. */
function setFromSmall(value: LongDouble): void {
  if (power >= 0) {
    multiplyWide(smallDigits, powerOf5(power));
    setRounded(value, power);
    return;
  }
  const divisor = powerOf5(-power);
  const zeros = clz(smallDigits);
  const dividend = smallDigits << zeros;
  const upper = dividend / divisor;
  let rest = dividend - upper * divisor;
  let lower: u64 = 0;
  for (let i = 0; i < 64; i++) {
    rest <<= 1;
    lower <<= 1;
    if (rest >= divisor) {
      rest -= divisor;
      lower |= 1;
    }
  }
  setAccumulator(upper, lower, rest != 0);
  setRounded(value, power - 64 - <i32>zeros);
}

/** value = natural × 2^exponent, rounded. Changes the natural. */
function setFromNatural(value: LongDouble, natural: usize, exponent: i32): void {
  let dropped = <i32>bitLength(natural) - 128;
  if (dropped < 0) shiftLeft(natural, -dropped);
  const below = <u32>max(dropped, 0);
  setAccumulator(bitsFrom(natural, below + 64), bitsFrom(natural, below), hasBitsBelow(natural, below));
  setRounded(value, exponent + dropped);
}

/** value = dividend ÷ divisor × 2^exponent, rounded. Changes both naturals. */
function setFromQuotient(value: LongDouble, dividend: usize, divisor: usize, exponent: i32): void {
  const shift = <i32>bitLength(divisor) - <i32>bitLength(dividend);
  if (shift > 0) shiftLeft(dividend, shift);
  else shiftLeft(divisor, -shift);
  let upper: u64 = 0;
  let lower: u64 = 0;
  // The first bit may be 0; 65 others are a mantissa and its rounding bit.
  for (let i = 0; i < 66; i++) {
    upper = (upper << 1) | (lower >> 63);
    lower <<= 1;
    if (isAtLeast(dividend, divisor)) {
      subtract(dividend, divisor);
      lower |= 1;
    }
    shiftLeft(dividend, 1);
  }
  setAccumulator(upper, lower, !isZero(dividend));
  setRounded(value, exponent - shift - 65);
}

/** Reads a decimal number: the value, rounded. */
function parseDecimal(value: LongDouble, scratch: usize): bool {
  if (!scanDecimal()) return false;
  if (digitCount == 0) {
    setZero(value);
    return true;
  }
  const decade = power + <i32>digitCount - 1;
  if (decade >= DECADE_MAX || decade < DECADE_MIN) return false;
  if (digitCount <= DIGITS_SMALL && abs(power) <= SMALL_POWER_MAX) {
    setFromSmall(value);
    return true;
  }
  readDigits(scratch);
  if (power >= 0) {
    multiplyByPowerOf5(scratch, power);
    setFromNatural(value, scratch, power);
  } else {
    const divisor = scratch + NATURAL_BYTES;
    setNatural(divisor, 0, 1);
    multiplyByPowerOf5(divisor, -power);
    setFromQuotient(value, scratch, divisor, power);
  }
  return value.mantissa != 0;
}

/**
 * Reads `length` bytes at `at` into `value`, which may become infinite.
 *
 * @returns Whether Redis takes the text for a float.
 */
export function parseLongDouble(value: LongDouble, at: usize, length: u32, scratch: usize): bool {
  if (length == 0 || length >= TEXT_BYTES_END) return false;
  next = at;
  end = at + length;
  const isNegative = takeSign();
  let isGood = true;
  if (isRest("inf") || isRest("infinity")) {
    setInfinite(value);
  } else {
    const isHex = end - next > 2 && load<u8>(next) == 0x30 && (<u32>load<u8>(next + 1) | 0x20) == 0x78;
    if (isHex) next += 2;
    isGood = isHex ? parseHex(value) : parseDecimal(value, scratch);
    isGood = isGood && !isInfinite(value);
  }
  value.sign = isNegative ? 1 : 0;
  return isGood;
}
