// === Which encoding Redis would keep a set in ===
//
// Sets lie in one kind of tree; `OBJECT ENCODING` and DUMP tell of the encoding
// that Redis 7.2 would have chosen, as members came: integers alone in an intset,
// few short members in a listpack, the rest in a hash table. An encoding only
// ever gives way to a larger one.

import { header } from "../memory/layout";
import { next, recordOf, seekFirst, settle } from "../tree/cursor";
import { tailLength } from "../tree/page";
import { otherCursor } from "../memory/state";
import { parseInteger } from "../text/integers";

/** Encoding bits of a set's record: ENCODING_RAW of keyspace.ts, or its other one. */
export const ENCODING_INTSET: u32 = 0;
export const ENCODING_TABLE: u32 = 16;
export const ENCODING_LISTPACK: u32 = 32;

/** Longest decimal text of a 64-bit integer. */
const INTEGER_BYTES_MAX: u32 = 20;
/** Redis lets no intset have more members. */
const INTSET_MEMBERS_MAX: u32 = 1 << 30;

function intsetMembersMax(): u32 {
  return min(header.setIntsetEntries, INTSET_MEMBERS_MAX);
}

/** Whether Redis can keep the member in an intset. */
export function isIntegerMember(member: usize, length: u32): bool {
  return length <= INTEGER_BYTES_MAX && parseInteger(member, length);
}

/** Encoding of a set that is made for `member` first, when `expected` members are named. */
export function firstEncoding(member: usize, length: u32, expected: u32): u32 {
  if (isIntegerMember(member, length) && expected <= header.setIntsetEntries) return ENCODING_INTSET;
  return expected <= header.setListpackEntries ? ENCODING_LISTPACK : ENCODING_TABLE;
}

/** Encoding of a set that was in `encoding` when `expected` members are named for it. */
export function encodingFor(encoding: u32, expected: u32): u32 {
  if (encoding == ENCODING_INTSET) return expected > header.setIntsetEntries ? ENCODING_TABLE : encoding;
  return expected > header.setListpackEntries ? ENCODING_TABLE : encoding;
}

/** Encoding of a set of `count` members in the tree at `root`, the last of which just came. */
export function encodingWith(encoding: u32, count: u32, root: usize, member: usize, length: u32): u32 {
  if (encoding == ENCODING_TABLE) return encoding;
  if (encoding == ENCODING_INTSET && isIntegerMember(member, length)) {
    return count <= intsetMembersMax() ? encoding : ENCODING_TABLE;
  }
  if (count > header.setListpackEntries || length > header.setListpackValue) return ENCODING_TABLE;
  if (encoding == ENCODING_LISTPACK) return encoding;
  return fitsListpack(root) ? ENCODING_LISTPACK : ENCODING_TABLE;
}

/** Whether the integers of an intset, as text, are short enough for a listpack. */
function fitsListpack(root: usize): bool {
  if (header.setListpackValue >= INTEGER_BYTES_MAX) return true;
  const cursor = otherCursor();
  seekFirst(cursor, root);
  let more = settle(cursor);
  while (more) {
    if (tailLength(recordOf(cursor)) > header.setListpackValue) return false;
    more = next(cursor);
  }
  return true;
}

/** Encoding of `count` integers that Redis puts to an intset if it can. */
export function encodingOfIntegers(encoding: u32, count: u32): u32 {
  return count <= intsetMembersMax() ? ENCODING_INTSET : encoding;
}
