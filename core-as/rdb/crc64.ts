// === CRC64 of RDB payloads: Jones's polynomial, both ends reflected ===
//
// Width 64, polynomial 0xad93d23594c935a9, start 0, no final complement; the
// check value of "123456789" is 0xe9c6d914c4b8d9ca, as in Redis's crc64.c.
//
// Four tables of 256 numbers take four bytes a step: table k holds what a byte
// does to the sum when k more bytes follow it. They lie in the header page and
// never change once `initialise` has made them.

import { CRC64_TABLE_COUNT, CRC64_TABLES } from "../memory/layout";

const POLYNOMIAL_REFLECTED: u64 = 0x95ac9329ac4bc9b5;
const TABLE_BYTES: usize = 2048;

function entry(table: usize, byte: u32): u64 {
  return load<u64>(CRC64_TABLES + table * TABLE_BYTES + (<usize>byte << 3));
}

/** Fills the tables; the owner calls it once, before anything else here. */
export function makeCrc64Tables(): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let crc = <u64>byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ POLYNOMIAL_REFLECTED : crc >> 1;
    store<u64>(CRC64_TABLES + (<usize>byte << 3), crc);
  }
  for (let table: usize = 1; table < CRC64_TABLE_COUNT; table++) {
    for (let byte: u32 = 0; byte < 256; byte++) {
      const crc = entry(table - 1, byte);
      store<u64>(CRC64_TABLES + table * TABLE_BYTES + (<usize>byte << 3), (crc >> 8) ^ entry(0, <u32>crc & 0xff));
    }
  }
}

/** Sum of `length` bytes at `at`. */
export function crc64(at: usize, length: u32): u64 {
  let crc: u64 = 0;
  const end = at + length;
  for (; at + 4 <= end; at += 4) {
    const word = <u32>crc ^ load<u32>(at);
    crc = (crc >> 32) ^ entry(3, word & 0xff) ^ entry(2, (word >>> 8) & 0xff) ^ entry(1, (word >>> 16) & 0xff) ^
      entry(0, word >>> 24);
  }
  for (; at < end; at++) crc = (crc >> 8) ^ entry(0, (<u32>crc ^ load<u8>(at)) & 0xff);
  return crc;
}
