// === ZUNION, ZINTER, ZDIFF and their kind ===
//
// https://redis.io/commands/zunion/, /zinter/, /zdiff/, with …STORE and ZINTERCARD.
// An intersection looks the smallest source's members up in the others; a union,
// and a difference from many members, walks all trees in their common order.
//
// Scores are added up in the order of the sources' sizes, as Redis does, since the
// order may change how a sum is rounded.

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { integerRead, isWord, readInteger } from "../request/arguments";
import { headOf, next, recordOf, seekFirst, settle } from "../tree/cursor";
import { tailLength, tailOf } from "../tree/page";
import { beginError, emitText, endError, replyError, replyInteger, replySyntaxError } from "../request/reply";
import { parseScore } from "../request/scores";
import { addToMerge, advanceMerge, beginMerge, compareTo, hasMerged, mergeTop, sourceOf } from "../sets/merge";
import { addResult, beginResult, storeResult } from "./results";
import { addRow, beginRows, endRows } from "./rows";
import {
  closeSources, findInSource, mergeSpace, openSources, setWeight, smallestFirst, sourceCount, sourceRoot, sourceScore, sourceSize,
  sourceWeight,
} from "./sources";
import { addWork, walkCursor } from "../memory/state";
import { parsedDouble } from "../text/double_parse";
import { parsedInteger, parseInteger } from "../text/integers";

const UNION: u32 = 0;
const INTERSECTION: u32 = 1;
const DIFFERENCE: u32 = 2;

const FOR_REPLY: u32 = 0;
const FOR_COUNT: u32 = 1;
const FOR_STORE: u32 = 2;

/** What becomes of the members found. */
let purpose: u32 = FOR_REPLY;
let found: u32 = 0;
/** Members after which a count ends. */
let limit: u32 = 0;
let withScores: bool = false;

const SUM: u32 = 0;
const LEAST: u32 = 1;
const MOST: u32 = 2;
let aggregation: u32 = SUM;

function add(record: usize, score: f64): void {
  found++;
  if (purpose == FOR_REPLY) addRow(tailOf(record), tailLength(record), score);
  else if (purpose == FOR_STORE) addResult(tailOf(record), tailLength(record), score);
}

/** Redis's rule: infinities of both signs, and infinity times 0, make 0. */
function orZero(score: f64): f64 {
  return isNaN<f64>(score) ? 0 : score;
}

function aggregate(score: f64, value: f64): f64 {
  if (aggregation == SUM) return orZero(score + value);
  if (aggregation == LEAST) return value < score ? value : score;
  return value > score ? value : score;
}

// === Finding ===

/** Adds a member of the first source if all others have it. */
function addIfShared(head: u64, record: usize): void {
  const own = sourceScore(0, record);
  let score = orZero(own * sourceWeight(0));
  for (let i: u32 = 1; i < sourceCount; i++) {
    const other = findInSource(i, head, record);
    if (other == 0) return;
    score = aggregate(score, sourceScore(i, other) * sourceWeight(i));
  }
  add(record, score);
}

function addIfAlone(head: u64, record: usize): void {
  for (let i: u32 = 1; i < sourceCount; i++) {
    if (findInSource(i, head, record) != 0) return;
  }
  add(record, sourceScore(0, record));
}

/** Looks each member of the first source up in the others. */
function lookUp(isShared: bool): void {
  const cursor = walkCursor();
  seekFirst(cursor, sourceRoot(0));
  let more = settle(cursor);
  while (more && found < limit) {
    if (isShared) addIfShared(headOf(cursor), recordOf(cursor));
    else addIfAlone(headOf(cursor), recordOf(cursor));
    addWork(sourceCount);
    more = next(cursor);
  }
}

function openMerge(from: u32): void {
  beginMerge(mergeSpace(), sourceCount);
  for (let i = from; i < sourceCount; i++) {
    addToMerge(sourceRoot(i), i);
    addWork(1 + sourceSize(i));
  }
}

/** Adds every member once; its scores come in the order of the sources. */
function unite(): void {
  openMerge(0);
  let cursor = mergeTop();
  while (cursor != 0) {
    const head = headOf(cursor);
    const record = recordOf(cursor);
    let isFirst = true;
    let score: f64 = 0;
    while (cursor != 0 && compareTo(cursor, head, record) == 0) {
      const source = sourceOf(cursor);
      const value = orZero(sourceScore(source, recordOf(cursor)) * sourceWeight(source));
      score = isFirst ? value : aggregate(score, value);
      isFirst = false;
      advanceMerge();
      cursor = mergeTop();
    }
    add(record, score);
  }
}

/** Adds the members of the first source that a merge of the others does not meet. */
function subtractMerged(): void {
  openMerge(1);
  const cursor = walkCursor();
  seekFirst(cursor, sourceRoot(0));
  let more = settle(cursor);
  while (more) {
    const record = recordOf(cursor);
    if (!hasMerged(headOf(cursor), record)) add(record, sourceScore(0, record));
    more = next(cursor);
  }
  addWork(sourceSize(0));
}

/** Whether looking each member up in all others is less work than walking them. */
function prefersLookup(): bool {
  let members: u64 = 0;
  for (let i: u32 = 0; i < sourceCount; i++) members += sourceSize(i);
  return <u64>sourceSize(0) * sourceCount / 2 <= members;
}

function findMembers(operation: u32): void {
  found = 0;
  if (operation == UNION) unite();
  else if (operation == INTERSECTION) lookUp(true);
  else if (prefersLookup()) lookUp(false);
  else subtractMerged();
}

/** The most members that may be found. */
function foundMax(operation: u32): u64 {
  if (operation != UNION) return sourceSize(0);
  let members: u64 = 0;
  for (let i: u32 = 0; i < sourceCount; i++) members += sourceSize(i);
  return members;
}

// === Options ===

function readWeights(from: u32): bool {
  for (let i: u32 = 0; i < sourceCount; i++) {
    if (!parseScore(argumentAt(from + i), argumentLength(from + i))) {
      replyError("ERR weight value is not a float");
      return false;
    }
    setWeight(i, parsedDouble);
  }
  return true;
}

function readAggregation(index: u32): bool {
  if (isWord(index, "sum")) aggregation = SUM;
  else if (isWord(index, "min")) aggregation = LEAST;
  else if (isWord(index, "max")) aggregation = MOST;
  else return refuse();
  return true;
}

function readLimit(index: u32): bool {
  if (!parseInteger(argumentAt(index), argumentLength(index)) || parsedInteger() < 0) {
    replyError("ERR LIMIT can't be negative");
    return false;
  }
  limit = parsedInteger() == 0 ? u32.MAX_VALUE : <u32>min(parsedInteger(), <i64>u32.MAX_VALUE);
  return true;
}

function refuse(): bool {
  replySyntaxError();
  return false;
}

/** Reads the options from argument `from` on, or answers the error. */
function readOptions(from: u32, operation: u32): bool {
  withScores = false;
  aggregation = SUM;
  limit = u32.MAX_VALUE;
  const isScored = operation != DIFFERENCE && purpose != FOR_COUNT;
  let i = from;
  while (i < argumentCount) {
    const left = argumentCount - i;
    if (isScored && left > sourceCount && isWord(i, "weights")) {
      if (!readWeights(i + 1)) return false;
      i += sourceCount + 1;
    } else if (isScored && left > 1 && isWord(i, "aggregate")) {
      if (!readAggregation(i + 1)) return false;
      i += 2;
    } else if (purpose == FOR_REPLY && isWord(i, "withscores")) {
      withScores = true;
      i++;
    } else if (purpose == FOR_COUNT && left > 1 && isWord(i, "limit")) {
      if (!readLimit(i + 1)) return false;
      i += 2;
    } else {
      return refuse();
    }
  }
  return true;
}

// === Commands ===

/** Runs a command whose number of keys is argument `index`. */
function run(operation: u32, wanted: u32, index: u32, name: string): void {
  purpose = wanted;
  if (!readInteger(index)) return;
  const count = integerRead;
  if (count < 1) {
    beginError();
    emitText("ERR at least 1 input key is needed for '");
    emitText(name);
    emitText("' command");
    endError();
  } else if (count > <i64>(argumentCount - index - 1)) {
    replySyntaxError();
  } else if (openSources(index + 1, <u32>count, wanted == FOR_STORE)) {
    if (readOptions(index + 1 + <u32>count, operation)) answer(operation, name);
    closeSources();
  }
}

function answer(operation: u32, name: string): void {
  if (operation != DIFFERENCE) smallestFirst();
  if (purpose == FOR_REPLY && !beginRows(foundMax(operation))) return;
  if (purpose == FOR_STORE) beginResult();
  findMembers(operation);
  if (purpose == FOR_REPLY) endRows(withScores);
  else if (purpose == FOR_STORE) storeResult(1, name);
  else replyInteger(found);
}

/** `ZUNION numkeys key [key ...] [WEIGHTS …] [AGGREGATE SUM | MIN | MAX] [WITHSCORES]` */
export function zunionCommand(): void {
  run(UNION, FOR_REPLY, 1, "zunion");
}

/** `ZUNIONSTORE destination numkeys key [key ...] [WEIGHTS …] [AGGREGATE …]` */
export function zunionstoreCommand(): void {
  run(UNION, FOR_STORE, 2, "zunionstore");
}

/** `ZINTER numkeys key [key ...] [WEIGHTS …] [AGGREGATE SUM | MIN | MAX] [WITHSCORES]` */
export function zinterCommand(): void {
  run(INTERSECTION, FOR_REPLY, 1, "zinter");
}

/** `ZINTERSTORE destination numkeys key [key ...] [WEIGHTS …] [AGGREGATE …]` */
export function zinterstoreCommand(): void {
  run(INTERSECTION, FOR_STORE, 2, "zinterstore");
}

/** `ZINTERCARD numkeys key [key ...] [LIMIT limit]` */
export function zintercardCommand(): void {
  run(INTERSECTION, FOR_COUNT, 1, "zintercard");
}

/** `ZDIFF numkeys key [key ...] [WITHSCORES]` */
export function zdiffCommand(): void {
  run(DIFFERENCE, FOR_REPLY, 1, "zdiff");
}

/** `ZDIFFSTORE destination numkeys key [key ...]` */
export function zdiffstoreCommand(): void {
  run(DIFFERENCE, FOR_STORE, 2, "zdiffstore");
}
