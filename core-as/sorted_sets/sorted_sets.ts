// === Sorted sets ===
//
// Commands of the group "sorted-set"; https://redis.io/commands/?group=sorted-set.
// Those about ranges, removals and several sets are in files of their own.

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { isWord } from "../request/arguments";
import {
  changeScore, dropIfEmpty, editSortedSet, findMember, insertMember, keptScore, memberScore, noteMember, openSortedSet,
  readSortedSet, removeMember, scoresRoot, seekMember, setRecord, setSize,
} from "./members";
import { readScore, replyDouble } from "../request/scores";
import { parsedDouble } from "../text/double_parse";
import { rankOf, seek } from "../tree/cursor";
import { placeScore } from "../geo/replies";
import { scoreHead } from "./members";
import { payloadOf, notifyOpen } from "../keys/keyspace";
import { replyArray, replyError, replyInteger, replyNull, replyNullArray, replySyntaxError } from "../request/reply";
import { walkCursor } from "../memory/state";
import { ON_SORTED_SET } from "../keys/events";

// === Reading ===

/** `ZCARD key` */
export function zcardCommand(): void {
  if (readSortedSet(argumentAt(1), argumentLength(1))) replyInteger(setSize());
}

function findArgument(index: u32): bool {
  return setRecord != 0 && findMember(setRecord, argumentAt(index), argumentLength(index));
}

function replyScore(index: u32): void {
  if (findArgument(index)) replyDouble(memberScore);
  else replyNull();
}

/** `ZSCORE key member` */
export function zscoreCommand(): void {
  if (readSortedSet(argumentAt(1), argumentLength(1))) replyScore(2);
}

/** `ZMSCORE key member [member ...]` */
export function zmscoreCommand(): void {
  if (!readSortedSet(argumentAt(1), argumentLength(1))) return;
  replyArray(argumentCount - 2);
  for (let i: u32 = 2; i < argumentCount; i++) replyScore(i);
}

function replyRank(isReverse: bool): void {
  const withScore = argumentCount > 3;
  if (argumentCount > 4 || (withScore && !isWord(3, "withscore"))) {
    replySyntaxError();
    return;
  }
  if (!readSortedSet(argumentAt(1), argumentLength(1))) return;
  if (!findArgument(2)) {
    if (withScore) replyNullArray();
    else replyNull();
    return;
  }
  const score = memberScore;
  seek(walkCursor(), scoresRoot(setRecord), scoreHead(score), argumentAt(2), argumentLength(2));
  const rank = rankOf(walkCursor());
  if (withScore) replyArray(2);
  replyInteger(isReverse ? setSize() - 1 - rank : rank);
  if (withScore) replyDouble(score);
}

/** `ZRANK key member [WITHSCORE]` */
export function zrankCommand(): void {
  replyRank(false);
}

/** `ZREVRANK key member [WITHSCORE]` */
export function zrevrankCommand(): void {
  replyRank(true);
}

// === ZADD and ZINCRBY ===

export const ONLY_NEW: u32 = 1;
export const ONLY_OLD: u32 = 2;
const ONLY_GREATER: u32 = 4;
const ONLY_LESS: u32 = 8;
const INCREMENT: u32 = 16;
export const COUNT_CHANGES: u32 = 32;

let added: u32 = 0;
let changed: u32 = 0;
/** Whether the last member was left alone by an option. */
let isSkipped: bool = false;
/** The last member's score. */
let newScore: f64 = 0;
let isEdited: bool = false;

function editOnce(): void {
  if (!isEdited) editSortedSet();
  isEdited = true;
}

function addMember(member: usize, length: u32, score: f64): void {
  editOnce();
  noteMember(length);
  insertMember(payloadOf(setRecord), member, length, keptScore(score));
  newScore = score;
  added++;
}

/** Changes the member that `seekMember` found; false when the score would be none. */
function updateMember(member: usize, length: u32, score: f64, options: u32): bool {
  isSkipped = (options & ONLY_NEW) != 0;
  if (isSkipped) return true;
  const old = memberScore;
  if (options & INCREMENT) {
    score += old;
    if (isNaN<f64>(score)) return false;
  }
  isSkipped = (options & ONLY_LESS && score >= old) || (options & ONLY_GREATER && score <= old);
  if (isSkipped) return true;
  newScore = score;
  if (score == old) return true;
  editOnce();
  changeScore(payloadOf(setRecord), member, length, keptScore(score));
  changed++;
  return true;
}

/** Sets the score of a member of the open set, as the options say. */
function setScore(member: usize, length: u32, score: f64, options: u32): bool {
  if (setRecord != 0 && seekMember(payloadOf(setRecord), member, length)) return updateMember(member, length, score, options);
  isSkipped = (options & ONLY_OLD) != 0;
  if (isSkipped) return true;
  if (setRecord == 0) {
    editOnce();
    seekMember(payloadOf(setRecord), member, length);
  }
  addMember(member, length, score);
  return true;
}

function beginPairs(): void {
  added = 0;
  changed = 0;
  isEdited = false;
  isSkipped = true;
}

/** The open set has got what was added and changed since `beginPairs`, if anything. */
function notifyAdded(options: u32): void {
  if (added + changed != 0) notifyOpen(ON_SORTED_SET, options & INCREMENT ? "zincr" : "zadd");
}

/** Sets scores by the pairs from argument `from` on; false when one would be none. */
function setScores(from: u32, options: u32): bool {
  for (let i = from; i < argumentCount; i += 2) {
    readScore(i);
    if (!setScore(argumentAt(i + 1), argumentLength(i + 1), parsedDouble, options)) return false;
  }
  return true;
}

/** Adds the pairs of score and member from argument `from` on; options is a set of the bits above. */
function addPairs(from: u32, options: u32): void {
  for (let i = from; i < argumentCount; i += 2) {
    if (!readScore(i)) return;
  }
  if (!openSortedSet(argumentAt(1), argumentLength(1))) return;
  beginPairs();
  const isNumber = setScores(from, options);
  notifyAdded(options);
  if (!isNumber) replyError("ERR resulting score is not a number (NaN)");
  else if (!(options & INCREMENT)) replyInteger(options & COUNT_CHANGES ? added + changed : added);
  else if (isSkipped) replyNull();
  else replyDouble(newScore);
}

/** Adds the places and members from argument `from` on, for GEOADD. Requires: they are places. */
export function addPlaces(from: u32, options: u32): void {
  if (!openSortedSet(argumentAt(1), argumentLength(1))) return;
  beginPairs();
  for (let i = from; i < argumentCount; i += 3) setScore(argumentAt(i + 2), argumentLength(i + 2), placeScore(i), options);
  notifyAdded(options);
  replyInteger(options & COUNT_CHANGES ? added + changed : added);
}

/** The option that argument `index` is, or 0. */
export function optionAt(index: u32): u32 {
  if (isWord(index, "nx")) return ONLY_NEW;
  if (isWord(index, "xx")) return ONLY_OLD;
  if (isWord(index, "ch")) return COUNT_CHANGES;
  if (isWord(index, "incr")) return INCREMENT;
  if (isWord(index, "gt")) return ONLY_GREATER;
  return isWord(index, "lt") ? ONLY_LESS : 0;
}

export function hasBoth(options: u32, both: u32): bool {
  return (options & both) == both;
}

/** `ZADD key [NX | XX] [GT | LT] [CH] [INCR] score member [score member ...]` */
export function zaddCommand(): void {
  let options: u32 = 0;
  let from: u32 = 2;
  for (; from < argumentCount; from++) {
    const option = optionAt(from);
    if (option == 0) break;
    options |= option;
  }
  const words = argumentCount - from;
  if (words == 0 || words & 1) {
    replySyntaxError();
  } else if (hasBoth(options, ONLY_NEW | ONLY_OLD)) {
    replyError("ERR XX and NX options at the same time are not compatible");
  } else if (
    hasBoth(options, ONLY_GREATER | ONLY_NEW) || hasBoth(options, ONLY_LESS | ONLY_NEW) || hasBoth(options, ONLY_GREATER | ONLY_LESS)
  ) {
    replyError("ERR GT, LT, and/or NX options at the same time are not compatible");
  } else if (options & INCREMENT && words > 2) {
    replyError("ERR INCR option supports a single increment-element pair");
  } else {
    addPairs(from, options);
  }
}

/** `ZINCRBY key increment member` */
export function zincrbyCommand(): void {
  addPairs(2, INCREMENT);
}

// === ZREM ===

/** `ZREM key member [member ...]` */
export function zremCommand(): void {
  if (!openSortedSet(argumentAt(1), argumentLength(1))) return;
  if (setRecord == 0) {
    replyInteger(0);
    return;
  }
  isEdited = false;
  let removed: u32 = 0;
  for (let i: u32 = 2; i < argumentCount; i++) {
    if (!seekMember(payloadOf(setRecord), argumentAt(i), argumentLength(i))) continue;
    editOnce();
    removeMember(payloadOf(setRecord), argumentAt(i), argumentLength(i));
    removed++;
  }
  if (removed != 0) {
    notifyOpen(ON_SORTED_SET, "zrem");
    dropIfEmpty();
  }
  replyInteger(removed);
}
