// === The walker: every structural invariant of the core ===
//
// `checkAll` visits every page and blob that the present state reaches, all that
// is retired or waits to be reclaimed, and every chunk, and compares what it
// meets with what the counters say. It marks objects in a bitmap, one bit for
// each 16 bytes of the heap, so that a second reference to one is found.
//
// It returns 0 or the number of the first broken invariant below; `checkedAt`
// is the address where.

import { CHUNK_SIZE, Database, database, DATABASE_BYTES, DATABASE_ROWS, DATABASES_KEPT, header, HEAP_START, LOCAL_DATABASE, WAITING_DATABASE } from "../memory/layout";
import {
  allocate, chunkLoad, chunkState, classSize, free, isChunkTaken, isSlabSound, KIND_BLOB, KIND_LEDGER, KIND_PAGE, kindOf, OBJECT_HEADER,
  objectSize,
} from "../memory/heap";
import {
  childCount, childOf, compareKey, countOf, headAt, levelOf, Page, PAGE_SLOTS, recordAt, recordBytes, RECORD_HEADER,
  SLOT_BYTES, SUBTREES, TAIL_BLOB, tailLength, tailOf, tailWord, VALUE_BLOB, valueLength, valueOf, weightAt, WEIGHTED,
} from "../tree/page";
import { find, treeCount } from "../tree/cursor";
import { retiredBlocks, retiredCount, retiredNext, retiredObject, viewDatabases } from "../tree/views";
import { pendingBelow, pendingBlock, pendingCount, pendingPage } from "../tree/reclaim";
import { hashField, hashKey, hashMember } from "../keys/warm";
import { expiryOf, hasExpiry, payloadOf, TYPE_HASH, TYPE_LIST, TYPE_SET, TYPE_STREAM, TYPE_ZSET, typeOf } from "../keys/keyspace";
import { FIELDS } from "../keys/expiry";
import { earliestDue } from "../hashes/dues";
import { isHashSound } from "../hashes/check";
import { fieldCount } from "../hashes/fields";
import { isStreamSound } from "../groups/check";
import { checkList, isChunkSound } from "../lists/check";
import { isSortedSetSound } from "../sorted_sets/check";
import { areWaitersSound } from "../waits/check";

export const SOUND: u32 = 0;
const BAD_REFERENCE: u32 = 1;
const BAD_ORDER: u32 = 2;
const BAD_COUNT: u32 = 3;
const BAD_PAGE: u32 = 4;
const BAD_HEAD: u32 = 5;
const BAD_HEAP: u32 = 6;
const BAD_DUE: u32 = 7;
const BAD_BYTES: u32 = 8;
const BAD_BORDER: u32 = 9;
const BAD_STREAM: u32 = 10;
const BAD_SORTED_SET: u32 = 11;
const BAD_HASH: u32 = 12;
const BAD_WAITERS: u32 = 13;

/** Heads of the tree being walked mean: anything, a key, a field, a member, one with a score. */
const HEADS_ANY: u32 = 0;
const HEADS_KEYS: u32 = 1;
const HEADS_FIELDS: u32 = 2;
const HEADS_MEMBERS: u32 = 3;
const HEADS_SCORED: u32 = 4;

export let checkedAt: usize = 0;
let verdict: u32 = SOUND;
/** The bitmap; 0 = second references are not looked for. */
let marks: usize = 0;
let bytesMet: u64 = 0;
let headKind: u32 = 0;
let isPositional: bool = false;

function fail(code: u32, at: usize): bool {
  if (verdict == SOUND) {
    verdict = code;
    checkedAt = at;
  }
  return false;
}

/** Notes one reference to `object`; false when it is not the first or not one. */
function meet(object: usize): bool {
  if (object < HEAP_START || object >= <usize>header.chunksGrown * CHUNK_SIZE || object & 15) {
    return fail(BAD_REFERENCE, object);
  }
  if (marks != 0 && !mark((object - HEAP_START) >> 4)) return fail(BAD_REFERENCE, object);
  bytesMet += objectSize(object);
  return true;
}

/** Sets the bit of a granule; false when it was set. */
function mark(granule: usize): bool {
  const at = marks + (granule >> 3);
  const bit = <u8>1 << <u8>(granule & 7);
  const isFirst = !(load<u8>(at) & bit);
  store<u8>(at, load<u8>(at) | bit);
  return isFirst;
}

function meetBlob(blob: usize): bool {
  return meet(blob) && (kindOf(blob) == KIND_BLOB || fail(BAD_REFERENCE, blob));
}

// === Pages ===

function isPageSound(page: usize, level: u32): bool {
  if (!meet(page)) return false;
  const fields = changetype<Page>(page);
  if (kindOf(page) != KIND_PAGE + level || fields.size != objectSize(page) || fields.count == 0) return fail(BAD_PAGE, page);
  let live: u32 = 0;
  for (let i: u32 = 0; i < fields.count; i++) {
    const record = recordAt(page, i);
    live += recordBytes(record);
    const end = page + fields.size;
    if (record < end - fields.heapBytes || record + recordBytes(record) > end) return fail(BAD_PAGE, record);
  }
  if (live + fields.deadBytes != fields.heapBytes) return fail(BAD_PAGE, page);
  if (<u32>PAGE_SLOTS + <u32>fields.count * SLOT_BYTES + fields.heapBytes > fields.size) return fail(BAD_PAGE, page);
  return true;
}

function isOrdered(page: usize, from: u32): bool {
  if (isPositional) return true;
  // The first head of an inner page means nothing, but searches want it below the next.
  if (from == 1 && countOf(page) > 1 && headAt(page, 0) > headAt(page, 1)) return fail(BAD_ORDER, page);
  for (let i = from + 1; i < countOf(page); i++) {
    const record = recordAt(page, i - 1);
    if (compareKey(page, i, headAt(page, i - 1), tailOf(record), tailLength(record)) <= 0) return fail(BAD_ORDER, page);
  }
  return true;
}

/** Whether the first key below `page` is not below the record's key that leads to it. */
function isBorderSound(parent: usize, index: u32, page: usize): bool {
  if (isPositional || index == 0) return true;
  let leaf = page;
  while (levelOf(leaf) > 0) leaf = childOf(recordAt(leaf, 0));
  const first = recordAt(leaf, 0);
  if (compareKey(parent, index, headAt(leaf, 0), tailOf(first), tailLength(first)) > 0) return fail(BAD_BORDER, page);
  let last = childOf(recordAt(parent, index - 1));
  while (levelOf(last) > 0) last = childOf(recordAt(last, countOf(last) - 1));
  const end = recordAt(last, countOf(last) - 1);
  return compareKey(parent, index, headAt(last, countOf(last) - 1), tailOf(end), tailLength(end)) > 0 || fail(BAD_BORDER, last);
}

/** Walks a tree; its leaf records, or -1. */
function walkTree(page: usize, level: u32): i64 {
  if (!isPageSound(page, level) || !isOrdered(page, level == 0 ? 0 : 1)) return -1;
  let records: i64 = 0;
  for (let i: u32 = 0; i < countOf(page); i++) {
    const record = recordAt(page, i);
    if (tailWord(record) & TAIL_BLOB && !meetBlob(<usize>load<u32>(record + RECORD_HEADER))) return -1;
    if (level == 0) {
      if (!isLeafRecordSound(page, i, record)) return -1;
      records += weightAt(page, i);
    } else {
      const child = childOf(record);
      const below = walkTree(child, level - 1);
      if (below < 0 || !isBorderSound(page, i, child)) return -1;
      if (below != childCount(record)) return fail(BAD_COUNT, record) ? 0 : -1;
      records += below;
    }
  }
  return records;
}

function walkRoot(root: usize, kind: u32, positional: bool): i64 {
  if (root == 0) return 0;
  headKind = kind;
  isPositional = positional;
  if (kindOf(root) < KIND_PAGE) return fail(BAD_REFERENCE, root) ? 0 : -1;
  return walkTree(root, levelOf(root));
}

function isLeafRecordSound(page: usize, index: u32, record: usize): bool {
  const head = headAt(page, index);
  const word = tailWord(record);
  const end = valueOf(record) + valueLength(record);
  if (word & VALUE_BLOB && !meetBlob(<usize>load<u32>(end - 8))) return false;
  if (isPositional != ((word & WEIGHTED) != 0)) return fail(BAD_HEAD, record);
  if (isPositional) return isChunkSound(page, index) || fail(BAD_COUNT, record);
  if (headKind == HEADS_FIELDS) return head == hashField(tailOf(record), tailLength(record)) || fail(BAD_HEAD, record);
  if (headKind == HEADS_MEMBERS || headKind == HEADS_SCORED) {
    const isMember = head == hashMember(tailOf(record), tailLength(record));
    return (isMember && (valueLength(record) != 0) == (headKind == HEADS_SCORED)) || fail(BAD_HEAD, record);
  }
  if (headKind != HEADS_KEYS) return true;
  if (head != hashKey(tailOf(record), tailLength(record))) return fail(BAD_HEAD, record);
  return !(word & SUBTREES) || isCollectionSound(record, end);
}

function headsOf(type: u32): u32 {
  if (type == TYPE_HASH) return HEADS_FIELDS;
  if (type == TYPE_SET) return HEADS_MEMBERS;
  return type == TYPE_ZSET ? HEADS_SCORED : HEADS_ANY;
}

function isCollectionSound(record: usize, end: usize): bool {
  const type = typeOf(record);
  const first = walkRoot(load<u32>(end - 8), headsOf(type), type == TYPE_LIST);
  const second = first < 0 ? -1 : walkRoot(load<u32>(end - 4), HEADS_ANY, false);
  headKind = HEADS_KEYS;
  isPositional = false;
  if (second < 0) return false;
  if (type == TYPE_SET && (first != fieldCount(record) || first == 0)) return fail(BAD_COUNT, record);
  if (type == TYPE_HASH && !isHashSound(record)) return fail(BAD_HASH, record);
  if (type == TYPE_STREAM && !isStreamSound(record)) return fail(BAD_STREAM, record);
  if (type == TYPE_LIST && !checkList(record, <u32>first)) return fail(BAD_COUNT, record);
  if (type == TYPE_ZSET && !isSortedSetSound(record)) return fail(BAD_SORTED_SET, record);
  return true;
}

// === Databases ===

function isDatabaseSound(db: Database): bool {
  const keys = walkRoot(db.root, HEADS_KEYS, false);
  if (keys < 0) return false;
  if (<u64>keys != db.keys || treeCount(db.root) != <u32>keys) return fail(BAD_COUNT, db.root);
  const dues = walkRoot(db.dueRoot, HEADS_ANY, false);
  if (dues < 0) return false;
  if (<u64>dues < db.expires) return fail(BAD_COUNT, db.dueRoot);
  timedHashes = 0;
  if (db.root != 0 && !areDuesSound(db, db.root)) return false;
  return db.expires + timedHashes == <u64>dues || fail(BAD_COUNT, db.dueRoot);
}

/** Hashes met by `areDuesSound` that have fields that are due. */
let timedHashes: u64 = 0;

/** Whether every key below `page` that has an expiry, or fields that are due, is in the due-time tree. */
function areDuesSound(db: Database, page: usize): bool {
  for (let i: u32 = 0; i < countOf(page); i++) {
    const record = recordAt(page, i);
    if (levelOf(page) > 0) {
      if (!areDuesSound(db, childOf(record))) return false;
      continue;
    }
    if (hasExpiry(record) && !isNoted(db, expiryOf(record), record)) return fail(BAD_DUE, record);
    if (typeOf(record) != TYPE_HASH || load<u32>(valueOf(record) + valueLength(record) - 4) == 0) continue;
    timedHashes++;
    if (!isNoted(db, FIELDS | <u64>earliestDue(payloadOf(record)), record)) return fail(BAD_DUE, record);
  }
  return true;
}

function isNoted(db: Database, head: u64, record: usize): bool {
  return find(db.dueRoot, head, tailOf(record), tailLength(record)) != 0;
}

// === The heap ===

function isRetiredSound(): bool {
  for (let block = retiredBlocks(); block != 0; block = retiredNext(block)) {
    for (let i: u32 = 0; i < retiredCount(block); i++) {
      if (!meet(retiredObject(block, i))) return false;
    }
  }
  return true;
}

/** Detached trees: their heads are not checked, since keys lie in any database. */
function isPendingSound(): bool {
  for (let block = pendingBlock(); block != 0; block = pendingBelow(block)) {
    for (let i: u32 = 0; i < pendingCount(block); i++) {
      if (!meetDetached(pendingPage(block, i))) return false;
    }
  }
  return true;
}

function meetDetached(page: usize): bool {
  if (page == 0) return true;
  if (!meet(page)) return false;
  for (let i: u32 = 0; i < countOf(page); i++) {
    const record = recordAt(page, i);
    const word = tailWord(record);
    const end = valueOf(record) + valueLength(record);
    if (word & TAIL_BLOB && !meetBlob(<usize>load<u32>(record + RECORD_HEADER))) return false;
    if (levelOf(page) > 0) {
      if (!meetDetached(childOf(record))) return false;
    } else if (word & VALUE_BLOB) {
      if (!meetBlob(<usize>load<u32>(end - 8))) return false;
    } else if (word & SUBTREES) {
      if (!meetDetached(load<u32>(end - 8)) || !meetDetached(load<u32>(end - 4))) return false;
    }
  }
  return true;
}

/** Slabs, runs and the bitmap agree, and their objects make up `bytesUsed`. */
function isHeapSound(): bool {
  let used: u64 = 0;
  const end = header.chunksGrown;
  for (let chunk = <u32>(HEAP_START >> 16); chunk < end; chunk++) {
    const state = chunkState(chunk);
    if (isChunkTaken(chunk) != (state != 0)) return fail(BAD_HEAP, <usize>chunk << 16);
    if (state == 1) {
      if (!isSlabSound(chunk)) return fail(BAD_HEAP, <usize>chunk << 16);
      used += <u64>chunkLoad(chunk) * slabObjectSize(chunk);
    } else if (state == 2) {
      used += <u64>chunkLoad(chunk) << 16;
    }
  }
  return used == header.bytesUsed || fail(BAD_HEAP, 0);
}

function slabObjectSize(chunk: u32): u32 {
  return classSize(load<u8>(0x90000 + (<usize>chunk << 4), 1));
}

/** Walks everything; 0 or the number of the first broken invariant. */
export function checkAll(): u32 {
  verdict = SOUND;
  checkedAt = 0;
  bytesMet = 0;
  const markBytes = header.chunksGrown * (CHUNK_SIZE / 128);
  const buffer = allocate(markBytes + OBJECT_HEADER, KIND_LEDGER);
  if (buffer == 0) return fail(BAD_HEAP, 0) ? 0 : BAD_HEAP;
  marks = buffer + OBJECT_HEADER;
  memory.fill(marks, 0, markBytes);
  let sound = true;
  for (let index: u32 = 0; sound && index < DATABASE_ROWS; index++) sound = isDatabaseSound(database(index));
  sound = sound && (areWaitersSound(WAITING_DATABASE) && areWaitersSound(LOCAL_DATABASE) || fail(BAD_WAITERS, 0));
  sound = sound && isRetiredSound() && isPendingSound() && isHeapSound();
  if (sound && bytesMet != header.bytesPages + header.bytesBlobs) fail(BAD_BYTES, 0);
  free(buffer);
  return verdict;
}

/**
 * Walks the trees of the view pinned in `slot`; any instance may, since it needs
 * no memory. Second references are not looked for, and the heap is not walked.
 */
export function checkView(slot: u32): u32 {
  verdict = SOUND;
  checkedAt = 0;
  marks = 0;
  let sound = true;
  for (let index: u32 = 0; sound && index < DATABASES_KEPT; index++) {
    sound = isDatabaseSound(changetype<Database>(viewDatabases(slot) + DATABASE_BYTES * index));
  }
  return verdict;
}
