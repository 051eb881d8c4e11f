// === Strings ===
//
// Commands of the group "string"; synopses and replies are those of
// https://redis.io/commands/?group=string. LCS is in lcs.ts, INCR and its kin in
// counters.ts, INCRBYFLOAT in strings/fractions.ts.

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import {
  expiryRead, integerRead, isWord, readExpiry, readInteger, UNIT_MILLISECONDS, UNIT_SECONDS,
} from "../request/arguments";
import {
  deleteOpenKey, editString, expireOpenKey, expiryOf, loadString, notifyOpen, openKey, openKeyCounted, replaceString,
  setExpiry, stringAt, stringLen, TYPE_STRING, typeOf,
} from "../keys/keyspace";
import { probeKey, readKey } from "../keys/lookup";
import {
  beginError, emitText, endError, replyArray, replyBulk, replyError, replyFlag, replyInteger, replyNull, replyOk,
  replySyntaxError, replyWrongType,
} from "../request/reply";
import { copyBytes } from "../text/bytes";
import { rewindRows } from "../keys/warm";
import { ON_GENERIC, ON_STRING } from "../keys/events";

const STRING_BYTES_MAX: i64 = 512 << 20;

// === Reading ===

/** Answers the string of a record, or the error for another type; whether it was one. */
function replyString(record: usize): bool {
  if (typeOf(record) != TYPE_STRING) {
    replyWrongType();
    return false;
  }
  loadString(record);
  replyBulk(stringAt, stringLen);
  return true;
}

/** `GET key` */
export function getCommand(): void {
  const record = readKey(argumentAt(1), argumentLength(1));
  if (record == 0) replyNull();
  else replyString(record);
}

/** `MGET key [key ...]` */
export function mgetCommand(): void {
  replyArray(argumentCount - 1);
  for (let i: u32 = 1; i < argumentCount; i++) {
    const record = readKey(argumentAt(i), argumentLength(i));
    if (record == 0 || typeOf(record) != TYPE_STRING) replyNull();
    else replyString(record);
  }
}

/** `STRLEN key` */
export function strlenCommand(): void {
  const record = readKey(argumentAt(1), argumentLength(1));
  if (record == 0) {
    replyInteger(0);
  } else if (typeOf(record) != TYPE_STRING) {
    replyWrongType();
  } else {
    loadString(record);
    replyInteger(stringLen);
  }
}

/** `GETRANGE key start end` */
export function getrangeCommand(): void {
  if (!readInteger(2)) return;
  let start = integerRead;
  if (!readInteger(3)) return;
  let end = integerRead;
  const record = readKey(argumentAt(1), argumentLength(1));
  if (record == 0) {
    replyBulk(0, 0);
    return;
  }
  if (typeOf(record) != TYPE_STRING) {
    replyWrongType();
    return;
  }
  loadString(record);
  const length = <i64>stringLen;
  if (start < 0 && end < 0 && start > end) {
    replyBulk(0, 0);
    return;
  }
  if (start < 0) start = max(start + length, 0);
  if (end < 0) end = max(end + length, 0);
  end = min(end, length - 1);
  if (start > end || length == 0) replyBulk(0, 0);
  else replyBulk(stringAt + <usize>start, <u32>(end - start + 1));
}

/** `SUBSTR key start end` */
export function substrCommand(): void {
  getrangeCommand();
}

// === SET and its kind ===

const SET_NX: u32 = 1;
const SET_XX: u32 = 2;
const SET_GET: u32 = 4;
const SET_KEEPTTL: u32 = 8;
const SET_PERSIST: u32 = 16;
const SET_EX: u32 = 32;
const SET_PX: u32 = 64;
const SET_EXAT: u32 = 128;
const SET_PXAT: u32 = 256;
const SET_EXPIRY: u32 = SET_EX | SET_PX | SET_EXAT | SET_PXAT;

let optionFlags: u32 = 0;
let expiryArgument: u32 = 0;
let expiryUnit: i64 = 0;
let expiryIsAbsolute: bool = false;

/** The same option may be repeated, and then the last one counts; others may not be mixed. */
function takeExpiry(index: u32, option: u32): bool {
  const others = (SET_KEEPTTL | SET_PERSIST | SET_EXPIRY) & ~option;
  if (optionFlags & others || index + 1 >= argumentCount) return false;
  optionFlags |= option;
  expiryArgument = index + 1;
  expiryUnit = option & (SET_EX | SET_EXAT) ? UNIT_SECONDS : UNIT_MILLISECONDS;
  expiryIsAbsolute = (option & (SET_EXAT | SET_PXAT)) != 0;
  return true;
}

function takeExpiryWord(index: u32): bool {
  if (isWord(index, "ex")) return takeExpiry(index, SET_EX);
  if (isWord(index, "px")) return takeExpiry(index, SET_PX);
  if (isWord(index, "exat")) return takeExpiry(index, SET_EXAT);
  if (isWord(index, "pxat")) return takeExpiry(index, SET_PXAT);
  return false;
}

function takeSetWord(index: u32): bool {
  const flags = optionFlags;
  if (isWord(index, "nx")) {
    if (flags & SET_XX) return false;
    optionFlags |= SET_NX;
    return true;
  }
  if (isWord(index, "xx")) {
    if (flags & SET_NX) return false;
    optionFlags |= SET_XX;
    return true;
  }
  if (isWord(index, "get")) {
    optionFlags |= SET_GET;
    return true;
  }
  if (isWord(index, "keepttl")) {
    if (flags & (SET_EXPIRY | SET_PERSIST)) return false;
    optionFlags |= SET_KEEPTTL;
    return true;
  }
  return false;
}

/** Reads the options from argument `index` on; false after answering an error. */
function readSetOptions(index: u32): bool {
  optionFlags = 0;
  for (let i = index; i < argumentCount; i++) {
    if (takeSetWord(i)) continue;
    if (!takeExpiryWord(i)) {
      replySyntaxError();
      return false;
    }
    i = expiryArgument;
  }
  return true;
}

/** `SET key value [NX | XX] [GET] [EX s | PX ms | EXAT s | PXAT ms | KEEPTTL]` */
export function setCommand(): void {
  if (argumentCount == 3) {
    const record = openKey(argumentAt(1), argumentLength(1));
    storeArgument(record != 0, 2, -1);
    notifyOpen(ON_STRING, "set");
    replyOk();
    return;
  }
  if (!readSetOptions(3)) return;
  let expiry: i64 = -1;
  if (optionFlags & SET_EXPIRY) {
    if (!readExpiry(expiryArgument, expiryUnit, expiryIsAbsolute, "set")) return;
    expiry = expiryRead;
  }
  setWithOptions(expiry);
}

function setWithOptions(expiry: i64): void {
  const wantsOld = (optionFlags & SET_GET) != 0;
  const record = wantsOld ? openKeyCounted(argumentAt(1), argumentLength(1)) : openKey(argumentAt(1), argumentLength(1));
  if (wantsOld) {
    if (record == 0) replyNull();
    else if (!replyString(record)) return;
  }
  if ((optionFlags & SET_NX && record != 0) || (optionFlags & SET_XX && record == 0)) {
    if (!wantsOld) replyNull();
    return;
  }
  const kept = optionFlags & SET_KEEPTTL && record != 0 ? expiryOf(record) : expiry;
  storeArgument(record != 0, 2, kept);
  notifySet(expiry >= 0);
  if (!wantsOld) replyOk();
}

/** Makes the open key the string of argument `index`. */
function storeArgument(exists: bool, index: u32, expiry: i64): void {
  const length = argumentLength(index);
  copyBytes(replaceString(exists, length, 0, expiry), argumentAt(index), length);
}

/** A string was set, with a time to live if `expires`. */
function notifySet(expires: bool): void {
  notifyOpen(ON_STRING, "set");
  if (expires) notifyOpen(ON_GENERIC, "expire");
}

/** `SETNX key value` */
export function setnxCommand(): void {
  const record = openKey(argumentAt(1), argumentLength(1));
  if (record == 0) {
    storeArgument(false, 2, -1);
    notifySet(false);
  }
  replyFlag(record == 0);
}

/** `SETEX key seconds value` */
export function setexCommand(): void {
  if (!readExpiry(2, UNIT_SECONDS, false, "setex")) return;
  const record = openKey(argumentAt(1), argumentLength(1));
  storeArgument(record != 0, 3, expiryRead);
  notifySet(true);
  replyOk();
}

/** `PSETEX key milliseconds value` */
export function psetexCommand(): void {
  if (!readExpiry(2, UNIT_MILLISECONDS, false, "psetex")) return;
  const record = openKey(argumentAt(1), argumentLength(1));
  storeArgument(record != 0, 3, expiryRead);
  notifySet(true);
  replyOk();
}

/** `GETSET key value` */
export function getsetCommand(): void {
  const record = openKeyCounted(argumentAt(1), argumentLength(1));
  if (record == 0) replyNull();
  else if (!replyString(record)) return;
  storeArgument(record != 0, 2, -1);
  notifySet(false);
}

/** `GETDEL key` */
export function getdelCommand(): void {
  const record = openKeyCounted(argumentAt(1), argumentLength(1));
  if (record == 0) {
    replyNull();
    return;
  }
  if (replyString(record)) deleteOpenKey();
}

/** `GETEX key [EX s | PX ms | EXAT s | PXAT ms | PERSIST]` */
export function getexCommand(): void {
  optionFlags = 0;
  for (let i: u32 = 2; i < argumentCount; i++) {
    if (isWord(i, "persist") && !(optionFlags & SET_EXPIRY)) {
      optionFlags |= SET_PERSIST;
    } else if (takeExpiryWord(i)) {
      i = expiryArgument;
    } else {
      replySyntaxError();
      return;
    }
  }
  const record = openKeyCounted(argumentAt(1), argumentLength(1));
  if (record == 0) {
    replyNull();
    return;
  }
  if (typeOf(record) != TYPE_STRING) {
    replyWrongType();
    return;
  }
  if (optionFlags & SET_EXPIRY && !readExpiry(expiryArgument, expiryUnit, expiryIsAbsolute, "getex")) return;
  replyString(record);
  if (optionFlags & SET_EXPIRY) {
    expireOpenKey(expiryRead);
  } else if (optionFlags & SET_PERSIST && expiryOf(record) >= 0) {
    setExpiry(-1);
    notifyOpen(ON_GENERIC, "persist");
  }
}

/** `MSET key value [key value ...]` */
export function msetCommand(): void {
  if (!hasPairs("mset")) return;
  storePairs();
  replyOk();
}

/** `MSETNX key value [key value ...]` */
export function msetnxCommand(): void {
  if (!hasPairs("msetnx")) return;
  for (let i: u32 = 1; i < argumentCount; i += 2) {
    if (probeKey(argumentAt(i), argumentLength(i)) != 0) {
      replyInteger(0);
      return;
    }
  }
  rewindRows();
  storePairs();
  replyInteger(1);
}

function hasPairs(command: string): bool {
  if (argumentCount & 1) return true;
  beginError();
  emitText("ERR wrong number of arguments for '");
  emitText(command);
  emitText("' command");
  endError();
  return false;
}

function storePairs(): void {
  for (let i: u32 = 1; i < argumentCount; i += 2) {
    const record = openKey(argumentAt(i), argumentLength(i));
    storeArgument(record != 0, i + 1, -1);
    notifySet(false);
  }
}

// === Editing ===

/** Whether a string of `length` bytes may be; answers the error if not. */
function isLengthGood(length: i64): bool {
  if (length <= STRING_BYTES_MAX) return true;
  replyError("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
  return false;
}

/** `APPEND key value` */
export function appendCommand(): void {
  const record = openKey(argumentAt(1), argumentLength(1));
  const added = argumentLength(2);
  if (record == 0) {
    storeArgument(false, 2, -1);
    notifyOpen(ON_STRING, "append");
    replyInteger(added);
    return;
  }
  if (typeOf(record) != TYPE_STRING) {
    replyWrongType();
    return;
  }
  loadString(record);
  const old = stringLen;
  if (!isLengthGood(<i64>old + added)) return;
  const at = editString(true, old + added);
  memory.copy(at + old, argumentAt(2), added);
  notifyOpen(ON_STRING, "append");
  replyInteger(old + added);
}

/** `SETRANGE key offset value` */
export function setrangeCommand(): void {
  if (!readInteger(2)) return;
  const offset = integerRead;
  if (offset < 0) {
    replyError("ERR offset is out of range");
    return;
  }
  const added = argumentLength(3);
  const record = openKey(argumentAt(1), argumentLength(1));
  if (record != 0 && typeOf(record) != TYPE_STRING) {
    replyWrongType();
    return;
  }
  if (added == 0) {
    if (record != 0) loadString(record);
    replyInteger(record == 0 ? 0 : stringLen);
    return;
  }
  if (offset > STRING_BYTES_MAX || !isLengthGood(offset + added)) {
    if (offset > STRING_BYTES_MAX) isLengthGood(offset);
    return;
  }
  const at = editString(record != 0, <u32>offset + added);
  memory.copy(at + <usize>offset, argumentAt(3), added);
  notifyOpen(ON_STRING, "setrange");
  replyInteger(stringLen);
}
