// === Keys that are ready ===
//
// What a request or a transaction makes ready for somebody who waits, in the order in
// which it got ready: rows of { hash u64, database u32, kind u32 } that name queues
// (waiters.ts). A key stands there once until it is its turn. A table of row numbers
// plus 1, by hash, finds it; 0 = free. Rows and table share a buffer.
//
// The order must not depend on the hashes: another node, or this one after a restart,
// may have other keys for these.

import { enlarge, free, KIND_LEDGER, OBJECT_HEADER } from "../memory/heap";
import { LOCAL_DATABASE, WAITING_DATABASE } from "../memory/layout";
import { next, recordOf, seek, settle } from "../tree/cursor";
import { TYPE_LIST, TYPE_STREAM, TYPE_ZSET } from "../keys/keyspace";
import { databaseIndex, walkCursor } from "../memory/state";
import { scoreHead, scoresRoot } from "../sorted_sets/members";
import {
  findQueue, hasWaiters, idOf, loadWaiter, WAIT_ANY, WAIT_LIST, WAIT_STREAM, WAIT_ZSET, waiterHash, waiterHashes, waiterKind, waitHash,
} from "./waiters";

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

/** What `takeReady` took: the queue whose turn it is. */
export let readyHash: u64 = 0;
export let readyDatabase: u32 = 0;
export let readyKind: u32 = 0;

/** Takes the next queue; false, and everything forgotten, when there is none. */
export function takeReady(): bool {
  if (turn == count) {
    clearReady();
    return false;
  }
  const at = rowAt(turn++);
  readyHash = load<u64>(at);
  readyDatabase = load<u32>(at, 8);
  readyKind = load<u32>(at, 12);
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

/** Slot of a queue, or the free one in which it belongs. */
function slotOf(index: u32, kind: u32, hash: u64): usize {
  const mask = capacity * 2 - 1;
  const table = rowAt(capacity);
  let at = (<u32>hash + index * 31 + kind) & mask;
  while (!isSlotOf(table + (at << 2), index, kind, hash)) at = (at + 1) & mask;
  return table + (at << 2);
}

function isSlotOf(slot: usize, index: u32, kind: u32, hash: u64): bool {
  const row = load<u32>(slot);
  if (row == 0) return true;
  const known = rowAt(row - 1);
  return load<u64>(known) == hash && load<u32>(known, 8) == index && load<u32>(known, 12) == kind;
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

function addReady(index: u32, kind: u32, hash: u64): void {
  if (count == capacity) grow();
  const slot = slotOf(index, kind, hash);
  if (load<u32>(slot) > turn) return;
  const at = rowAt(count++);
  store<u64>(at, hash);
  store<u32>(at, index, 8);
  store<u32>(at, kind, 12);
  store<u32>(slot, count);
}

/** A key of type `type` in the database in use is new, or has new elements. */
export function noteReady(type: u32, key: usize, length: u32): void {
  if (!hasWaiters() || databaseIndex >= WAITING_DATABASE) return;
  if (type != TYPE_LIST && type != TYPE_ZSET && type != TYPE_STREAM) return;
  const kind = type == TYPE_LIST ? WAIT_LIST : type == TYPE_ZSET ? WAIT_ZSET : WAIT_STREAM;
  const hash = waitHash(key, length);
  const index = databaseIndex;
  if (findQueue(WAITING_DATABASE, index, kind, hash) == 0 && findQueue(LOCAL_DATABASE, index, kind, hash) == 0) return;
  addReady(index, kind, hash);
}

/** Database `index` got other keys: whoever waits for one there looks again, in the order of arrival. */
export function noteReadyDatabase(index: u32): void {
  noteWaiters(WAITING_DATABASE, index);
  noteWaiters(LOCAL_DATABASE, index);
}

function noteWaiters(scope: u32, index: u32): void {
  const queue = findQueue(scope, index, WAIT_ANY, 0);
  if (queue == 0) return;
  const cursor = walkCursor();
  seek(cursor, scoresRoot(queue), scoreHead(0), 0, 0);
  let more = settle(cursor);
  while (more) {
    const known = loadWaiter(scope, idOf(recordOf(cursor)));
    assert(known);
    for (let i: u32 = 0; i < waiterHashes; i++) addReady(index, waiterKind, waiterHash(i));
    more = next(cursor);
  }
}
