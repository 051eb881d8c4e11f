// === Items of a list: layout and reading ===
//
// ╒═══════════════ payload of a list (16 bytes) ═══════════════╕
// │ +0  count    u32   items                                    │
// │ +4  packed   u32   bytes of a listpack of them all, as long │
// │                    as that is the encoding shown; then 0    │
// │ +8  items    u32   root of the chunks' tree                 │
// │ +12 spare    u32   second root, 0                           │
// ╘══════════════════════════════════════════════════════════════╛
//
// The tree is positional. A record is a *chunk* of one or more items; its head is
// their number, its value
//
//   chunk := item*
//   item  := length (groups of 7 bits, the lowest first, 128 = more follow) · bytes
//
// in the page, or in a blob when one item is too large for a page: then it
// stands alone. So an item costs hardly more than its bytes, and the n-th is
// found by the counts of the pages above and a walk through one chunk.

import { headOf, next, previous, rankOffset, recordOf, seekFirst, seekLast, seekRank, settle } from "../tree/cursor";
import { tailWord, VALUE_BLOB, VALUE_INLINE_MAX, valueLength, valueOf } from "../tree/page";
import { OBJECT_HEADER } from "../memory/heap";
import { payloadOf } from "../keys/keyspace";
import { textScratch } from "../memory/state";
import { copyBytes } from "../text/bytes";

/** Bytes of a list's payload. */
export const LIST_BYTES: u32 = 16;
/** Where in it the root of the chunks' tree is. */
export const ITEMS_ROOT: usize = 8;
/** Bytes of a chunk in a page. */
export const CHUNK_BYTES_MAX: u32 = VALUE_INLINE_MAX;
/** Items of a chunk: a walk through it stays short. */
export const CHUNK_ITEMS_MAX: u32 = 128;

/** Items of the list in a key's record. */
export function itemCount(record: usize): u32 {
  return load<u32>(payloadOf(record));
}

/** Root of the tree of its chunks. */
export function itemsRoot(record: usize): usize {
  return load<u32>(payloadOf(record) + ITEMS_ROOT);
}

// === Items in bytes ===

/** Bytes of an item of `length` bytes in a chunk. */
export function packedBytes(length: u32): u32 {
  let bytes: u32 = 1;
  for (let rest = length >>> 7; rest != 0; rest >>>= 7) bytes++;
  return bytes + length;
}

/** Writes an item; the address behind. */
export function packItem(to: usize, item: usize, length: u32): usize {
  let rest = length;
  while (rest > 127) {
    store<u8>(to++, <u8>(rest | 128));
    rest >>>= 7;
  }
  store<u8>(to++, <u8>rest);
  copyBytes(to, item, length);
  return to + length;
}

/** The item last read. */
export let itemAt: usize = 0;
export let itemLen: u32 = 0;

/** Reads the item at `place`; the place behind. */
export function readItem(place: usize): usize {
  const end = skipItem(place);
  let at = place + 1;
  while (load<u8>(at - 1) > 127) at++;
  itemAt = at;
  itemLen = <u32>(end - at);
  return end;
}

/** The place behind the item at `place`, without reading it. */
export function skipItem(place: usize): usize {
  let length: u32 = load<u8>(place++);
  if (length < 128) return place + length;
  length &= 127;
  let byte: u32 = 128;
  for (let shift: u32 = 7; byte > 127; shift += 7) {
    byte = load<u8>(place++);
    length |= (byte & 127) << shift;
  }
  return place + length;
}

/** The place of item `index` of the chunk at `place`. */
export function placeOfItem(place: usize, index: u32): usize {
  for (; index != 0; index--) place = skipItem(place);
  return place;
}

// === Chunks ===

/** The chunk last loaded: its bytes, and its items. */
export let chunkAt: usize = 0;
export let chunkLen: u32 = 0;
export let chunkItems: u32 = 0;

/** Loads the chunk under the cursor. */
export function loadChunk(cursor: usize): void {
  const record = recordOf(cursor);
  const value = valueOf(record);
  chunkItems = <u32>headOf(cursor);
  if (tailWord(record) & VALUE_BLOB) {
    chunkAt = <usize>load<u32>(value) + OBJECT_HEADER;
    chunkLen = load<u32>(value, 4);
  } else {
    chunkAt = value;
    chunkLen = valueLength(record);
  }
}

/** Loads the chunk that holds item `index`, which is the `chunkOffset`-th of it. Requires: it exists. */
export function seekChunk(cursor: usize, root: usize, index: u32): void {
  seekRank(cursor, root, index);
  chunkOffset = rankOffset;
  settle(cursor);
  loadChunk(cursor);
}

/** Items of the chunk that `seekChunk` found before the one it looked for. */
export let chunkOffset: u32 = 0;

// === Walking ===
//
// One walk at a time. Forward it goes through the bytes; backward it notes where
// each item of a chunk begins.

let place: usize = 0;
let itemsLeft: u32 = 0;

/** Starts a walk at item `index`, which is read. Requires: it exists. */
export function openItem(cursor: usize, root: usize, index: u32): void {
  seekChunk(cursor, root, index);
  place = readItem(placeOfItem(chunkAt, chunkOffset));
  itemsLeft = chunkItems - chunkOffset - 1;
}

/** Reads the next item; whether there is one. */
export function nextItem(cursor: usize): bool {
  if (itemsLeft == 0) {
    if (!next(cursor)) return false;
    loadChunk(cursor);
    place = chunkAt;
    itemsLeft = chunkItems;
  }
  itemsLeft--;
  place = readItem(place);
  return true;
}

/** Notes where the first `count` items of the loaded chunk begin. */
function notePlaces(count: u32): void {
  let at = chunkAt;
  for (let i: u32 = 0; i < count; i++) {
    store<u16>(textScratch() + (<usize>i << 1), <u16>(at - chunkAt));
    if (i + 1 < count) at = skipItem(at);
  }
  itemsLeft = count;
}

/** Starts a walk backward at item `index`, which is read. Requires: it exists. */
export function openItemBackward(cursor: usize, root: usize, index: u32): void {
  seekChunk(cursor, root, index);
  notePlaces(chunkOffset + 1);
  previousItem(cursor);
}

/** Reads the item before; whether there is one. */
export function previousItem(cursor: usize): bool {
  if (itemsLeft == 0) {
    if (!previous(cursor)) return false;
    loadChunk(cursor);
    notePlaces(chunkItems);
  }
  itemsLeft--;
  readItem(chunkAt + load<u16>(textScratch() + (<usize>itemsLeft << 1)));
  return true;
}

/** Loads the first or the last chunk, and reads its first or last item. Requires: there is one. */
export function seekEnd(cursor: usize, root: usize, isLast: bool): void {
  if (isLast) seekLast(cursor, root);
  else seekFirst(cursor, root);
  loadChunk(cursor);
  readItem(isLast ? placeOfItem(chunkAt, chunkItems - 1) : chunkAt);
}
