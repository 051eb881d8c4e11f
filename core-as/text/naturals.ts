// === Natural numbers of any size the caller has room for ===
//
// ╒═══════════ a natural, NATURAL_BYTES of scratch ═══════════╕
// │ +0  count  u32   limbs in use; the highest is not 0         │
// │ +4  limbs  u32…  least significant first                    │
// ╘══════════════════════════════════════════════════════════════╛
//
// Schoolbook algorithms (Knuth, TAOCP 4.3.1) on 32-bit limbs, whose products fit
// a u64.

/** Room for one natural; 32,736 bits. */
export const NATURAL_BYTES: u32 = 4096;
const LIMBS_MAX: u32 = NATURAL_BYTES / 4 - 1;

const CHUNK: u32 = 1000000000;
const CHUNK_DIGITS: u32 = 9;

function countOf(natural: usize): u32 {
  return load<u32>(natural);
}

function limbAt(natural: usize, index: u32): usize {
  return natural + 4 + (<usize>index << 2);
}

function pushLimb(natural: usize, limb: u32): void {
  const count = countOf(natural);
  assert(count < LIMBS_MAX); // callers bound the digits they take
  store<u32>(limbAt(natural, count), limb);
  store<u32>(natural, count + 1);
}

/** Drops zero limbs from the top. */
function trim(natural: usize): void {
  let count = countOf(natural);
  while (count != 0 && load<u32>(limbAt(natural, count - 1)) == 0) count--;
  store<u32>(natural, count);
}

/** natural = high × 2^64 + low */
export function setNatural(natural: usize, high: u64, low: u64): void {
  store<u32>(natural, 4);
  store<u64>(natural, low, 4);
  store<u64>(natural, high, 12);
  trim(natural);
}

export function isZero(natural: usize): bool {
  return countOf(natural) == 0;
}

/** Bits without leading zeros. */
export function bitLength(natural: usize): u32 {
  const count = countOf(natural);
  return count == 0 ? 0 : (count << 5) - <u32>clz(load<u32>(limbAt(natural, count - 1)));
}

/** natural = natural × factor + addend */
export function multiplyAdd(natural: usize, factor: u32, addend: u32): void {
  const end = limbAt(natural, countOf(natural));
  let carry: u64 = addend;
  for (let at = limbAt(natural, 0); at < end; at += 4) {
    carry += <u64>load<u32>(at) * factor;
    store<u32>(at, <u32>carry);
    carry >>= 32;
  }
  if (carry != 0) pushLimb(natural, <u32>carry);
}

/** natural = natural × 5^power */
export function multiplyByPowerOf5(natural: usize, power: u32): void {
  let left = power;
  for (; left >= 13; left -= 13) multiplyAdd(natural, 1220703125, 0);
  let rest: u32 = 1;
  for (; left != 0; left--) rest *= 5;
  multiplyAdd(natural, rest, 0);
}

/** natural = natural × 2^bits */
export function shiftLeft(natural: usize, bits: u32): void {
  const whole = bits >> 5;
  const part = bits & 31;
  if (part != 0) multiplyAdd(natural, 1 << part, 0);
  const count = countOf(natural);
  if (whole == 0 || count == 0) return;
  assert(count + whole <= LIMBS_MAX);
  memory.copy(limbAt(natural, whole), limbAt(natural, 0), <usize>count << 2);
  memory.fill(limbAt(natural, 0), 0, <usize>whole << 2);
  store<u32>(natural, count + whole);
}

/** Whether a ≥ b. */
export function isAtLeast(a: usize, b: usize): bool {
  const count = countOf(a);
  if (count != countOf(b)) return count > countOf(b);
  for (let i = count; i != 0; i--) {
    const x = load<u32>(limbAt(a, i - 1));
    const y = load<u32>(limbAt(b, i - 1));
    if (x != y) return x > y;
  }
  return true;
}

/** a = a − b. Requires: a ≥ b. */
export function subtract(a: usize, b: usize): void {
  const count = countOf(a);
  const subtracted = countOf(b);
  let borrow: u64 = 0;
  for (let i: u32 = 0; i < count && (i < subtracted || borrow != 0); i++) {
    const limb = i < subtracted ? <u64>load<u32>(limbAt(b, i)) : 0;
    const difference = <u64>load<u32>(limbAt(a, i)) - limb - borrow;
    store<u32>(limbAt(a, i), <u32>difference);
    borrow = difference >> 63;
  }
  trim(a);
}

/** The 64 bits from bit `offset` on. Requires: offset + 64 ≤ bitLength. */
export function bitsFrom(natural: usize, offset: u32): u64 {
  const at = limbAt(natural, offset >> 5);
  const part = <u64>(offset & 31);
  const low = load<u64>(at) >> part;
  return part == 0 ? low : low | (<u64>load<u32>(at + 8) << (64 - part));
}

/** The lowest 64 of all bits from `offset` on. Requires: offset ≤ bitLength. */
export function bitsAbove(natural: usize, offset: u32): u64 {
  const count = countOf(natural);
  assert(count + 3 <= LIMBS_MAX);
  memory.fill(limbAt(natural, count), 0, 12);
  return bitsFrom(natural, offset);
}

/** Whether a bit below `offset` is set. Requires: offset ≤ bitLength. */
export function hasBitsBelow(natural: usize, offset: u32): bool {
  const whole = offset >> 5;
  for (let i: u32 = 0; i < whole; i++) {
    if (load<u32>(limbAt(natural, i)) != 0) return true;
  }
  const mask = (<u32>1 << (offset & 31)) - 1;
  return mask != 0 && (load<u32>(limbAt(natural, whole)) & mask) != 0;
}

/** natural = natural ÷ divisor; the remainder. */
function divide(natural: usize, divisor: u32): u32 {
  let remainder: u64 = 0;
  for (let i = countOf(natural); i != 0; i--) {
    const at = limbAt(natural, i - 1);
    const dividend = (remainder << 32) | load<u32>(at);
    const quotient = dividend / divisor;
    store<u32>(at, <u32>quotient);
    remainder = dividend - quotient * divisor;
  }
  trim(natural);
  return <u32>remainder;
}

/**
 * Writes the decimal digits, none for 0, to end before `end`, and leaves 0.
 *
 * @returns Digits written.
 */
export function writeDigitsBefore(end: usize, natural: usize): u32 {
  let at = end;
  while (!isZero(natural)) {
    let chunk = divide(natural, CHUNK);
    const isLast = isZero(natural);
    for (let i: u32 = 0; isLast ? chunk != 0 : i < CHUNK_DIGITS; i++) {
      store<u8>(--at, <u8>(0x30 + chunk % 10));
      chunk /= 10;
    }
  }
  return <u32>(end - at);
}
