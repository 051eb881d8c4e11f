// === SINTER, SUNION, SDIFF and their kind ===
//
// https://redis.io/commands/sinter/, /sunion/, /sdiff/, with …STORE and
// SINTERCARD. Nothing is copied to find a result: an intersection looks the
// smallest set's members up in the others; a union, and a difference from many
// members, walks all trees in their common order.

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { isWord } from "../request/arguments";
import { find, headOf, next, recordOf, seekFirst, settle } from "../tree/cursor";
import { tailLength, tailOf } from "../tree/page";
import { addToMerge, advanceMerge, beginMerge, compareTo, hasMerged, mergeTop } from "./merge";
import {
  closeSources, mergeSpace, missingCount, openSources, smallestFirst, sourceCount, sourceEncoding, sourceRoot, sourceSize,
} from "./sources";
import { addToResult, beginResult, considerMember, endResult, RESULT_COUNT, RESULT_REPLY, RESULT_STORE, resultCount } from "./result";
import { ENCODING_INTSET, ENCODING_LISTPACK } from "./encoding";
import { replyError, replySyntaxError } from "../request/reply";
import { addWork, walkCursor } from "../memory/state";
import { parsedInteger, parseInteger } from "../text/integers";

// === Intersections ===

/** Whether one, or with `inAll` each, of the sources behind the first has the member. */
function isElsewhere(head: u64, record: usize, inAll: bool): bool {
  const tail = tailOf(record);
  const length = tailLength(record);
  for (let i: u32 = 1; i < sourceCount; i++) {
    const has = find(sourceRoot(i), head, tail, length) != 0;
    if (has != inAll) return has;
  }
  return inAll;
}

/** Adds members of the first source, at most `limit`: those in all others, or those in none. */
function addByLookup(inAll: bool, limit: u32): void {
  const cursor = walkCursor();
  seekFirst(cursor, sourceRoot(0));
  let more = settle(cursor);
  while (more && resultCount < limit) {
    if (isElsewhere(headOf(cursor), recordOf(cursor), inAll) == inAll) addToResult(headOf(cursor), recordOf(cursor));
    addWork(sourceCount);
    more = next(cursor);
  }
}

function intersect(first: u32, count: u32, kind: u32, limit: u32): void {
  if (!openSources(first, count, kind == RESULT_STORE)) return;
  smallestFirst();
  const isIntset = missingCount == 0 && sourceEncoding(0) == ENCODING_INTSET;
  beginResult(kind, isIntset ? ENCODING_INTSET : ENCODING_LISTPACK);
  if (missingCount == 0) addByLookup(true, limit);
  endResult(true, "sinterstore");
  closeSources();
}

/** `SINTER key [key ...]` */
export function sinterCommand(): void {
  intersect(1, argumentCount - 1, RESULT_REPLY, u32.MAX_VALUE);
}

/** `SINTERSTORE destination key [key ...]` */
export function sinterstoreCommand(): void {
  intersect(2, argumentCount - 2, RESULT_STORE, u32.MAX_VALUE);
}

/** Reads argument `index` to `parsedInteger`; false when it is no integer, or below `least`. */
function readAtLeast(index: u32, least: i64): bool {
  return parseInteger(argumentAt(index), argumentLength(index)) && parsedInteger() >= least;
}

/** `SINTERCARD numkeys key [key ...] [LIMIT limit]` */
export function sintercardCommand(): void {
  if (!readAtLeast(1, 1)) {
    replyError("ERR numkeys should be greater than 0");
    return;
  }
  const count = parsedInteger();
  if (count > <i64>argumentCount - 2) {
    replyError("ERR Number of keys can't be greater than number of args");
    return;
  }
  let limit: i64 = 0;
  for (let i = <u32>count + 2; i < argumentCount; i += 2) {
    if (!isWord(i, "limit") || i + 1 == argumentCount) {
      replySyntaxError();
      return;
    }
    if (!readAtLeast(i + 1, 0)) {
      replyError("ERR LIMIT can't be negative");
      return;
    }
    limit = parsedInteger();
  }
  intersect(2, <u32>count, RESULT_COUNT, limit == 0 ? u32.MAX_VALUE : <u32>min(limit, <i64>u32.MAX_VALUE));
}

// === Unions ===

function openMerge(from: u32): void {
  beginMerge(mergeSpace(), sourceCount);
  for (let i = from; i < sourceCount; i++) {
    addToMerge(sourceRoot(i), i);
    addWork(1 + sourceSize(i));
  }
}

function unite(first: u32, count: u32, kind: u32): void {
  if (!openSources(first, count, kind == RESULT_STORE)) return;
  beginResult(kind, ENCODING_INTSET);
  openMerge(0);
  let cursor = mergeTop();
  while (cursor != 0) {
    const head = headOf(cursor);
    const record = recordOf(cursor);
    addToResult(head, record);
    while (cursor != 0 && compareTo(cursor, head, record) == 0) {
      advanceMerge();
      cursor = mergeTop();
    }
  }
  endResult(false, "sunionstore");
  closeSources();
}

/** `SUNION key [key ...]` */
export function sunionCommand(): void {
  unite(1, argumentCount - 1, RESULT_REPLY);
}

/** `SUNIONSTORE destination key [key ...]` */
export function sunionstoreCommand(): void {
  unite(2, argumentCount - 2, RESULT_STORE);
}

// === Differences ===

/** Whether looking each member up in all others is less work than walking them, by Redis's measure. */
function prefersLookup(): bool {
  let members: u64 = 0;
  for (let i: u32 = 0; i < sourceCount; i++) members += sourceSize(i);
  return <u64>sourceSize(0) * (sourceCount - missingCount) / 2 <= members;
}

/** Adds the members of the first source that a merge of the others does not meet. */
function addByMerge(): void {
  openMerge(1);
  const cursor = walkCursor();
  seekFirst(cursor, sourceRoot(0));
  let more = settle(cursor);
  while (more) {
    const head = headOf(cursor);
    const record = recordOf(cursor);
    considerMember(sourceRoot(0), record);
    if (!hasMerged(head, record)) addToResult(head, record);
    more = next(cursor);
  }
  addWork(sourceSize(0));
}

/** Whether the first source is also one of the others. */
function isSubtracted(): bool {
  for (let i: u32 = 1; i < sourceCount; i++) {
    if (sourceRoot(i) == sourceRoot(0)) return true;
  }
  return false;
}

function subtract(first: u32, count: u32, kind: u32): void {
  if (!openSources(first, count, kind == RESULT_STORE)) return;
  beginResult(kind, ENCODING_INTSET);
  if (sourceRoot(0) != 0 && !isSubtracted()) {
    if (prefersLookup()) addByLookup(false, u32.MAX_VALUE);
    else addByMerge();
  }
  endResult(false, "sdiffstore");
  closeSources();
}

/** `SDIFF key [key ...]` */
export function sdiffCommand(): void {
  subtract(1, argumentCount - 1, RESULT_REPLY);
}

/** `SDIFFSTORE destination key [key ...]` */
export function sdiffstoreCommand(): void {
  subtract(2, argumentCount - 2, RESULT_STORE);
}
