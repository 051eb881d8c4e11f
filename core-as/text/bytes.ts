// === Byte strings: comparing ===

/** Order of two byte strings as memcmp gives it, the shorter first on a tie. */
export function compareBytes(a: usize, alen: u32, b: usize, blen: u32): i32 {
  const end = min(alen, blen);
  let at: u32 = 0;
  while (at + 8 <= end) {
    const x = load<u64>(a + at);
    const y = load<u64>(b + at);
    if (x != y) return bswap(x) < bswap(y) ? -1 : 1;
    at += 8;
  }
  while (at < end) {
    const difference = <i32>load<u8>(a + at) - <i32>load<u8>(b + at);
    if (difference != 0) return difference;
    at++;
  }
  return alen < blen ? -1 : alen > blen ? 1 : 0;
}

/** Whether `len` bytes at `a` and `b` are the same. */
export function equalBytes(a: usize, b: usize, len: u32): bool {
  return compareBytes(a, len, b, len) == 0;
}
