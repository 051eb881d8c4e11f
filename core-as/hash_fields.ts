// === Fields of a hash ===
//
// ╒═══════════════ payload of a hash (16 bytes) ═══════════════╕
// │ +0  count    u32   fields                                   │
// │ +4  reserved u32                                            │
// │ +8  fields   u32   root of the fields' tree                 │
// │ +12 spare    u32   second root, 0                           │
// ╘══════════════════════════════════════════════════════════════╛
//
// A field's head is its keyed hash, its tail the field, its value the value's
// bytes or a blob. A hash without fields does not exist: whoever removes the
// last field drops the key.

import { header } from "./layout";
import { recordOf } from "./cursor";
import { insert, remove, resize } from "./tree";
import { SUBTREES, tailWord, VALUE_BLOB, VALUE_INLINE_MAX, valueLength, valueOf } from "./page";
import { OBJECT_HEADER } from "./heap";
import { discard } from "./views";
import { findKey, HEADS_FIELD, keyHead, seekKey } from "./warm";
import {
  dropOpenKey, ENCODING_RAW, newBlob, openKey, payloadOf, prepareKey, replaceKey, TYPE_HASH, typeOf,
} from "./keyspace";
import { replyWrongType } from "./reply";
import { elementCursor } from "./state";

/** Bytes of a hash's payload. */
export const HASH_BYTES: u32 = 16;
/** Where in it the root of the fields' tree is. */
export const FIELDS_ROOT: usize = 8;

/** Fields of the hash in a key's record. */
export function fieldCount(record: usize): u32 {
  return load<u32>(payloadOf(record));
}

/** Root of the tree of its fields. */
export function fieldsRoot(record: usize): usize {
  return load<u32>(payloadOf(record) + FIELDS_ROOT);
}

/** Record of a field, or 0. */
export function findField(record: usize, field: usize, length: u32): usize {
  return findKey(fieldsRoot(record), field, length, HEADS_FIELD);
}

/** Bytes of the value last looked at by `loadField`. */
export let fieldAt: usize = 0;
export let fieldLen: u32 = 0;

/** Points `fieldAt` and `fieldLen` to the value of a field's record. */
export function loadField(record: usize): void {
  const value = valueOf(record);
  if (tailWord(record) & VALUE_BLOB) {
    fieldAt = <usize>load<u32>(value) + OBJECT_HEADER;
    fieldLen = load<u32>(value, 4);
  } else {
    fieldAt = value;
    fieldLen = valueLength(record);
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
 * Sets a field. Requires: `record` came from `editHash`, and no key was opened
 * since; the value's bytes do not lie in the field's old value.
 *
 * @returns Whether the field is new.
 */
export function setField(record: usize, field: usize, length: u32, value: usize, valueLen: u32): bool {
  const isNew = putField(payloadOf(record), field, length, value, valueLen);
  noteSize(record, max(length, valueLen));
  return isNew;
}

/** `setField` for the hash whose payload lies at `payload`, of a key or not yet of one. */
export function putField(payload: usize, field: usize, length: u32, value: usize, valueLen: u32): bool {
  const rootRef = payload + FIELDS_ROOT;
  const cursor = elementCursor();
  const exists = seekKey(cursor, load<u32>(rootRef), field, length, HEADS_FIELD);
  const head = keyHead;
  const isLarge = valueLen > VALUE_INLINE_MAX;
  const stored: u32 = isLarge ? 8 : valueLen;
  let element: usize;
  if (exists) {
    const old = recordOf(cursor);
    if (tailWord(old) & VALUE_BLOB) discard(<usize>load<u32>(valueOf(old)));
    element = resize(cursor, rootRef, stored);
    store<u16>(element, load<u16>(element) & ~<u16>VALUE_BLOB);
  } else {
    element = insert(cursor, rootRef, head, field, length, stored);
    store<u32>(payload, load<u32>(payload) + 1);
  }
  if (isLarge) storeBlob(element, value, valueLen);
  else memory.copy(valueOf(element), value, valueLen);
  return !exists;
}

function storeBlob(element: usize, value: usize, valueLen: u32): void {
  const blob = newBlob(valueLen);
  memory.copy(blob + OBJECT_HEADER, value, valueLen);
  store<u16>(element, load<u16>(element) | <u16>VALUE_BLOB);
  store<u32>(valueOf(element), <u32>blob);
  store<u32>(valueOf(element), valueLen, 4);
}

/** Removes a field, if it is there. Requires: `record` came from `editHash`. */
export function removeField(record: usize, field: usize, length: u32): bool {
  const payload = payloadOf(record);
  const rootRef = payload + FIELDS_ROOT;
  const cursor = elementCursor();
  if (!seekKey(cursor, load<u32>(rootRef), field, length, HEADS_FIELD)) return false;
  const element = recordOf(cursor);
  if (tailWord(element) & VALUE_BLOB) discard(<usize>load<u32>(valueOf(element)));
  remove(cursor, rootRef);
  store<u32>(payload, load<u32>(payload) - 1);
  return true;
}

/** Drops the open hash when its last field is gone. */
export function dropIfEmpty(record: usize): void {
  if (fieldCount(record) == 0) dropOpenKey();
}
