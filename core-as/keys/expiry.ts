// === Due times: which keys, and fields of hashes, to remove next ===
//
// One tree a database, whose records have the key as tail and no value. Two kinds of
// heads: a key's expiry in milliseconds, and with FIELDS added the time at which the
// earliest field of a hash is due (hashes/dues.ts), behind all of the first kind.
// Removal happens in log order: each entry says how many due keys and fields it
// removes at most, so replicas remove the same ones.

import { Database, database, DATABASE_COUNT, header } from "../memory/layout";
import { headOf, rankOf, recordOf, seek, seekFirst, settle, treeCount } from "../tree/cursor";
import { insert, remove } from "../tree/tree";
import { tailLength, tailOf } from "../tree/page";
import { databaseIndex, dueCursor, keyCursor, nowMs, useDatabase } from "../memory/state";
import { allocate, free, KIND_LEDGER, OBJECT_HEADER } from "../memory/heap";
import {
  currentDatabase, deleteOpenKey, openKey, payloadOf, prepareKey, TYPE_HASH, typeOf, notifyOpen,
} from "./keyspace";
import { keepsAccess, setKeepsAccess } from "./lookup";
import { earliestDue, NEVER } from "../hashes/dues";
import { fieldCount, removeOverdue } from "../hashes/fields";
import { ON_HASH } from "./events";

/** Bit in a head: the time is that of a hash's fields. */
export const FIELDS: u64 = 1 << 63;

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

/** The earliest expiry of a key of a database in milliseconds, or NEVER. */
function earliest(db: Database): i64 {
  if (db.expires == 0) return NEVER;
  seekFirst(dueCursor(), db.dueRoot);
  return <i64>headOf(dueCursor());
}

/** Hashes of a database with fields that are due. */
export function timedHashes(db: Database): u32 {
  return treeCount(db.dueRoot) - <u32>db.expires;
}

/** The earliest due time of a field in milliseconds, or NEVER; the due cursor then stands on its hash. */
function earliestField(db: Database): i64 {
  if (timedHashes(db) == 0) return NEVER;
  seek(dueCursor(), db.dueRoot, FIELDS, 0, 0);
  settle(dueCursor());
  return <i64>(headOf(dueCursor()) & ~FIELDS);
}

/** The earliest field of the open hash is due at `to` instead of `from`, either of them NEVER. */
export function changeHashDue(from: i64, to: i64): void {
  if (from == to) return;
  const record = recordOf(keyCursor());
  const db = currentDatabase();
  const key = tailOf(record);
  const keyLen = tailLength(record);
  if (from != NEVER) {
    const known = seek(dueCursor(), db.dueRoot, FIELDS | <u64>from, key, keyLen);
    assert(known);
    remove(dueCursor(), dueRootRef(db));
  }
  if (to == NEVER) return;
  const known = seek(dueCursor(), db.dueRoot, FIELDS | <u64>to, key, keyLen);
  assert(!known);
  insert(dueCursor(), dueRootRef(db), FIELDS | <u64>to, key, keyLen, 0);
}

/** Notes when the open key's fields are due, if it is a hash that came from elsewhere. */
export function enterHashDue(): void {
  const record = recordOf(keyCursor());
  if (typeOf(record) == TYPE_HASH) changeHashDue(NEVER, earliestDue(payloadOf(record)));
}

/** Forgets when the open key's fields are due, if it is a hash, before it goes elsewhere. */
export function leaveHashDue(): void {
  const record = recordOf(keyCursor());
  if (typeOf(record) == TYPE_HASH) changeHashDue(earliestDue(payloadOf(record)), NEVER);
}

/** The earliest due time of all databases in milliseconds, or NEVER. */
export function nextDueMs(): i64 {
  let soonest = NEVER;
  for (let index: u32 = 0; index < DATABASE_COUNT; index++) {
    const db = database(index);
    if (db.dueRoot != 0) soonest = min(soonest, min(earliest(db), earliestField(db)));
  }
  return soonest;
}

/** Keys of a database whose time is over and that are still to be removed. */
export function overdueKeys(db: Database): u32 {
  if (db.dueRoot == 0) return 0;
  seek(dueCursor(), db.dueRoot, <u64>nowMs + 1, 0, 0);
  return rankOf(dueCursor());
}

/** Keys whose time is over at `timeMs`, at most `most`; `most` where fields of hashes are. */
export function countDue(timeMs: i64, most: u32): u32 {
  let count: u64 = 0;
  for (let index: u32 = 0; index < DATABASE_COUNT && count < most; index++) {
    const db = database(index);
    if (db.dueRoot == 0) continue;
    if (timedHashes(db) != 0 && earliestField(db) <= timeMs) return most;
    seek(dueCursor(), db.dueRoot, <u64>timeMs + 1, 0, 0);
    count += rankOf(dueCursor());
  }
  return <u32>min(count, <u64>most);
}

/** Removes up to `budget` keys and fields whose time is over; the number removed. */
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
    while (removed < budget && earliestField(db) <= nowMs) removed += expireFields(budget - removed);
  }
  useDatabase(before);
  return removed;
}

/** A copy of the key under the due cursor, since the tail goes with its record; the caller frees it. */
function copyDueKey(): usize {
  const record = recordOf(dueCursor());
  const length = tailLength(record);
  const key = allocate(length + OBJECT_HEADER, KIND_LEDGER);
  if (key == 0) unreachable(); // no longer than a key that was admitted
  memory.copy(key + OBJECT_HEADER, tailOf(record), length);
  return key;
}

/** Removes the key under the due cursor; opening an expired key removes it. */
function removeEarliest(): void {
  const length = tailLength(recordOf(dueCursor()));
  const key = copyDueKey();
  const live = openKey(key + OBJECT_HEADER, length);
  assert(live == 0); // the due tree and the key's record agree
  free(key);
}

/**
 * Removes up to `budget` fields whose time is over of the hash under the due cursor,
 * which goes with its last field; the number removed. It is no use of the hash.
 */
function expireFields(budget: u32): u32 {
  const length = tailLength(recordOf(dueCursor()));
  const key = copyDueKey();
  const kept = keepsAccess;
  setKeepsAccess(true);
  const live = openKey(key + OBJECT_HEADER, length);
  assert(live != 0); // keys whose time is over went before
  const record = prepareKey();
  const removed = removeOverdue(record, budget);
  header.expiredFields += removed;
  notifyOpen(ON_HASH, "hexpired");
  if (fieldCount(record) == 0) deleteOpenKey();
  setKeepsAccess(kept);
  free(key);
  return removed;
}
