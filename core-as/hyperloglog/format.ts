// === HyperLogLogs: the bytes of their strings ===
//
// ╒═══════════════════ header (16 bytes) ═══════════════════╕
// │ +0  "HYLL"                                               │
// │ +4  encoding  u8   0 dense, 1 sparse                     │
// │ +5  zeros                                                │
// │ +8  cached    u64  count; the highest bit = out of date  │
// ╘═══════════════════════════════════════════════════════════╛
//
// Dense: 16384 registers of 6 bits, the lowest bits first. Sparse: runs,
//
//   00llllll            l+1 registers of 0
//   01llllll llllllll   l+1 registers of 0
//   1vvvvvll            l+1 registers of v+1
//
// As in Redis's hyperloglog.c, byte for byte: clients may read and copy these
// strings. What a client wrote is not believed: a run may pass the end.

export const REGISTERS: u32 = 16384;
export const REGISTER_MAX: u32 = 63;
export const HLL_HEADER: u32 = 16;
export const DENSE_BYTES: u32 = HLL_HEADER + REGISTERS * 6 / 8;

export const HLL_DENSE: u8 = 0;
export const HLL_SPARSE: u8 = 1;

const MAGIC: u32 = 0x4c4c5948; // "HYLL"
const STALE: u64 = 1 << 63;

/** Whether `length` bytes can be a HyperLogLog's. */
export function isHll(at: usize, length: u32): bool {
  if (length < HLL_HEADER || load<u32>(at) != MAGIC || load<u8>(at, 4) > HLL_SPARSE) return false;
  return hllEncoding(at) == HLL_SPARSE || length == DENSE_BYTES;
}

export function hllEncoding(at: usize): u8 {
  return load<u8>(at, 4);
}

/** Cached count; negative when it is out of date. */
export function cachedCount(at: usize): i64 {
  return load<i64>(at, 8);
}

/** Notes that the cached count is out of date. */
export function invalidateCount(at: usize): void {
  store<u64>(at, load<u64>(at, 8) | STALE, 8);
}

/** Bytes of an empty sparse one. */
export const EMPTY_BYTES: u32 = HLL_HEADER + 2;

/** Writes an empty sparse one: a single run of zeros. */
export function writeEmpty(at: usize): void {
  memory.fill(at, 0, HLL_HEADER);
  store<u32>(at, MAGIC);
  store<u8>(at, HLL_SPARSE, 4);
  writeZeros(at + HLL_HEADER, REGISTERS);
}

// === Runs ===

/** Registers, value and bytes of the run that `readRun` read. */
export let runLen: u32 = 0;
export let runValue: u32 = 0;
export let runBytes: u32 = 0;

/** Most registers of a run in one byte, and of one with a value. */
const SHORT_ZEROS_MAX: u32 = 64;
export const VALUES_MAX: u32 = 4;
/** Highest value of a run. */
export const RUN_VALUE_MAX: u32 = 32;

/** Reads the run at `at`, below `end`. */
export function readRun(at: usize, end: usize): void {
  const first = <u32>load<u8>(at);
  runValue = 0;
  runBytes = 1;
  if (first & 0x80) {
    runLen = (first & 3) + 1;
    runValue = ((first >> 2) & 31) + 1;
  } else if (first & 0x40) {
    runBytes = 2;
    const second: u32 = at + 1 < end ? load<u8>(at, 1) : 0;
    runLen = (((first & 63) << 8) | second) + 1;
  } else {
    runLen = first + 1;
  }
}

/** Writes a run of zeros; its bytes. */
export function writeZeros(at: usize, length: u32): u32 {
  if (length <= SHORT_ZEROS_MAX) {
    store<u8>(at, <u8>(length - 1));
    return 1;
  }
  store<u8>(at, <u8>(0x40 | ((length - 1) >> 8)));
  store<u8>(at, <u8>(length - 1), 1);
  return 2;
}

/** Writes a run of a value; its bytes. */
export function writeValues(at: usize, value: u32, length: u32): u32 {
  store<u8>(at, <u8>(0x80 | ((value - 1) << 2) | (length - 1)));
  return 1;
}

// === Dense registers ===

/** Register `index` of the dense one at `at`. */
export function denseRegister(at: usize, index: u32): u32 {
  const bit = index * 6;
  const byte = at + HLL_HEADER + (bit >> 3);
  const shift = bit & 7;
  const low = <u32>load<u8>(byte) >> shift;
  // What passes the byte's end; the last register does not.
  const high: u32 = shift > 2 ? <u32>load<u8>(byte, 1) << (8 - shift) : 0;
  return (low | high) & REGISTER_MAX;
}

/** Registers of a word of `denseWord`, and its bytes. */
export const WORD_REGISTERS: u32 = 4;
export const WORD_BYTES: u32 = 3;

/** The 24 bits at `at`: four dense registers, the first one lowest. */
export function denseWord(at: usize): u32 {
  return <u32>load<u16>(at) | (<u32>load<u8>(at, 2) << 16);
}

/** Raises register `index` to `value`; whether it was below. */
export function raiseDense(at: usize, index: u32, value: u32): bool {
  if (denseRegister(at, index) >= value) return false;
  const bit = index * 6;
  const byte = at + HLL_HEADER + (bit >> 3);
  const shift = bit & 7;
  store<u8>(byte, <u8>((load<u8>(byte) & ~(REGISTER_MAX << shift)) | (value << shift)));
  if (shift > 2) {
    const high = load<u8>(byte, 1) & ~(REGISTER_MAX >> (8 - shift));
    store<u8>(byte, <u8>(high | (value >> (8 - shift))), 1);
  }
  return true;
}

/** Makes the sparse one at `at` dense at `to`; false when its runs are not sound. */
export function writeDense(at: usize, length: u32, to: usize): bool {
  memory.fill(to, 0, DENSE_BYTES);
  memory.copy(to, at, HLL_HEADER);
  store<u8>(to, HLL_DENSE, 4);
  const end = at + length;
  let index: u32 = 0;
  for (let run = at + HLL_HEADER; run < end; run += runBytes) {
    readRun(run, end);
    if (runValue != 0) {
      if (index + runLen > REGISTERS) return false;
      for (let i: u32 = 0; i < runLen; i++) raiseDense(to, index + i, runValue);
    }
    index += runLen;
  }
  return index == REGISTERS;
}
