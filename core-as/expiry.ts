// === Due times: which keys to remove next ===
//
// One tree a database: head = expiry in milliseconds, tail = the key, no value.
// Removal happens in log order: each entry says how many due keys it removes at
// most, so replicas remove the same ones.

import { Database, database, DATABASE_COUNT } from "./layout";
import { headOf, rankOf, recordOf, seek, seekFirst, topOf } from "./cursor";
import { insert, remove } from "./tree";
import { tailLength, tailOf } from "./page";
import { databaseIndex, dueCursor, nowMs, useDatabase } from "./state";
import { allocate, free, KIND_LEDGER, OBJECT_HEADER } from "./heap";
import { openKey } from "./keyspace";

function dueRootRef(db: Database): usize {
  return changetype<usize>(db) + offsetof<Database>("dueRoot");
}

/** Notes that a key is due at `expiry`. Requires: it is not noted yet. */
export function addDue(db: Database, expiry: i64, key: usize, keyLen: u32): void {
  const known = seek(dueCursor(), db.dueRoot, expiry, key, keyLen);
  assert(!known);
  insert(dueCursor(), dueRootRef(db), expiry, key, keyLen, 0);
  db.expires++;
  db.expirySum += expiry;
}

/** Forgets a noted due time. Requires: it is noted. */
export function removeDue(db: Database, expiry: i64, key: usize, keyLen: u32): void {
  const known = seek(dueCursor(), db.dueRoot, expiry, key, keyLen);
  assert(known);
  remove(dueCursor(), dueRootRef(db));
  db.expires--;
  db.expirySum -= expiry;
}

/** The earliest due time of a database in milliseconds, or i64.MAX_VALUE. */
function earliest(db: Database): i64 {
  if (db.dueRoot == 0) return i64.MAX_VALUE;
  seekFirst(dueCursor(), db.dueRoot);
  return <i64>headOf(dueCursor());
}

/** The earliest due time of all databases in milliseconds, or i64.MAX_VALUE. */
export function nextDueMs(): i64 {
  let soonest = i64.MAX_VALUE;
  for (let index: u32 = 0; index < DATABASE_COUNT; index++) {
    soonest = min(soonest, earliest(database(index)));
  }
  return soonest;
}

/** Keys of a database whose time is over and that are still to be removed. */
export function overdueKeys(db: Database): u32 {
  if (db.dueRoot == 0) return 0;
  seek(dueCursor(), db.dueRoot, <u64>nowMs + 1, 0, 0);
  return rankOf(dueCursor());
}

/** Removes up to `budget` keys whose time is over; the number removed. */
export function expireDue(budget: u32): u32 {
  const before = databaseIndex;
  let removed: u32 = 0;
  for (let index: u32 = 0; index < DATABASE_COUNT; index++) {
    const db = database(index);
    useDatabase(index);
    while (removed < budget && earliest(db) <= nowMs) {
      removeEarliest();
      removed++;
    }
  }
  useDatabase(before);
  return removed;
}

/** Removes the key under the due cursor; opening an expired key removes it. */
function removeEarliest(): void {
  const record = recordOf(dueCursor());
  const length = tailLength(record);
  // A copy, since the tail goes with its record.
  const key = allocate(length + OBJECT_HEADER, KIND_LEDGER);
  if (key == 0) unreachable(); // no longer than a key that was admitted
  memory.copy(key + OBJECT_HEADER, tailOf(record), length);
  const live = openKey(key + OBJECT_HEADER, length);
  assert(live == 0); // the due tree and the key's record agree
  free(key);
}
