// === Chunks of a list: writing ===
//
// A chunk that a push meets is filled before a new one begins, unless its page
// is full: then the new one goes to the next page, and nothing is left half
// empty. Chunks that removals leave small are joined with a neighbour.

import { headOf, indexAt, pageAt, recordOf, setIndex } from "../tree/cursor";
import { countOf, headAt, liveBytes, PAGE_ROOM, recordAt, tailWord, VALUE_BLOB, valueLength, valueOf } from "../tree/page";
import { hasRoomToShrink, OBJECT_HEADER } from "../memory/heap";
import { discard } from "../tree/views";
import { newBlob } from "../keys/keyspace";
import { touch } from "../tree/path";
import { insert, remove, resize, setWeight } from "../tree/tree";
import { lowerRoot, rebalance } from "../tree/merge";
import { keyScratch } from "../memory/state";
import { CHUNK_BYTES_MAX, CHUNK_ITEMS_MAX, packedBytes, packItem } from "./items";

/** Whether an item of `length` bytes stands alone, in a blob. */
export function isLarge(length: u32): bool {
  return packedBytes(length) > CHUNK_BYTES_MAX;
}

function hasBlob(record: usize): bool {
  return (tailWord(record) & VALUE_BLOB) != 0;
}

function setBlob(record: usize, item: usize, length: u32): void {
  const bytes = packedBytes(length);
  const blob = newBlob(bytes);
  packItem(blob + OBJECT_HEADER, item, length);
  refer(record, <u32>blob, bytes);
}

function refer(record: usize, blob: u32, bytes: u32): void {
  store<u16>(record, load<u16>(record) | <u16>VALUE_BLOB);
  store<u32>(valueOf(record), blob);
  store<u32>(valueOf(record), bytes, 4);
}

// === Records ===

/** Inserts a chunk at the cursor; address of its bytes, which the caller writes. */
export function addChunk(cursor: usize, rootRef: usize, bytes: u32, items: u32): usize {
  return valueOf(insert(cursor, rootRef, items, 0, 0, bytes, true));
}

/** Inserts an item at the cursor as a chunk of its own. */
export function addItem(cursor: usize, rootRef: usize, item: usize, length: u32): void {
  if (isLarge(length)) {
    setBlob(insert(cursor, rootRef, 1, 0, 0, 8, true), item, length);
  } else {
    packItem(addChunk(cursor, rootRef, packedBytes(length), 1), item, length);
  }
}

/** Inserts a large item, whose blob nothing else names, at the cursor. */
export function addBlob(cursor: usize, rootRef: usize, blob: u32, bytes: u32): void {
  refer(insert(cursor, rootRef, 1, 0, 0, 8, true), blob, bytes);
}

/** Gives the chunk under the cursor `bytes` bytes in the page and `items` items; address of its bytes. */
export function reshape(cursor: usize, rootRef: usize, bytes: u32, items: u32): usize {
  const old = recordOf(cursor);
  if (hasBlob(old)) discard(<usize>load<u32>(valueOf(old)));
  const record = resize(cursor, rootRef, bytes);
  store<u16>(record, load<u16>(record) & ~<u16>VALUE_BLOB);
  setWeight(cursor, items);
  return valueOf(record);
}

/** Makes the chunk under the cursor one large item. */
export function reshapeToBlob(cursor: usize, rootRef: usize, item: usize, length: u32): void {
  reshape(cursor, rootRef, 8, 1);
  setBlob(recordOf(cursor), item, length);
}

/** Removes the chunk under the cursor. */
export function dropChunk(cursor: usize, rootRef: usize): void {
  const record = recordOf(cursor);
  if (hasBlob(record)) discard(<usize>load<u32>(valueOf(record)));
  remove(cursor, rootRef);
}

/** Keeps of the chunk under the cursor bytes [from, to), which are `items` items. */
export function keepPart(cursor: usize, rootRef: usize, from: u32, to: u32, items: u32): void {
  if (from != 0) {
    touch(cursor, rootRef, 0);
    const value = valueOf(recordOf(cursor));
    memory.copy(value, value + from, to - from);
  }
  resize(cursor, rootRef, to - from);
  setWeight(cursor, items);
}

// === Growing at an end ===

/** Whether the chunk under the cursor takes an item of `bytes` bytes more. */
function takesMore(cursor: usize, bytes: u32): bool {
  const record = recordOf(cursor);
  return !hasBlob(record) && valueLength(record) + bytes <= CHUNK_BYTES_MAX && headOf(cursor) < CHUNK_ITEMS_MAX &&
    liveBytes(pageAt(cursor, 0)) + bytes <= PAGE_ROOM;
}

/** Puts an item behind those of the last chunk. Requires: the cursor stands on it. */
export function appendItem(cursor: usize, rootRef: usize, item: usize, length: u32): void {
  const bytes = packedBytes(length);
  if (isLarge(length) || !takesMore(cursor, bytes)) {
    setIndex(cursor, 0, indexAt(cursor, 0) + 1);
    addItem(cursor, rootRef, item, length);
    return;
  }
  const old = valueLength(recordOf(cursor));
  packItem(valueOf(resize(cursor, rootRef, old + bytes)) + old, item, length);
  setWeight(cursor, <u32>headOf(cursor) + 1);
}

/** Puts an item before those of the first chunk. Requires: the cursor stands on it. */
export function prependItem(cursor: usize, rootRef: usize, item: usize, length: u32): void {
  const bytes = packedBytes(length);
  if (isLarge(length) || !takesMore(cursor, bytes)) {
    addItem(cursor, rootRef, item, length);
    return;
  }
  const old = valueLength(recordOf(cursor));
  const value = valueOf(resize(cursor, rootRef, old + bytes));
  memory.copy(value + bytes, value, old);
  packItem(value, item, length);
  setWeight(cursor, <u32>headOf(cursor) + 1);
}

// === Joining ===

/** Chunks below this look for a neighbour. */
const JOIN_BELOW: u32 = CHUNK_BYTES_MAX / 4;
const JOINED_MAX: u32 = CHUNK_BYTES_MAX / 4 * 3;

/** Mends the place of a chunk that became smaller. The cursor is stale then. */
export function settleChunk(cursor: usize, rootRef: usize): void {
  const record = recordOf(cursor);
  if (!hasBlob(record) && valueLength(record) < JOIN_BELOW) {
    const index = indexAt(cursor, 0);
    if (tryJoin(cursor, rootRef, index) || (index > 0 && tryJoin(cursor, rootRef, index - 1))) return;
  }
  rebalance(cursor, rootRef, 0);
  lowerRoot(rootRef);
}

/** Joins chunks `left` and `left + 1` of the cursor's leaf, if there are two that fit in one. */
function tryJoin(cursor: usize, rootRef: usize, left: u32): bool {
  const page = pageAt(cursor, 0);
  if (left + 1 >= countOf(page)) return false;
  const first = recordAt(page, left);
  const second = recordAt(page, left + 1);
  const firstBytes = valueLength(first);
  const bytes = valueLength(second);
  const items = <u32>(headAt(page, left) + headAt(page, left + 1));
  if (!hasRoomToShrink() || hasBlob(first) || hasBlob(second) || firstBytes + bytes > JOINED_MAX || items > CHUNK_ITEMS_MAX) return false;
  if (liveBytes(page) + bytes > PAGE_ROOM) return false;
  memory.copy(keyScratch(), valueOf(second), bytes);
  setIndex(cursor, 0, left);
  memory.copy(valueOf(resize(cursor, rootRef, firstBytes + bytes)) + firstBytes, keyScratch(), bytes);
  setWeight(cursor, items);
  setIndex(cursor, 0, left + 1);
  remove(cursor, rootRef);
  return true;
}
