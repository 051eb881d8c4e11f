// === Hashes ===
//
// Commands of the group "hash"; https://redis.io/commands/?group=hash.
// HINCRBYFLOAT is in strings/fractions.ts.

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { integerRead, isWord, readInteger, readSigned } from "../request/arguments";
import { ENCODING_RAW, encodingOf, TYPE_HASH, typeOf, notifyOpen } from "../keys/keyspace";
import { readKey } from "../keys/lookup";
import {
  dropIfEmpty, editHash, fieldAt, fieldCount, fieldLen, fieldsRoot, findField, liveFieldCount, loadField, openHash, openRecord,
  removeField, setField,
} from "./fields";
import { replyElements, scanElements, SHOW_NAMES, SHOW_VALUES } from "./elements";
import {
  outputLength, replyArray, replyBulk, replyError, replyFlag, replyInteger, replyMap, replyNull, replyOk, replySyntaxError,
  replyWrongType,
} from "../request/reply";
import { textScratch } from "../memory/state";
import { insertScanHeader, readScanCursor, readScanOptions, scanCount, scanCursor, scanHidesValues } from "../keys/scan";
import { parsedInteger, parseInteger, writeInteger } from "../text/integers";
import { replyDistinct, replyOne, replyWithRepeats } from "./picks";
import { ON_HASH } from "../keys/events";

// === Reading ===

/** Set by `readHash`: the hash's record; 0 = no such key. */
let readRecord: usize = 0;

/** Looks argument 1 up; false after answering for another type. */
function readHash(): bool {
  readRecord = readKey(argumentAt(1), argumentLength(1));
  if (readRecord == 0 || typeOf(readRecord) == TYPE_HASH) return true;
  replyWrongType();
  return false;
}

function replyField(argument: u32): void {
  const element = readRecord == 0 ? <usize>0 : findField(readRecord, argumentAt(argument), argumentLength(argument));
  if (element == 0) {
    replyNull();
    return;
  }
  loadField(element);
  replyBulk(fieldAt, fieldLen);
}

/** `HGET key field` */
export function hgetCommand(): void {
  if (readHash()) replyField(2);
}

/** `HMGET key field [field ...]` */
export function hmgetCommand(): void {
  if (!readHash()) return;
  replyArray(argumentCount - 2);
  for (let i: u32 = 2; i < argumentCount; i++) replyField(i);
}

/** `HEXISTS key field` */
export function hexistsCommand(): void {
  if (!readHash()) return;
  replyFlag(readRecord != 0 && findField(readRecord, argumentAt(2), argumentLength(2)) != 0);
}

/** `HLEN key`: fields whose time is over count until they are removed, as in Redis. */
export function hlenCommand(): void {
  if (readHash()) replyInteger(readRecord == 0 ? 0 : fieldCount(readRecord));
}

/** `HSTRLEN key field` */
export function hstrlenCommand(): void {
  if (!readHash()) return;
  const element = readRecord == 0 ? <usize>0 : findField(readRecord, argumentAt(2), argumentLength(2));
  if (element != 0) loadField(element);
  replyInteger(element == 0 ? 0 : fieldLen);
}

/** Fields of the hash that are there, their time not over; 0 without a hash. */
function liveFields(): u32 {
  return readRecord == 0 ? 0 : liveFieldCount(readRecord);
}

function replyAll(shown: u32): void {
  if (readRecord != 0) replyElements(fieldsRoot(readRecord), fieldCount(readRecord), shown);
}

/** `HGETALL key` */
export function hgetallCommand(): void {
  if (!readHash()) return;
  replyMap(liveFields());
  replyAll(SHOW_NAMES | SHOW_VALUES);
}

/** `HKEYS key` */
export function hkeysCommand(): void {
  if (!readHash()) return;
  replyArray(liveFields());
  replyAll(SHOW_NAMES);
}

/** `HVALS key` */
export function hvalsCommand(): void {
  if (!readHash()) return;
  replyArray(liveFields());
  replyAll(SHOW_VALUES);
}

/**
 * `HSCAN key cursor [MATCH pattern] [COUNT count] [NOVALUES]`
 *
 * A small hash is returned whole, as Redis does with its compact encoding.
 */
export function hscanCommand(): void {
  if (!readScanCursor(2)) return;
  const from = scanCursor;
  if (!readHash()) return;
  const start = outputLength();
  if (readRecord == 0) {
    insertScanHeader(start, 0, 0);
    return;
  }
  if (!readScanOptions(3, false, true)) return;
  const isSmall = !(encodingOf(readRecord) & ENCODING_RAW);
  const limit = isSmall ? i64.MAX_VALUE : scanCount;
  scanElements(fieldsRoot(readRecord), start, isSmall ? 0 : from, limit, scanHidesValues ? SHOW_NAMES : SHOW_NAMES | SHOW_VALUES);
}

// === HRANDFIELD ===

/** `HRANDFIELD key [count [WITHVALUES]]` */
export function hrandfieldCommand(): void {
  if (argumentCount == 2) {
    if (!readHash()) return;
    if (liveFields() == 0) replyNull();
    else replyOne(readRecord, SHOW_NAMES);
    return;
  }
  if (!readSigned(2)) return;
  const count = integerRead;
  if (argumentCount > 4 || (argumentCount == 4 && !isWord(3, "withvalues"))) {
    replySyntaxError();
    return;
  }
  const shown: u32 = argumentCount == 4 ? SHOW_NAMES | SHOW_VALUES : SHOW_NAMES;
  if (argumentCount == 4 && (count < -RANDOM_PAIRS_MAX || count > RANDOM_PAIRS_MAX)) {
    replyError("ERR value is out of range");
    return;
  }
  if (!readHash()) return;
  if (liveFields() == 0 || count == 0) replyArray(0);
  else if (count < 0) replyWithRepeats(readRecord, <u32>min(-count, <i64>u32.MAX_VALUE), shown);
  else replyDistinct(readRecord, <u32>min(count, <i64>u32.MAX_VALUE), shown);
}

/** Redis refuses more pairs than half of what an integer holds. */
const RANDOM_PAIRS_MAX: i64 = i64.MAX_VALUE / 2;

// === Writing ===

function setPairs(): u32 {
  const record = editHash();
  let created: u32 = 0;
  for (let i: u32 = 2; i < argumentCount; i += 2) {
    const isNew = setField(record, argumentAt(i), argumentLength(i), argumentAt(i + 1), argumentLength(i + 1));
    if (isNew) created++;
  }
  notifyOpen(ON_HASH, "hset");
  return created;
}

/** `HSET key field value [field value ...]` */
export function hsetCommand(): void {
  if (argumentCount & 1) replyError("ERR wrong number of arguments for 'hset' command");
  else if (openHash(argumentAt(1), argumentLength(1))) replyInteger(setPairs());
}

/** `HMSET key field value [field value ...]` */
export function hmsetCommand(): void {
  if (argumentCount & 1) {
    replyError("ERR wrong number of arguments for 'hmset' command");
  } else if (openHash(argumentAt(1), argumentLength(1))) {
    setPairs();
    replyOk();
  }
}

/** `HSETNX key field value` */
export function hsetnxCommand(): void {
  if (!openHash(argumentAt(1), argumentLength(1))) return;
  const isThere = openRecord != 0 && findField(openRecord, argumentAt(2), argumentLength(2)) != 0;
  if (!isThere) setPairs();
  replyFlag(!isThere);
}

/** `HDEL key field [field ...]` */
export function hdelCommand(): void {
  if (!openHash(argumentAt(1), argumentLength(1))) return;
  if (openRecord == 0 || !hasAny()) {
    replyInteger(0);
    return;
  }
  const record = editHash();
  let removed: u32 = 0;
  for (let i: u32 = 2; i < argumentCount; i++) {
    if (removeField(record, argumentAt(i), argumentLength(i))) removed++;
  }
  notifyOpen(ON_HASH, "hdel");
  dropIfEmpty(record);
  replyInteger(removed);
}

/** Whether one of the fields named is there: else the key stays as it was. */
function hasAny(): bool {
  for (let i: u32 = 2; i < argumentCount; i++) {
    if (findField(openRecord, argumentAt(i), argumentLength(i)) != 0) return true;
  }
  return false;
}

/** `HINCRBY key field increment` */
export function hincrbyCommand(): void {
  if (!readInteger(3)) return;
  const delta = integerRead;
  if (!openHash(argumentAt(1), argumentLength(1))) return;
  let value: i64 = 0;
  const element = openRecord == 0 ? <usize>0 : findField(openRecord, argumentAt(2), argumentLength(2));
  if (element != 0) {
    loadField(element);
    if (!parseInteger(fieldAt, fieldLen)) {
      replyError("ERR hash value is not an integer");
      return;
    }
    value = parsedInteger();
  }
  if ((delta < 0 && value < i64.MIN_VALUE - delta) || (delta > 0 && value > i64.MAX_VALUE - delta)) {
    replyError("ERR increment or decrement would overflow");
    return;
  }
  const digits = writeInteger(textScratch(), value + delta);
  setField(editHash(), argumentAt(2), argumentLength(2), textScratch(), digits, true);
  notifyOpen(ON_HASH, "hincrby");
  replyInteger(value + delta);
}
