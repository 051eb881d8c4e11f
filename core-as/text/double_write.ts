// === Double to text, as Redis 7.2 shows it ===
//
// Whole numbers up to 2^62 are shown as integers; all others by the shortest
// digits that read back the same, of these the nearest, in the form of Redis's
// fpconv_dtoa. Infinities are `inf` and `-inf`.
//
// The digits: let v be the value, and k such that v × 10^k has 17 or 18 digits in
// front of the point. All numbers that read back as v lie between v − h and v + h
// (h is half of the last bit, below v a quarter when v is a power of two). The
// shortest is a multiple of the largest power of ten of which a multiple lies
// there. Everything is computed exactly: with 128 bits where they do, else with
// naturals.
//
// Source: Steele and White, "How to print floating-point numbers accurately".

import { high, low, multiplyWide } from "./long_double";
import {
  bitsAbove, hasBitsBelow, isAtLeast, isZero, multiplyByPowerOf5, NATURAL_BYTES, setNatural, shiftLeft, subtract,
} from "./naturals";
import { writeInteger, writeUnsigned } from "./integers";

/** Longest text: sign, 17 digits, point, `e-308`, and some. */
export const DOUBLE_TEXT_BYTES_MAX: u32 = 32;
/** Scratch that `writeDouble` needs: two naturals. */
export const DOUBLE_WRITE_SCRATCH_BYTES: u32 = NATURAL_BYTES * 2;

const WHOLE_MAX: f64 = 4611686018427387904; // 2^62
const HIDDEN_BIT: u64 = 1 << 52;
/** The largest power of five of 64 bits. */
const POWER_WIDE_MAX: i32 = 27;

// === One number times the scale ===

/** Whole part of what `scaleUp` was given. */
let whole: u64 = 0;
/** The part behind it: 0 = nothing, 1 = below a half, 2 = a half, 3 = above. */
let behind: u32 = 0;

let scaleTen: i32 = 0;
let scaleTwo: i32 = 0;

/** whole and behind = quarters × 2^scaleTwo × 10^scaleTen, where scaleTwo counts the quarters. */
function scaleUp(quarters: u64, scratch: usize): void {
  const shift = scaleTwo + scaleTen;
  if (scaleTen < 0) {
    divideScaled(quarters, shift, scratch);
    return;
  }
  if (scaleTen > POWER_WIDE_MAX) {
    setNatural(scratch, 0, quarters);
    multiplyByPowerOf5(scratch, scaleTen);
    cutNatural(scratch, -shift);
    return;
  }
  let factor: u64 = 1;
  for (let i = 0; i < scaleTen; i++) factor *= 5;
  multiplyWide(quarters, factor);
  if (shift >= 0) {
    whole = low << <u64>shift;
    behind = 0;
  } else {
    cutAccumulator(-shift);
  }
}

function setBehind(isHalf: bool, hasMore: bool): void {
  behind = (isHalf ? 2 : 0) + (hasMore ? 1 : 0);
}

/** Splits the accumulator at bit `point`, 1 to 127. */
function cutAccumulator(point: u32): void {
  const half = point - 1;
  const isHalf = half >= 64 ? (high >> (half - 64)) & 1 : (low >> half) & 1;
  let hasMore: bool;
  if (half >= 64) hasMore = low != 0 || (high & ((<u64>1 << (half - 64)) - 1)) != 0;
  else hasMore = (low & ((<u64>1 << half) - 1)) != 0;
  if (point >= 64) whole = high >> (point - 64);
  else whole = (low >> point) | (high << (64 - point));
  setBehind(isHalf != 0, hasMore);
}

/** Splits a natural at bit `point` ≥ 1. */
function cutNatural(natural: usize, point: u32): void {
  whole = bitsAbove(natural, point);
  setBehind((bitsAbove(natural, point - 1) & 1) != 0, hasBitsBelow(natural, point - 1));
}

/** Bits of a quotient: 10^18 and half of a last bit are below 2^61. */
const QUOTIENT_BITS: u32 = 62;

function divideScaled(quarters: u64, shift: i32, scratch: usize): void {
  const divisor = scratch + NATURAL_BYTES;
  setNatural(scratch, 0, quarters);
  setNatural(divisor, 0, 1);
  multiplyByPowerOf5(divisor, -scaleTen);
  if (shift >= 0) shiftLeft(scratch, shift);
  else shiftLeft(divisor, -shift);
  shiftLeft(divisor, QUOTIENT_BITS - 1);
  whole = 0;
  for (let i: u32 = 0; i < QUOTIENT_BITS; i++) {
    whole <<= 1;
    if (isAtLeast(scratch, divisor)) {
      subtract(scratch, divisor);
      whole |= 1;
    }
    shiftLeft(scratch, 1);
  }
  const isHalf = isAtLeast(scratch, divisor);
  if (isHalf) subtract(scratch, divisor);
  setBehind(isHalf, !isZero(scratch));
}

// === The shortest digits ===

/** The value is digits × 10^power. */
let digits: u64 = 0;
let power: i32 = 0;

/** floor(log10(2^exponent)), good for all exponents of doubles. */
function decadeOf(exponent: i32): i32 {
  return (exponent * 315653) >> 20;
}

/** Finds `digits` and `power` of a positive, finite value. */
function findDigits(value: f64, scratch: usize): void {
  const bits = reinterpret<u64>(value);
  const field = <i32>(bits >> 52);
  const fraction = bits & (HIDDEN_BIT - 1);
  const mantissa = field == 0 ? fraction : fraction | HIDDEN_BIT;
  const exponent = (field == 0 ? 1 : field) - 1075;
  // A power of two is nearer to the double below it than to the one above.
  const isNear = fraction == 0 && field > 1;
  scaleTwo = exponent - 2;
  scaleTen = 16 - decadeOf(exponent + 63 - <i32>clz(mantissa));
  // An end reads back as the value when its mantissa is even.
  const isEven = (mantissa & 1) == 0;
  scaleUp(mantissa * 4 - (isNear ? 1 : 2), scratch);
  const least = behind == 0 && isEven ? whole : whole + 1;
  scaleUp(mantissa * 4 + 2, scratch);
  const most = behind == 0 && !isEven ? whole - 1 : whole;
  scaleUp(mantissa * 4, scratch);
  chooseDigits(least, most);
}

/** The shortest number from `least` to `most`, of these the nearest to whole and behind. */
function chooseDigits(least: u64, most: u64): void {
  let unit: u64 = 1;
  let zeros: i32 = 0;
  while (zeros < 18 && most - most % (unit * 10) >= least && most >= unit * 10) {
    unit *= 10;
    zeros++;
  }
  const below = whole - whole % unit;
  const rest = whole - below;
  const half = unit >> 1;
  let isUp: bool;
  if (unit == 1) isUp = behind > 2 || (behind == 2 && (below & 1) != 0);
  else isUp = rest > half || (rest == half && (behind != 0 || (below / unit & 1) != 0));
  if (isUp && below + unit > most) isUp = false;
  else if (!isUp && below < least) isUp = true;
  digits = (isUp ? below + unit : below) / unit;
  power = zeros - scaleTen;
  // Rounding up may have made more zeros.
  while (digits % 10 == 0) {
    digits /= 10;
    power++;
  }
}

// === The form ===

/** Writes `count` digits at `from` as fpconv_dtoa does; bytes written. */
function formDigits(out: usize, from: usize, count: u32, isNegative: bool): u32 {
  const place = abs(power + <i32>count - 1);
  if (power >= 0 && place < <i32>count + 7) {
    memory.copy(out, from, count);
    memory.fill(out + count, 0x30, power);
    return count + power;
  }
  if (power < 0 && (power > -7 || place < 4)) return formPoint(out, from, count);
  return formExponent(out, from, min(count, isNegative ? 17 : 18), power + <i32>count - 1);
}

function formPoint(out: usize, from: usize, count: u32): u32 {
  const front = <i32>count + power;
  if (front > 0) {
    memory.copy(out, from, front);
    store<u8>(out + front, 0x2e);
    memory.copy(out + front + 1, from + front, count - front);
    return count + 1;
  }
  store<u16>(out, 0x2e30); // "0."
  memory.fill(out + 2, 0x30, -front);
  memory.copy(out + 2 - front, from, count);
  return count + 2 - front;
}

function formExponent(out: usize, from: usize, count: u32, exponent: i32): u32 {
  let at = out;
  store<u8>(at++, load<u8>(from));
  if (count > 1) {
    store<u8>(at++, 0x2e);
    memory.copy(at, from + 1, count - 1);
    at += count - 1;
  }
  store<u8>(at++, 0x65);
  store<u8>(at++, exponent < 0 ? 0x2d : 0x2b);
  at += writeUnsigned(at, abs(exponent));
  return <u32>(at - out);
}

/** Finds the 17 digits nearest to a positive, finite value, without zeros at the end. */
function findPreciseDigits(value: f64, scratch: usize): void {
  const bits = reinterpret<u64>(value);
  const field = <i32>(bits >> 52);
  const fraction = bits & (HIDDEN_BIT - 1);
  const mantissa = field == 0 ? fraction : fraction | HIDDEN_BIT;
  const exponent = (field == 0 ? 1 : field) - 1075;
  scaleTwo = exponent - 2;
  scaleTen = 16 - decadeOf(exponent + 63 - <i32>clz(mantissa));
  scaleUp(mantissa * 4, scratch);
  if (whole >= PRECISE_END) {
    scaleTen--;
    scaleUp(mantissa * 4, scratch);
  }
  digits = whole + (behind > 2 || (behind == 2 && (whole & 1) != 0) ? 1 : 0);
  power = -scaleTen;
  while (digits % 10 == 0) {
    digits /= 10;
    power++;
  }
}

/** The first number of 18 digits. */
const PRECISE_END: u64 = 100000000000000000;

/** Writes the text of `value` as C's `%.17g`; otherwise as `writeDouble`. */
export function writePreciseDouble(out: usize, value: f64, scratch: usize): u32 {
  const size = abs(value);
  if (size == 0 || size == Infinity) return writeDouble(out, value, scratch);
  let at = out;
  if (value < 0) store<u8>(at++, 0x2d);
  findPreciseDigits(size, scratch);
  const count = writeUnsigned(scratch, digits);
  const decade = power + <i32>count - 1;
  if (decade < -4 || decade > 16) {
    const from = formExponent(at, scratch, count, decade);
    if (abs(decade) > 9) return <u32>(at - out) + from;
    // The exponent has two digits at least.
    store<u8>(at + from, load<u8>(at + from - 1));
    store<u8>(at + from - 1, 0x30);
    return <u32>(at - out) + from + 1;
  }
  if (power < 0) return <u32>(at - out) + formPoint(at, scratch, count);
  memory.copy(at, scratch, count);
  memory.fill(at + count, 0x30, power);
  return <u32>(at - out) + count + power;
}

/**
 * Writes the text of `value` at `out`, which has room for DOUBLE_TEXT_BYTES_MAX.
 * Requires: it is no NaN.
 *
 * @returns Bytes written.
 */
export function writeDouble(out: usize, value: f64, scratch: usize): u32 {
  const isNegative = reinterpret<i64>(value) < 0;
  const size = abs(value);
  let at = out;
  if (isNegative) store<u8>(at++, 0x2d);
  if (size == Infinity) {
    store<u16>(at, 0x6e69);
    store<u8>(at, 0x66, 2);
    return <u32>(at + 3 - out);
  }
  if (size <= WHOLE_MAX && trunc(size) == size) return <u32>(at - out) + writeInteger(at, <i64>size);
  findDigits(size, scratch);
  const text = scratch;
  const count = writeUnsigned(text, digits);
  return <u32>(at - out) + formDigits(at, text, count, isNegative);
}
