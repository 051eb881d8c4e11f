// === Admission: how much memory a write may need ===
//
// The leader asks before it proposes, so that what was committed never runs out
// of memory: a request is admitted only when its bytes, and what the command may
// allocate beyond them, fit beside what was promised to requests that wait in
// batches. Most commands store what they carry. While a view is pinned, each key
// that is written may also cost a copy of its page and of the one above.

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { isWord } from "../request/arguments";
import {
  CMD_DENYOOM, ID_APPEND, ID_BITFIELD, ID_BITOP, ID_BLMOVE, ID_BRPOPLPUSH, ID_COPY, ID_HDEL, ID_HEXPIRE, ID_HEXPIREAT,
  ID_HINCRBYFLOAT, ID_HPERSIST, ID_HPEXPIRE, ID_HPEXPIREAT, ID_INCRBYFLOAT, ID_LMOVE, ID_MOVE, ID_PFADD, ID_PFDEBUG,
  ID_PFMERGE, ID_RENAME, ID_RENAMENX, ID_RESTORE, ID_RPOPLPUSH, ID_SDIFFSTORE, ID_SETBIT, ID_SETRANGE, ID_SINTERSTORE,
  ID_SMOVE, ID_SORT, ID_SUNIONSTORE, ID_SWAPDB, ID_XADD, ID_XGROUP,
} from "../generated/commands";
import { CHUNK_SIZE, header } from "../memory/layout";
import { bytesSustained, hasRoomFor, OBJECT_HEADER, SLAB_SIZE_MAX } from "../memory/heap";
import { DENSE_BYTES } from "../hyperloglog/format";
import { gatheringBatch } from "../batch/batch";
import { bytesAfterEviction, canEvict, chooseVictims, countedBytes, isEvicting } from "../batch/eviction";
import { pendingPages, reclaim } from "../tree/reclaim";
import { setAside } from "../batch/escrow";
import { promisedDeliveries } from "./deliveries";
import { delivers, givesStream, groupBytes, groupCopies, makesGroup, measureGroups, streamGrowth } from "./groups";
import { PAGE_SIZE_MAX } from "../tree/page";
import { addedDeliveries, mayWait, mayWake, servedBytes, withWaits } from "./waits";
import { waiterValueBytes } from "../waits/waiters";
import { loadString, stringLen, TYPE_SET, TYPE_STRING, typeOf } from "../keys/keyspace";
import { CHUNK_BYTES_MAX } from "../lists/items";
import { peekKey } from "../keys/lookup";
import { roughKeyBytes } from "../tree/estimate";
import { keyBytes } from "../tree/sizes";
import { sourcesBytes } from "../sets/sources";
import { removedLeaves } from "./removals";
import { restoredBytes } from "./restores";
import { sortBytes, storesSorted } from "./sort";
import { isSortedSetStore, smallestSource, sortedSetStoreBytes } from "./sorted_sets";
import { parsedInteger, parseInteger } from "../text/integers";
import { LONG_DOUBLE_TEXT_BYTES_MAX } from "../text/long_double_write";

const STRING_BYTES_MAX: i64 = 512 << 20;

/** Bytes of the string at argument `index`, 0 when there is none. */
function stringBytes(index: u32): u32 {
  const record = peekKey(argumentAt(index), argumentLength(index));
  if (record == 0 || typeOf(record) != TYPE_STRING) return 0;
  loadString(record);
  return stringLen;
}

/** Argument `index` as an offset in bytes, 0 when it is none. */
function offsetBytes(index: u32, divisor: i64): u32 {
  if (index >= argumentCount || !parseInteger(argumentAt(index), argumentLength(index))) return 0;
  const value = parsedInteger() / divisor;
  return value < 0 || value > STRING_BYTES_MAX ? 0 : <u32>value;
}

function carriedBytes(): u32 {
  let bytes: u32 = 0;
  for (let i: u32 = 1; i < argumentCount; i++) bytes += argumentLength(i) + 64;
  return bytes;
}

/** Bytes that the write request in the table may need at most, roughly. */
export function reservationOf(commandId: u32): u32 {
  const carried = carriedBytes();
  if (commandId == ID_APPEND) return carried + growth(stringBytes(1), argumentLength(2));
  if (commandId == ID_SETRANGE) return carried + growth(stringBytes(1), offsetBytes(2, 1));
  if (commandId == ID_SETBIT) return carried + growth(stringBytes(1), offsetBytes(2, 8));
  if (commandId == ID_BITFIELD) return carried + bitfieldBytes();
  if (commandId == ID_COPY) return copiedBytes(carried);
  if (commandId == ID_INCRBYFLOAT || commandId == ID_HINCRBYFLOAT) return carried + LONG_DOUBLE_TEXT_BYTES_MAX;
  if (commandId == ID_RESTORE) return restoredBytes(carried, promisedBytes + copiesBytes(promisedCopies));
  if (isHllEdit(commandId)) return carried + DENSE_BYTES;
  // The names stand in two trees.
  if (expiresFields(commandId)) return carried * 2;
  if (isSetStore(commandId)) return storedBytes(commandId, carried);
  // A small item is made anew; a large one keeps its blob.
  if (movesItem(commandId)) return carried + CHUNK_BYTES_MAX * 2;
  if (isSortedSetStore(commandId)) return <u32>min(sortedSetStoreBytes(commandId) + carried, <u64>u32.MAX_VALUE);
  if (commandId == ID_SORT) return carried + sortedBytes();
  // The result, and the buffer in which it is made.
  if (commandId == ID_BITOP) return carried + longestString(3) * 2;
  return carried;
}

/** Whether the request in the table is part of a transaction. */
let isQueued: bool = false;

/** What SORT may store, and the room to sort it. */
function sortedBytes(): u32 {
  return storesSorted() ? <u32>sortBytes(isQueued, hasPromises()) : 0;
}

/** What COPY duplicates: a string's bytes, or all pages of a collection. */
function copiedBytes(carried: u32): u32 {
  const record = peekKey(argumentAt(1), argumentLength(1));
  return record == 0 ? carried : <u32>min(keyBytes(record) + carried, <u64>u32.MAX_VALUE);
}

function expiresFields(commandId: u32): bool {
  return commandId == ID_HEXPIRE || commandId == ID_HPEXPIRE || commandId == ID_HEXPIREAT || commandId == ID_HPEXPIREAT;
}

/** Leaves with due times that a request may change beside those with the fields it names. */
function dueLeaves(commandId: u32): u32 {
  return expiresFields(commandId) || commandId == ID_HPERSIST || commandId == ID_HDEL ? argumentCount + 2 * PATH_PAGES : 0;
}

function movesItem(commandId: u32): bool {
  return commandId == ID_LMOVE || commandId == ID_RPOPLPUSH || commandId == ID_BLMOVE || commandId == ID_BRPOPLPUSH;
}

/** Whether a HyperLogLog is edited, which may become dense. */
function isHllEdit(commandId: u32): bool {
  return commandId == ID_PFADD || commandId == ID_PFMERGE || commandId == ID_PFDEBUG;
}

function isSetStore(commandId: u32): bool {
  return commandId == ID_SINTERSTORE || commandId == ID_SUNIONSTORE || commandId == ID_SDIFFSTORE;
}

/** Whether a command makes a set or a sorted set of others. */
function storesSet(commandId: u32): bool {
  return isSetStore(commandId) || isSortedSetStore(commandId);
}

/** Bytes of the set at argument `index`, 0 when there is none. */
function setBytes(index: u32): u64 {
  const record = peekKey(argumentAt(index), argumentLength(index));
  return record == 0 || typeOf(record) != TYPE_SET ? 0 : keyBytes(record);
}

/** What the result may hold, in pages that are half full, and the room to find it. */
function storedBytes(commandId: u32, carried: u32): u32 {
  let most = setBytes(commandId == ID_SINTERSTORE ? smallestSource(2, argumentCount) : 2);
  for (let i: u32 = 3; i < argumentCount && commandId == ID_SUNIONSTORE; i++) most += setBytes(i);
  return <u32>min(most * 2 + sourcesBytes(argumentCount - 2) + carried, <u64>u32.MAX_VALUE);
}

/** An edited string may move to a buffer with room to grow. */
function growth(present: u32, added: u32): u32 {
  return (present + added) * 2;
}

function longestString(from: u32): u32 {
  let longest: u32 = 0;
  for (let i = from; i < argumentCount; i++) longest = max(longest, stringBytes(i));
  return longest;
}

/** What the string, or the farthest field that is written, takes twice. */
function bitfieldBytes(): u32 {
  let largest = stringBytes(1);
  for (let i: u32 = 2; i < argumentCount;) {
    if (isWord(i, "overflow")) {
      i += 2;
    } else if (isWord(i, "get")) {
      i += 3;
    } else {
      if (i + 2 < argumentCount) largest = max(largest, fieldStart(i + 1));
      i += 4;
    }
  }
  return largest * 2;
}

/** Byte at which the field of the type at argument `index` begins, by the offset behind it; 0 when it is none. */
function fieldStart(index: u32): u32 {
  const at = argumentAt(index + 1);
  const length = argumentLength(index + 1);
  if (length < 2 || load<u8>(at) != 0x23) return offsetBytes(index + 1, 8);
  // "#": in fields of the type's bits.
  if (argumentLength(index) < 2 || !parseInteger(argumentAt(index) + 1, argumentLength(index) - 1)) return 0;
  const bits = parsedInteger();
  if (bits < 1 || bits > 64 || !parseInteger(at + 1, length - 1)) return 0;
  const fields = parsedInteger();
  return fields < 0 || fields > STRING_BYTES_MAX * 8 / bits ? 0 : <u32>(fields * bits / 8);
}

function isEdit(commandId: u32): bool {
  return commandId == ID_APPEND || commandId == ID_SETRANGE || commandId == ID_SETBIT || commandId == ID_BITFIELD ||
    commandId == ID_BITOP || commandId == ID_COPY || storesSet(commandId);
}

/** Whether a command may need more than it carries, one piece for all of it, or renames a string. */
function isMeasured(commandId: u32): bool {
  return isEdit(commandId) || isHllEdit(commandId) || commandId == ID_XADD || commandId == ID_RENAME || commandId == ID_RENAMENX || commandId == ID_MOVE ||
    commandId == ID_RESTORE || commandId == ID_SWAPDB || commandId == ID_INCRBYFLOAT || commandId == ID_HINCRBYFLOAT ||
    movesItem(commandId) || expiresFields(commandId) || commandId == ID_SORT;
}

/** About the bytes of the value that argument `index` names. */
function namedBytes(index: u32): u64 {
  const record = peekKey(argumentAt(index), argumentLength(index));
  return record == 0 ? 0 : roughKeyBytes(record);
}

/** Bytes by which the write request in the table may make the value of any one key larger. */
function growthOf(commandId: u32): u64 {
  if (commandId == ID_SETRANGE) return <u64>argumentLength(3) + offsetBytes(2, 1);
  if (commandId == ID_SETBIT) return <u64>offsetBytes(2, 8) + 1;
  if (commandId == ID_BITFIELD) return bitfieldBytes();
  if (commandId == ID_BITOP) return longestString(3);
  // These give a value another name, under which a command behind it finds it.
  if (commandId == ID_COPY || commandId == ID_RENAME || commandId == ID_RENAMENX || commandId == ID_MOVE) return namedBytes(1) + streamGrowth(1);
  return commandId == ID_SWAPDB ? STRING_BYTES_MAX : neededBytes;
}

// === Promises ===

export const ADMIT_NOW: u32 = 0;
/** There is room, but it is promised to batches that are not applied yet. */
export const ADMIT_LATER: u32 = 1;
export const ADMIT_NEVER: u32 = 2;

/** A leaf and the page above it. */
const COPIES_BYTES: u64 = 2 * <u64>PAGE_SIZE_MAX;
/** Pages on the way to a key, from which copies start. */
const PATH_PAGES: u32 = 4;

let promisedBytes: u64 = 0;
let promisedCopies: u64 = 0;
let promisedGrowth: u64 = 0;
/** Bytes, and copies of leaves, that the request last judged by `admit` needs. */
export let neededBytes: u32 = 0;
export let neededCopies: u32 = 0;
/** Bytes by which it may make the value of any one key larger. */
export let neededGrowth: u64 = 0;
/** Bytes, of those that it needs, for deliveries to group consumers whom it wakes. */
export let neededDeliveries: u64 = 0;

/** Bytes that writes may use, 0 = no limit. Where keys are evicted, memory itself is one, since it would never be full. */
function limitNow(): i64 {
  const limit = header.memoryLimit;
  return <i64>(limit == 0 || header.evictionPolicy == 0 ? limit : min(limit, bytesSustained()));
}

/** Whether more memory is used than writes may use, and no key can make room. */
export function isOverLimit(): bool {
  const limit = limitNow();
  return limit != 0 && countedBytes() > limit && !isEvicting() && !canEvict();
}

/** Whether what is on its way to the log will change how much room there is. */
export function hasPromises(): bool {
  return promisedCopies != 0 || isEvicting();
}

/** Share of the limit that writes in flight may have been promised where keys are evicted for them. */
const PROMISED_SHARE: u64 = 8;

/**
 * Whether so much is promised to writes in flight that others should wait until it is
 * known what they really took: promises are generous, and keys would go for nothing.
 */
export function isCrowded(): bool {
  const limit = header.memoryLimit;
  return limit != 0 && header.evictionPolicy != 0 && promisedBytes > limit / PROMISED_SHARE;
}

/** What is promised and may land in the values from which the request in the table makes another. */
function bytesInFlight(commandId: u32): u64 {
  if (commandId == ID_COPY) return promisedGrowth;
  return storesSet(commandId) ? promisedBytes + promisedGrowth : 0;
}

/** Whether memory has room for the write request in the table; ADMIT_…. */
export function admit(commandId: u32, flags: u32, inTransaction: bool = false): u32 {
  isQueued = inTransaction;
  if (mustWaitAlone(commandId)) return ADMIT_LATER;
  const isLimited = (flags & CMD_DENYOOM) != 0 && (commandId != ID_XGROUP || makesGroup());
  // A member that moves is made anew, and a view may keep the old one.
  const movesLarge = commandId == ID_SMOVE && argumentLength(3) > LARGE_BYTES;
  const waits = mayWait(flags);
  const wakes = mayWake(commandId, flags);
  const mayGrow = isLimited || movesLarge || delivers(commandId) || waits || wakes;
  const measured = isMeasured(commandId);
  measureGroups(commandId, promisedGrowth);
  const carried = !mayGrow ? 0 : withGroups(measured ? reservationOf(commandId) : carriedBytes());
  neededBytes = withWaits(commandId, flags, carried);
  const spread = groupCopies + (flags & CMD_DENYOOM ? 0 : removedLeaves(commandId)) + dueLeaves(commandId);
  neededCopies = <u32>min(argumentCount + PATH_PAGES + spread, <u64>u32.MAX_VALUE);
  neededDeliveries = commandId == ID_XADD ? addedDeliveries() : givesStream(commandId) ? groupBytes : 0;
  neededGrowth = measured ? growthOf(commandId) : neededBytes;
  if (isLimited) {
    const admission = admitBelowLimit();
    if (admission != ADMIT_NOW) return admission;
  } else if (!mayGrow && header.viewsOpen == 0) {
    return ADMIT_NOW;
  }
  const own = neededBytes + copiesBytes(neededCopies) + servedBytes(mayGrow, copiesBytes(1));
  const inFlight = bytesInFlight(commandId);
  neededBytes = <u32>min(inFlight + neededBytes, <u64>u32.MAX_VALUE);
  const all = own + inFlight + promisedBytes + copiesBytes(promisedCopies) + promisedDeliveries;
  const hasRoom = hasRoomFor(all) || hasRoomReclaimed(all);
  if (hasRoom && (!mayGrow || hasRun(commandId, measured, waits))) return ADMIT_NOW;
  if (promisedCopies != 0 && hasRoomFor(own)) return ADMIT_LATER;
  return isLimited && !hasRoom && header.viewsOpen == 0 ? admitBehind(own) : ADMIT_NEVER;
}

/** Whether a SORT waits until no other write is on its way: only then it can be measured. */
let waitsAlone: bool = false;

/** Whether writes wait behind such a SORT, so that its turn comes. */
export function isHeld(): bool {
  waitsAlone = waitsAlone && hasPromises();
  return waitsAlone;
}

function mustWaitAlone(commandId: u32): bool {
  if (isQueued) return false;
  waitsAlone = isHeld() || (commandId == ID_SORT && hasPromises() && storesSorted());
  return waitsAlone;
}

/** Pages freed at once for a write that wants their room. */
const RECLAIM_SLICE: u32 = 1024;
/** The same while what was deleted holds more than the limit. */
const RECLAIM_SMALL_SLICE: u32 = 64;

/** Whether there is room for `bytes` when some of what was deleted is freed. */
function hasRoomReclaimed(bytes: u64): bool {
  if (pendingPages == 0) return false;
  reclaim(RECLAIM_SLICE);
  return hasRoomFor(bytes);
}

/** Whether the limit lets the request last measured in; where keys are evicted, they are chosen for it. */
function admitBelowLimit(): u32 {
  const limit = limitNow();
  if (limit == 0) return ADMIT_NOW;
  if (pendingPages != 0 && <i64>(header.bytesUsed - header.bytesRetired) > limit) reclaim(RECLAIM_SMALL_SLICE);
  const needed = <i64>neededBytes;
  const isBelow = countedBytes() + needed <= limit;
  if (header.evictionPolicy == 0 || needed > limit) return isBelow ? ADMIT_NOW : ADMIT_NEVER;
  const excess = bytesAfterEviction() + <i64>promisedBytes + needed - limit;
  if (excess <= 0 || chooseVictims(excess)) return ADMIT_NOW;
  if (isEvicting()) return waitForVictims();
  return isBelow ? ADMIT_NOW : ADMIT_NEVER;
}

/** Evicts `bytes` for a write that finds no room in memory; ADMIT_NEVER when there is nothing to evict. */
function admitBehind(bytes: u64): u32 {
  chooseVictims(<i64>bytes);
  return isEvicting() ? waitForVictims() : ADMIT_NEVER;
}

/** The write goes on when they are gone: the batch that removes them is sealed soon, if it is not yet. */
function waitForVictims(): u32 {
  const batch = gatheringBatch();
  if (batch.victims != 0) batch.isUrgent = 1;
  return ADMIT_LATER;
}

/**
 * Chooses keys to go when more memory is used than writes may use, though none asks for
 * room; whether any are on their way to the log.
 */
export function relieve(): bool {
  const limit = limitNow();
  if (limit == 0 || header.evictionPolicy == 0 || bytesAfterEviction() <= limit) return false;
  chooseVictims(bytesAfterEviction() - limit);
  waitForVictims();
  return gatheringBatch().isUrgent != 0;
}

/** What it carries, its names twice, and what it delivers. */
function withGroups(carried: u32): u32 {
  if (groupBytes == 0) return carried;
  return <u32>min(<u64>carried * 2 + groupBytes, <u64>u32.MAX_VALUE);
}

/** Bytes that copies of leaves take: none without a view. */
export function copiesBytes(copies: u64): u64 {
  return header.viewsOpen == 0 ? 0 : copies * COPIES_BYTES;
}

/** Promises room to the request last judged. */
export function promise(): void {
  promisedBytes += neededBytes;
  promisedCopies += neededCopies;
  promisedGrowth += neededGrowth;
}

/** Promises copies of leaves alone. */
export function promiseCopies(copies: u64): void {
  promisedCopies += copies;
}

/** Takes the growth of the request last judged out of what it will be promised. */
export function takeGrowth(): u64 {
  const growth = neededGrowth;
  neededGrowth = 0;
  return growth;
}

/** Promises growth of strings alone. */
export function promiseGrowth(growth: u64): void {
  promisedGrowth += growth;
}

/** Requests to which so much was promised have what they needed, or never ran. */
export function keepPromises(bytes: u64, copies: u64, growth: u64): void {
  promisedBytes -= bytes;
  promisedCopies -= copies;
  promisedGrowth -= growth;
}

/** All that is promised to writes in flight and to those whom they wake. */
export function promisedInAll(): u64 {
  return promisedBytes + copiesBytes(promisedCopies) + servedBytes(true, copiesBytes(1)) + promisedDeliveries;
}

/** Whether the writes that are promised would still have room if a view were pinned now. */
export function hasRoomForView(): bool {
  return hasRoomFor(promisedBytes + promisedCopies * COPIES_BYTES + promisedDeliveries);
}

// === Neighbouring chunks ===

/** What an edit of a string allocates at most: BITOP a buffer and the result. */
const EDIT_BYTES_MAX: u64 = 2 * STRING_BYTES_MAX + (1 << 20);
/** An argument of more may get chunks of its own. */
const LARGE_BYTES: u32 = 16 * 1024;

/** Whether the request's large objects find neighbouring chunks, which are then set aside for it. */
function hasRun(commandId: u32, measured: bool, waits: bool): bool {
  if (!measured && neededBytes < LARGE_BYTES) return true;
  let bytes: u64 = 0;
  // Writes in flight may make the strings that an edit finds longer.
  if (isEdit(commandId)) bytes = neededBytes + min(promisedGrowth * 2, EDIT_BYTES_MAX);
  else if (commandId == ID_XADD || commandId == ID_RESTORE || commandId == ID_SORT) bytes = neededBytes;
  else if (groupBytes != 0) bytes = largeArguments() * 2;
  else bytes = largeArguments();
  if (waits) bytes += waiterValueBytes(argumentCount);
  if (bytes < SLAB_SIZE_MAX) return true;
  bytes += 2 * CHUNK_SIZE; // each of two is rounded up to chunks
  return bytes + OBJECT_HEADER <= u32.MAX_VALUE && setAside(gatheringBatch(), <u32>bytes);
}

/** Bytes of the arguments that may get chunks of their own, each rounded up to these. */
function largeArguments(): u64 {
  let bytes: u64 = 0;
  for (let i: u32 = 1; i < argumentCount; i++) {
    if (argumentLength(i) > LARGE_BYTES) bytes += argumentLength(i) + CHUNK_SIZE;
  }
  return bytes;
}
