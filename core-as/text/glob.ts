// === Glob patterns, as KEYS, SCAN and PSUBSCRIBE match them ===
//
// Redis's stringmatchlen: `*`, `?`, `[abc]`, `[^a-z]`, `\` before a byte. A `*`
// tries each place in turn; when the rest after a *later* star fails up to the
// end of the text, an earlier star cannot help, so matching stops: the time is
// bounded by length × pattern for each star.

let pattern: usize = 0;
let patternEnd: usize = 0;
let textEnd: usize = 0;
let ignoresCase: bool = false;
let isHopeless: bool = false;

function fold(byte: u32): u32 {
  return ignoresCase && byte - 0x41 < 26 ? byte | 0x20 : byte;
}

/** Whether all of `[at, at + length)` matches the pattern. */
export function isMatch(patternAt: usize, patternLen: u32, at: usize, length: u32, nocase: bool): bool {
  patternEnd = patternAt + patternLen;
  textEnd = at + length;
  ignoresCase = nocase;
  isHopeless = false;
  return matches(patternAt, at);
}

function matches(from: usize, start: usize): bool {
  let p = from;
  let s = start;
  while (p < patternEnd && s < textEnd) {
    const byte = load<u8>(p);
    if (byte == 0x2a) return matchesStar(p, s);
    if (byte == 0x5b) {
      p = matchClass(p, load<u8>(s));
      if (p == 0) return false;
    } else if (byte != 0x3f) {
      if (byte == 0x5c && p + 1 < patternEnd) p++;
      if (fold(load<u8>(p)) != fold(load<u8>(s))) return false;
      p++;
    } else {
      p++;
    }
    s++;
  }
  while (s == textEnd && p < patternEnd && load<u8>(p) == 0x2a) p++;
  return p >= patternEnd && s == textEnd;
}

function matchesStar(from: usize, start: usize): bool {
  let p = from;
  while (p + 1 < patternEnd && load<u8>(p + 1) == 0x2a) p++;
  if (p + 1 == patternEnd) return true;
  for (let s = start; s < textEnd; s++) {
    if (matches(p + 1, s)) return true;
    if (isHopeless) return false;
  }
  isHopeless = true;
  return false;
}

/** Address behind the class that starts at `from` when it holds `byte`, else 0. */
function matchClass(from: usize, byte: u32): usize {
  let p = from + 1;
  const isNegated = p < patternEnd && load<u8>(p) == 0x5e;
  if (isNegated) p++;
  let found = false;
  while (true) {
    if (p + 1 < patternEnd && load<u8>(p) == 0x5c) {
      p++;
      if (load<u8>(p) == byte) found = true;
    } else if (p < patternEnd && load<u8>(p) == 0x5d) {
      break;
    } else if (p >= patternEnd) {
      // An open class ends with the pattern.
      p--;
      break;
    } else if (p + 2 < patternEnd && load<u8>(p + 1) == 0x2d) {
      found = isInRange(load<u8>(p), load<u8>(p + 2), byte) || found;
      p += 2;
    } else if (fold(load<u8>(p)) == fold(byte)) {
      found = true;
    }
    p++;
  }
  return found != isNegated ? p + 1 : 0;
}

function isInRange(first: u32, last: u32, byte: u32): bool {
  const low = fold(min(first, last));
  const high = fold(max(first, last));
  const folded = fold(byte);
  return folded >= low && folded <= high;
}
