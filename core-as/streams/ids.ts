// === Ids of stream entries, as text ===
//
// `ms-seq`; `-` and `+` stand for the least and greatest. Source:
// https://redis.io/docs/data-types/streams/#entry-ids

import { argumentAt, argumentLength } from "../request/parser";
import { replyError } from "../request/reply";
import { parsedUnsigned, parseUnsigned } from "../text/integers";

/** Longest text that Redis looks at. */
const TEXT_BYTES_MAX: u32 = 127;

/** The id last read. */
export let idMs: u64 = 0;
export let idSeq: u64 = 0;
/** Whether its sequence was given as `*`. */
export let idIsOpen: bool = false;
/** Whether it was given as `(id`. */
export let idIsExclusive: bool = false;

/** Reads an unsigned number as C's strtoull does where Redis uses it: spaces, a plus, leading zeros. */
function readNumber(from: usize, to: usize): bool {
  if (parseUnsigned(from, <u32>(to - from))) return true;
  let at = from;
  while (at < to && (load<u8>(at) == 0x20 || load<u8>(at) - 9 < 5)) at++;
  if (at < to && load<u8>(at) == 0x2b) at++;
  while (at + 1 < to && load<u8>(at) == 0x30) at++;
  return at < to && parseUnsigned(at, <u32>(to - at));
}

/**
 * Reads argument `index` as an id, or answers the error; `missingSeq` is the
 * sequence of an id without one. `-` and `+` are read where `isRange`, `ms-*`
 * where `takesOpen`.
 */
export function readId(index: u32, missingSeq: u64, isRange: bool, takesOpen: bool, skip: u32 = 0): bool {
  if (parseId(index, missingSeq, isRange, takesOpen, skip)) return true;
  replyError("ERR Invalid stream ID specified as stream command argument");
  return false;
}

/** `readId` that answers nothing. */
export function parseId(index: u32, missingSeq: u64, isRange: bool, takesOpen: bool, skip: u32 = 0): bool {
  const from = argumentAt(index) + skip;
  const length = argumentLength(index) - skip;
  idIsOpen = false;
  if (length > TEXT_BYTES_MAX) return false;
  if (length == 1 && (load<u8>(from) == 0x2d || load<u8>(from) == 0x2b)) {
    if (!isRange) return false;
    const isLeast = load<u8>(from) == 0x2d;
    idMs = isLeast ? 0 : u64.MAX_VALUE;
    idSeq = idMs;
    return true;
  }
  const end = from + length;
  let dash = from;
  while (dash < end && load<u8>(dash) != 0x2d) dash++;
  if (!readNumber(from, dash)) return false;
  idMs = parsedUnsigned();
  if (dash == end) {
    idSeq = missingSeq;
    idIsOpen = false;
    return true;
  }
  if (takesOpen && dash + 2 == end && load<u8>(dash + 1) == 0x2a) {
    idIsOpen = true;
    idSeq = 0;
    return true;
  }
  if (!readNumber(dash + 1, end)) return false;
  idSeq = parsedUnsigned();
  return true;
}

/** Reads argument `index` as an end of a range, `(` before it for an exclusive one. */
export function readRangeId(index: u32, missingSeq: u64): bool {
  idIsExclusive = argumentLength(index) > 1 && load<u8>(argumentAt(index)) == 0x28;
  return idIsExclusive ? readId(index, missingSeq, false, false, 1) : readId(index, missingSeq, true, false);
}

/** Makes the id the greatest there is. */
export function readGreatest(): void {
  idMs = u64.MAX_VALUE;
  idSeq = u64.MAX_VALUE;
}

/** Makes the id the next one; false when there is none. */
export function incrementId(): bool {
  if (idSeq != u64.MAX_VALUE) {
    idSeq++;
    return true;
  }
  if (idMs == u64.MAX_VALUE) return false;
  idMs++;
  idSeq = 0;
  return true;
}

/** Makes the id the one before; false when there is none. */
export function decrementId(): bool {
  if (idSeq != 0) {
    idSeq--;
    return true;
  }
  if (idMs == 0) return false;
  idMs--;
  idSeq = u64.MAX_VALUE;
  return true;
}
