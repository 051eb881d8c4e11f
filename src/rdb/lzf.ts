/**
 * LZF, as RDB files pack strings: makes them plain.
 *
 * ```text
 *   000LLLLL               L+1 bytes follow as they are
 *   LLLooooo oooooooo      L+2 bytes from o+1 bytes before; L of 1 to 6
 *   111ooooo LLLLLLLL oooooooo   L+9 bytes
 * ```
 *
 * @module
 */

/** Unpacks `packed[0]` to `packed[length - 1]`; whether they fill `target` exactly. */
export function unpackLzf(
  packed: Uint8Array,
  length: number,
  target: Uint8Array,
): boolean {
  let [at, to] = [0, 0];
  while (at < length) {
    const control = packed[at++]!;
    if (control < 32) {
      const count = control + 1;
      if (at + count > length || to + count > target.length) return false;
      target.set(packed.subarray(at, at + count), to);
      at += count;
      to += count;
      continue;
    }
    let count = (control >> 5) + 2;
    if (count === 9) {
      if (at >= length) return false;
      count += packed[at++]!;
    }
    if (at >= length) return false;
    let from = to - ((control & 31) << 8) - packed[at++]! - 1;
    if (from < 0 || to + count > target.length) return false;
    // The source may overlap what is being written, so it goes byte by byte.
    for (; count > 0; count--) target[to++] = target[from++]!;
  }
  return to === target.length;
}
