// === Watchers: sessions that are told what versions do not show ===
//
// EXEC compares the versions of watched keys, on every node alike. What leaves no
// version behind is noted on the node whose clients they are, before their EXEC goes
// to the log: a key that came and went, and databases that changed places. A session
// is in the list from WATCH until its EXEC is deferred or its keys are forgotten.

import { OBJECT_HEADER } from "../memory/heap";
import { FLAG_DIRTY, Session } from "../request/session";
import { header } from "../memory/layout";
import { databaseIndex, useDatabase } from "../memory/state";
import { equalBytes } from "../text/bytes";
import { peekKey } from "./lookup";

/** What stands in front of the key in a row of a session's list; see transactions.ts. */
export const WATCHED_HEADER: u32 = 16;

let first: u32 = 0;
/** Keys watched by the sessions in the list that were not there. */
let absentKeys: u32 = 0;

/** Puts the session into the list, if it is not there, and counts a key it watches. */
export function addWatcher(session: Session, isAbsent: bool): void {
  if (isAbsent) {
    session.watchedAbsent++;
    absentKeys++;
  }
  if (session.isWatcher) return;
  session.isWatcher = 1;
  session.watcherBefore = 0;
  session.watcherBehind = first;
  const at = <u32>changetype<usize>(session);
  if (first != 0) changetype<Session>(first).watcherBefore = at;
  first = at;
}

/** Takes the session out of the list, if it is there. */
export function removeWatcher(session: Session): void {
  if (!session.isWatcher) return;
  session.isWatcher = 0;
  absentKeys -= session.watchedAbsent;
  session.watchedAbsent = 0;
  const before = session.watcherBefore;
  const behind = session.watcherBehind;
  if (before == 0) first = behind;
  else changetype<Session>(before).watcherBehind = behind;
  if (behind != 0) changetype<Session>(behind).watcherBefore = before;
}

/** The row in [at, end) of a key of database `database`; or `end`. */
function nextRow(at: usize, end: usize, database: u32): usize {
  while (at < end && load<u32>(at) != database) at = behindRow(at);
  return at;
}

function behindRow(at: usize): usize {
  return at + WATCHED_HEADER + load<u32>(at, 4);
}

function isThere(database: u32, row: usize): bool {
  useDatabase(database);
  return peekKey(row + WATCHED_HEADER, load<u32>(row, 4)) != 0;
}

/** A live key of the database in use goes. */
export function noteGone(key: usize, keyLen: u32): void {
  if (absentKeys == 0) return;
  for (let at = first; at != 0; at = changetype<Session>(at).watcherBehind) {
    const session = changetype<Session>(at);
    const end = <usize>session.watched + OBJECT_HEADER + session.watchedLength;
    let row = nextRow(<usize>session.watched + OBJECT_HEADER, end, databaseIndex);
    for (; row < end; row = nextRow(behindRow(row), end, databaseIndex)) {
      const isSame = load<u32>(row, 4) == keyLen && equalBytes(row + WATCHED_HEADER, key, keyLen);
      if (isSame && load<u64>(row, 8) == 0) session.flags |= FLAG_DIRTY;
    }
  }
}

/** Database `database` gets what is in database `other`, or nothing when they are the same. */
function noteReplaced(database: u32, other: u32): void {
  for (let at = first; at != 0; at = changetype<Session>(at).watcherBehind) {
    const session = changetype<Session>(at);
    const end = <usize>session.watched + OBJECT_HEADER + session.watchedLength;
    let row = nextRow(<usize>session.watched + OBJECT_HEADER, end, database);
    for (; row < end; row = nextRow(behindRow(row), end, database)) {
      if (isThere(database, row) || isThere(other, row)) session.flags |= FLAG_DIRTY;
    }
  }
}

/** Database `database` is emptied. */
export function noteEmptied(database: u32): void {
  if (first == 0) return;
  const before = databaseIndex;
  noteReplaced(database, database);
  useDatabase(before);
}

/** Index of the last entry by which databases changed places. */
export let swappedAt: u64 = 0;

/** Databases may have changed places up to entry `index`: what is here came in one piece. */
export function noteUnseen(index: u64): void {
  swappedAt = index;
}

/** Two databases change places. */
export function noteSwapped(one: u32, other: u32): void {
  swappedAt = header.appliedIndex;
  if (first == 0) return;
  const before = databaseIndex;
  noteReplaced(one, other);
  noteReplaced(other, one);
  useDatabase(before);
}
