// === Fields of a hash that end: HEXPIRE, HTTL, HPERSIST and their kin ===
//
// https://redis.io/commands/hexpire/ and its neighbours, as Redis 7.4 answers them:
// one integer a field. How due times are kept is told in hashes/dues.ts.

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { integerRead, isWord, readInteger, refuseExpiry, UNIT_MILLISECONDS, UNIT_SECONDS } from "../request/arguments";
import { ENCODING_RAW, encodingOf, TYPE_HASH, typeOf, notifyOpen } from "../keys/keyspace";
import { readKey } from "../keys/lookup";
import {
  dropIfEmpty, editHash, ENCODING_TIMED, findField, markTimed, openHash, openRecord, removeField, setFieldDue,
} from "./fields";
import { dueOf } from "./dues";
import { replyArray, replyError, replyInteger, replyWrongType } from "../request/reply";
import { nowMs } from "../memory/state";
import { parsedInteger, parseInteger } from "../text/integers";
import { ON_HASH } from "../keys/events";

// What is answered for a field, as in Redis.
const NO_FIELD: i64 = -2;
const NO_DUE: i64 = -1;
const NOT_MET: i64 = 0;
const DONE: i64 = 1;
const REMOVED: i64 = 2;

/** Latest due time in milliseconds: Redis keeps 48 bits of it, and two of them back. */
const DUE_MAX: i64 = 0x3fffffffffff;

// === Arguments ===

/** First argument with a field; those behind it are fields, too. */
let firstField: u32 = 0;

/** Reads `FIELDS numfields field [field ...]` from argument `index` on, or answers the error. */
function readFields(index: u32, countError: string): bool {
  if (!isWord(index, "fields")) {
    replyError("ERR Mandatory argument FIELDS is missing or not at the right position");
    return false;
  }
  const isCount = parseInteger(argumentAt(index + 1), argumentLength(index + 1));
  if (!isCount || parsedInteger() < 1) {
    replyError(countError);
    return false;
  }
  firstField = index + 2;
  if (parsedInteger() == <i64>argumentCount - <i64>firstField) return true;
  replyError("ERR The `numfields` parameter must match the number of arguments");
  return false;
}

const COUNT_ERROR = "ERR Number of fields must be a positive integer";

/** Due time that `readTime` read. */
let time: i64 = 0;

/** Reads argument 2 as a time in `unit`, from now unless it `isAbsolute`, or answers the error. */
function readTime(unit: i64, isAbsolute: bool, command: string): bool {
  if (!readInteger(2)) return false;
  if (integerRead < 0) {
    replyError("ERR invalid expire time, must be >= 0");
    return false;
  }
  const base = isAbsolute ? 0 : nowMs;
  if (integerRead > DUE_MAX / unit || integerRead * unit > DUE_MAX - base) return refuseExpiry(command);
  time = base + integerRead * unit;
  return true;
}

const EXPIRE_NX: u32 = 1;
const EXPIRE_XX: u32 = 2;
const EXPIRE_GT: u32 = 3;
const EXPIRE_LT: u32 = 4;

/** The condition at argument 3, 0 when there is none. */
function readCondition(): u32 {
  if (isWord(3, "nx")) return EXPIRE_NX;
  if (isWord(3, "xx")) return EXPIRE_XX;
  if (isWord(3, "gt")) return EXPIRE_GT;
  return isWord(3, "lt") ? EXPIRE_LT : 0;
}

/** Whether a field that is due at `present` (-1 = never) may become due at `time`. */
function isMet(condition: u32, present: i64): bool {
  if (condition == EXPIRE_NX) return present < 0;
  if (condition == EXPIRE_XX) return present >= 0;
  if (condition == EXPIRE_GT) return present >= 0 && time > present;
  if (condition == EXPIRE_LT) return present < 0 || time < present;
  return true;
}

/** Answers `value` for each field named. */
function replyForAll(value: i64): void {
  for (let i = firstField; i < argumentCount; i++) replyInteger(value);
}

/** Record of the field at argument `index` of the hash in `record`; 0 = none. */
function fieldAt(record: usize, index: u32): usize {
  return findField(record, argumentAt(index), argumentLength(index));
}

// === Setting ===

/** Redis changes the encoding before it knows whether a field will be due. */
function noteEncoding(): void {
  if (!(encodingOf(openRecord) & (ENCODING_RAW | ENCODING_TIMED))) markTimed();
}

/** What the request has done to fields. */
let hasSet: bool = false;
let hasRemoved: bool = false;

/** Lets the field at argument `index` of the open hash be due at `time`; what is answered for it. */
function expireField(condition: u32, index: u32): i64 {
  const field = fieldAt(openRecord, index);
  if (field == 0) return NO_FIELD;
  if (!isMet(condition, dueOf(field))) return NOT_MET;
  const record = editHash();
  if (time > nowMs) {
    setFieldDue(record, argumentAt(index), argumentLength(index), time);
    hasSet = true;
    return DONE;
  }
  removeField(record, argumentAt(index), argumentLength(index));
  hasRemoved = true;
  return REMOVED;
}

function expireFields(unit: i64, isAbsolute: bool, command: string): void {
  if (!openHash(argumentAt(1), argumentLength(1)) || !readTime(unit, isAbsolute, command)) return;
  const condition = readCondition();
  if (!readFields(condition == 0 ? 3 : 4, "ERR Parameter `numFields` should be greater than 0")) return;
  replyArray(argumentCount - firstField);
  if (openRecord == 0) return replyForAll(NO_FIELD);
  noteEncoding();
  hasSet = false;
  hasRemoved = false;
  for (let i = firstField; i < argumentCount; i++) replyInteger(expireField(condition, i));
  if (hasRemoved) notifyOpen(ON_HASH, "hdel");
  else if (hasSet) notifyOpen(ON_HASH, "hexpire");
  dropIfEmpty(openRecord);
}

/** `HEXPIRE key seconds [NX | XX | GT | LT] FIELDS numfields field [field ...]` */
export function hexpireCommand(): void {
  expireFields(UNIT_SECONDS, false, "hexpire");
}

/** `HPEXPIRE key milliseconds [NX | XX | GT | LT] FIELDS numfields field [field ...]` */
export function hpexpireCommand(): void {
  expireFields(UNIT_MILLISECONDS, false, "hpexpire");
}

/** `HEXPIREAT key unix-seconds [NX | XX | GT | LT] FIELDS numfields field [field ...]` */
export function hexpireatCommand(): void {
  expireFields(UNIT_SECONDS, true, "hexpireat");
}

/** `HPEXPIREAT key unix-milliseconds [NX | XX | GT | LT] FIELDS numfields field [field ...]` */
export function hpexpireatCommand(): void {
  expireFields(UNIT_MILLISECONDS, true, "hpexpireat");
}

function persistField(index: u32): i64 {
  const field = fieldAt(openRecord, index);
  if (field == 0) return NO_FIELD;
  if (dueOf(field) < 0) return NO_DUE;
  setFieldDue(editHash(), argumentAt(index), argumentLength(index), -1);
  hasSet = true;
  return DONE;
}

/** `HPERSIST key FIELDS numfields field [field ...]` */
export function hpersistCommand(): void {
  if (!openHash(argumentAt(1), argumentLength(1)) || !readFields(2, COUNT_ERROR)) return;
  replyArray(argumentCount - firstField);
  if (openRecord == 0) return replyForAll(NO_FIELD);
  hasSet = false;
  for (let i = firstField; i < argumentCount; i++) replyInteger(persistField(i));
  if (hasSet) notifyOpen(ON_HASH, "hpersist");
}

// === Asking ===

/** Answers when the fields end: absolute, or from now. Seconds are rounded up. */
function replyTimes(unit: i64, isAbsolute: bool): void {
  const record = readKey(argumentAt(1), argumentLength(1));
  if (record != 0 && typeOf(record) != TYPE_HASH) return replyWrongType();
  if (!readFields(2, COUNT_ERROR)) return;
  replyArray(argumentCount - firstField);
  if (record == 0) return replyForAll(NO_FIELD);
  const base = isAbsolute ? 0 : nowMs;
  for (let i = firstField; i < argumentCount; i++) {
    const field = fieldAt(record, i);
    const due = field == 0 ? -1 : dueOf(field);
    if (due < 0) replyInteger(field == 0 ? NO_FIELD : NO_DUE);
    else replyInteger((due - base + unit - 1) / unit);
  }
}

/** `HTTL key FIELDS numfields field [field ...]` */
export function httlCommand(): void {
  replyTimes(UNIT_SECONDS, false);
}

/** `HPTTL key FIELDS numfields field [field ...]` */
export function hpttlCommand(): void {
  replyTimes(UNIT_MILLISECONDS, false);
}

/** `HEXPIRETIME key FIELDS numfields field [field ...]` */
export function hexpiretimeCommand(): void {
  replyTimes(UNIT_SECONDS, true);
}

/** `HPEXPIRETIME key FIELDS numfields field [field ...]` */
export function hpexpiretimeCommand(): void {
  replyTimes(UNIT_MILLISECONDS, true);
}
