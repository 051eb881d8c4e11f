// === The heap: size classes over 64 KiB chunks ===
//
// Objects of up to 32 KiB come from slabs: a chunk cut into objects of one size
// class, eight classes a doubling. Larger ones are runs of whole chunks. Every
// object starts with one word:
//
// ╒════════════════ object header (8 bytes) ═════════════════╕
// │ bits 0–7   kind    PAGE + level, BLOB, BUFFER, LEDGER     │
// │ bits 8–15  class   size class, WHOLE_CHUNKS for runs      │
// │ bits 16–63 birth   epoch in which the object was made     │
// ╘═══════════════════════════════════════════════════════════╛
//
// ╒═════════════ directory row of a chunk (16 bytes) ════════════╕
// │ +0  state   u8    FREE, SLAB, RUN_HEAD, RUN_BODY              │
// │ +1  class   u8    size class of a slab                        │
// │ +2  used    u16   live objects of a slab                      │
// │ +4  free    u32   first free object; chunks of a run          │
// │ +8  next    u16   next slab of the class with room, 0 = none  │
// │ +10 prev    u16   previous slab with room, 0 = first          │
// │ +12 carved  u16   objects ever handed out from the end        │
// ╘═══════════════════════════════════════════════════════════════╛
//
// Invariants:
//  (1) A slab is in its class's list exactly while it has room.
//  (2) A free object's first word is the address of the next free one.
//  (3) A set bit in the bitmap means the chunk's state is not FREE.
//
// Only the writer's instance allocates or frees.

import {
  CHUNK_BITMAP, CHUNK_BITS, CHUNK_COUNT_MAX, CHUNK_SIZE, DIRECTORY, HEAP_START, header, PARTIAL_HEADS,
} from "./layout";

export const KIND_BLOB: u32 = 1;
export const KIND_BUFFER: u32 = 2;
/** A buffer that a write under way cannot do without: it may come from the reserve. */
export const KIND_LEDGER: u32 = 3;
/** A tree page; its level is added: 0 = leaf. */
export const KIND_PAGE: u32 = 16;

export const OBJECT_HEADER: u32 = 8;
const WHOLE_CHUNKS: u32 = 255;
/** Larger objects are runs of whole chunks. */
export const SLAB_SIZE_MAX: u32 = 32768;

const STATE_FREE: u32 = 0;
const STATE_SLAB: u32 = 1;
const STATE_RUN_HEAD: u32 = 2;
const STATE_RUN_BODY: u32 = 3;

/** Chunks kept back from buffers, so that writes under way find room for all else. */
const RESERVE_CHUNKS: u32 = 512;
/** Chunks asked from the engine at once: 1 MiB. */
const GROW_CHUNKS: u32 = 16;

@unmanaged
class Chunk {
  state: u8 = 0;
  sizeClass: u8 = 0;
  used: u16 = 0;
  free: u32 = 0;
  next: u16 = 0;
  prev: u16 = 0;
  carved: u16 = 0;
  spare: u16 = 0;
}
if (offsetof<Chunk>() != 16) ERROR("Chunk layout changed");

/** Epoch stamped on new objects; views.ts moves it. */
export let birthEpoch: u64 = 1;
let lowestFreeChunk: u32 = 0;
/** Chunks before the reserve that are set aside for admitted writes; see escrow.ts. */
let promisedChunks: u32 = 0;

export function setBirthEpoch(epoch: u64): void {
  birthEpoch = epoch;
}

function chunkRow(index: u32): Chunk {
  return changetype<Chunk>(DIRECTORY + (index << 4));
}

/** The smallest class whose objects hold `size` bytes, header included. */
export function classOf(size: u32): u32 {
  if (size <= 128) return ((size + 15) >> 4) - 1;
  const exponent = 31 - clz(size - 1);
  return 8 + ((exponent - 7) << 3) + (((size - 1) >> (exponent - 3)) - 8);
}

/** Bytes of an object of class `sizeClass`. */
export function classSize(sizeClass: u32): u32 {
  if (sizeClass < 8) return (sizeClass + 1) << 4;
  const doubling = (sizeClass - 8) >> 3;
  return (9 + ((sizeClass - 8) & 7)) << (doubling + 4);
}

/** Bytes that the object at `object` occupies. */
export function objectSize(object: usize): u32 {
  const sizeClass = load<u8>(object, 1);
  if (sizeClass != WHOLE_CHUNKS) return classSize(sizeClass);
  return chunkRow(<u32>(object >> CHUNK_BITS)).free << CHUNK_BITS;
}

export function kindOf(object: usize): u32 {
  return load<u8>(object);
}

export function birthOf(object: usize): u64 {
  return load<u64>(object) >> 16;
}

// === Chunks ===

function isTaken(chunk: u32): bool {
  return ((load<u8>(CHUNK_BITMAP + (chunk >> 3)) >> (chunk & 7)) & 1) != 0;
}

function markTaken(chunk: u32): void {
  const at = CHUNK_BITMAP + (chunk >> 3);
  store<u8>(at, load<u8>(at) | (<u8>1 << <u8>(chunk & 7)));
}

function markFree(chunk: u32): void {
  const at = CHUNK_BITMAP + (chunk >> 3);
  store<u8>(at, load<u8>(at) & ~(<u8>1 << <u8>(chunk & 7)));
}

/** The first of `count` free neighbours at or after `from`, or 0. */
function findRun(from: u32, count: u32): u32 {
  let run: u32 = 0;
  for (let chunk = from; chunk < header.chunksMax; chunk++) {
    if ((chunk & 63) == 0 && load<u64>(CHUNK_BITMAP + (chunk >> 3)) == u64.MAX_VALUE) {
      run = 0;
      chunk += 63;
      continue;
    }
    run = isTaken(chunk) ? 0 : run + 1;
    if (run == count) return chunk + 1 - count;
  }
  return 0;
}

function growTo(chunkEnd: u32): bool {
  if (chunkEnd <= header.chunksGrown) return true;
  let target = min(max(chunkEnd, header.chunksGrown + GROW_CHUNKS), header.chunksMax);
  if (memory.grow(target - header.chunksGrown) < 0) {
    target = chunkEnd;
    if (memory.grow(target - header.chunksGrown) < 0) return false;
  }
  header.chunksGrown = target;
  return true;
}

/** Takes `count` neighbouring chunks; 0 when memory has no such run. */
function takeChunks(count: u32, mayUseReserve: bool): u32 {
  const first = findRun(lowestFreeChunk, count);
  if (first == 0) return 0;
  if (!mayUseReserve && first + count + reserveChunks() + promisedChunks > header.chunksMax) return 0;
  if (!growTo(first + count)) return 0;
  for (let i: u32 = 0; i < count; i++) markTaken(first + i);
  if (first == lowestFreeChunk) lowestFreeChunk = first + count;
  header.bytesReserved += <u64>count << CHUNK_BITS;
  return first;
}

function releaseChunks(first: u32, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    chunkRow(first + i).state = <u8>STATE_FREE;
    markFree(first + i);
  }
  if (first < lowestFreeChunk) lowestFreeChunk = first;
  header.bytesReserved -= <u64>count << CHUNK_BITS;
}

// === Slabs ===

function partialHead(sizeClass: u32): usize {
  return PARTIAL_HEADS + (sizeClass << 2);
}

function linkSlab(chunk: u32, sizeClass: u32): void {
  const head = load<u32>(partialHead(sizeClass));
  const row = chunkRow(chunk);
  row.next = <u16>head;
  row.prev = 0;
  if (head != 0) chunkRow(head).prev = <u16>chunk;
  store<u32>(partialHead(sizeClass), chunk);
}

function unlinkSlab(chunk: u32, sizeClass: u32): void {
  const row = chunkRow(chunk);
  if (row.next != 0) chunkRow(row.next).prev = row.prev;
  if (row.prev != 0) chunkRow(row.prev).next = row.next;
  else store<u32>(partialHead(sizeClass), row.next);
}

function newSlab(sizeClass: u32, mayUseReserve: bool): u32 {
  const chunk = takeChunks(1, mayUseReserve);
  if (chunk == 0) return 0;
  const row = chunkRow(chunk);
  row.state = <u8>STATE_SLAB;
  row.sizeClass = <u8>sizeClass;
  row.used = 0;
  row.free = 0;
  row.carved = 0;
  linkSlab(chunk, sizeClass);
  return chunk;
}

function allocateFromSlab(sizeClass: u32, mayUseReserve: bool): usize {
  let chunk = load<u32>(partialHead(sizeClass));
  if (chunk == 0) {
    chunk = newSlab(sizeClass, mayUseReserve);
    if (chunk == 0) return 0;
  }
  const row = chunkRow(chunk);
  const size = classSize(sizeClass);
  let object: usize = row.free;
  if (object != 0) {
    row.free = load<u32>(object);
  } else {
    object = (<usize>chunk << CHUNK_BITS) + <usize>row.carved * size;
    row.carved++;
  }
  row.used++;
  if (row.free == 0 && (<u32>row.carved + 1) * size > CHUNK_SIZE) unlinkSlab(chunk, sizeClass);
  return object;
}

function freeToSlab(object: usize, sizeClass: u32): void {
  const chunk = <u32>(object >> CHUNK_BITS);
  const row = chunkRow(chunk);
  const size = classSize(sizeClass);
  const wasFull = row.free == 0 && (<u32>row.carved + 1) * size > CHUNK_SIZE;
  store<u32>(object, row.free);
  row.free = <u32>object;
  row.used--;
  if (row.used == 0) {
    if (!wasFull) unlinkSlab(chunk, sizeClass);
    releaseChunks(chunk, 1);
  } else if (wasFull) {
    linkSlab(chunk, sizeClass);
  }
}

// === Objects ===

function account(kind: u32, size: u64): void {
  if (kind >= KIND_PAGE) header.bytesPages += size;
  else if (kind == KIND_BLOB) header.bytesBlobs += size;
  else header.bytesBuffers += size;
  header.bytesUsed += size;
  if (header.bytesUsed > header.bytesUsedPeak) header.bytesUsedPeak = header.bytesUsed;
}

/**
 * An object of at least `size` bytes, its header included and written; the
 * rest is whatever lay there. 0 when memory is full: for buffers, down to the reserve.
 */
export function allocate(size: u32, kind: u32): usize {
  let object: usize;
  let sizeClass = WHOLE_CHUNKS;
  const mayUseReserve = kind != KIND_BUFFER;
  if (size <= SLAB_SIZE_MAX) {
    sizeClass = classOf(size);
    object = allocateFromSlab(sizeClass, mayUseReserve);
    if (object == 0) return 0;
    account(kind, classSize(sizeClass));
  } else {
    const count = <u32>((<u64>size + CHUNK_SIZE - 1) >> CHUNK_BITS);
    const first = takeChunks(count, mayUseReserve);
    if (first == 0) return 0;
    object = <usize>first << CHUNK_BITS;
    const row = chunkRow(first);
    row.state = <u8>STATE_RUN_HEAD;
    row.free = count;
    for (let i: u32 = 1; i < count; i++) chunkRow(first + i).state = <u8>STATE_RUN_BODY;
    account(kind, <u64>count << CHUNK_BITS);
  }
  store<u64>(object, (birthEpoch << 16) | (<u64>sizeClass << 8) | kind);
  return object;
}

/**
 * An object of `kind` with room for `wanted` bytes behind its header, which begin with
 * the first `used` of `object` (0 = none); that one is freed. 0 when memory is full:
 * then it stays.
 */
export function enlarge(object: usize, used: u32, wanted: u32, kind: u32): usize {
  const larger = allocate(wanted + OBJECT_HEADER, kind);
  if (larger == 0 || object == 0) return larger;
  memory.copy(larger + OBJECT_HEADER, object + OBJECT_HEADER, used);
  free(object);
  return larger;
}

/** Gives the object back at once. Requires: no pinned view can reach it. */
export function free(object: usize): void {
  const sizeClass = <u32>load<u8>(object, 1);
  const kind = kindOf(object);
  const size = objectSize(object);
  account(kind, 0 - <u64>size);
  if (sizeClass == WHOLE_CHUNKS) {
    releaseChunks(<u32>(object >> CHUNK_BITS), size >> CHUNK_BITS);
  } else {
    freeToSlab(object, sizeClass);
  }
}

/** Chunks of an object of `size` bytes, its header not included. */
export function chunksFor(size: u32): u32 {
  return <u32>((<u64>size + OBJECT_HEADER + CHUNK_SIZE - 1) >> CHUNK_BITS);
}

/** Sets chunks aside behind all that was ever used; false when it has too few. */
export function promiseChunks(count: u32): bool {
  if (<u64>header.chunksGrown + count + reserveChunks() + promisedChunks > header.chunksMax) return false;
  promisedChunks += count;
  return true;
}

/** Ends a promise of chunks. */
export function releaseChunksPromised(count: u32): void {
  promisedChunks -= count;
}

/** The reserve: less of a memory that may not grow large. */
function reserveChunks(): u32 {
  return min(RESERVE_CHUNKS, header.chunksMax >> 3);
}

function freeChunkBytes(): u64 {
  return (<u64>header.chunksMax << CHUNK_BITS) - HEAP_START - header.bytesReserved;
}

/**
 * Whether there is room to move what deletions left half empty to smaller objects:
 * that gives memory back in the end but takes some first.
 */
export function hasRoomToShrink(): bool {
  const reserve = <u64>reserveChunks() << CHUNK_BITS;
  return freeChunkBytes() >= reserve / 4 * 3;
}

/**
 * Whether writes may need `bytes` more. New objects of a size may find no free ones
 * of that size, so what free objects there are counts only as far as half of the
 * reserve can stand in for it.
 */
export function hasRoomFor(bytes: u64): bool {
  const freeChunks = freeChunkBytes();
  const reserve = <u64>reserveChunks() << CHUNK_BITS;
  if (freeChunks >= reserve + bytes) return true;
  const freeObjects = header.bytesReserved - header.bytesUsed;
  return freeObjects >= 2 * bytes && freeChunks >= reserve / 2 + bytes;
}

/**
 * Bytes of objects that surely fit although they come and go in all sizes, which leaves
 * chunks half empty.
 */
export function bytesSustained(): u64 {
  const chunks = <u64>header.chunksMax - (HEAP_START >> CHUNK_BITS) - reserveChunks();
  return (chunks << CHUNK_BITS) / 8 * 7;
}

/** Called once by the owner, on zeroed memory. */
export function initialiseHeap(): void {
  const reserved = <u32>(HEAP_START >> CHUNK_BITS);
  for (let chunk: u32 = 0; chunk < reserved; chunk++) markTaken(chunk);
  lowestFreeChunk = reserved;
  header.chunksGrown = memory.size();
  header.chunksMax = CHUNK_COUNT_MAX;
  header.bytesReserved = 0;
}

// === Walking, for check.ts ===

/** State of a chunk as the walker sees it: 0 free, 1 slab, 2 run head, 3 run body. */
export function chunkState(chunk: u32): u32 {
  return chunkRow(chunk).state;
}

/** Live objects of a slab, or chunks of a run. */
export function chunkLoad(chunk: u32): u32 {
  const row = chunkRow(chunk);
  return row.state == STATE_SLAB ? row.used : row.free;
}

/** Whether the free list, counters and list membership of a slab agree. */
export function isSlabSound(chunk: u32): bool {
  const row = chunkRow(chunk);
  const size = classSize(row.sizeClass);
  const start = <usize>chunk << CHUNK_BITS;
  let freeObjects: u32 = 0;
  for (let object: usize = row.free; object != 0; object = load<u32>(object)) {
    if (object >> CHUNK_BITS != chunk || (object - start) % size != 0) return false;
    if (++freeObjects > row.carved) return false;
  }
  return <u32>row.used + freeObjects == <u32>row.carved && <u32>row.carved * size <= CHUNK_SIZE;
}

export function isChunkTaken(chunk: u32): bool {
  return isTaken(chunk);
}
