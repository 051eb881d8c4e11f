// === Changes of consumer groups ===
//
// The tree is described in groups/groups.ts. All of this requires that the open
// stream is writable, see `editStream`, and but for `createGroup` that a group is
// at hand.

import { find, headOf, indexAt, pageAt, previous, recordOf, seek, seekLast, settle } from "../tree/cursor";
import { insert, remove, removeLeaf } from "../tree/tree";
import { touch } from "../tree/path";
import { countOf, headAt, recordAt, tailWord, VALUE_BLOB, VALUE_INLINE_MAX, valueOf } from "../tree/page";
import { OBJECT_HEADER } from "../memory/heap";
import { discard } from "../tree/views";
import { newBlob } from "../keys/keyspace";
import { addWork, elementCursor, nowMs } from "../memory/state";
import { streamRecord } from "../streams/entries";
import {
  CONSUMER_FIRST, ConsumerHeader, consumerHeader, findPending, firstPending, GroupHeader, groupNumber, groupsRef, groupsRoot, headFor,
  ID_BYTES, idTail, NAMES, nameTail, OF_GROUP, pendingAt, PendingHeader, pendingMs, pendingSeq, useGroup,
} from "./groups";

// === Making ===

function insertRecord(head: u64, tail: usize, tailLen: u32, valueLen: u32): usize {
  const cursor = elementCursor();
  const known = seek(cursor, groupsRoot(streamRecord), head, tail, tailLen);
  assert(!known);
  return insert(cursor, groupsRef(streamRecord), head, tail, tailLen, valueLen);
}

/** A number above those in use, or the least free one. */
function freeGroupNumber(): u32 {
  const root = groupsRoot(streamRecord);
  seekLast(elementCursor(), root);
  if (!settle(elementCursor())) return 1;
  const last = <u32>(headOf(elementCursor()) >> 32);
  if (last != u32.MAX_VALUE) return last + 1;
  let number: u32 = 1;
  while (find(root, headFor(number, OF_GROUP), 0, 0) != 0) number++;
  return number;
}

function freeConsumerNumber(): u32 {
  const root = groupsRoot(streamRecord);
  const cursor = elementCursor();
  seek(cursor, root, headFor(groupNumber, u32.MAX_VALUE), idTail(u64.MAX_VALUE, u64.MAX_VALUE), ID_BYTES);
  previous(cursor); // what is there at the least is the group's header
  const last = <u32>headOf(cursor);
  if (last < u32.MAX_VALUE - 1) return max(last + 1, CONSUMER_FIRST);
  let number = CONSUMER_FIRST;
  while (find(root, headFor(groupNumber, number), 0, 0) != 0) number++;
  return number;
}

/** Makes a group and makes it the one at hand. Requires: there is none of that name. */
export function createGroup(name: usize, length: u32, ms: u64, seq: u64, entriesRead: i64): void {
  useGroup(freeGroupNumber());
  store<u32>(valueOf(insertRecord(0, name, length, 4)), groupNumber);
  const made = changetype<GroupHeader>(valueOf(insertRecord(headFor(groupNumber, OF_GROUP), 0, 0, offsetof<GroupHeader>())));
  made.lastMs = ms;
  made.lastSeq = seq;
  made.entriesRead = entriesRead;
  made.pending = 0;
  made.consumers = 0;
}

/** Makes a consumer of the group at hand; its number. Requires: there is none of that name. */
export function createConsumer(name: usize, length: u32): u32 {
  const number = freeConsumerNumber();
  store<u32>(valueOf(insertRecord(headFor(groupNumber, NAMES), name, length, 4)), number);
  const head = headFor(groupNumber, number);
  const made = changetype<ConsumerHeader>(valueOf(insertRecord(head, 0, 0, offsetof<ConsumerHeader>())));
  made.seenMs = nowMs;
  made.activeMs = -1;
  made.pending = 0;
  const isLong = length > VALUE_INLINE_MAX;
  const record = insertRecord(head, nameTail(), 1, isLong ? 8 : length);
  if (isLong) storeLongName(record, name, length);
  else memory.copy(valueOf(record), name, length);
  editGroup().consumers++;
  return number;
}

function storeLongName(record: usize, name: usize, length: u32): void {
  const blob = newBlob(length);
  memory.copy(blob + OBJECT_HEADER, name, length);
  store<u16>(record, <u16>(tailWord(record) | VALUE_BLOB));
  store<u32>(valueOf(record), <u32>blob);
  store<u32>(valueOf(record), length, 4);
}

// === Changing ===

function editHeader(range: u32): usize {
  const cursor = elementCursor();
  const known = seek(cursor, groupsRoot(streamRecord), headFor(groupNumber, range), 0, 0);
  assert(known);
  touch(cursor, groupsRef(streamRecord), 0);
  return valueOf(recordOf(cursor));
}

/** Header of the group at hand, to be changed. */
export function editGroup(): GroupHeader {
  return changetype<GroupHeader>(editHeader(OF_GROUP));
}

/** Header of a consumer, to be changed. */
export function editConsumer(consumer: u32): ConsumerHeader {
  return changetype<ConsumerHeader>(editHeader(consumer));
}

/** Header of the group's pending entry with an id, to be changed. Requires: there is one. */
export function editPending(ms: u64, seq: u64): PendingHeader {
  const cursor = elementCursor();
  const known = seek(cursor, groupsRoot(streamRecord), headFor(groupNumber, OF_GROUP), idTail(ms, seq), ID_BYTES);
  assert(known);
  touch(cursor, groupsRef(streamRecord), 0);
  return pendingAt(cursor);
}

/** What `setPending` has added to the group and to its consumer, and no header knows yet. */
let addedToGroup: u32 = 0;
let addedToConsumer: u32 = 0;

/**
 * Makes an entry pending for `consumer`, whoever had it. The counts are settled
 * by `settleCounts`, before another consumer or group is at hand.
 */
export function setPending(ms: u64, seq: u64, consumer: u32, deliveredMs: i64, deliveries: u64): void {
  const cursor = elementCursor();
  const head = headFor(groupNumber, OF_GROUP);
  const rootRef = groupsRef(streamRecord);
  const known = seek(cursor, load<u32>(rootRef), head, idTail(ms, seq), ID_BYTES);
  let owner: u32 = 0;
  if (known) {
    touch(cursor, rootRef, 0);
    owner = pendingAt(cursor).consumer;
  } else {
    insert(cursor, rootRef, head, idTail(ms, seq), ID_BYTES, offsetof<PendingHeader>());
    addedToGroup++;
  }
  const entry = pendingAt(cursor);
  entry.deliveredMs = deliveredMs;
  entry.deliveries = deliveries;
  entry.consumer = consumer;
  addWork(4);
  if (owner == consumer) return;
  if (owner != 0) takeFrom(owner, ms, seq);
  insertRecord(headFor(groupNumber, consumer), idTail(ms, seq), ID_BYTES, 0);
  addedToConsumer++;
}

/** Notes what `setPending` did for `consumer`. */
export function settleCounts(consumer: u32): void {
  if (addedToGroup != 0) editGroup().pending += addedToGroup;
  if (addedToConsumer != 0) editConsumer(consumer).pending += addedToConsumer;
  addedToGroup = 0;
  addedToConsumer = 0;
}

/**
 * Settles the counts of a delivery, and that the group has read up to an id, in one
 * visit to each header.
 */
export function settleDelivery(consumer: u32, ms: u64, seq: u64, reads: i64, isActive: bool): void {
  const group = editGroup();
  group.lastMs = ms;
  group.lastSeq = seq;
  group.entriesRead = reads;
  group.pending += addedToGroup;
  const reader = editConsumer(consumer);
  reader.seenMs = nowMs;
  if (isActive) reader.activeMs = nowMs;
  reader.pending += addedToConsumer;
  forgetCounts();
}

/** Forgets what was added and not settled, for a stream that was given up. */
export function forgetCounts(): void {
  addedToGroup = 0;
  addedToConsumer = 0;
}

/** Makes an entry pending for nobody yet; false when it is pending already. For RESTORE. */
export function addUnowned(ms: u64, seq: u64, deliveredMs: i64, deliveries: u64): bool {
  if (findPending(streamRecord, ms, seq) != 0) return false;
  const record = insertRecord(headFor(groupNumber, OF_GROUP), idTail(ms, seq), ID_BYTES, offsetof<PendingHeader>());
  const entry = changetype<PendingHeader>(valueOf(record));
  entry.deliveredMs = deliveredMs;
  entry.deliveries = deliveries;
  entry.consumer = 0;
  addedToGroup++;
  return true;
}

/** Makes an entry that `addUnowned` made pending for a consumer; false when it is none or somebody's. */
export function ownPending(ms: u64, seq: u64, consumer: u32): bool {
  if (findPending(streamRecord, ms, seq) == 0) return false;
  const entry = editPending(ms, seq);
  if (entry.consumer != 0) return false;
  entry.consumer = consumer;
  insertRecord(headFor(groupNumber, consumer), idTail(ms, seq), ID_BYTES, 0);
  addedToConsumer++;
  return true;
}

function removeRecord(head: u64, tail: usize, tailLen: u32): void {
  const cursor = elementCursor();
  const known = seek(cursor, groupsRoot(streamRecord), head, tail, tailLen);
  assert(known);
  remove(cursor, groupsRef(streamRecord));
}

function takeFrom(consumer: u32, ms: u64, seq: u64): void {
  removeRecord(headFor(groupNumber, consumer), idTail(ms, seq), ID_BYTES);
  editConsumer(consumer).pending--;
}

/** Makes an entry not pending; whether it was. Requires: counts are settled. */
export function removePending(ms: u64, seq: u64): bool {
  const found = findPending(streamRecord, ms, seq);
  if (found == 0) return false;
  const owner = changetype<PendingHeader>(found).consumer;
  removeRecord(headFor(groupNumber, OF_GROUP), idTail(ms, seq), ID_BYTES);
  editGroup().pending--;
  takeFrom(owner, ms, seq);
  addWork(4);
  return true;
}

// === Removing ===

/** Removes all records with heads in [from, to]: whole leaves where they hold nothing else. */
function removeRange(from: u64, to: u64): void {
  const cursor = elementCursor();
  while (true) {
    seek(cursor, groupsRoot(streamRecord), from, 0, 0);
    if (!settle(cursor) || headOf(cursor) > to) return;
    const page = pageAt(cursor, 0);
    const end = countOf(page);
    const isWhole = indexAt(cursor, 0) == 0 && headAt(page, end - 1) <= to;
    addWork(4);
    if (isWhole) {
      for (let index: u32 = 0; index < end; index++) dropValue(recordAt(page, index));
      removeLeaf(cursor, groupsRef(streamRecord));
    } else {
      dropValue(recordOf(cursor));
      remove(cursor, groupsRef(streamRecord));
    }
  }
}

function dropValue(record: usize): void {
  if (tailWord(record) & VALUE_BLOB) discard(<usize>load<u32>(valueOf(record)));
}

/** Removes the group at hand, whose name these bytes are, and all that is pending for it. */
export function removeGroup(name: usize, length: u32): void {
  removeRecord(0, name, length);
  removeRange(headFor(groupNumber, 0), headFor(groupNumber, u32.MAX_VALUE));
}

/** Removes a consumer, whose name these bytes are, and what is pending for it; the number of that. */
export function removeConsumer(consumer: u32, name: usize, length: u32): u32 {
  const cursor = elementCursor();
  const pending = consumerHeader(streamRecord, consumer).pending;
  for (let left = pending; left != 0; left--) {
    const found = firstPending(cursor, streamRecord, consumer, 0, 0);
    assert(found);
    removeRecord(headFor(groupNumber, OF_GROUP), idTail(pendingMs, pendingSeq), ID_BYTES);
    removeRecord(headFor(groupNumber, consumer), idTail(pendingMs, pendingSeq), ID_BYTES);
    addWork(8);
  }
  removeRange(headFor(groupNumber, consumer), headFor(groupNumber, consumer));
  removeRecord(headFor(groupNumber, NAMES), name, length);
  const group = editGroup();
  group.pending -= pending;
  group.consumers--;
  return pending;
}
