/**
 * A key's slot as Redis Cluster counts it: the server's trees are in this order.
 *
 * @module
 */

/** Slots that there are. */
export const SLOTS = 16_384;

const OPEN = 0x7b;
const CLOSE = 0x7d;

/** CRC-16 of the polynomial 0x1021 for each byte, start 0 (XMODEM). */
const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let sum = byte << 8;
  for (let bit = 0; bit < 8; bit++) {
    sum = sum & 0x8000 ? (sum << 1) ^ 0x1021 : sum << 1;
  }
  return sum;
});

/** Slot of the key `bytes[0]` to `bytes[length - 1]`; of its hash tag, if it has one. */
export function keySlot(bytes: Uint8Array, length: number): number {
  let open = 0;
  while (open < length && bytes[open] !== OPEN) open++;
  if (open === length) return slotOf(bytes, 0, length);
  let close = open + 1;
  while (close < length && bytes[close] !== CLOSE) close++;
  const hasTag = close < length && close > open + 1;
  return hasTag ? slotOf(bytes, open + 1, close) : slotOf(bytes, 0, length);
}

function slotOf(bytes: Uint8Array, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at++) {
    sum = ((sum << 8) & 0xffff) ^ TABLE[(sum >> 8) ^ bytes[at]!]!;
  }
  return sum & (SLOTS - 1);
}
