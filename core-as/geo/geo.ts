// === Places: GEOADD, GEODIST, GEOHASH, GEOPOS ===
//
// Commands of the group "geo"; https://redis.io/commands/?group=geo. A set of
// places is a sorted set; the score is the place, see geo/cells.ts.

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { decodeScore, latitude, longitude, standardBits } from "./cells";
import { distanceOf } from "./distance";
import { readPlace, readUnit, replyDistance, replyPlace, unitRead } from "./replies";
import { replyArray, replyBulk, replyNull, replyNullArray, replySyntaxError } from "../request/reply";
import { findMember, memberScore, readSortedSet, setRecord } from "../sorted_sets/members";
import { addPlaces, COUNT_CHANGES, hasBoth, ONLY_NEW, ONLY_OLD, optionAt } from "../sorted_sets/sorted_sets";
import { textScratch } from "../memory/state";

// === Adding ===

/** Whether the places from argument `from` on are on the map; else the error is answered. */
function arePlaces(from: u32): bool {
  for (let i = from; i < argumentCount; i += 3) {
    if (!readPlace(i)) return false;
  }
  return true;
}

/** `GEOADD key [NX | XX] [CH] longitude latitude member [longitude latitude member ...]` */
export function geoaddCommand(): void {
  let options: u32 = 0;
  let from: u32 = 2;
  for (; from < argumentCount; from++) {
    const option = optionAt(from);
    if (option == 0 || (option & (ONLY_NEW | ONLY_OLD | COUNT_CHANGES)) == 0) break;
    options |= option;
  }
  const words = argumentCount - from;
  if (words % 3 != 0 || hasBoth(options, ONLY_NEW | ONLY_OLD) || words == 0) replySyntaxError();
  else if (arePlaces(from)) addPlaces(from, options);
}

// === Reading ===

/** Finds the place of the member at argument `index`. */
function findPlace(index: u32): bool {
  if (setRecord == 0 || !findMember(setRecord, argumentAt(index), argumentLength(index))) return false;
  decodeScore(memberScore);
  return true;
}

/** `GEODIST key member1 member2 [M | KM | FT | MI]` */
export function geodistCommand(): void {
  if (argumentCount > 5) {
    replySyntaxError();
    return;
  }
  if (argumentCount == 5 && !readUnit(4)) return;
  const unit = argumentCount == 5 ? unitRead : 1;
  if (!readSortedSet(argumentAt(1), argumentLength(1))) return;
  if (!findPlace(2)) {
    replyNull();
    return;
  }
  const firstLongitude = longitude;
  const firstLatitude = latitude;
  if (findPlace(3)) replyDistance(distanceOf(firstLongitude, firstLatitude, longitude, latitude) / unit);
  else replyNull();
}

const LETTERS = memory.data<u8>([
  0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x6a, 0x6b, 0x6d, 0x6e, 0x70,
  0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a,
]);
/** Letters of five bits each. The last one, for which there are no bits left, is "0". */
const HASH_LETTERS: u32 = 11;

function replyHash(): void {
  const bits = standardBits(longitude, latitude);
  const text = textScratch();
  for (let i: u32 = 0; i < HASH_LETTERS - 1; i++) {
    const letter = <usize>(bits >> (47 - i * 5)) & 31;
    store<u8>(text + i, load<u8>(LETTERS + letter));
  }
  store<u8>(text + HASH_LETTERS - 1, 0x30);
  replyBulk(text, HASH_LETTERS);
}

/** `GEOHASH key [member [member ...]]` */
export function geohashCommand(): void {
  if (!readSortedSet(argumentAt(1), argumentLength(1))) return;
  replyArray(argumentCount - 2);
  for (let i: u32 = 2; i < argumentCount; i++) {
    if (findPlace(i)) replyHash();
    else replyNull();
  }
}

/** `GEOPOS key [member [member ...]]` */
export function geoposCommand(): void {
  if (!readSortedSet(argumentAt(1), argumentLength(1))) return;
  replyArray(argumentCount - 2);
  for (let i: u32 = 2; i < argumentCount; i++) {
    if (findPlace(i)) replyPlace(longitude, latitude);
    else replyNullArray();
  }
}
