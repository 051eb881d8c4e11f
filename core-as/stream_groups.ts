// === Consumer groups of a stream ===
//
// All groups of a stream are ranges of one tree. Groups, and consumers within a
// group, have numbers; names are keys of two ranges and lead to the numbers.
//
// ╒══════════════════╤═════════╤══════════════════════════════════════════════╕
// │ head             │ tail    │ value                                         │
// ╞══════════════════╪═════════╪══════════════════════════════════════════════╡
// │ 0                │ name    │ number of a group, from 1                     │
// │ group << 32      │ name    │ number of a consumer, from 2                  │
// │ group << 32 | 1  │ -       │ GroupHeader                                   │
// │                  │ id      │ PendingHeader: an entry delivered, not acked  │
// │ group << 32 | n  │ -       │ ConsumerHeader of consumer n                  │
// │                  │ 0       │ its name                                      │
// │                  │ id      │ - : entry pending for consumer n              │
// ╘══════════════════╧═════════╧══════════════════════════════════════════════╛
//
// Ids are 16 bytes, big endian, so that they compare in order; a header's empty
// tail, and the one byte 0 of a name, come before all of them. Names compare as bytes, the order in which
// Redis lists them. A group's pending entries are those of its consumers.
//
// Functions that change a tree require the open stream to be writable, see
// `editStream`. Addresses of headers are good until the tree changes.

import { find, headOf, next, previous, recordOf, seek, seekLast, settle } from "./cursor";
import { insert, remove } from "./tree";
import { touch } from "./path";
import { tailLength, tailOf, tailWord, VALUE_BLOB, VALUE_INLINE_MAX, valueLength, valueOf } from "./page";
import { OBJECT_HEADER } from "./heap";
import { discard } from "./views";
import { newBlob, payloadOf } from "./keyspace";
import { elementCursor, nowMs, textScratch } from "./state";
import { streamRecord } from "./stream_entries";
import { addWork } from "./execute";
import { compareBytes } from "./text/bytes";

/** Where in a stream's payload the root of the groups' tree is. */
export const GROUPS_ROOT: usize = 52;
const ID_BYTES: u32 = 16;
const NAMES: u32 = 0;
const PENDING: u32 = 1;
const CONSUMER_FIRST: u32 = 2;
/** Reads of a group that nobody has counted. */
export const READS_UNKNOWN: i64 = -1;

@unmanaged
export class GroupHeader {
  /** Last id delivered. */
  lastMs: u64 = 0;
  lastSeq: u64 = 0;
  /** Entries ever delivered, or READS_UNKNOWN. */
  entriesRead: i64 = 0;
  pending: u32 = 0;
  consumers: u32 = 0;
}

@unmanaged
export class ConsumerHeader {
  /** When it last tried to read, milliseconds since 1970. */
  seenMs: i64 = 0;
  /** When it last got something; -1 = never. */
  activeMs: i64 = 0;
  pending: u32 = 0;
}

@unmanaged
export class PendingHeader {
  deliveredMs: i64 = 0;
  deliveries: u64 = 0;
  consumer: u32 = 0;
}

export function groupsRef(record: usize): usize {
  return payloadOf(record) + GROUPS_ROOT;
}

/** Root of a stream's groups; 0 = none. */
export function groupsRoot(record: usize): usize {
  return load<u32>(groupsRef(record));
}

function headFor(group: u32, range: u32): u64 {
  return (<u64>group << 32) | range;
}

/** The tail of an id, in scratch. */
function idTail(ms: u64, seq: u64): usize {
  const at = textScratch() + 31968;
  store<u64>(at, bswap(ms));
  store<u64>(at, bswap(seq), 8);
  return at;
}

/** The tail of the record with a consumer's name, in scratch. */
function nameTail(): usize {
  const at = textScratch() + 31960;
  store<u8>(at, 0);
  return at;
}

// === Finding ===

/** Number of the group that `findGroup` found. */
export let groupNumber: u32 = 0;

/** Makes another group the one at hand. */
export function useGroup(number: u32): void {
  groupNumber = number;
}

/** Looks a group up by name and makes it the one at hand; whether there is one. */
export function findGroup(record: usize, name: usize, length: u32): bool {
  const named = find(groupsRoot(record), 0, name, length);
  groupNumber = named == 0 ? 0 : load<u32>(valueOf(named));
  return named != 0;
}

function headerAt(record: usize, range: u32): usize {
  const found = find(groupsRoot(record), headFor(groupNumber, range), 0, 0);
  assert(found != 0); // numbers lead to what exists
  return found;
}

/** Header of the group at hand, to be read. */
export function groupHeader(record: usize): GroupHeader {
  return changetype<GroupHeader>(valueOf(headerAt(record, PENDING)));
}

/** Header of a consumer of the group at hand, to be read. */
export function consumerHeader(record: usize, consumer: u32): ConsumerHeader {
  return changetype<ConsumerHeader>(valueOf(headerAt(record, consumer)));
}

/** Number of a consumer of the group at hand; 0 = none. */
export function findConsumer(record: usize, name: usize, length: u32): u32 {
  const named = find(groupsRoot(record), headFor(groupNumber, NAMES), name, length);
  return named == 0 ? 0 : load<u32>(valueOf(named));
}

/** Name that `loadConsumerName` found. */
export let nameAt: usize = 0;
export let nameLen: u32 = 0;

/** Points `nameAt` and `nameLen` to the name of a consumer. */
export function loadConsumerName(record: usize, consumer: u32): void {
  const found = find(groupsRoot(record), headFor(groupNumber, consumer), nameTail(), 1);
  assert(found != 0); // every consumer has one
  const value = valueOf(found);
  if (tailWord(found) & VALUE_BLOB) {
    nameAt = <usize>load<u32>(value) + OBJECT_HEADER;
    nameLen = load<u32>(value, 4);
  } else {
    nameAt = value;
    nameLen = valueLength(found);
  }
}

/** The group's pending entry with an id, to be read; 0 = none. */
export function findPending(record: usize, ms: u64, seq: u64): usize {
  const found = find(groupsRoot(record), headFor(groupNumber, PENDING), idTail(ms, seq), ID_BYTES);
  return found == 0 ? 0 : valueOf(found);
}

/** Whether a group's range (OF_GROUP) or a consumer of the group at hand has a header; for check.ts. */
export function hasHeader(record: usize, range: u32): bool {
  return find(groupsRoot(record), headFor(groupNumber, range), 0, 0) != 0;
}

/** Whether the name under which a consumer was found is the one that it has; for check.ts. */
export function hasName(record: usize, consumer: u32): bool {
  const at = nameAt;
  const length = nameLen;
  loadConsumerName(record, consumer);
  return compareBytes(at, length, nameAt, nameLen) == 0;
}

/** Whether an entry is among those pending for a consumer; for check.ts. */
export function isPendingFor(record: usize, consumer: u32, ms: u64, seq: u64): bool {
  return find(groupsRoot(record), headFor(groupNumber, consumer), idTail(ms, seq), ID_BYTES) != 0;
}

// === Walking ===

/** Groups of the stream. */
export function countGroups(record: usize): u32 {
  const cursor = elementCursor();
  let count: u32 = 0;
  let more = firstNamed(cursor, record, 0);
  while (more) {
    count++;
    more = nextNamed(cursor, 0);
  }
  return count;
}

/** Stands at the first name of the groups (`group` 0) or of a group's consumers; whether there is one. */
export function firstNamed(cursor: usize, record: usize, group: u32): bool {
  seek(cursor, groupsRoot(record), headFor(group, NAMES), 0, 0);
  return settle(cursor) && headOf(cursor) == headFor(group, NAMES);
}

/** Moves to the next of these names; whether there is one. */
export function nextNamed(cursor: usize, group: u32): bool {
  return next(cursor) && headOf(cursor) == headFor(group, NAMES);
}

/** Number of the group or consumer whose name the cursor stands at. Sets `nameAt` and `nameLen`. */
export function numberAt(cursor: usize): u32 {
  const named = recordOf(cursor);
  nameAt = tailOf(named);
  nameLen = tailLength(named);
  return load<u32>(valueOf(named));
}

/** Id under the cursor that `firstPending` or `nextPending` moved. */
export let pendingMs: u64 = 0;
export let pendingSeq: u64 = 0;

/** The range of pending entries of the whole group. */
export const OF_GROUP: u32 = PENDING;

function isPendingHere(cursor: usize, range: u32): bool {
  if (headOf(cursor) != headFor(groupNumber, range)) return false;
  const tail = tailOf(recordOf(cursor));
  pendingMs = bswap(load<u64>(tail));
  pendingSeq = bswap(load<u64>(tail, 8));
  return true;
}

/** Stands at the first entry not below an id that is pending for OF_GROUP or a consumer; whether there is one. */
export function firstPending(cursor: usize, record: usize, range: u32, ms: u64, seq: u64): bool {
  seek(cursor, groupsRoot(record), headFor(groupNumber, range), idTail(ms, seq), ID_BYTES);
  return settle(cursor) && isPendingHere(cursor, range);
}

/** Moves to the next pending entry; whether there is one. */
export function nextPending(cursor: usize, range: u32): bool {
  return next(cursor) && isPendingHere(cursor, range);
}

/** Stands at the group's last pending entry. Requires: there is one. */
export function lastPending(cursor: usize, record: usize): void {
  const hit = seek(cursor, groupsRoot(record), headFor(groupNumber, PENDING), idTail(u64.MAX_VALUE, u64.MAX_VALUE), ID_BYTES);
  if (!hit) previous(cursor);
  const found = isPendingHere(cursor, PENDING);
  assert(found);
}

/** Header of the group's pending entry under the cursor. */
export function pendingAt(cursor: usize): PendingHeader {
  return changetype<PendingHeader>(valueOf(recordOf(cursor)));
}

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
  while (find(root, headFor(number, PENDING), 0, 0) != 0) number++;
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
  groupNumber = freeGroupNumber();
  store<u32>(valueOf(insertRecord(0, name, length, 4)), groupNumber);
  const made = changetype<GroupHeader>(valueOf(insertRecord(headFor(groupNumber, PENDING), 0, 0, offsetof<GroupHeader>())));
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
  return changetype<GroupHeader>(editHeader(PENDING));
}

/** Header of a consumer, to be changed. */
export function editConsumer(consumer: u32): ConsumerHeader {
  return changetype<ConsumerHeader>(editHeader(consumer));
}

/** Header of the group's pending entry with an id, to be changed. Requires: there is one. */
export function editPending(ms: u64, seq: u64): PendingHeader {
  const cursor = elementCursor();
  const known = seek(cursor, groupsRoot(streamRecord), headFor(groupNumber, PENDING), idTail(ms, seq), ID_BYTES);
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
  const head = headFor(groupNumber, PENDING);
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

/** Forgets what was added and not settled, for a stream that was given up. */
export function forgetCounts(): void {
  addedToGroup = 0;
  addedToConsumer = 0;
}

/** Makes an entry pending for nobody yet; false when it is pending already. For RESTORE. */
export function addUnowned(ms: u64, seq: u64, deliveredMs: i64, deliveries: u64): bool {
  if (findPending(streamRecord, ms, seq) != 0) return false;
  const record = insertRecord(headFor(groupNumber, PENDING), idTail(ms, seq), ID_BYTES, offsetof<PendingHeader>());
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
  removeRecord(headFor(groupNumber, PENDING), idTail(ms, seq), ID_BYTES);
  editGroup().pending--;
  takeFrom(owner, ms, seq);
  addWork(4);
  return true;
}

// === Removing ===

/** Removes all records with heads in [from, to]; their number. */
function removeRange(from: u64, to: u64): u32 {
  const cursor = elementCursor();
  let removed: u32 = 0;
  while (true) {
    seek(cursor, groupsRoot(streamRecord), from, 0, 0);
    if (!settle(cursor) || headOf(cursor) > to) return removed;
    const record = recordOf(cursor);
    if (tailWord(record) & VALUE_BLOB) discard(<usize>load<u32>(valueOf(record)));
    remove(cursor, groupsRef(streamRecord));
    removed++;
    addWork(4);
  }
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
    removeRecord(headFor(groupNumber, PENDING), idTail(pendingMs, pendingSeq), ID_BYTES);
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
