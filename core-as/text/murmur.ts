// === MurmurHash64A ===
//
// Austin Appleby's hash for 64-bit machines, little endian, as Redis's
// HyperLogLogs use it: the registers that an element sets depend on its bits.

const MULTIPLIER: u64 = 0xc6a4a7935bd1e995;
const SHIFT: u64 = 47;

/** Hash of `length` bytes at `at`. */
export function murmur64(at: usize, length: u32, seed: u64): u64 {
  let hash = seed ^ (<u64>length * MULTIPLIER);
  const end = at + (length & ~7);
  for (; at < end; at += 8) {
    let word = load<u64>(at) * MULTIPLIER;
    word = (word ^ (word >> SHIFT)) * MULTIPLIER;
    hash = (hash ^ word) * MULTIPLIER;
  }
  const left = length & 7;
  if (left != 0) {
    for (let i: u32 = 0; i < left; i++) hash ^= <u64>load<u8>(at + i) << <u64>(i << 3);
    hash *= MULTIPLIER;
  }
  hash = (hash ^ (hash >> SHIFT)) * MULTIPLIER;
  return hash ^ (hash >> SHIFT);
}
