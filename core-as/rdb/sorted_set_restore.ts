// === RDB: reading sorted sets ===
//
// Four forms: strings with doubles as text or as 8 bytes, and one string that is
// a listpack or a ziplist of members and scores. Each reader adds the members to
// the build (building.ts); false means that the payload is not sound, a member
// that comes twice and a score that is NaN included.

import { hasPackedMore, isPackedDone, openPacked, readPackedElement } from "./packed";
import { parseScore } from "../request/scores";
import { forgetZeroSigns, isLargeSet, MEMBERS_ROOT, SCORES_ROOT } from "../sorted_sets/members";
import { parsedDouble } from "../text/double_parse";
import { beginBuild, buildArea, buildScore, dropBuiltSortedSet, isMeasuring, isRough, measureBytes, measurePacked, trimBuilt } from "./building";
import { bytesAt, bytesLen, TEXT_OF_FIELD, TEXT_OF_VALUE, useText } from "./element";
import { lengthRead, readLength, takeBytes } from "./length";
import { dropStrings, openString, readString, textAt, textLen } from "./strings";
import { RDB_ZSET, RDB_ZSET_2, RDB_ZSET_LISTPACK } from "./types";

/** Members added, and the longest. */
let members: u32 = 0;
let longest: u32 = 0;

/** Whether Redis would keep the set just built in its large encoding. */
export let isBuiltSetLarge: bool = false;

/** Reads a sorted set of the form `type`; on false nothing is left of the build. */
export function buildSortedSet(type: u8, measures: bool): bool {
  beginBuild(measures);
  members = 0;
  longest = 0;
  const isSound = type == RDB_ZSET || type == RDB_ZSET_2 ? readPairs(type == RDB_ZSET) : readPacked(type == RDB_ZSET_LISTPACK);
  dropStrings();
  trimBuilt(MEMBERS_ROOT, SCORES_ROOT);
  if (!isSound || members == 0) {
    dropBuiltSortedSet();
    return false;
  }
  // Of a packed form Redis looks at the number of members alone.
  isBuiltSetLarge = isLargeSet(members, type == RDB_ZSET || type == RDB_ZSET_2 ? longest : 0);
  if (!isBuiltSetLarge && !isMeasuring) forgetZeroSigns(buildArea());
  return true;
}

function add(member: usize, length: u32, score: f64): bool {
  members++;
  longest = max(longest, length);
  return buildScore(member, length, score);
}

// === Strings and doubles ===

const TEXT_NAN: u32 = 253;
const TEXT_INFINITE: u32 = 254;
const TEXT_MINUS_INFINITE: u32 = 255;

let scoreRead: f64 = 0;

/** Reads 8 bytes, or a byte that is the length of a text or a special number. */
function readDouble(isText: bool): bool {
  if (!isText) {
    const bytes = takeBytes(8);
    if (bytes == 0) return false;
    scoreRead = load<f64>(bytes);
    return !isNaN<f64>(scoreRead);
  }
  const at = takeBytes(1);
  if (at == 0) return false;
  const length = <u32>load<u8>(at);
  if (length == TEXT_NAN) return false;
  if (length >= TEXT_INFINITE) {
    scoreRead = length == TEXT_MINUS_INFINITE ? -Infinity : Infinity;
    return true;
  }
  const text = takeBytes(length);
  if (text == 0 || !parseScore(text, length)) return false;
  scoreRead = parsedDouble;
  return true;
}

function readPairs(isText: bool): bool {
  if (!readLength()) return false;
  for (let left = lengthRead; left != 0; left--) {
    // Only lengths count for a measurement, so nothing is decompressed.
    if (isMeasuring ? !openString() : !readString()) return false;
    const member = textAt;
    const length = textLen;
    if (!readDouble(isText)) return false;
    measureBytes(length >> 3);
    const isNew = add(member, length, scoreRead);
    dropStrings();
    if (!isNew) return false;
  }
  return true;
}

// === Packed lists ===

function readPacked(isListpack: bool): bool {
  if (isMeasuring && isRough) return measurePacked();
  if (!readString()) return false;
  measureBytes(textLen);
  if (!openPacked(isListpack)) return false;
  while (hasPackedMore()) {
    if (!readPackedElement()) return false;
    useText(TEXT_OF_FIELD);
    const member = bytesAt;
    const length = bytesLen;
    if (!readPackedElement()) return false;
    useText(TEXT_OF_VALUE);
    if (!parseScore(bytesAt, bytesLen) || !add(member, length, parsedDouble)) return false;
  }
  return isPackedDone(members * 2);
}
