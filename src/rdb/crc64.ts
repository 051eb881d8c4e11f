/**
 * CRC64 as RDB files and RESTORE payloads carry it: Jones's polynomial, both
 * ends reflected, start 0 (Redis's `crc64.c`).
 *
 * Eight tables take eight bytes a step: table k holds what a byte does to the sum
 * when k more bytes follow it. The sum is kept in two halves of 32 bits, as
 * numbers of 64 bits would be allocated one by one.
 *
 * @module
 */

const POLYNOMIAL = 0x95ac9329ac4bc9b5n;
const TABLES = 8;

function makeTables(): { low: Int32Array; high: Int32Array } {
  const low = new Int32Array(TABLES * 256);
  const high = new Int32Array(TABLES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let sum = BigInt(byte);
    for (let bit = 0; bit < 8; bit++) {
      sum = sum & 1n ? (sum >> 1n) ^ POLYNOMIAL : sum >> 1n;
    }
    low[byte] = Number(sum & 0xffffffffn) | 0;
    high[byte] = Number(sum >> 32n) | 0;
  }
  for (let at = 256; at < TABLES * 256; at++) {
    const [below, above] = [low[at - 256]!, high[at - 256]!];
    low[at] = ((below >>> 8) | (above << 24)) ^ low[below & 0xff]!;
    high[at] = (above >>> 8) ^ high[below & 0xff]!;
  }
  return { low, high };
}

const { low: LOW, high: HIGH } = makeTables();

/** A running sum. */
export class Crc64 {
  #low = 0;
  #high = 0;

  /** Starts again. */
  reset(): void {
    this.#low = 0;
    this.#high = 0;
  }

  /** Adds one byte. */
  addByte(byte: number): void {
    const row = (this.#low ^ byte) & 0xff;
    this.#low = ((this.#low >>> 8) | (this.#high << 24)) ^ LOW[row]!;
    this.#high = (this.#high >>> 8) ^ HIGH[row]!;
  }

  /** Adds `bytes[from]` to `bytes[to - 1]`. */
  add(bytes: Uint8Array, from: number, to: number): void {
    let [low, high] = [this.#low, this.#high];
    let at = from;
    for (; at + 8 <= to; at += 8) {
      const a = 1792 + ((low & 0xff) ^ bytes[at]!);
      const b = 1536 + (((low >>> 8) & 0xff) ^ bytes[at + 1]!);
      const c = 1280 + (((low >>> 16) & 0xff) ^ bytes[at + 2]!);
      const d = 1024 + ((low >>> 24) ^ bytes[at + 3]!);
      const e = 768 + ((high & 0xff) ^ bytes[at + 4]!);
      const f = 512 + (((high >>> 8) & 0xff) ^ bytes[at + 5]!);
      const g = 256 + (((high >>> 16) & 0xff) ^ bytes[at + 6]!);
      const h = (high >>> 24) ^ bytes[at + 7]!;
      low = LOW[a]! ^ LOW[b]! ^ LOW[c]! ^ LOW[d]! ^ LOW[e]! ^ LOW[f]! ^
        LOW[g]! ^ LOW[h]!;
      high = HIGH[a]! ^ HIGH[b]! ^ HIGH[c]! ^ HIGH[d]! ^ HIGH[e]! ^ HIGH[f]! ^
        HIGH[g]! ^ HIGH[h]!;
    }
    this.#low = low;
    this.#high = high;
    for (; at < to; at++) this.addByte(bytes[at]!);
  }

  /** Writes the sum at `at`, 8 bytes, little endian. */
  write(target: Uint8Array, at: number): void {
    for (let byte = 0; byte < 4; byte++) {
      target[at + byte] = this.#low >>> (byte * 8);
      target[at + 4 + byte] = this.#high >>> (byte * 8);
    }
  }

  /** The sum as 16 hexadecimal digits. */
  text(): string {
    const half = (value: number) => (value >>> 0).toString(16).padStart(8, "0");
    return half(this.#high) + half(this.#low);
  }
}
