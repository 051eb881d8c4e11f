// === Warming: the places of several keys fetched together ===
//
// A key among millions lies in memory that no cache holds, and its descent waits
// for three lines in turn: the leaf's header, the slot, the record. A command
// alone cannot help that, but the requests of a batch or pipeline are known
// before they run: walking all their descents a step at a time lets the
// processor fetch the lines of different keys at once.
//
// ╒═════════════════ row of a key to come (24 bytes) ═════════════════╕
// │ +0  head      u64   hashKey; of an element hashField, hashMember   │
// │ +8  key       u32   address of its bytes in a request              │
// │ +12 length    u32                                                  │
// │ +16 rows      u32   rows of its request, on the first; 0 on others │
// │ +20 database  u32   of a field: FIELD, and rows back to its key's  │
// ╘════════════════════════════════════════════════════════════════════╛
//
// Rows are hints: they also spare a command to hash its key again, and nothing
// else depends on them. A row is matched by address and length, so it may be used
// only while the request's bytes stay where they are.

import {
  commandFieldStep, commandFirstField, commandFirstKey, commandKeyStep, commandLastField, commandLastKey, ID_SADD, ID_SISMEMBER,
  ID_SMISMEMBER, ID_SREM,
} from "../generated/commands";
import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import {
  childLower, childOf, childUpper, countOf, guessSlot, isFirstOf, isTail, levelOf, recordAt, searchChild, searchHit,
  searchPage, setBounds, shapeVersion, slotAt, slotOfHead,
} from "../tree/page";
import { copyPath, find, indexAt, isPathGood, pageAt, seek, setIndex, setPage, setTop, topOf } from "../tree/cursor";
import { database, header } from "../memory/layout";
import { TYPE_HASH, TYPE_SET, typeOf } from "./keyspace";
import { fieldsRoot } from "../hashes/fields";
import { CURSOR_BYTES, databaseIndex, warmScratch } from "../memory/state";
import { keySlot } from "../text/crc16";
import { hash64 } from "../text/siphash";

export const WARM_ROW: u32 = 24;
/** Keys of one request that get rows, and fields; those behind them do without. */
const WORDS_MAX: u32 = 512;
/** Rows of one request at most. */
export const REQUEST_ROWS_MAX: u32 = WORDS_MAX * 2;
/** Marks the row of a field. */
const FIELD: u32 = 0x80000000;
/** Descents walked together: what the caches' first level and its queue bear. */
export const WARM_GROUP: u32 = 24;

/** Head of a key in the key tree: slot, then hash; see keyspace.ts. */
export function hashKey(key: usize, length: u32): u64 {
  const hash = hash64(key, length, header.hashKey0, header.hashKey1);
  return (<u64>keySlot(key, length) << 50) | (hash >> 14);
}

/** Head of a field in the tree of a hash. */
export function hashField(field: usize, length: u32): u64 {
  return hash64(field, length, header.hashKey0, header.hashKey1);
}

/** Head of a member in the tree of a set: the same on every server. */
export function hashMember(member: usize, length: u32): u64 {
  return hash64(member, length, 0, 0);
}

/** What the heads of a tree are made of. */
export const HEADS_KEY: u32 = 0;
export const HEADS_FIELD: u32 = 1;
export const HEADS_MEMBER: u32 = 2;

function hashOf(key: usize, length: u32, heads: u32): u64 {
  if (heads == HEADS_KEY) return hashKey(key, length);
  return heads == HEADS_FIELD ? hashField(key, length) : hashMember(key, length);
}

/** What the heads of the elements are made of that a command names. */
function elementHeads(id: u32): u32 {
  const isOfSet = id == ID_SADD || id == ID_SREM || id == ID_SISMEMBER || id == ID_SMISMEMBER;
  return isOfSet ? HEADS_MEMBER : HEADS_FIELD;
}

// === Rows ===

function wordsOf(first: i32, last: i32, step: i32): u32 {
  if (first <= 0) return 0;
  const end = last < 0 ? <i32>argumentCount + last : last;
  return end < first ? 0 : min(<u32>(end - first) / <u32>step + 1, WORDS_MAX);
}

function keysOf(id: u32): u32 {
  return wordsOf(commandFirstKey(id), commandLastKey(id), commandKeyStep(id));
}

function fieldsOf(id: u32): u32 {
  return wordsOf(commandFirstField(id), commandLastField(id), commandFieldStep(id));
}

/** Rows that the request in the table gets, a command of id `id`. */
export function keyRows(id: u32): u32 {
  return commandFirstKey(id) <= 0 ? 0 : keysOf(id) + fieldsOf(id);
}

function writeRow(at: usize, argument: u32, head: u64, rows: u32, database: u32): void {
  store<u64>(at, head);
  store<u32>(at, <u32>argumentAt(argument), 8);
  store<u32>(at, argumentLength(argument), 12);
  store<u32>(at, rows, 16);
  store<u32>(at, database, 20);
}

/** Writes the `rows` rows of the request in the table to `at`. */
export function writeKeyRows(at: usize, id: u32, rows: u32): void {
  const keys = keysOf(id);
  let argument = <u32>commandFirstKey(id);
  for (let i: u32 = 0; i < keys; i++) {
    const head = hashKey(argumentAt(argument), argumentLength(argument));
    writeRow(at, argument, head, i == 0 ? rows : 0, databaseIndex);
    at += WARM_ROW;
    argument += <u32>commandKeyStep(id);
  }
  argument = <u32>commandFirstField(id);
  const heads = elementHeads(id);
  for (let i = keys; i < rows; i++) {
    const head = hashOf(argumentAt(argument), argumentLength(argument), heads);
    writeRow(at, argument, head, 0, FIELD | i);
    at += WARM_ROW;
    argument += <u32>commandFieldStep(id);
  }
}

// === The rows in use ===

let next: usize = 0;
/** First row of the request that runs. */
let requestFrom: usize = 0;
let nextRequest: usize = 0;
let end: usize = 0;
let warmEnd: usize = 0;

/** Uses the rows in [from, to) for the requests that run from now on, in their order. */
export function useRows(from: usize, to: usize): void {
  next = from;
  requestFrom = from;
  nextRequest = from;
  warmEnd = from;
  end = to;
}

/** A request runs whose rows come next, `keyRows` of them. */
export function enterRows(): void {
  next = nextRequest;
  requestFrom = next;
  if (next < end) nextRequest += <usize>load<u32>(next, 16) * WARM_ROW;
}

/** The request that runs looks for its keys again, from the first one on. */
export function rewindRows(): void {
  next = requestFrom;
}

/** The request that `enterRows` was told of is over. */
export function leaveRows(): void {
  next = nextRequest;
}

/** Whether the rows hold the key that is looked for: then its head and place are known. */
function matchRow(key: usize, length: u32): bool {
  let row = next;
  for (let tries: u32 = 0; tries < 2 && row < nextRequest; tries++) {
    if (load<u32>(row, 8) == <u32>key && load<u32>(row, 12) == length) {
      next = row;
      return true;
    }
    row += WARM_ROW;
  }
  return false;
}

/** Head of the key last looked for by `findKey` or `seekKey`. */
export let keyHead: u64 = 0;

/** The place of the row just matched, if it is still one in the tree of `root`; or 0. */
function placeOf(row: usize, root: usize): usize {
  if (row < groupFrom || row >= warmEnd || root == 0) return 0;
  let place = warmScratch() + (row - groupFrom) / WARM_ROW * PLACE_BYTES;
  const same = load<u32>(place, PLACE_SAME);
  if (same != 0) place = same;
  if (groupShape != shapeVersion) return isPathGood(place, root, keyHead) ? place : 0;
  return topOf(place) >= 0 && pageAt(place, topOf(place)) == root ? place : 0;
}

/** The place where a key or field is known to be in the tree of `root`, or 0; sets `keyHead`. */
function knownPlace(root: usize, key: usize, length: u32, heads: u32): usize {
  if (matchRow(key, length)) {
    keyHead = load<u64>(next);
    if (next >= warmEnd && end - next > WARM_ROW) {
      warmEnd = min(next + WARM_GROUP * WARM_ROW, end);
      warmGroup(next, warmEnd);
    }
    return placeOf(next, root);
  }
  keyHead = hashOf(key, length, heads);
  return 0;
}

/** Record of a key in a tree whose heads are HEADS_…, or 0. */
export function findKey(root: usize, key: usize, length: u32, heads: u32 = HEADS_KEY): usize {
  const place = knownPlace(root, key, length, heads);
  if (place == 0) return find(root, keyHead, key, length);
  const index = searchPlace(place, key, length);
  return searchHit ? recordAt(pageAt(place, 0), index) : 0;
}

/** As `seek` for a key in a tree whose heads are HEADS_…. */
export function seekKey(cursor: usize, root: usize, key: usize, length: u32, heads: u32 = HEADS_KEY): bool {
  const place = knownPlace(root, key, length, heads);
  if (place == 0) return seek(cursor, root, keyHead, key, length);
  copyPath(cursor, place);
  setIndex(cursor, 0, searchPlace(place, key, length));
  return searchHit;
}

/** `searchPage` in a place's leaf, from where the head was. */
function searchPlace(place: usize, key: usize, length: u32): u32 {
  const leaf = pageAt(place, 0);
  const index = indexAt(place, 0);
  if (isFirstOf(leaf, index, keyHead) && isTail(leaf, index, key, length)) return index;
  return searchPage(leaf, keyHead, key, length, load<u64>(place, PLACE_LOWER), load<u64>(place, PLACE_UPPER));
}

// === Walking together ===

// A place: a cursor on the key's leaf, the bounds of the leaf's heads, the level
// it has come down to, and the address to fetch next.
const PLACE_LOWER: usize = CURSOR_BYTES;
const PLACE_UPPER: usize = CURSOR_BYTES + 8;
const PLACE_LEVEL: usize = CURSOR_BYTES + 16;
const PLACE_FETCH: usize = CURSOR_BYTES + 20;
/** The place of the same key earlier in the group, 0 = none: then only that one is good. */
const PLACE_SAME: usize = CURSOR_BYTES + 24;
const PLACE_BYTES: usize = CURSOR_BYTES + 32;
/** Half a cache line around a guess is fetched on both sides. */
const AROUND: usize = 32;

/** First row of the group whose places are in the scratch, and their shapeVersion. */
let groupFrom: usize = 0;
let groupShape: u32 = 0;
/** Head of the hash whose fields' root was looked up last, and that root. */
let parentHead: u64 = 0;
let parentRoot: usize = 0;
/** The last place of a key in the group, and that key's head. */
let keyPlace: usize = 0;
let keyPlaceHead: u64 = 0;

/**
 * Brings the places of rows [from, to) to their leaves, all of them one step
 * before any takes the next: what a step reads was fetched for all by then.
 */
function warmGroup(from: usize, to: usize): void {
  const places = warmScratch();
  const end = places + (to - from) / WARM_ROW * PLACE_BYTES;
  let levels: i32 = 0;
  parentHead = 0;
  parentRoot = 0;
  keyPlace = 0;
  let row = from;
  for (let place = places; place < end; place += PLACE_BYTES) {
    levels = max(levels, startPlace(place, row));
    row += WARM_ROW;
  }
  while (true) {
    row = from;
    for (let place = places; place < end; place += PLACE_BYTES) {
      guessSlotOf(place, load<u64>(row));
      row += WARM_ROW;
    }
    fetch(places, end, AROUND * 2);
    row = from;
    for (let place = places; place < end; place += PLACE_BYTES) {
      findSlotOf(place, row);
      row += WARM_ROW;
    }
    fetch(places, end, AROUND);
    if (--levels < 0) break;
    for (let place = places; place < end; place += PLACE_BYTES) enterChild(place);
    fetch(places, end, 0);
  }
  groupFrom = from;
  groupShape = shapeVersion;
}

/**
 * Reads a byte at each place's address, and one `beyond` it. Nothing else stands
 * in this loop: the processor only looks a few hundred instructions ahead.
 */
function fetch(from: usize, to: usize, beyond: usize): void {
  let sum: u32 = 0;
  for (let place = from; place < to; place += PLACE_BYTES) {
    const at: usize = load<u32>(place + PLACE_FETCH);
    sum += load<u8>(at) + load<u8>(at + beyond);
  }
  store<u32>(to, sum); // or a compiler drops the loads, whose values nobody needs
}

/** Root of the tree that a row's key lies in; 0 = none. */
function rootOf(row: usize): usize {
  const place = load<u32>(row, 20);
  if (!(place & FIELD)) return database(place).root;
  const parent = row - <usize>(place & ~FIELD) * WARM_ROW;
  const head = load<u64>(parent);
  // The requests of a pipeline are often about one hash.
  if (head != parentHead) {
    parentHead = head;
    const root: usize = database(load<u32>(parent, 20)).root;
    const record = find(root, head, load<u32>(parent, 8), load<u32>(parent, 12));
    const hasFields = record != 0 && (typeOf(record) == TYPE_HASH || typeOf(record) == TYPE_SET);
    parentRoot = hasFields ? fieldsRoot(record) : 0;
  }
  return parentRoot;
}

/** Puts a place at the root of its row's tree; the level of the root, -1 for an empty tree. */
function startPlace(place: usize, row: usize): i32 {
  const head = load<u64>(row);
  const isKey = (load<u32>(row, 20) & FIELD) == 0;
  const isSame = isKey && keyPlace != 0 && head == keyPlaceHead;
  store<u32>(place, isSame ? <u32>keyPlace : 0, PLACE_SAME);
  if (isKey && !isSame) {
    keyPlace = place;
    keyPlaceHead = head;
  }
  const root = isSame ? 0 : rootOf(row);
  const top = root == 0 ? -1 : <i32>levelOf(root);
  setTop(place, top);
  store<i32>(place, top, PLACE_LEVEL);
  store<u64>(place, 0, PLACE_LOWER);
  store<u64>(place, u64.MAX_VALUE, PLACE_UPPER);
  if (top >= 0) setPage(place, top, root);
  store<u32>(place, <u32>root, PLACE_FETCH);
  return top;
}

function guessSlotOf(place: usize, head: u64): void {
  const level = load<i32>(place, PLACE_LEVEL);
  if (level < 0) return;
  const page = pageAt(place, level);
  const index = guessSlot(countOf(page), head, load<u64>(place, PLACE_LOWER), load<u64>(place, PLACE_UPPER));
  store<u32>(place, <u32>(slotAt(page, index) - AROUND), PLACE_FETCH);
}

/** Finds the slot on the place's level; the child there, or the record of a leaf, comes next. */
function findSlotOf(place: usize, row: usize): void {
  const level = load<i32>(place, PLACE_LEVEL);
  if (level < 0) return;
  const page = pageAt(place, level);
  const head = load<u64>(row);
  let index: u32;
  if (level == 0) {
    index = slotOfHead(page, head, load<u64>(place, PLACE_LOWER), load<u64>(place, PLACE_UPPER));
  } else {
    setBounds(load<u64>(place, PLACE_LOWER), load<u64>(place, PLACE_UPPER));
    index = searchChild(page, head, load<u32>(row, 8), load<u32>(row, 12));
    store<u64>(place, childLower, PLACE_LOWER);
    store<u64>(place, childUpper, PLACE_UPPER);
  }
  setIndex(place, level, index);
  if (index < countOf(page)) store<u32>(place, <u32>recordAt(page, index), PLACE_FETCH);
}

function enterChild(place: usize): void {
  const level = load<i32>(place, PLACE_LEVEL);
  if (level <= 0) return;
  const page = pageAt(place, level);
  const child = childOf(recordAt(page, indexAt(place, level)));
  setPage(place, level - 1, child);
  store<i32>(place, level - 1, PLACE_LEVEL);
  store<u32>(place, <u32>child, PLACE_FETCH);
}
