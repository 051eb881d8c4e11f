/**
 * CRC-32C (Castagnoli), eight bytes a step.
 *
 * Source: RFC 3720, appendix B.4; slicing after Kounavis and Berry (2005).
 *
 * @module
 */

const POLYNOMIAL = 0x82f63b78;

function makeTables(): Int32Array[] {
  const tables = Array.from({ length: 8 }, () => new Int32Array(256));
  const first = tables[0]!;
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) {
      crc = (crc & 1) !== 0 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    }
    first[byte] = crc;
  }
  for (let at = 1; at < 8; at++) {
    const before = tables[at - 1]!;
    for (let byte = 0; byte < 256; byte++) {
      const crc = before[byte]!;
      tables[at]![byte] = (crc >>> 8) ^ first[crc & 0xff]!;
    }
  }
  return tables;
}

const [T0, T1, T2, T3, T4, T5, T6, T7] = makeTables() as [
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
];

/** The checksum of `bytes[start, end)`, going on from `previous`. */
export function crc32c(
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
  previous = 0,
): number {
  let crc = ~previous;
  let at = start;
  for (; at + 8 <= end; at += 8) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) |
      (bytes[at + 3]! << 24);
    crc = T7[crc & 0xff]! ^ T6[(crc >>> 8) & 0xff]! ^
      T5[(crc >>> 16) & 0xff]! ^ T4[crc >>> 24]! ^ T3[bytes[at + 4]!]! ^
      T2[bytes[at + 5]!]! ^ T1[bytes[at + 6]!]! ^ T0[bytes[at + 7]!]!;
  }
  for (; at < end; at++) {
    crc = (crc >>> 8) ^ T0[(crc ^ bytes[at]!) & 0xff]!;
  }
  return ~crc >>> 0;
}
