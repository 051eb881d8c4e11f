// === Byte strings: comparing, copying ===

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

/** Above this the engine's own copy is the faster one; its call alone takes as long as a short copy. */
const SHORT_BYTES: u32 = 64;

/** Copies `length` bytes to where they may overlap. */
export function copyBytes(to: usize, from: usize, length: u32): void {
  if (length > SHORT_BYTES) memory.copy(to, from, length);
  else if (length > 32) copyLong(to, from, length);
  else if (length > 16) copyWords(to, from, length);
  else copyFew(to, from, length);
}

// Each reads all bytes before it writes any; what it reads from both ends may overlap.

function copyFew(to: usize, from: usize, length: u32): void {
  const end = from + length;
  const toEnd = to + length;
  if (length >= 8) {
    const first = load<u64>(from);
    const last = load<u64>(end - 8);
    store<u64>(to, first);
    store<u64>(toEnd - 8, last);
  } else if (length >= 4) {
    const first = load<u32>(from);
    const last = load<u32>(end - 4);
    store<u32>(to, first);
    store<u32>(toEnd - 4, last);
  } else if (length >= 2) {
    const first = load<u16>(from);
    const last = load<u16>(end - 2);
    store<u16>(to, first);
    store<u16>(toEnd - 2, last);
  } else if (length != 0) {
    store<u8>(to, load<u8>(from));
  }
}

function copyWords(to: usize, from: usize, length: u32): void {
  const end = from + length;
  const toEnd = to + length;
  const a = load<u64>(from);
  const b = load<u64>(from, 8);
  const c = load<u64>(end - 16);
  const d = load<u64>(end - 8);
  store<u64>(to, a);
  store<u64>(to, b, 8);
  store<u64>(toEnd - 16, c);
  store<u64>(toEnd - 8, d);
}

function copyLong(to: usize, from: usize, length: u32): void {
  const end = from + length;
  const toEnd = to + length;
  const a = load<u64>(from);
  const b = load<u64>(from, 8);
  const c = load<u64>(from, 16);
  const d = load<u64>(from, 24);
  const e = load<u64>(end - 32);
  const f = load<u64>(end - 24);
  const g = load<u64>(end - 16);
  const h = load<u64>(end - 8);
  store<u64>(to, a);
  store<u64>(to, b, 8);
  store<u64>(to, c, 16);
  store<u64>(to, d, 24);
  store<u64>(toEnd - 32, e);
  store<u64>(toEnd - 24, f);
  store<u64>(toEnd - 16, g);
  store<u64>(toEnd - 8, h);
}
