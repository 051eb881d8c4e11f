// === Text to number, exactly, as C's strtod and strtold read it ===
//
// ╒══════════════════════════ grammar ══════════════════════════╕
// │ number   [sign] ( decimal | hex | "inf" | "infinity" | nan )  │
// │ decimal  digits with at most one point [ e [sign] digits ]    │
// │ hex      "0x", hex digits with one point [ p [sign] digits ]  │
// ╘═══════════════════════════════════════════════════════════════╛
//
// Letters in any case, at least one digit, nothing before or behind. A finite
// number is left in the accumulator of long_double.ts, its callers round it.

import { multiplyWide, setAccumulator } from "./long_double";
import {
  bitLength, bitsFrom, hasBitsBelow, isAtLeast, isZero, multiplyAdd, multiplyByPowerOf5, NATURAL_BYTES, setNatural,
  shiftLeft, subtract,
} from "./naturals";

/** Scratch that `readNumber` needs: two naturals. */
export const READ_SCRATCH_BYTES: u32 = NATURAL_BYTES * 2;

/** Not a number's text. */
export const READ_NOTHING: u32 = 0;
/** The accumulator × 2^exponentRead; inexact ones hold 65 significant bits or more. */
export const READ_FINITE: u32 = 1;
/** The word for infinity. */
export const READ_INFINITE: u32 = 2;
/** More than any long double. */
export const READ_LARGE: u32 = 3;
/** Less than any long double but zero. */
export const READ_SMALL: u32 = 4;
/** A decimal of few digits: digitsRead × 10^exponentRead. Only if the caller asked for it. */
export const READ_SHORT: u32 = 5;

/** Whether a minus stands in front. */
export let isMinusRead: bool = false;
export let exponentRead: i32 = 0;
export let digitsRead: u64 = 0;

/** Beyond it no number of digits that fit memory is neither zero nor infinite. */
const POWER_MAX: i64 = 1 << 40;
/** A number of magnitude 10^DECADE_MAX is too large, of less than 10^DECADE_MIN zero. */
const DECADE_MAX: i64 = 4933;
const DECADE_MIN: i64 = -4952;

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

let power: i64 = 0;

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
    power = min(power * 10 + <i64>digit, POWER_MAX);
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

/** Exponents of two beyond it say no more. */
const EXPONENT_END: i64 = 1 << 20;

/** Reads what follows "0x". */
function readHex(): u32 {
  let upper: u64 = 0;
  let lower: u64 = 0;
  let hasMore = false;
  let exponent: i64 = 0;
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
  if (!hasDigits || !takePower(0x70)) return READ_NOTHING;
  setAccumulator(upper, lower, hasMore);
  exponentRead = <i32>max(min(exponent + power, EXPONENT_END), -EXPONENT_END);
  return READ_FINITE;
}

// === Decimal ===

/** The digits from the first to the last that is not 0: the number is digits × 10^power. */
let digitsAt: usize = 0;
let digitCount: u32 = 0;
/** Their value, if they are DIGITS_SMALL or fewer. */
let smallDigits: u64 = 0;
const DIGITS_SMALL: u32 = 19;
/** Digits that are read; those behind them only say that there is more. */
const DIGITS_MAX: u32 = 5120;

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

/** natural = the digits, which are not all of them when they are more than DIGITS_MAX */
function readDigits(natural: usize): void {
  setNatural(natural, 0, 0);
  const isCut = digitCount > DIGITS_MAX;
  let at = digitsAt;
  let left = min(digitCount, DIGITS_MAX);
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
  if (!isCut) return;
  // The last digit is not 0, so the number is above those read, by less than one of them.
  multiplyAdd(natural, 10, 1);
  power += digitCount - DIGITS_MAX - 1;
}

function powerOf5(exponent: u32): u64 {
  let value: u64 = 1;
  for (let i: u32 = 0; i < exponent; i++) value *= 5;
  return value;
}

/** 5^27 is the largest that leaves a remainder room to be doubled. */
const SMALL_POWER_MAX: i64 = 27;

/** As `readLongDecimal`, for at most 19 digits and 27 powers of ten. */
function readShortDecimal(scale: i32): void {
  exponentRead = scale;
  if (scale >= 0) {
    multiplyWide(smallDigits, powerOf5(scale));
    return;
  }
  const divisor = powerOf5(-scale);
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
  exponentRead = scale - 64 - <i32>zeros;
}

/** The accumulator = natural × 2^exponent. Changes the natural. */
function takeNatural(natural: usize, exponent: i32): void {
  let dropped = <i32>bitLength(natural) - 128;
  if (dropped < 0) shiftLeft(natural, -dropped);
  const below = <u32>max(dropped, 0);
  setAccumulator(bitsFrom(natural, below + 64), bitsFrom(natural, below), hasBitsBelow(natural, below));
  exponentRead = exponent + dropped;
}

/** The accumulator = dividend ÷ divisor × 2^exponent. Changes both naturals. */
function takeQuotient(dividend: usize, divisor: usize, exponent: i32): void {
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
  exponentRead = exponent - shift - 65;
}

function readLongDecimal(scratch: usize): void {
  readDigits(scratch);
  const scale = <i32>power;
  if (scale >= 0) {
    multiplyByPowerOf5(scratch, scale);
    takeNatural(scratch, scale);
    return;
  }
  const divisor = scratch + NATURAL_BYTES;
  setNatural(divisor, 0, 1);
  multiplyByPowerOf5(divisor, -scale);
  takeQuotient(scratch, divisor, scale);
}

function readDecimal(scratch: usize, takesShort: bool): u32 {
  if (!scanDecimal()) return READ_NOTHING;
  exponentRead = 0;
  if (digitCount == 0) {
    setAccumulator(0, 0, false);
    return READ_FINITE;
  }
  const decade = power + <i64>digitCount - 1;
  if (decade >= DECADE_MAX) return READ_LARGE;
  if (decade < DECADE_MIN) return READ_SMALL;
  if (digitCount > DIGITS_SMALL || abs(power) > SMALL_POWER_MAX) {
    readLongDecimal(scratch);
    return READ_FINITE;
  }
  if (takesShort) {
    digitsRead = smallDigits;
    exponentRead = <i32>power;
    return READ_SHORT;
  }
  readShortDecimal(<i32>power);
  return READ_FINITE;
}

/** Makes what READ_SHORT left a number that is READ_FINITE. */
export function widenShort(): void {
  readShortDecimal(exponentRead);
}

/** Reads `length` bytes at `at`; READ_…. `takesShort` says whether READ_SHORT may be answered. */
export function readNumber(at: usize, length: u32, scratch: usize, takesShort: bool): u32 {
  next = at;
  end = at + length;
  isMinusRead = takeSign();
  if (isRest("inf") || isRest("infinity")) return READ_INFINITE;
  const isHex = end - next > 2 && load<u8>(next) == 0x30 && (<u32>load<u8>(next + 1) | 0x20) == 0x78;
  if (!isHex) return readDecimal(scratch, takesShort);
  next += 2;
  return readHex();
}
