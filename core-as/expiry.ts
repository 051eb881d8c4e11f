// === Due times: which keys to remove next ===
//
// One tree for all databases: head = expiry in milliseconds, tail = database
// number and key, no value. Removal happens in log order: each entry says how
// many due keys it removes at most, so replicas remove the same ones.

import { header, HEADER, Header } from "./layout";
import { headOf, recordOf, seek, seekFirst, topOf } from "./cursor";
import { insert, remove } from "./tree";
import { tailLength, tailOf } from "./page";
import { databaseIndex, dueCursor, keyScratch, nowMs, useDatabase } from "./state";
import { allocate, free, KIND_BUFFER, OBJECT_HEADER } from "./heap";
import { openKey } from "./keyspace";

/** Tails up to this length are put together in scratch, longer ones in a buffer. */
const TAIL_SCRATCH_BYTES: u32 = 8192;

const DUE_ROOT: usize = HEADER + offsetof<Header>("dueRoot");

function takeSpace(length: u32): usize {
  if (length <= TAIL_SCRATCH_BYTES) return keyScratch();
  const buffer = allocate(length + OBJECT_HEADER, KIND_BUFFER);
  if (buffer == 0) unreachable(); // the key itself was admitted
  return buffer + OBJECT_HEADER;
}

function giveSpace(at: usize, length: u32): void {
  if (length > TAIL_SCRATCH_BYTES) free(at - OBJECT_HEADER);
}

function dueTail(databaseNumber: u32, key: usize, keyLen: u32): usize {
  const tail = takeSpace(keyLen + 1);
  store<u8>(tail, <u8>databaseNumber);
  memory.copy(tail + 1, key, keyLen);
  return tail;
}

/** Notes that a key is due at `expiry`. Requires: it is not noted yet. */
export function addDue(expiry: i64, databaseNumber: u32, key: usize, keyLen: u32): void {
  const tail = dueTail(databaseNumber, key, keyLen);
  const known = seek(dueCursor(), header.dueRoot, expiry, tail, keyLen + 1);
  assert(!known);
  insert(dueCursor(), DUE_ROOT, expiry, tail, keyLen + 1, 0);
  giveSpace(tail, keyLen + 1);
}

/** Forgets a noted due time. Requires: it is noted. */
export function removeDue(expiry: i64, databaseNumber: u32, key: usize, keyLen: u32): void {
  const tail = dueTail(databaseNumber, key, keyLen);
  const known = seek(dueCursor(), header.dueRoot, expiry, tail, keyLen + 1);
  assert(known);
  remove(dueCursor(), DUE_ROOT);
  giveSpace(tail, keyLen + 1);
}

/** The earliest due time in milliseconds, or -1. */
export function nextDueMs(): i64 {
  seekFirst(dueCursor(), header.dueRoot);
  return topOf(dueCursor()) < 0 ? -1 : <i64>headOf(dueCursor());
}

/** Removes up to `budget` keys whose time is over; the number removed. */
export function expireDue(budget: u32): u32 {
  const database = databaseIndex;
  let removed: u32 = 0;
  while (removed < budget) {
    const due = nextDueMs();
    if (due < 0 || due > nowMs) break;
    const record = recordOf(dueCursor());
    const length = tailLength(record);
    // The tail moves with the record while the key is removed.
    const tail = allocate(length + OBJECT_HEADER, KIND_BUFFER);
    if (tail == 0) break;
    memory.copy(tail + OBJECT_HEADER, tailOf(record), length);
    useDatabase(load<u8>(tail + OBJECT_HEADER));
    const live = openKey(tail + OBJECT_HEADER + 1, length - 1);
    assert(live == 0); // the due tree and the key's record agree
    free(tail);
    removed++;
  }
  useDatabase(database);
  return removed;
}
