// === Keys that are ready ===
//
// What a request or a transaction makes ready for somebody who waits, in the order in
// which it got ready: rows of { hash u64, database u32, scope u32 } that name a key's
// queues (waiters.ts) in one of the two databases of waiters. A key stands there once
// until it is its turn. A table of row numbers plus 1, by hash, finds it; 0 = free. Rows
// and table share a buffer.
//
// As in Redis 7.0, a key gets ready as a key of some type: when it is made, when a stream
// gets an entry or loses a group, and when a stream ends or is overwritten. That counts
// only while some client, wherever, waits for a key of that type; but then all who wait
// for the key look at what it has become. Whether one waits for a stream outside of the
// log is in the log's entry, so that all replicas agree.
//
// The order must not depend on the hashes: another node, or this one after a restart,
// may have other keys for these.

import { enlarge, free, KIND_LEDGER, OBJECT_HEADER } from "../memory/heap";
import { LOCAL_DATABASE, WAITING_DATABASE } from "../memory/layout";
import { next, recordOf, seek, settle } from "../tree/cursor";
import { TYPE_LIST, TYPE_STREAM, TYPE_ZSET, typeOf } from "../keys/keyspace";
import { peekKey } from "../keys/lookup";
import { databaseIndex, useDatabase, walkCursor } from "../memory/state";
import { scoreHead, scoresRoot } from "../sorted_sets/members";
import {
  findQueue, hasWaiters, idOf, loadWaiter, requestAt, WAIT_ANY, WAIT_LIST, WAIT_STREAM, WAIT_ZSET, waiterHash, waiterHashes, waitersOf,
  waitHash,
} from "./waiters";
import { nextWord, startWords, wordAt, wordLength } from "./words";

const ROW: u32 = 16;
/** Bytes of the table for each row there may be. */
const SLOTS_OF_ROW: u32 = 8;
const CAPACITY_MIN: u32 = 32;
/** A buffer for more rows is given back when they are served. */
const CAPACITY_KEPT: u32 = 1024;

let buffer: usize = 0;
/** Rows for which there is room, a power of two; the table has twice as many slots. */
let capacity: u32 = 0;
let count: u32 = 0;
/** The row whose turn is next: those before it may get ready again. */
let turn: u32 = 0;

function rowAt(row: u32): usize {
  return buffer + OBJECT_HEADER + row * ROW;
}

/** Whether anything is ready. */
export function hasReady(): bool {
  return turn != count;
}

/** What `takeReady` took: the key whose turn it is, and the database of who waits. */
export let readyHash: u64 = 0;
export let readyDatabase: u32 = 0;
export let readyScope: u32 = 0;

/** Takes the next key; false, and everything forgotten, when there is none. */
export function takeReady(): bool {
  if (turn == count) {
    clearReady();
    return false;
  }
  const at = rowAt(turn++);
  readyHash = load<u64>(at);
  readyDatabase = load<u32>(at, 8);
  readyScope = load<u32>(at, 12);
  return true;
}

/** Forgets what got ready. */
export function clearReady(): void {
  if (count == 0) return;
  count = 0;
  turn = 0;
  if (capacity <= CAPACITY_KEPT) {
    memory.fill(rowAt(capacity), 0, capacity * SLOTS_OF_ROW);
    return;
  }
  free(buffer);
  buffer = 0;
  capacity = 0;
}

/** Slot of a key, or the free one in which it belongs. */
function slotOf(index: u32, scope: u32, hash: u64): usize {
  const mask = capacity * 2 - 1;
  const table = rowAt(capacity);
  let at = (<u32>hash + index * 31 + scope) & mask;
  while (!isSlotOf(table + (at << 2), index, scope, hash)) at = (at + 1) & mask;
  return table + (at << 2);
}

function isSlotOf(slot: usize, index: u32, scope: u32, hash: u64): bool {
  const row = load<u32>(slot);
  if (row == 0) return true;
  const known = rowAt(row - 1);
  return load<u64>(known) == hash && load<u32>(known, 8) == index && load<u32>(known, 12) == scope;
}

function grow(): void {
  const wanted = max(CAPACITY_MIN, capacity * 2);
  buffer = enlarge(buffer, count * ROW, wanted * (ROW + SLOTS_OF_ROW), KIND_LEDGER);
  if (buffer == 0) unreachable(); // a small part of the queues themselves, within the reserve
  capacity = wanted;
  memory.fill(rowAt(capacity), 0, capacity * SLOTS_OF_ROW);
  for (let row: u32 = 0; row < count; row++) {
    const at = rowAt(row);
    store<u32>(slotOf(load<u32>(at, 8), load<u32>(at, 12), load<u64>(at)), row + 1);
  }
}

function addReady(index: u32, scope: u32, hash: u64): void {
  if (count == capacity) grow();
  const slot = slotOf(index, scope, hash);
  if (load<u32>(slot) > turn) return;
  const at = rowAt(count++);
  store<u64>(at, hash);
  store<u32>(at, index, 8);
  store<u32>(at, scope, 12);
  store<u32>(slot, count);
}

/** Whether some client waits for a stream outside of the log: as the log's entry says. */
let readersWait: bool = false;

export function setReadersWait(value: bool): void {
  readersWait = value;
}

function isWaitedFor(kind: u32): bool {
  return waitersOf(kind) != 0 || (kind == WAIT_STREAM && readersWait);
}

/**
 * A key in the database in use is new and of type `type`, or has new elements; or it
 * was a stream and ends.
 */
export function noteReady(type: u32, key: usize, length: u32): void {
  if (!hasWaiters() || databaseIndex >= WAITING_DATABASE) return;
  if (type != TYPE_LIST && type != TYPE_ZSET && type != TYPE_STREAM) return;
  const kind = type == TYPE_LIST ? WAIT_LIST : type == TYPE_ZSET ? WAIT_ZSET : WAIT_STREAM;
  const hash = waitHash(key, length);
  const index = databaseIndex;
  const isWaited = waitsFor(kind, hash) || (isWaitedFor(kind) && waitsForAny(hash));
  if (isWaited) addReady(index, WAITING_DATABASE, hash);
  if (findQueue(LOCAL_DATABASE, index, WAIT_STREAM, hash) == 0) return;
  if (kind == WAIT_STREAM || waitersOf(kind) != 0) addReady(index, LOCAL_DATABASE, hash);
}

function waitsFor(kind: u32, hash: u64): bool {
  return findQueue(WAITING_DATABASE, databaseIndex, kind, hash) != 0;
}

function waitsForAny(hash: u64): bool {
  return waitsFor(WAIT_LIST, hash) || waitsFor(WAIT_ZSET, hash) || waitsFor(WAIT_STREAM, hash);
}

/** Database `index` got other keys: those that are waited for are as if they were new, in the order of arrival. */
export function noteNewKeys(index: u32): void {
  noteWaited(WAITING_DATABASE, index, false);
  noteWaited(LOCAL_DATABASE, index, false);
}

/** All keys in database `index` end: its streams that are waited for as if each was deleted. */
export function noteEndingKeys(index: u32): void {
  noteWaited(WAITING_DATABASE, index, true);
  noteWaited(LOCAL_DATABASE, index, true);
}

function noteWaited(scope: u32, index: u32, onlyStreams: bool): void {
  const queue = findQueue(scope, index, WAIT_ANY, 0);
  if (queue == 0) return;
  const before = databaseIndex;
  useDatabase(index);
  const cursor = walkCursor();
  seek(cursor, scoresRoot(queue), scoreHead(0), 0, 0);
  let more = settle(cursor);
  while (more) {
    const known = loadWaiter(scope, idOf(recordOf(cursor)));
    assert(known);
    startWords(requestAt);
    while (nextWord()) if (isName(waitHash(wordAt, wordLength))) noteNow(onlyStreams);
    more = next(cursor);
  }
  useDatabase(before);
}

/** Whether `hash` is that of a key for which the waiter just loaded waits. */
function isName(hash: u64): bool {
  for (let i: u32 = 0; i < waiterHashes; i++) if (waiterHash(i) == hash) return true;
  return false;
}

/** Notes the key that the word names as what it is now. */
function noteNow(onlyStreams: bool): void {
  const record = peekKey(wordAt, wordLength);
  if (record != 0 && (!onlyStreams || typeOf(record) == TYPE_STREAM)) noteReady(typeOf(record), wordAt, wordLength);
}
