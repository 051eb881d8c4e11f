// === GEOSEARCH, GEOSEARCHSTORE and the GEORADIUS commands ===
//
// https://redis.io/commands/geosearch/, /geosearchstore/, /georadius/,
// /georadiusbymember/. The key is looked up first, and options are read with it, so
// that errors come in Redis's order.

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { integerRead, isWord, readInteger } from "../request/arguments";
import { setBox, setCircle, setMiddle } from "./area";
import { decodeScore, latitude, longitude } from "./cells";
import { latitudeRead, longitudeRead, readNumberOr, readPlace, readUnit, unitRead } from "./replies";
import {
  replySearch, setResult, SHOW_DISTANCE, SHOW_PLACE, SHOW_SCORE, SORT_FARTHEST, SORT_NEAREST, SORT_NONE, storeSearch,
} from "./search";
import { beginError, emitText, emitUpToNul, endError, replyArray, replyError, replySyntaxError } from "../request/reply";
import { findMember, memberScore, readSortedSet, setRecord } from "../sorted_sets/members";
import { parsedDouble } from "../text/double_parse";

// === Kinds of commands ===

/** The command is one of GEOSEARCH's kind. */
const SEARCH: u32 = 1;
/** It may store what it finds. */
const STORES: u32 = 2;
let kind: u32 = 0;

let shown: u32 = 0;
let order: u32 = SORT_NONE;
let count: i64 = 0;
let takesAny: bool = false;
/** Meters of the unit of the area; 1 until it is read. */
let unit: f64 = 1;
/** Argument that names the key to store at; 0 = none. */
let target: u32 = 0;
let withDistances: bool = false;
let hasMiddle: bool = false;
let isFromMember: bool = false;
let hasCircle: bool = false;
let hasBox: bool = false;

function begin(commandKind: u32): void {
  kind = commandKind;
  shown = 0;
  order = SORT_NONE;
  count = 0;
  takesAny = false;
  unit = 1;
  target = 0;
  withDistances = false;
  hasMiddle = false;
  isFromMember = false;
  hasCircle = false;
  hasBox = false;
}

// === Reading the area ===

/** Makes argument `index` the middle; a set that does not exist has none, which is no error. */
function readMember(index: u32): bool {
  isFromMember = true;
  if (setRecord == 0) return true;
  if (!findMember(setRecord, argumentAt(index), argumentLength(index))) {
    replyError("ERR could not decode requested zset member");
    return false;
  }
  decodeScore(memberScore);
  setMiddle(longitude, latitude);
  return true;
}

function readMiddle(index: u32): bool {
  if (!readPlace(index)) return false;
  hasMiddle = true;
  setMiddle(longitudeRead, latitudeRead);
  return true;
}

function readCircle(index: u32): bool {
  if (!readNumberOr(index, "ERR need numeric radius")) return false;
  const radius = parsedDouble;
  if (radius < 0) {
    replyError("ERR radius cannot be negative");
    return false;
  }
  if (!readUnit(index + 1)) return false;
  hasCircle = true;
  unit = unitRead;
  setCircle(radius, unit);
  return true;
}

function readBox(index: u32): bool {
  if (!readNumberOr(index, "ERR need numeric width")) return false;
  const width = parsedDouble;
  if (!readNumberOr(index + 1, "ERR need numeric height")) return false;
  const height = parsedDouble;
  if (height < 0 || width < 0) {
    replyError("ERR height or width cannot be negative");
    return false;
  }
  if (!readUnit(index + 2)) return false;
  hasBox = true;
  unit = unitRead;
  setBox(width, height, unit);
  return true;
}

// === Reading options ===

/** Words behind an option that was not one. */
const NOT_READ: u32 = u32.MAX_VALUE;
/** The error was answered. */
const REFUSED: u32 = NOT_READ - 1;

function readCount(index: u32): u32 {
  if (!readInteger(index)) return REFUSED;
  count = integerRead;
  if (count > 0) return 1;
  replyError("ERR COUNT must be > 0");
  return REFUSED;
}

function wordsOr(isGood: bool, words: u32): u32 {
  return isGood ? words : REFUSED;
}

/** Reads an option that is a word alone; whether it is one. */
function readFlag(index: u32): bool {
  if (isWord(index, "withdist")) shown |= SHOW_DISTANCE;
  else if (isWord(index, "withhash")) shown |= SHOW_SCORE;
  else if (isWord(index, "withcoord")) shown |= SHOW_PLACE;
  else if (isWord(index, "any")) takesAny = true;
  else if (isWord(index, "asc")) order = SORT_NEAREST;
  else if (isWord(index, "desc")) order = SORT_FARTHEST;
  else if (kind == (SEARCH | STORES) && isWord(index, "storedist")) withDistances = true;
  else return false;
  return true;
}

/** Reads an option of GEOSEARCH with `left` words behind it; how many of them it took. */
function readArea(index: u32, left: u32): u32 {
  if (left >= 1 && !hasMiddle && isWord(index, "frommember")) return wordsOr(readMember(index + 1), 1);
  if (left >= 2 && !isFromMember && isWord(index, "fromlonlat")) return wordsOr(readMiddle(index + 1), 2);
  if (left >= 2 && !hasBox && isWord(index, "byradius")) return wordsOr(readCircle(index + 1), 2);
  if (left >= 3 && !hasCircle && isWord(index, "bybox")) return wordsOr(readBox(index + 1), 3);
  return NOT_READ;
}

/** Reads the option in argument `index`; how many words behind it it took. */
function readOption(index: u32): u32 {
  if (readFlag(index)) return 0;
  const left = argumentCount - index - 1;
  if (left >= 1 && isWord(index, "count")) return readCount(index + 1);
  if (kind == STORES && left >= 1 && (isWord(index, "store") || isWord(index, "storedist"))) {
    target = index + 1;
    withDistances = !isWord(index, "store");
    return 1;
  }
  return kind & SEARCH ? readArea(index, left) : NOT_READ;
}

/** Answers that one of two options must be there. */
function refuseMissing(text: string): bool {
  beginError();
  emitText(text);
  emitUpToNul(argumentAt(0), argumentLength(0));
  endError();
  return false;
}

/** Reads the options from argument `from` on, or answers the error. */
function readOptions(from: u32): bool {
  for (let i = from; i < argumentCount; i++) {
    const words = readOption(i);
    if (words == REFUSED) return false;
    if (words == NOT_READ) {
      replySyntaxError();
      return false;
    }
    i += words;
  }
  if (target != 0 && shown != 0) {
    if (kind & SEARCH) replyError("ERR GEOSEARCHSTORE is not compatible with WITHDIST, WITHHASH and WITHCOORD options");
    else replyError("ERR STORE option in GEORADIUS is not compatible with WITHDIST, WITHHASH and WITHCOORD options");
    return false;
  }
  if (kind & SEARCH) {
    if (!hasMiddle && !isFromMember) return refuseMissing("ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for ");
    if (!hasCircle && !hasBox) return refuseMissing("ERR exactly one of BYRADIUS and BYBOX can be specified for ");
  }
  if (takesAny && count == 0) {
    replyError("ERR the ANY argument requires COUNT argument");
    return false;
  }
  return true;
}

function answer(): void {
  setResult(unit, order, <u32>min(count, <i64>u32.MAX_VALUE), takesAny);
  if (target != 0) storeSearch(setRecord, target, withDistances, target == 1 ? "geosearchstore" : "georadiusstore");
  else if (setRecord == 0) replyArray(0);
  else replySearch(setRecord, shown);
}

// === Commands ===

function searchAround(commandKind: u32): void {
  begin(commandKind);
  if (!readSortedSet(argumentAt(1), argumentLength(1))) return;
  if (readMiddle(2) && readCircle(4) && readOptions(6)) answer();
}

function searchAroundMember(commandKind: u32): void {
  begin(commandKind);
  if (!readSortedSet(argumentAt(1), argumentLength(1))) return;
  if (setRecord != 0 && (!readMember(2) || !readCircle(3))) return;
  if (readOptions(5)) answer();
}

/**
 * `GEORADIUS key longitude latitude radius M | KM | FT | MI [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]]
 * [ASC | DESC] [STORE key | STOREDIST key]`
 */
export function georadiusCommand(): void {
  searchAround(STORES);
}

/** `GEORADIUS_RO`: the same without storing. */
export function georadiusRoCommand(): void {
  searchAround(0);
}

/** `GEORADIUSBYMEMBER key member radius …`: the same around a member. */
export function georadiusbymemberCommand(): void {
  searchAroundMember(STORES);
}

/** `GEORADIUSBYMEMBER_RO`: the same without storing. */
export function georadiusbymemberRoCommand(): void {
  searchAroundMember(0);
}

/**
 * `GEOSEARCH key FROMMEMBER member | FROMLONLAT longitude latitude BYRADIUS radius M | KM | FT | MI | BYBOX width height
 * M | KM | FT | MI [ASC | DESC] [COUNT count [ANY]] [WITHCOORD] [WITHDIST] [WITHHASH]`
 */
export function geosearchCommand(): void {
  begin(SEARCH);
  if (readSortedSet(argumentAt(1), argumentLength(1)) && readOptions(2)) answer();
}

/** `GEOSEARCHSTORE destination source FROMMEMBER … [STOREDIST]` */
export function geosearchstoreCommand(): void {
  begin(SEARCH | STORES);
  target = 1;
  if (readSortedSet(argumentAt(2), argumentLength(2)) && readOptions(3)) answer();
}
