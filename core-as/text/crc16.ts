// === Slots: CRC16 (XMODEM) of a key or its hash tag ===
//
// https://redis.io/docs/reference/cluster-spec/#key-distribution-model
//
// Eight bytes a step ("slicing"): table k holds what a byte adds to the sum when
// k more bytes follow it.

import { CRC_TABLES } from "../memory/layout";

const POLYNOMIAL: u32 = 0x1021;
const TABLE_BYTES: usize = 512;

/** Fills the tables; called once by the owner. */
export function initialiseSlots(): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let crc = byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ POLYNOMIAL : crc << 1;
    store<u16>(CRC_TABLES + (byte << 1), <u16>crc);
  }
  for (let table: usize = 1; table < 8; table++) {
    for (let byte: u32 = 0; byte < 256; byte++) {
      const one: u32 = entry(table - 1, byte);
      store<u16>(CRC_TABLES + table * TABLE_BYTES + (byte << 1), <u16>((one << 8) ^ entry(0, one >>> 8)));
    }
  }
}

function entry(table: usize, byte: u32): u32 {
  return load<u16>(CRC_TABLES + table * TABLE_BYTES + (byte << 1));
}

function crc16(at: usize, length: u32): u32 {
  let crc: u32 = 0;
  const end = at + length;
  for (; at + 8 <= end; at += 8) {
    crc = entry(7, (crc >>> 8) ^ load<u8>(at)) ^ entry(6, (crc & 0xff) ^ load<u8>(at, 1)) ^
      entry(5, load<u8>(at, 2)) ^ entry(4, load<u8>(at, 3)) ^ entry(3, load<u8>(at, 4)) ^
      entry(2, load<u8>(at, 5)) ^ entry(1, load<u8>(at, 6)) ^ entry(0, load<u8>(at, 7));
  }
  for (; at < end; at++) {
    crc = ((crc << 8) & 0xffff) ^ entry(0, (crc >>> 8) ^ load<u8>(at));
  }
  return crc;
}

/** Index of the first `byte` at or after `from`, or `length`. */
function indexOf(at: usize, length: u32, from: u32, byte: u8): u32 {
  const pattern = <u64>byte * 0x0101010101010101;
  let i = from;
  for (; i + 8 <= length; i += 8) {
    const word = load<u64>(at + i) ^ pattern;
    if ((word - 0x0101010101010101) & ~word & 0x8080808080808080) break;
  }
  for (; i < length; i++) {
    if (load<u8>(at + i) == byte) return i;
  }
  return length;
}

/** Slot of a key, below 16384: of the part in its first `{…}` when that is not empty. */
export function keySlot(key: usize, length: u32): u32 {
  const open = indexOf(key, length, 0, 0x7b);
  if (open < length) {
    const close = indexOf(key, length, open + 1, 0x7d);
    if (close < length && close != open + 1) return crc16(key + open + 1, close - open - 1) & 0x3fff;
  }
  return crc16(key, length) & 0x3fff;
}
