// === Fields of a hash ===
//
// ╒═══════════════ payload of a hash (16 bytes) ═══════════════╕
// │ +0  count    u32   fields                                   │
// │ +4  reserved u32                                            │
// │ +8  fields   u32   root of the fields' tree                 │
// │ +12 dues     u32   root of due times; see hashes/dues.ts     │
// ╘══════════════════════════════════════════════════════════════╛
//
// A field's head is its keyed hash, its tail the field, its value the value's
// bytes or a blob, behind its due time if it has one. A hash without fields does not exist: whoever removes the
// last field drops the key.

import { header } from "../memory/layout";
import { headOf, recordOf, seekFirst } from "../tree/cursor";
import { insert, remove, resize } from "../tree/tree";
import { SUBTREES, tailLength, tailOf, tailWord, TIMED, VALUE_BLOB, VALUE_INLINE_MAX, valueLength, valueOf } from "../tree/page";
import { OBJECT_HEADER } from "../memory/heap";
import { discard } from "../tree/views";
import { findKey, HEADS_FIELD, keyHead, seekKey } from "../keys/warm";
import {
  deleteOpenKey, ENCODING_RAW, newBlob, openKey, payloadOf, prepareKey, prepareKeyUnseen, replaceKey, TYPE_HASH, typeOf,
} from "../keys/keyspace";
import { changeHashDue } from "../keys/expiry";
import { DUE_BYTES, dueOf, DUES_ROOT, duesRoot, earliestDue, forgetDue, isOverdue, markDue, noteDue, overdueFields } from "./dues";
import { replyWrongType } from "../request/reply";
import { copyBytes } from "../text/bytes";
import { elementCursor, nowMs, otherCursor, textScratch } from "../memory/state";

/** Bytes of a hash's payload. */
export const HASH_BYTES: u32 = 16;
/** Where in it the root of the fields' tree is. */
export const FIELDS_ROOT: usize = 8;

/** Fields of the hash in a key's record. */
export function fieldCount(record: usize): u32 {
  return load<u32>(payloadOf(record));
}

/** Of these, those whose time is not over. */
export function liveFieldCount(record: usize): u32 {
  return fieldCount(record) - overdueFields(payloadOf(record));
}

/** Root of the tree of its fields. */
export function fieldsRoot(record: usize): usize {
  return load<u32>(payloadOf(record) + FIELDS_ROOT);
}

/** Encoding bit of a small hash that has been given due times: Redis keeps it in a larger listpack. */
export const ENCODING_TIMED: u32 = 32;

/** Record of a field, or 0; one whose time is over is not there. */
export function findField(record: usize, field: usize, length: u32): usize {
  const found = findKey(fieldsRoot(record), field, length, HEADS_FIELD);
  return found != 0 && isOverdue(found) ? 0 : found;
}

/** Bytes of the value last looked at by `loadField`. */
export let fieldAt: usize = 0;
export let fieldLen: u32 = 0;

/** Points `fieldAt` and `fieldLen` to the value of a field's record. */
export function loadField(record: usize): void {
  const word = tailWord(record);
  const front: u32 = word & TIMED ? DUE_BYTES : 0;
  const value = valueOf(record) + front;
  if (word & VALUE_BLOB) {
    fieldAt = <usize>load<u32>(value) + OBJECT_HEADER;
    fieldLen = load<u32>(value, 4);
  } else {
    fieldAt = value;
    fieldLen = valueLength(record) - front;
  }
}

// === Writing ===

/** Opens `key` for a write; false after answering for another type. */
export function openHash(key: usize, keyLen: u32): bool {
  openRecord = openKey(key, keyLen);
  if (openRecord == 0 || typeOf(openRecord) == TYPE_HASH) return true;
  replyWrongType();
  return false;
}

/** Record of the hash that `openHash` found; 0 = no such key. */
export let openRecord: usize = 0;

/** Creates the open hash when it is missing and makes it writable; its record. */
export function editHash(): usize {
  if (openRecord != 0) {
    openRecord = prepareKey();
    return openRecord;
  }
  openRecord = replaceKey(false, TYPE_HASH, 0, -1, HASH_BYTES, SUBTREES);
  memory.fill(payloadOf(openRecord), 0, HASH_BYTES);
  return openRecord;
}

function noteSize(record: usize, longest: u32): void {
  if (longest <= header.hashListpackValue && fieldCount(record) <= header.hashListpackEntries) return;
  const meta = valueOf(record);
  store<u8>(meta, <u8>(load<u8>(meta) | ENCODING_RAW));
}

/**
 * Sets a field, which is then no longer due unless it `keepsDue`. Requires: `record`
 * came from `editHash`, and no key was opened since; the value's bytes do not lie in
 * the field's old value.
 *
 * @returns Whether the field is new.
 */
export function setField(
  record: usize, field: usize, length: u32, value: usize, valueLen: u32, keepsDue: bool = false,
): bool {
  const payload = payloadOf(record);
  const isTimed = duesRoot(payload) != 0;
  const isNew = isTimed
    ? setTimedField(payload, field, length, value, valueLen, keepsDue)
    : putField(payload, field, length, value, valueLen);
  noteSize(record, max(length, valueLen));
  return isNew;
}

/** `setField` in a hash with fields that are due. */
function setTimedField(payload: usize, field: usize, length: u32, value: usize, valueLen: u32, keepsDue: bool): bool {
  const old = findKey(fieldsRootOf(payload), field, length, HEADS_FIELD);
  const due = old == 0 ? -1 : dueOf(old);
  const wasOverdue = due >= 0 && due <= nowMs;
  const keeps = keepsDue && due >= 0 && !wasOverdue;
  if (due >= 0 && !keeps) {
    const before = earliestDue(payload);
    forgetDue(payload, due, field, length);
    changeHashDue(before, earliestDue(payload));
  }
  const isNew = putField(payload, field, length, value, valueLen, keeps ? due : -1);
  return isNew || wasOverdue;
}

function fieldsRootOf(payload: usize): usize {
  return load<u32>(payload + FIELDS_ROOT);
}

/** Lets go of the blob of a field's value, if it has one. */
function discardValue(element: usize): void {
  if (tailWord(element) & VALUE_BLOB) discard(<usize>load<u32>(valueOf(element) + valueLength(element) - 8));
}

/**
 * `setField` for the hash whose payload lies at `payload`, of a key or not yet of one;
 * the field's record then has the due time `due`, -1 = none, which the caller notes.
 */
export function putField(payload: usize, field: usize, length: u32, value: usize, valueLen: u32, due: i64 = -1): bool {
  const rootRef = payload + FIELDS_ROOT;
  const cursor = elementCursor();
  const exists = seekKey(cursor, load<u32>(rootRef), field, length, HEADS_FIELD);
  const head = keyHead;
  const isLarge = valueLen > VALUE_INLINE_MAX;
  const front: u32 = due >= 0 ? DUE_BYTES : 0;
  const stored: u32 = front + (isLarge ? 8 : valueLen);
  let element: usize;
  if (exists) {
    discardValue(recordOf(cursor));
    element = resize(cursor, rootRef, stored);
    store<u16>(element, load<u16>(element) & ~<u16>(VALUE_BLOB | TIMED));
  } else {
    element = insert(cursor, rootRef, head, field, length, stored);
    store<u32>(payload, load<u32>(payload) + 1);
  }
  if (front != 0) markDue(element, due);
  if (isLarge) storeBlob(element, front, value, valueLen);
  else copyBytes(valueOf(element) + front, value, valueLen);
  return !exists;
}

function storeBlob(element: usize, front: u32, value: usize, valueLen: u32): void {
  const blob = newBlob(valueLen);
  memory.copy(blob + OBJECT_HEADER, value, valueLen);
  store<u16>(element, load<u16>(element) | <u16>VALUE_BLOB);
  store<u32>(valueOf(element) + front, <u32>blob);
  store<u32>(valueOf(element) + front, valueLen, 4);
}

/**
 * Removes a field, if it is there. Requires: `record` came from `editHash`.
 *
 * @returns Whether it was there, its time not over.
 */
export function removeField(record: usize, field: usize, length: u32): bool {
  const payload = payloadOf(record);
  const cursor = elementCursor();
  if (!seekKey(cursor, fieldsRootOf(payload), field, length, HEADS_FIELD)) return false;
  const due = dueOf(recordOf(cursor));
  takeField(payload, cursor);
  if (due < 0) return true;
  const before = earliestDue(payload);
  forgetDue(payload, due, field, length);
  changeHashDue(before, earliestDue(payload));
  return due > nowMs;
}

/** Removes the field under the cursor from the fields' tree. */
function takeField(payload: usize, cursor: usize): void {
  discardValue(recordOf(cursor));
  remove(cursor, payload + FIELDS_ROOT);
  store<u32>(payload, load<u32>(payload) - 1);
}

/** Drops the open hash when its last field is gone. */
export function dropIfEmpty(record: usize): void {
  if (fieldCount(record) == 0) deleteOpenKey();
}

// === Due times ===

/**
 * Gives a field another due time, -1 for none. Requires: `record` came from
 * `editHash`, and the field is there.
 */
export function setFieldDue(record: usize, field: usize, length: u32, due: i64): void {
  const payload = payloadOf(record);
  const cursor = elementCursor();
  const exists = seekKey(cursor, fieldsRootOf(payload), field, length, HEADS_FIELD);
  assert(exists);
  const old = dueOf(recordOf(cursor));
  if (old == due) return;
  const before = earliestDue(payload);
  changeRecordDue(cursor, payload + FIELDS_ROOT, due);
  if (old >= 0) forgetDue(payload, old, field, length);
  if (due >= 0) noteDue(payload, due, field, length);
  changeHashDue(before, earliestDue(payload));
}

/** Changes the due time in the record under the cursor. */
function changeRecordDue(cursor: usize, rootRef: usize, due: i64): void {
  const old = recordOf(cursor);
  const from: u32 = tailWord(old) & TIMED ? DUE_BYTES : 0;
  const to: u32 = due >= 0 ? DUE_BYTES : 0;
  const length = valueLength(old) - from;
  memory.copy(textScratch(), valueOf(old) + from, length);
  const element = resize(cursor, rootRef, length + to);
  store<u16>(element, load<u16>(element) & ~<u16>TIMED);
  if (to != 0) markDue(element, due);
  memory.copy(valueOf(element) + to, textScratch(), length);
}

/** Notes that Redis would keep the open hash in the encoding for due times; WATCH does not see it. */
export function markTimed(): void {
  openRecord = prepareKeyUnseen();
  const meta = valueOf(openRecord);
  store<u8>(meta, <u8>(load<u8>(meta) | ENCODING_TIMED));
}

/**
 * Removes up to `budget` fields whose time is over; the number removed. Requires:
 * `record` came from `editHash`.
 */
export function removeOverdue(record: usize, budget: u32): u32 {
  const payload = payloadOf(record);
  const before = earliestDue(payload);
  const dues = otherCursor();
  let removed: u32 = 0;
  while (removed < budget && duesRoot(payload) != 0) {
    seekFirst(dues, duesRoot(payload));
    if (<i64>headOf(dues) > nowMs) break;
    const field = recordOf(dues);
    const exists = seekKey(elementCursor(), fieldsRootOf(payload), tailOf(field), tailLength(field), HEADS_FIELD);
    assert(exists);
    takeField(payload, elementCursor());
    remove(dues, payload + DUES_ROOT);
    removed++;
  }
  changeHashDue(before, earliestDue(payload));
  return removed;
}
