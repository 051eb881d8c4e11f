// === Keys of any type ===
//
// Commands of the group "generic"; https://redis.io/commands/?group=generic.
// SCAN, KEYS and RANDOMKEY are in scan.ts, OBJECT in object.ts, DUMP and RESTORE
// in dump.ts, COPY in copy.ts, SORT in sort.ts.

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { areSame, integerRead, isWord, readInt32, readInteger, refuseExpiry, UNIT_MILLISECONDS, UNIT_SECONDS } from "../request/arguments";
import { deleteOpenKey, expireOpenKey, expiryOf, notifyOpen, openKey, setExpiry, typeOf } from "../keys/keyspace";
import { typeName, countKey, keepsAccess, probeKey, readKey, setKeepsAccess } from "../keys/lookup";
import { beginError, emitText, emitUpToNul, endError, replyError, replyFlag, replyInteger, replyOk, replyStatus } from "../request/reply";
import { databaseIndex, nowMs, useDatabase } from "../memory/state";
import { DATABASE_COUNT } from "../memory/layout";

import { notifyArgument, ON_GENERIC } from "../keys/events";
import { moveOpenKey } from "./moves";

// === Being there ===

/** `DEL key [key ...]` */
export function delCommand(): void {
  let removed: i64 = 0;
  for (let i: u32 = 1; i < argumentCount; i++) {
    if (openKey(argumentAt(i), argumentLength(i)) == 0) continue;
    deleteOpenKey();
    removed++;
  }
  replyInteger(removed);
}

/** `UNLINK key [key ...]`: what DEL does, whose cost does not grow with the value either. */
export function unlinkCommand(): void {
  delCommand();
}

/** `EXISTS key [key ...]` */
export function existsCommand(): void {
  let found: i64 = 0;
  for (let i: u32 = 1; i < argumentCount; i++) {
    if (countKey(argumentAt(i), argumentLength(i)) != 0) found++;
  }
  replyInteger(found);
}

/** `TOUCH key [key ...]`: a use of each key even where CLIENT NO-TOUCH is on. */
export function touchCommand(): void {
  const kept = keepsAccess;
  setKeepsAccess(false);
  let found: i64 = 0;
  for (let i: u32 = 1; i < argumentCount; i++) {
    if (readKey(argumentAt(i), argumentLength(i)) != 0) found++;
  }
  setKeepsAccess(kept);
  replyInteger(found);
}

/** `TYPE key` */
export function typeCommand(): void {
  const record = countKey(argumentAt(1), argumentLength(1));
  replyStatus(record == 0 ? "none" : typeName(typeOf(record)));
}

// === Expiry ===

const EXPIRE_NX: u32 = 1;
const EXPIRE_XX: u32 = 2;
const EXPIRE_GT: u32 = 4;
const EXPIRE_LT: u32 = 8;

let conditions: u32 = 0;

function readConditions(): bool {
  conditions = 0;
  for (let i: u32 = 3; i < argumentCount; i++) {
    if (isWord(i, "nx")) conditions |= EXPIRE_NX;
    else if (isWord(i, "xx")) conditions |= EXPIRE_XX;
    else if (isWord(i, "gt")) conditions |= EXPIRE_GT;
    else if (isWord(i, "lt")) conditions |= EXPIRE_LT;
    else return refuseOption(i);
  }
  if (conditions & EXPIRE_NX && conditions != EXPIRE_NX) {
    replyError("ERR NX and XX, GT or LT options at the same time are not compatible");
    return false;
  }
  if (conditions & EXPIRE_GT && conditions & EXPIRE_LT) {
    replyError("ERR GT and LT options at the same time are not compatible");
    return false;
  }
  return true;
}

function refuseOption(index: u32): bool {
  beginError();
  emitText("ERR Unsupported option ");
  emitUpToNul(argumentAt(index), argumentLength(index));
  endError();
  return false;
}

/** Whether the key's present expiry (-1 = none) lets it become `time`. */
function conditionsHold(present: i64, time: i64): bool {
  if (conditions & EXPIRE_NX && present >= 0) return false;
  if (conditions & EXPIRE_XX && present < 0) return false;
  // A key without expiry counts as one that never ends.
  if (conditions & EXPIRE_GT && (present < 0 || time <= present)) return false;
  if (conditions & EXPIRE_LT && present >= 0 && time >= present) return false;
  return true;
}

function expire(unit: i64, isAbsolute: bool, command: string): void {
  if (!readConditions()) return;
  if (!readInteger(2)) return;
  let time = integerRead;
  if (unit == UNIT_SECONDS) {
    if (time > i64.MAX_VALUE / 1000 || time < i64.MIN_VALUE / 1000) {
      refuseExpiry(command);
      return;
    }
    time *= 1000;
  }
  if (!isAbsolute) {
    if (time > i64.MAX_VALUE - nowMs) {
      refuseExpiry(command);
      return;
    }
    time += nowMs;
  }
  const record = openKey(argumentAt(1), argumentLength(1));
  if (record == 0 || !conditionsHold(expiryOf(record), time)) {
    replyInteger(0);
    return;
  }
  expireOpenKey(time);
  replyInteger(1);
}

/** `EXPIRE key seconds [NX | XX | GT | LT]` */
export function expireCommand(): void {
  expire(UNIT_SECONDS, false, "expire");
}

/** `PEXPIRE key milliseconds [NX | XX | GT | LT]` */
export function pexpireCommand(): void {
  expire(UNIT_MILLISECONDS, false, "pexpire");
}

/** `EXPIREAT key unix-seconds [NX | XX | GT | LT]` */
export function expireatCommand(): void {
  expire(UNIT_SECONDS, true, "expireat");
}

/** `PEXPIREAT key unix-milliseconds [NX | XX | GT | LT]` */
export function pexpireatCommand(): void {
  expire(UNIT_MILLISECONDS, true, "pexpireat");
}

/** `PERSIST key` */
export function persistCommand(): void {
  const record = openKey(argumentAt(1), argumentLength(1));
  const had = record != 0 && expiryOf(record) >= 0;
  if (had) {
    setExpiry(-1);
    notifyOpen(ON_GENERIC, "persist");
  }
  replyFlag(had);
}

/** Answers -2 (no key), -1 (no expiry) or the time, rounded to `unit`. */
function replyTime(unit: i64, isAbsolute: bool): void {
  const record = countKey(argumentAt(1), argumentLength(1));
  if (record == 0) {
    replyInteger(-2);
    return;
  }
  const expiry = expiryOf(record);
  if (expiry < 0) {
    replyInteger(-1);
    return;
  }
  const time = isAbsolute ? expiry : max(expiry - nowMs, 0);
  replyInteger(unit == UNIT_MILLISECONDS ? time : <i64>((<u64>time + 500) / 1000));
}

/** `TTL key` */
export function ttlCommand(): void {
  replyTime(UNIT_SECONDS, false);
}

/** `PTTL key` */
export function pttlCommand(): void {
  replyTime(UNIT_MILLISECONDS, false);
}

/** `EXPIRETIME key` */
export function expiretimeCommand(): void {
  replyTime(UNIT_SECONDS, true);
}

/** `PEXPIRETIME key` */
export function pexpiretimeCommand(): void {
  replyTime(UNIT_MILLISECONDS, true);
}

// === Moving ===

function rename(keepsTarget: bool): void {
  const record = openKey(argumentAt(1), argumentLength(1));
  if (record == 0) {
    replyError("ERR no such key");
    return;
  }
  if (areSame(1, 2)) {
    if (keepsTarget) replyInteger(0);
    else replyOk();
    return;
  }
  if (keepsTarget && probeKey(argumentAt(2), argumentLength(2)) != 0) {
    replyInteger(0);
    return;
  }
  moveOpenKey(databaseIndex, argumentAt(2), argumentLength(2));
  notifyArgument(ON_GENERIC, "rename_from", 1);
  notifyArgument(ON_GENERIC, "rename_to", 2);
  if (keepsTarget) replyInteger(1);
  else replyOk();
}

/** `RENAME key newkey` */
export function renameCommand(): void {
  rename(false);
}

/** `RENAMENX key newkey` */
export function renamenxCommand(): void {
  rename(true);
}

/** Reads argument `index` as a database number as MOVE and COPY do, or -1 after the error. */
export function readTargetDatabase(index: u32): i32 {
  if (!readInt32(index)) return -1;
  if (integerRead < 0 || integerRead >= <i64>DATABASE_COUNT) {
    replyError("ERR DB index is out of range");
    return -1;
  }
  return <i32>integerRead;
}

/** `MOVE key db` */
export function moveCommand(): void {
  const target = readTargetDatabase(2);
  if (target < 0) return;
  const source = databaseIndex;
  if (<u32>target == source) {
    replyError("ERR source and destination objects are the same");
    return;
  }
  if (openKey(argumentAt(1), argumentLength(1)) == 0) {
    replyInteger(0);
    return;
  }
  useDatabase(target);
  const taken = probeKey(argumentAt(1), argumentLength(1)) != 0;
  useDatabase(source);
  if (!taken) {
    moveOpenKey(target, argumentAt(1), argumentLength(1));
    notifyArgument(ON_GENERIC, "move_from", 1);
    useDatabase(target);
    notifyArgument(ON_GENERIC, "move_to", 1);
    useDatabase(source);
  }
  replyFlag(!taken);
}
