// === Searching places: GEOSEARCH, GEORADIUS and their kind ===
//
// The places of a cell are a range of scores. First the members of all ranges are
// counted, which costs little and bounds the room for what is found.

import { next, rankOf, recordOf, seek, settle } from "../tree/cursor";
import { headOf } from "../tree/cursor";
import { cellAt, cellCount, cellStep, distance, findCells, isInside } from "./area";
import { decodeScore, latitude, longitude, scoreOfBits } from "./cells";
import { replyDistance, replyPlace } from "./replies";
import { free, OBJECT_HEADER } from "../memory/heap";
import { tailLength, tailOf } from "../tree/page";
import { replyArray, replyBulk, replyInteger } from "../request/reply";
import { beginSort, BY_NUMBER, ROW_BYTES, sortAll, sortSome } from "../request/rows";
import { scoreAt, scoreHead, scoresRoot } from "../sorted_sets/members";
import { addResult, beginResult, storeResult } from "../sorted_sets/results";
import { addWork, walkCursor } from "../memory/state";
import { takeRoom } from "../request/room";

// === What is asked for ===

export const SORT_NONE: u32 = 0;
export const SORT_NEAREST: u32 = 1;
export const SORT_FARTHEST: u32 = 2;

/** Meters of the unit in which distances are shown. */
let unit: f64 = 1;
let sorting: u32 = SORT_NONE;
/** Places wanted at most; 0 = all. */
let wanted: u32 = 0;
/** Whether any places are good enough. */
let takesAny: bool = false;

export function setResult(shownUnit: f64, order: u32, count: u32, any: bool): void {
  unit = shownUnit;
  takesAny = any;
  wanted = count;
  // The nearest are found by sorting all.
  sorting = order == SORT_NONE && count != 0 && !any ? SORT_NEAREST : order;
}

// === Room for what is found ===

let buffer: usize = 0;
let rows: usize = 0;
let found: u32 = 0;

/** Bytes that a search among `members` members may need. */
export function searchBytes(members: u64): u64 {
  return (members * 2 + 1) * ROW_BYTES + OBJECT_HEADER;
}

/** Makes room for `most` places, or answers that there is none. */
function beginRows(most: u32, isWrite: bool): bool {
  buffer = takeRoom(searchBytes(most), isWrite);
  if (buffer == 0) return false;
  rows = buffer + OBJECT_HEADER;
  found = 0;
  return true;
}

function rowOf(index: u32): usize {
  return rows + <usize>index * ROW_BYTES;
}

/** Distance of a found place in the unit asked for. */
function distanceAt(index: u32): f64 {
  return load<f64>(rowOf(index)) / unit;
}

function scoreOf(index: u32): f64 {
  return load<f64>(rowOf(index), 16);
}

// === Finding ===

/** Ends of a cell's range of scores. */
function cellStart(index: u32): u64 {
  return scoreHead(<f64>scoreOfBits(cellAt(index), cellStep));
}

function cellEnd(index: u32): u64 {
  return scoreHead(<f64>scoreOfBits(cellAt(index) + 1, cellStep));
}

/** Members with scores in the cells. */
function countCandidates(record: usize): u32 {
  const cursor = walkCursor();
  const root = scoresRoot(record);
  let candidates: u32 = 0;
  for (let i: u32 = 0; i < cellCount; i++) {
    seek(cursor, root, cellEnd(i), 0, 0);
    const behind = rankOf(cursor);
    seek(cursor, root, cellStart(i), 0, 0);
    candidates += behind - rankOf(cursor);
  }
  return candidates;
}

function isFull(): bool {
  return takesAny && found == wanted;
}

function addRow(member: usize, score: f64): void {
  const row = rowOf(found++);
  store<f64>(row, distance);
  store<u32>(row, <u32>tailOf(member), 8);
  store<u32>(row, tailLength(member), 12);
  store<f64>(row, score, 16);
}

/** Adds the places of a cell that are in the area. */
function searchCell(record: usize, index: u32): void {
  const cursor = walkCursor();
  const end = cellEnd(index);
  seek(cursor, scoresRoot(record), cellStart(index), 0, 0);
  let more = settle(cursor);
  while (more && headOf(cursor) < end && !isFull()) {
    const score = scoreAt(cursor, record);
    decodeScore(score);
    if (isInside(longitude, latitude)) addRow(recordOf(cursor), score);
    more = next(cursor);
  }
}

/** Finds the places in the set of `record`; false after answering that there is no room. `endSearch` must follow. */
function search(record: usize, isWrite: bool): bool {
  findCells();
  const candidates = countCandidates(record);
  if (!beginRows(takesAny ? min(candidates, wanted) : candidates, isWrite)) return false;
  for (let i: u32 = 0; i < cellCount && !isFull(); i++) searchCell(record, i);
  addWork(takesAny ? found : candidates);
  const shown = wanted == 0 ? found : min(found, wanted);
  if (sorting != SORT_NONE && shown != 0) {
    beginSort(rows, BY_NUMBER, sorting == SORT_FARTHEST);
    if (shown == found) sortAll(found, rowOf(found));
    else sortSome(found, 0, shown - 1);
  }
  found = shown;
  return true;
}

function endSearch(): void {
  free(buffer);
}

// === Results ===

export const SHOW_DISTANCE: u32 = 1;
export const SHOW_SCORE: u32 = 2;
export const SHOW_PLACE: u32 = 4;

function replyRow(index: u32, shown: u32): void {
  if (shown != 0) replyArray(1 + <u32>popcnt(shown));
  replyBulk(load<u32>(rowOf(index), 8), load<u32>(rowOf(index), 12));
  if (shown & SHOW_DISTANCE) replyDistance(distanceAt(index));
  if (shown & SHOW_SCORE) replyInteger(<i64>scoreOf(index));
  if (!(shown & SHOW_PLACE)) return;
  decodeScore(scoreOf(index));
  replyPlace(longitude, latitude);
}

/** Answers with the places found in the set of `record`, of each what `shown` says. */
export function replySearch(record: usize, shown: u32): void {
  if (!search(record, false)) return;
  replyArray(found);
  for (let i: u32 = 0; i < found; i++) replyRow(i, shown);
  endSearch();
}

/**
 * Makes the places found in the set of `record`, 0 = none, the value of the key in
 * argument `index`, with their scores or distances, by event `name`.
 */
export function storeSearch(record: usize, index: u32, withDistances: bool, name: string): void {
  beginResult();
  if (record == 0) {
    storeResult(index, name);
    return;
  }
  search(record, true);
  for (let i: u32 = 0; i < found; i++) {
    const score = withDistances ? distanceAt(i) : scoreOf(i);
    addResult(load<u32>(rowOf(i), 8), load<u32>(rowOf(i), 12), score);
  }
  endSearch();
  storeResult(index, name);
}
