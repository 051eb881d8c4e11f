// === Eviction: keys removed to make room for writes ===
//
// Uses of keys are each node's own, so the leader chooses, when a write needs room
// below the limit, and the batch's log entry says whom. Its rows lie behind the
// runs, but the keys go before the runs are applied:
//
// ╒═════════ row of a victim ══════════╕
// │ +0  database  u32                    │
// │ +4  length    u32   of the key       │
// │ +8  version   u64   of its last write │
// │ +16 key                              │
// ╘══════════════════════════════════════╛
//
// Behind them come the waits that end (wake.ts). A key that was written between the
// choice and the entry has another version and stays, on every node. Memory that
// victims will give back counts as free from the moment they are chosen; so does what
// waits to be reclaimed.

import { keepPromises, promiseCopies } from "../admission/admission";
import { hasRoomForCopies } from "../admission/dues";
import { Batch, freeBuffer, gatheringBatch, largerBuffer, reserveEntry } from "./batch";
import { dropOpenKey, openKey, versionOf, notifyOpen } from "../keys/keyspace";
import { OBJECT_HEADER } from "../memory/heap";
import { header } from "../memory/layout";
import { tailLength, tailOf } from "../tree/page";
import { pendingBytes } from "../tree/reclaim";
import { roughKeyBytes } from "../tree/estimate";
import { setTight } from "../tree/merge";
import { databaseIndex, useDatabase } from "../memory/state";
import { allEligibleKeys, markVictim, nextVictim, unmarkVictim, victimDatabase, victimHead } from "../keys/victims";
import { hashKey } from "../keys/warm";
import { ON_EVICTED } from "../keys/events";
import { END_ROW } from "../waits/wake";

const VICTIM_HEADER: u32 = 16;
/** Keys that one entry removes: what a turn bears. */
const VICTIMS_MAX: u32 = 512;
const VICTIM_BYTES_MAX: u32 = 256 * 1024;
const START_BYTES: u32 = 4096 - OBJECT_HEADER;
/** Leaves that change when a key is evicted: its own, and that of its due time. */
const VICTIM_LEAVES: u64 = 2;

/** Keys chosen that are still there, and about what they will give back. */
let plannedKeys: u64 = 0;
let plannedBytes: u64 = 0;

/** Bytes that count towards the limit: not what is soon given back anyway. */
export function countedBytes(): i64 {
  return <i64>(header.bytesUsed - header.bytesRetired) - <i64>pendingBytes - <i64>header.bytesEntries;
}

/** The same when the keys that were chosen are gone. */
export function bytesAfterEviction(): i64 {
  return countedBytes() - <i64>plannedBytes;
}

/** Whether keys are on their way out. */
export function isEvicting(): bool {
  return plannedKeys != 0;
}

/** Whether there are more keys that may go. */
export function canEvict(): bool {
  return header.evictionPolicy != 0 && allEligibleKeys() > plannedKeys;
}

// === Choosing ===

/**
 * Adds keys to the gathering batch that give back about `bytes` together.
 *
 * @returns Whether they do; else there are no more, the entry is full, or memory has no
 * room for copies of their pages, which a view keeps.
 */
export function chooseVictims(bytes: i64): bool {
  const batch = gatheringBatch();
  let left = bytes;
  while (left > 0) {
    if (batch.victims == VICTIMS_MAX || batch.victimsLength >= VICTIM_BYTES_MAX || !canEvict()) return false;
    const record = nextVictim();
    if (record == 0 || !addVictim(batch, record)) return false;
    const freed = roughKeyBytes(record);
    batch.victimsFreed += freed;
    plannedBytes += freed;
    left -= <i64>freed;
  }
  return true;
}

function addVictim(batch: Batch, record: usize): bool {
  const length = tailLength(record);
  const wanted = <u64>batch.victimsLength + VICTIM_HEADER + length;
  if (!hasRoomForCopies(VICTIM_LEAVES)) return false;
  if (wanted > batch.victimsCapacity) {
    if (wanted > 1 << 30) return false;
    const capacity = max(START_BYTES, max(<u32>wanted, batch.victimsCapacity * 2));
    const buffer = largerBuffer(batch.victimsAt, batch.victimsLength, capacity);
    if (buffer == 0) return false;
    batch.victimsAt = buffer;
    batch.victimsCapacity = capacity;
  }
  promiseCopies(VICTIM_LEAVES);
  const row = <usize>batch.victimsAt + OBJECT_HEADER + batch.victimsLength;
  store<u32>(row, victimDatabase);
  store<u32>(row, length, 4);
  store<u64>(row, versionOf(record), 8);
  memory.copy(row + VICTIM_HEADER, tailOf(record), length);
  batch.victimsLength = <u32>wanted;
  batch.victims++;
  plannedKeys++;
  markVictim(victimDatabase, victimHead);
  return true;
}

/** Appends the rows to the entry of a batch that is being sealed. */
export function sealVictims(batch: Batch): void {
  const bytes = batch.victimsLength;
  if (bytes == 0) return;
  const from = <usize>batch.victimsAt + OBJECT_HEADER;
  if (reserveEntry(batch, bytes)) {
    memory.copy(<usize>batch.entry + OBJECT_HEADER + batch.entryLength, from, bytes);
    batch.entryLength += bytes;
  } else {
    // Nothing of it was promised to anybody: those who wait choose again.
    unmarkAll(from, from + bytes);
    endPlan(batch);
  }
  freeBuffer(batch.victimsAt);
  batch.victimsAt = 0;
  batch.victimsCapacity = 0;
}

function unmarkAll(at: usize, end: usize): void {
  while (at < end) {
    const length = load<u32>(at, 4);
    unmarkVictim(load<u32>(at), hashKey(at + VICTIM_HEADER, length));
    at += VICTIM_HEADER + length;
  }
}

function endPlan(batch: Batch): void {
  keepPromises(0, batch.victims * VICTIM_LEAVES, 0);
  plannedKeys -= batch.victims;
  plannedBytes -= batch.victimsFreed;
  batch.victims = 0;
  batch.victimsFreed = 0;
  batch.victimsLength = 0;
}

/** Ends the plan of a sealed batch, which has been applied or refused. */
export function forgetVictims(batch: Batch): void {
  if (batch.victims == 0) return;
  const end = <usize>batch.entry + OBJECT_HEADER + batch.entryLength - <usize>batch.endCount * END_ROW;
  unmarkAll(end - batch.victimsLength, end);
  endPlan(batch);
}

// === Removing ===

/** Removes the keys whose rows lie in [at, end) of an entry that is being applied. */
export function evictKeys(at: usize, end: usize): void {
  const before = databaseIndex;
  setTight(true);
  while (at < end) {
    const length = load<u32>(at, 4);
    useDatabase(load<u32>(at));
    const record = openKey(at + VICTIM_HEADER, length);
    if (record != 0 && versionOf(record) == load<u64>(at, 8)) {
      dropOpenKey();
      notifyOpen(ON_EVICTED, "evicted");
      header.evictedKeys++;
    }
    at += VICTIM_HEADER + length;
  }
  setTight(false);
  useDatabase(before);
}
