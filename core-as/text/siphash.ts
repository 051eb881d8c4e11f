// === SipHash-1-3: keyed 64-bit hash of a byte string ===
//
// Aumasson, Bernstein: "SipHash: a fast short-input PRF" (2012), with one round
// a word and three at the end, as Redis uses against crafted collisions.

/** Hash of `length` bytes at `at` under the key (k0, k1). */
export function hash64(at: usize, length: u32, k0: u64, k1: u64): u64 {
  let v0 = k0 ^ 0x736f6d6570736575;
  let v1 = k1 ^ 0x646f72616e646f6d;
  let v2 = k0 ^ 0x6c7967656e657261;
  let v3 = k1 ^ 0x7465646279746573;
  const tail = length & 7;
  const end = at + (length - tail);
  let rounds: u32 = 0;
  let word: u64 = 0;
  // The last word holds the length and the odd bytes; three closing rounds follow.
  while (rounds < 4) {
    if (at < end) {
      word = load<u64>(at);
      at += 8;
      v3 ^= word;
    } else if (rounds == 0) {
      word = <u64>length << 56;
      for (let i: u32 = 0; i < tail; i++) word |= <u64>load<u8>(end + i) << (i << 3);
      v3 ^= word;
      rounds = 1;
    } else {
      if (rounds == 1) v2 ^= 0xff;
      word = 0;
      rounds++;
    }
    v0 += v1;
    v1 = rotl(v1, 13) ^ v0;
    v0 = rotl(v0, 32);
    v2 += v3;
    v3 = rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = rotl(v1, 17) ^ v2;
    v2 = rotl(v2, 32);
    v0 ^= word;
  }
  return v0 ^ v1 ^ v2 ^ v3;
}
