// === Sets ===
//
// Commands of the group "set"; https://redis.io/commands/?group=set. SPOP and
// SRANDMEMBER are in sets/random.ts, those over several sets in sets/algebra.ts.

import { areSame } from "../request/arguments";
import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { encodingOf, notifyOpen, TYPE_SET, typeOf } from "../keys/keyspace";
import { probeKey } from "../keys/lookup";
import {
  dropIfEmpty, editSet, hasMember, insertMember, memberCount, membersRoot, openSet, readSet, removeMember, seekMember, setEncoding,
  setRecord,
} from "./members";
import { encodingFor, ENCODING_TABLE, firstEncoding } from "./encoding";
import { replyElements, scanElements, SHOW_NAMES } from "../hashes/elements";
import { outputLength, replyArray, replyFlag, replyInteger, replySet, replyWrongType } from "../request/reply";
import { insertScanHeader, readScanCursor, readScanOptions, scanCount, scanCursor } from "../keys/scan";
import { ON_SET } from "../keys/events";

// === Reading ===

function readKeySet(): bool {
  return readSet(argumentAt(1), argumentLength(1));
}

function isMember(argument: u32): bool {
  return setRecord != 0 && hasMember(setRecord, argumentAt(argument), argumentLength(argument));
}

/** `SCARD key` */
export function scardCommand(): void {
  if (readKeySet()) replyInteger(setRecord == 0 ? 0 : memberCount(setRecord));
}

/** `SISMEMBER key member` */
export function sismemberCommand(): void {
  if (readKeySet()) replyFlag(isMember(2));
}

/** `SMISMEMBER key member [member ...]` */
export function smismemberCommand(): void {
  if (!readKeySet()) return;
  replyArray(argumentCount - 2);
  for (let i: u32 = 2; i < argumentCount; i++) replyFlag(isMember(i));
}

/** `SMEMBERS key` */
export function smembersCommand(): void {
  if (!readKeySet()) return;
  const count: u32 = setRecord == 0 ? 0 : memberCount(setRecord);
  replySet(count);
  if (count != 0) replyElements(membersRoot(setRecord), count, SHOW_NAMES);
}

/**
 * `SSCAN key cursor [MATCH pattern] [COUNT count]`
 *
 * A small set is returned whole, as Redis does with its compact encodings.
 */
export function sscanCommand(): void {
  if (!readScanCursor(2)) return;
  const from = scanCursor;
  if (!readKeySet()) return;
  const start = outputLength();
  if (setRecord == 0) {
    insertScanHeader(start, 0, 0);
    return;
  }
  if (!readScanOptions(3, false)) return;
  const isSmall = encodingOf(setRecord) != ENCODING_TABLE;
  const limit = isSmall ? i64.MAX_VALUE : scanCount;
  scanElements(membersRoot(setRecord), start, isSmall ? 0 : from, limit, SHOW_NAMES);
}

// === Writing ===

/** Makes the open set writable for `expected` members, the first new one of which is argument `index`. */
function editFor(index: u32, expected: u32): usize {
  const isNew = setRecord == 0;
  const record = editSet(isNew ? firstEncoding(argumentAt(index), argumentLength(index), expected) : 0);
  if (!isNew) setEncoding(record, encodingFor(encodingOf(record), expected));
  return record;
}

/** `SADD key member [member ...]` */
export function saddCommand(): void {
  if (!openSet(argumentAt(1), argumentLength(1))) return;
  let root: usize = setRecord == 0 ? 0 : membersRoot(setRecord);
  let record: usize = 0;
  let added: u32 = 0;
  for (let i: u32 = 2; i < argumentCount; i++) {
    if (seekMember(root, argumentAt(i), argumentLength(i))) continue;
    // The key stays as it was unless a member is new.
    if (record == 0) record = editFor(i, argumentCount - 2);
    insertMember(record, argumentAt(i), argumentLength(i));
    root = membersRoot(record);
    added++;
  }
  if (added != 0) notifyOpen(ON_SET, "sadd");
  replyInteger(added);
}

/** `SREM key member [member ...]` */
export function sremCommand(): void {
  if (!openSet(argumentAt(1), argumentLength(1))) return;
  let root: usize = setRecord == 0 ? 0 : membersRoot(setRecord);
  let record: usize = 0;
  let removed: u32 = 0;
  for (let i: u32 = 2; i < argumentCount && root != 0; i++) {
    if (!seekMember(root, argumentAt(i), argumentLength(i))) continue;
    if (record == 0) record = editSet(0);
    removeMember(record);
    root = membersRoot(record);
    removed++;
  }
  if (record != 0) {
    notifyOpen(ON_SET, "srem");
    dropIfEmpty(record);
  }
  replyInteger(removed);
}

/** `SMOVE source destination member` */
export function smoveCommand(): void {
  const target = probeKey(argumentAt(2), argumentLength(2));
  // Looked at now: opening the other key may move the record.
  const isNoTarget = target != 0 && typeOf(target) != TYPE_SET;
  if (!openSet(argumentAt(1), argumentLength(1))) return;
  if (setRecord != 0 && isNoTarget) {
    replyWrongType();
    return;
  }
  const isThere = setRecord != 0 && seekMember(membersRoot(setRecord), argumentAt(3), argumentLength(3));
  if (isThere && !areSame(1, 2)) moveMember();
  replyFlag(isThere);
}

/** Moves the member under the element cursor, argument 3, to the set at argument 2. */
function moveMember(): void {
  const source = editSet(0);
  removeMember(source);
  notifyOpen(ON_SET, "srem");
  dropIfEmpty(source);
  openSet(argumentAt(2), argumentLength(2));
  const root: usize = setRecord == 0 ? 0 : membersRoot(setRecord);
  if (seekMember(root, argumentAt(3), argumentLength(3))) return;
  const record = editSet(setRecord == 0 ? firstEncoding(argumentAt(3), argumentLength(3), 1) : 0);
  insertMember(record, argumentAt(3), argumentLength(3));
  notifyOpen(ON_SET, "sadd");
}
