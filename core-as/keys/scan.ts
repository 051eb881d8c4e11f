// === Walks over the keys: SCAN, KEYS, RANDOMKEY ===
//
// A SCAN cursor is the place after the last key returned, cut to 53 bits so that
// clients that keep it in a double do not lose any: 14 bits of slot and 39 of
// hash, plus one. Keys that share those 53 bits are returned together. A key
// that is there from start to end is met exactly once.

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { integerRead, isWord, readInteger } from "../request/arguments";
import { currentDatabase, isExpired, typeOf } from "./keyspace";
import { countLookup, typeName } from "./lookup";
import { headOf, next, recordOf, seek, seekFirst, seekRank, settle } from "../tree/cursor";
import { tailLength, tailOf } from "../tree/page";
import {
  insertArray, moveToFront, outputLength, replyBulk, replyBulkUnsigned, replyError, replyNull, replySyntaxError,
} from "../request/reply";
import { isMatch } from "../text/glob";
import { addWork, nextRandom, randomAt, walkCursor } from "../memory/state";
import { overdueKeys } from "./expiry";

/** Bits of a head that a SCAN cursor does not hold. */
export const SCAN_SHIFT: u64 = 11;

// === Options that SCAN and its kind share ===

export let scanCount: i64 = 10;
/** Argument with the pattern; 0 = none. */
export let scanPattern: u32 = 0;
/** Argument with the type; 0 = none. */
export let scanType: u32 = 0;

/** Whether NOVALUES was among the options. */
export let scanHidesValues: bool = false;

/** The cursor that `readScanCursor` read. */
export let scanCursor: u64 = 0;

/**
 * Reads argument `index` as a cursor, in every form that C's strtoul takes: a
 * sign, leading zeros, nothing at all. Answers the error.
 */
export function readScanCursor(index: u32): bool {
  scanCursor = 0;
  let at = argumentAt(index);
  const end = at + argumentLength(index);
  const sign: u32 = at < end ? load<u8>(at) : 0;
  const hasSign = sign == 0x2b || sign == 0x2d;
  if (hasSign) at++;
  const first = at;
  while (at < end && load<u8>(at) != 0) {
    const digit = <u32>load<u8>(at++) - 0x30;
    const isTooLarge = scanCursor > u64.MAX_VALUE / 10 || (scanCursor == u64.MAX_VALUE / 10 && digit > 5);
    if (digit > 9 || isTooLarge) return refuseCursor();
    scanCursor = scanCursor * 10 + digit;
  }
  if (hasSign && at == first) return refuseCursor();
  if (sign == 0x2d) scanCursor = 0 - scanCursor;
  return true;
}

function refuseCursor(): bool {
  replyError("ERR invalid cursor");
  return false;
}

/** Reads MATCH, COUNT and, where they are taken, TYPE or NOVALUES from argument `index` on. */
export function readScanOptions(index: u32, takesType: bool, takesNovalues: bool = false): bool {
  scanCount = 10;
  scanPattern = 0;
  scanType = 0;
  scanHidesValues = false;
  for (let i = index; i < argumentCount; i += 2) {
    const hasValue = i + 1 < argumentCount;
    if (takesNovalues && isWord(i, "novalues")) {
      scanHidesValues = true;
      i--;
      continue;
    }
    if (isWord(i, "count") && hasValue) {
      if (!readInteger(i + 1)) return false;
      if (integerRead < 1) {
        replySyntaxError();
        return false;
      }
      scanCount = integerRead;
    } else if (isWord(i, "match") && hasValue) {
      scanPattern = i + 1;
    } else if (takesType && isWord(i, "type") && hasValue) {
      scanType = i + 1;
    } else {
      replySyntaxError();
      return false;
    }
  }
  return true;
}

/** Whether bytes match the MATCH pattern read last. */
export function passesPattern(at: usize, length: u32): bool {
  return scanPattern == 0 || isMatch(argumentAt(scanPattern), argumentLength(scanPattern), at, length, false);
}

/** Whether the key has the TYPE read last; asking is a lookup that counts. */
function passesType(record: usize): bool {
  if (scanType == 0) return true;
  countLookup(record, tailOf(record), tailLength(record));
  return isWord(scanType, typeName(typeOf(record)));
}

// === SCAN ===

function place(head: u64): u64 {
  return head >> SCAN_SHIFT;
}

/** `SCAN cursor [MATCH pattern] [COUNT count] [TYPE type]` */
export function scanCommand(): void {
  if (!readScanCursor(1)) return;
  const from = scanCursor;
  if (!readScanOptions(2, true)) return;
  const start = outputLength();
  const cursor = walkCursor();
  const isDone = from > place(u64.MAX_VALUE);
  if (!isDone) seek(cursor, currentDatabase().root, from << SCAN_SHIFT, 0, 0);
  let more = !isDone && settle(cursor);
  let looked: i64 = 0;
  let found: u32 = 0;
  let last: u64 = 0;
  while (more && (looked < scanCount || place(headOf(cursor)) == last)) {
    last = place(headOf(cursor));
    const record = recordOf(cursor);
    if (!isExpired(record) && passesPattern(tailOf(record), tailLength(record)) && passesType(record)) {
      replyBulk(tailOf(record), tailLength(record));
      found++;
    }
    looked++;
    more = next(cursor);
  }
  addWork(<u32>min(looked, 1 << 30));
  insertScanHeader(start, more ? last + 1 : 0, found);
}

/** Puts `[cursor, [` in front of the elements written since `start`. */
export function insertScanHeader(start: u32, cursor: u64, found: u32): void {
  insertArray(start, found);
  const cursorStart = outputLength();
  replyBulkUnsigned(cursor);
  moveToFront(start, cursorStart);
  insertArray(start, 2);
}

// === KEYS and RANDOMKEY ===

/** `KEYS pattern` */
export function keysCommand(): void {
  const start = outputLength();
  const cursor = walkCursor();
  scanPattern = argumentLength(1) == 1 && load<u8>(argumentAt(1)) == 0x2a ? 0 : 1;
  let found: u32 = 0;
  seekFirst(cursor, currentDatabase().root);
  let more = settle(cursor);
  while (more) {
    const record = recordOf(cursor);
    if (!isExpired(record) && passesPattern(tailOf(record), tailLength(record))) {
      replyBulk(tailOf(record), tailLength(record));
      found++;
    }
    addWork(1);
    more = next(cursor);
  }
  insertArray(start, found);
}

/** Draws of a key that is not over, before the next one behind the last is taken. */
const RANDOM_TRIES: u32 = 100;

/** `RANDOMKEY` */
export function randomkeyCommand(): void {
  const db = currentDatabase();
  if (db.keys == overdueKeys(db)) return replyNull();
  const cursor = walkCursor();
  // How many tries it takes depends on the order of keys, each server's own.
  const start = nextRandom();
  for (let i: u32 = 0; i < RANDOM_TRIES; i++) {
    seekRank(cursor, db.root, <u32>randomAt(start, i, db.keys));
    settle(cursor);
    if (!isExpired(recordOf(cursor))) break;
  }
  while (isExpired(recordOf(cursor))) {
    addWork(1);
    if (!next(cursor)) seekFirst(cursor, db.root);
  }
  const record = recordOf(cursor);
  replyBulk(tailOf(record), tailLength(record));
}
