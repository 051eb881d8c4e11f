// === Integers and their decimal text ===

let signed: i64 = 0;
let unsigned: u64 = 0;

/** Value of the last `parseInteger` that succeeded. */
export function parsedInteger(): i64 {
  return signed;
}

/** Value of the last `parseUnsigned` that succeeded. */
export function parsedUnsigned(): u64 {
  return unsigned;
}

/** Reads a u64 that is nothing but digits, without a leading zero. */
export function parseUnsigned(at: usize, length: u32): bool {
  if (length == 0 || length > 20) return false;
  if (load<u8>(at) == 0x30 && length > 1) return false;
  let value: u64 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const digit = <u32>load<u8>(at + i) - 0x30;
    if (digit > 9) return false;
    if (value > 1844674407370955161 || (value == 1844674407370955161 && digit > 5)) return false;
    value = value * 10 + digit;
  }
  unsigned = value;
  return true;
}

/** Reads an i64 in the one form that `writeInteger` gives (Redis's string2ll). */
export function parseInteger(at: usize, length: u32): bool {
  if (length == 0 || length > 20) return false;
  const isNegative = load<u8>(at) == 0x2d;
  if (isNegative && (length == 1 || load<u8>(at + 1) == 0x30)) return false;
  if (!parseUnsigned(isNegative ? at + 1 : at, isNegative ? length - 1 : length)) return false;
  if (isNegative) {
    if (unsigned > 1 << 63) return false;
    signed = -<i64>unsigned;
  } else {
    if (unsigned > <u64>i64.MAX_VALUE) return false;
    signed = <i64>unsigned;
  }
  return true;
}

/** Writes the digits of `value`; bytes written, at most 20. */
export function writeUnsigned(out: usize, value: u64): u32 {
  let length: u32 = 1;
  for (let rest = value; rest >= 10; rest /= 10) length++;
  let at = out + length;
  let rest = value;
  do {
    const quotient = rest / 10;
    store<u8>(--at, <u8>(0x30 + rest - quotient * 10));
    rest = quotient;
  } while (rest != 0);
  return length;
}

/** Writes the text of `value`; bytes written, at most 20. */
export function writeInteger(out: usize, value: i64): u32 {
  if (value >= 0) return writeUnsigned(out, value);
  store<u8>(out, 0x2d);
  return 1 + writeUnsigned(out + 1, 0 - <u64>value);
}

/** Bytes of the text of a stream's id at most. */
export const STREAM_ID_TEXT_BYTES_MAX: u32 = 41;

/** Writes `ms-seq`; bytes written. */
export function writeStreamId(out: usize, ms: u64, seq: u64): u32 {
  const length = writeUnsigned(out, ms);
  store<u8>(out + length, 0x2d);
  return length + 1 + writeUnsigned(out + length + 1, seq);
}
