// === Warming: the places of several keys fetched together ===
//
// A key among millions lies in memory that no cache holds, and its descent waits
// for three lines in turn: the leaf's header, the slot, the record. A command
// alone cannot help that, but the requests of a batch or pipeline are known
// before they run: walking all their descents a step at a time lets the
// processor fetch the lines of different keys at once.
//
// ╒═════════════════ row of a key to come (24 bytes) ═════════════════╕
// │ +0  head      u64   see keyHead                                    │
// │ +8  key       u32   address of its bytes in a request              │
// │ +12 length    u32                                                  │
// │ +16 rows      u32   rows of its request, on the first; 0 on others │
// │ +20 database  u32                                                  │
// ╘════════════════════════════════════════════════════════════════════╛
//
// Rows are hints: they also spare `keyHead` its hash, and nothing else depends
// on them.

import { commandFirstKey, commandKeyStep, commandLastKey } from "./generated/commands";
import { argumentAt, argumentCount, argumentLength } from "./parser";
import { childLower, childOf, childUpper, countOf, forgetBounds, guessSlot, levelOf, recordAt, searchChild, slotAt, slotOfHead } from "./page";
import { database } from "./layout";
import { databaseIndex, warmScratch } from "./state";
import { keySlot } from "./text/crc16";
import { hash64 } from "./text/siphash";
import { header } from "./layout";

export const WARM_ROW: u32 = 24;
/** Keys of one request that are worth rows. */
const KEYS_MAX: u32 = 64;
/** Descents walked together: what the caches' first level and its queue bear. */
export const WARM_GROUP: u32 = 16;

/** Head of a key: slot, then hash; see keyspace.ts. */
export function hashKey(key: usize, length: u32): u64 {
  const hash = hash64(key, length, header.hashKey0, header.hashKey1);
  return (<u64>keySlot(key, length) << 50) | (hash >> 14);
}

// === Rows ===

/** Rows that the request in the table gets, a command of id `id`. */
export function keyRows(id: u32): u32 {
  const first = commandFirstKey(id);
  if (first <= 0) return 0;
  const last = commandLastKey(id);
  const end = last < 0 ? <i32>argumentCount + last : last;
  if (end < first) return 0;
  return min(<u32>(end - first) / <u32>commandKeyStep(id) + 1, KEYS_MAX);
}

/** Writes the rows of the request in the table to `at`. */
export function writeKeyRows(at: usize, id: u32, rows: u32): void {
  const step = <u32>commandKeyStep(id);
  let argument = <u32>commandFirstKey(id);
  for (let i: u32 = 0; i < rows; i++) {
    const key = argumentAt(argument);
    const length = argumentLength(argument);
    store<u64>(at, hashKey(key, length));
    store<u32>(at, <u32>key, 8);
    store<u32>(at, length, 12);
    store<u32>(at, i == 0 ? rows : 0, 16);
    store<u32>(at, databaseIndex, 20);
    at += WARM_ROW;
    argument += step;
  }
}

// === The rows in use ===

let next: usize = 0;
let nextRequest: usize = 0;
let end: usize = 0;
let warmEnd: usize = 0;

/** Uses the rows in [from, to) for the requests that run from now on, in their order. */
export function useRows(from: usize, to: usize): void {
  next = from;
  nextRequest = from;
  warmEnd = from;
  end = to;
}

/** A request runs whose rows come next, `keyRows` of them. */
export function enterRows(): void {
  next = nextRequest;
  if (next >= end) return;
  nextRequest += <usize>load<u32>(next, 16) * WARM_ROW;
  if (nextRequest <= warmEnd) return;
  warmEnd = min(max(nextRequest, next + WARM_GROUP * WARM_ROW), end);
  warmRows(next, warmEnd);
}

/** The request that `enterRows` was told of is over. */
export function leaveRows(): void {
  next = nextRequest;
}

/** Head of a key: from its row when that comes next. */
export function headOfKey(key: usize, length: u32): u64 {
  let row = next;
  for (let tries: u32 = 0; tries < 2 && row < nextRequest; tries++) {
    if (load<u32>(row, 8) == <u32>key && load<u32>(row, 12) == length) {
      next = row;
      return load<u64>(row);
    }
    row += WARM_ROW;
  }
  return hashKey(key, length);
}

// === Walking together ===

// Place of a descent in the scratch: lower and upper bound of its heads, leaf,
// address to fetch.
const PLACE_BYTES: usize = 24;
const PLACE_LEAF: usize = 16;
const PLACE_FETCH: usize = 20;

function warmRows(from: usize, to: usize): void {
  let row = from;
  while (row < to) {
    const stop = min(row + WARM_GROUP * WARM_ROW, to);
    warmGroup(row, stop);
    row = stop;
  }
}

/** Three steps, each for all rows before any line of the next is asked for. */
function warmGroup(from: usize, to: usize): void {
  const places = warmScratch();
  let place = places;
  for (let row = from; row < to; row += WARM_ROW) {
    findLeaf(place, load<u64>(row), load<u32>(row, 20));
    place += PLACE_BYTES;
  }
  fetch(places, place, 0);
  place = places;
  for (let row = from; row < to; row += WARM_ROW) {
    guessPlace(place, load<u64>(row));
    place += PLACE_BYTES;
  }
  fetch(places, place, 0);
  place = places;
  for (let row = from; row < to; row += WARM_ROW) {
    findRecord(place, load<u64>(row));
    place += PLACE_BYTES;
  }
  fetch(places, place, 48);
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

/** The leaf whose range holds `head`; the header's page in an empty tree. */
function findLeaf(place: usize, head: u64, databaseNumber: u32): void {
  let page: usize = database(databaseNumber).root;
  forgetBounds();
  if (page != 0) {
    for (let level = levelOf(page); level > 0; level--) {
      page = childOf(recordAt(page, searchChild(page, head, 0, 0)));
    }
  }
  store<u64>(place, childLower);
  store<u64>(place, childUpper, 8);
  store<u32>(place, <u32>page, PLACE_LEAF);
  store<u32>(place, <u32>(page + 8), PLACE_FETCH);
}

function guessPlace(place: usize, head: u64): void {
  const leaf: usize = load<u32>(place, PLACE_LEAF);
  if (leaf == 0) return;
  const index = guessSlot(countOf(leaf), head, load<u64>(place), load<u64>(place, 8));
  store<u32>(place, <u32>slotAt(leaf, index), PLACE_FETCH);
}

function findRecord(place: usize, head: u64): void {
  const leaf: usize = load<u32>(place, PLACE_LEAF);
  if (leaf == 0) return;
  const index = slotOfHead(leaf, head, load<u64>(place), load<u64>(place, 8));
  if (index < countOf(leaf)) store<u32>(place, <u32>recordAt(leaf, index), PLACE_FETCH);
}
