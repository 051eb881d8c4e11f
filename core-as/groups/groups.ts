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
// Here is what reads; groups/edit.ts has what changes. Addresses of headers are
// good until the tree changes.

import { find, headOf, next, previous, recordOf, seek, settle } from "../tree/cursor";
import { tailLength, tailOf, tailWord, VALUE_BLOB, valueLength, valueOf } from "../tree/page";
import { OBJECT_HEADER } from "../memory/heap";
import { payloadOf } from "../keys/keyspace";
import { elementCursor, textScratch } from "../memory/state";
import { compareBytes } from "../text/bytes";

/** Where in a stream's payload the root of the groups' tree is. */
export const GROUPS_ROOT: usize = 52;
/** Bytes of an id as a tail. */
export const ID_BYTES: u32 = 16;
/** Range of a group with the names of its consumers. */
export const NAMES: u32 = 0;
/** Range of a group with its header and pending entries. */
export const OF_GROUP: u32 = 1;
/** Range, and number, of a group's first consumer. */
export const CONSUMER_FIRST: u32 = 2;
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

/** Address of that root. */
export function groupsRef(record: usize): usize {
  return payloadOf(record) + GROUPS_ROOT;
}

/** Root of a stream's groups; 0 = none. */
export function groupsRoot(record: usize): usize {
  return load<u32>(groupsRef(record));
}

/** Head of the records in a range of a group. */
export function headFor(group: u32, range: u32): u64 {
  return (<u64>group << 32) | range;
}

/** The tail of an id, in scratch. */
export function idTail(ms: u64, seq: u64): usize {
  const at = textScratch() + 31968;
  store<u64>(at, bswap(ms));
  store<u64>(at, bswap(seq), 8);
  return at;
}

/** The tail of the record with a consumer's name, in scratch. */
export function nameTail(): usize {
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
  return changetype<GroupHeader>(valueOf(headerAt(record, OF_GROUP)));
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
  const found = find(groupsRoot(record), headFor(groupNumber, OF_GROUP), idTail(ms, seq), ID_BYTES);
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
  const hit = seek(cursor, groupsRoot(record), headFor(groupNumber, OF_GROUP), idTail(u64.MAX_VALUE, u64.MAX_VALUE), ID_BYTES);
  if (!hit) previous(cursor);
  const found = isPendingHere(cursor, OF_GROUP);
  assert(found);
}

/** Header of the group's pending entry under the cursor. */
export function pendingAt(cursor: usize): PendingHeader {
  return changetype<PendingHeader>(valueOf(recordOf(cursor)));
}
