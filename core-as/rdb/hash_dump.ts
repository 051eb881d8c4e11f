// === RDB: writing hashes ===
//
// Four forms: packed in a listpack or as strings, and either with due times when
// there are any. Times are then behind each pair in a listpack, 0 = none, those that
// are due first in front; among strings, in front of each pair as a length: 0 = none,
// else what passes from the earliest one, plus one. The earliest itself comes first.

import { next, recordOf, seekFirst, settle } from "../tree/cursor";
import { dueOf, duesRoot, earliestDue } from "../hashes/dues";
import { fieldAt, fieldCount, fieldLen, fieldsRoot, loadField } from "../hashes/fields";
import { ENCODING_RAW, encodingOf, payloadOf } from "../keys/keyspace";
import { tailLength, tailOf } from "../tree/page";
import { advanceOutput, outputLength, reserveOutput } from "../request/reply";
import { addWork, walkCursor } from "../memory/state";
import { findKey, HEADS_FIELD } from "../keys/warm";
import { emitElement, emitNumberElement, insertListpack } from "./listpack";
import { emitLength, emitString, insertString } from "./strings";
import { RDB_HASH, RDB_HASH_LISTPACK, RDB_HASH_LISTPACK_EX, RDB_HASH_METADATA } from "./types";

/** Whether the hash in a key's record has fields that are due. */
export function isTimedHash(record: usize): bool {
  return duesRoot(payloadOf(record)) != 0;
}

/** Appends a type and, behind one of the forms with due times, the earliest. */
function emitHead(type: u8, record: usize): void {
  const isTimed = isTimedHash(record);
  const out = reserveOutput(isTimed ? 9 : 1);
  if (out == 0) return;
  store<u8>(out, type);
  if (isTimed) store<i64>(out, earliestDue(payloadOf(record)), 1);
  advanceOutput(isTimed ? 9 : 1);
}

/** Appends the hash in a key's record, its type first. */
export function emitHash(record: usize): void {
  const isTimed = isTimedHash(record);
  addWork(fieldCount(record));
  if (encodingOf(record) & ENCODING_RAW) {
    emitHead(isTimed ? RDB_HASH_METADATA : RDB_HASH, record);
    emitStrings(record, isTimed ? earliestDue(payloadOf(record)) : -1);
    return;
  }
  emitHead(isTimed ? RDB_HASH_LISTPACK_EX : RDB_HASH_LISTPACK, record);
  const from = outputLength();
  if (isTimed) emitTimedElements(record);
  emitElements(record, isTimed);
  insertListpack(from, fieldCount(record) * (isTimed ? 3 : 2));
  insertString(from);
}

/** Appends all fields as strings; `earliest` is -1 when none is due. */
function emitStrings(record: usize, earliest: i64): void {
  emitLength(fieldCount(record));
  const cursor = walkCursor();
  seekFirst(cursor, fieldsRoot(record));
  let more = settle(cursor);
  while (more) {
    const field = recordOf(cursor);
    const due = dueOf(field);
    loadField(field);
    if (earliest >= 0) emitLength(due < 0 ? 0 : due - earliest + 1);
    emitString(tailOf(field), tailLength(field));
    emitString(fieldAt, fieldLen);
    more = next(cursor);
  }
}

function emitPair(field: usize): void {
  loadField(field);
  emitElement(tailOf(field), tailLength(field));
  emitElement(fieldAt, fieldLen);
}

/** Appends the fields that are due, in the order of their times. */
function emitTimedElements(record: usize): void {
  const cursor = walkCursor();
  seekFirst(cursor, duesRoot(payloadOf(record)));
  let more = settle(cursor);
  while (more) {
    const name = recordOf(cursor);
    const field = findKey(fieldsRoot(record), tailOf(name), tailLength(name), HEADS_FIELD);
    emitPair(field);
    emitNumberElement(dueOf(field));
    more = next(cursor);
  }
}

/** Appends the fields that are not due. */
function emitElements(record: usize, isTimed: bool): void {
  const cursor = walkCursor();
  seekFirst(cursor, fieldsRoot(record));
  let more = settle(cursor);
  while (more) {
    const field = recordOf(cursor);
    if (dueOf(field) < 0) {
      emitPair(field);
      if (isTimed) emitNumberElement(0);
    }
    more = next(cursor);
  }
}
