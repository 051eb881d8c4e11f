// === Keys: the records of a database's tree ===
//
// The head of a key is its slot (14 bits, CRC16 of the key or its hash tag) and
// the upper 50 bits of its keyed hash; the tail is the key itself. So a range of
// slots is a range of the tree, heads tell nearly all keys apart, and a SCAN
// cursor is a place in the order that needs no state.
//
// ╒═══════════════════════ value of a key's record ═══════════════════════╕
// │ +0   flags     u8    bits 0–2 type, then HAS_EXPIRY, encoding bits     │
// │ +1   access    u24   last use, or how often it is used: see access.ts  │
// │ +4   version   u48   log index of the last write                       │
// │ +10  expiry    i64   milliseconds since 1970; only with HAS_EXPIRY     │
// │ ...  payload         string: bytes or blob; collection: header, roots  │
// ╘════════════════════════════════════════════════════════════════════════╛
//
// The access time is the one field that readers' commands change, in place,
// even in a page that a view shares: it takes no part in any decision of the
// log, in `digest`, or in a snapshot's meaning.

import { database, Database, header } from "../memory/layout";
import {
  RECORD_HEADER, SUBTREES, tailLength, tailOf, tailWord, VALUE_BLOB, VALUE_INLINE_MAX, valueLength, valueOf,
} from "../tree/page";
import { recordOf, seek } from "../tree/cursor";
import { touch } from "../tree/path";
import { insert, remove, resize } from "../tree/tree";
import { allocate, KIND_BLOB, OBJECT_HEADER, objectSize } from "../memory/heap";
import { discard, isShared } from "../tree/views";
import { databaseIndex, keyCursor, nowMs, writeVersion } from "../memory/state";
import { countLookup, stampAccess } from "./lookup";
import { accessCreated } from "./access";
import { keyHead, seekKey } from "./warm";
import { addDue, leaveHashDue, removeDue } from "./expiry";
import { discardTree } from "../tree/reclaim";
import { noteReady } from "../waits/ready";
import { noteGone } from "./watchers";
import { noteChange, notify, ON_EXPIRED, ON_NEW, ON_GENERIC } from "./events";

export const TYPE_STRING: u32 = 0;
export const TYPE_HASH: u32 = 1;
export const TYPE_LIST: u32 = 2;
export const TYPE_SET: u32 = 3;
export const TYPE_ZSET: u32 = 4;
export const TYPE_STREAM: u32 = 5;
const TYPE_MASK: u32 = 7;

const HAS_EXPIRY: u32 = 8;
/** String: `raw` whatever its length. Collection: outgrew the small encoding. */
export const ENCODING_RAW: u32 = 16;
/** String: never shown as `int`, since it was made by float arithmetic. */
export const ENCODING_TEXT: u32 = 32;
const ENCODING_MASK: u32 = 48;

const META_BYTES: u32 = 10;
/** Where the payload is in the record of a key that has no name and no expiry. */
export const PAYLOAD_OFFSET: u32 = RECORD_HEADER + META_BYTES;
const EXPIRY_BYTES: u32 = 8;

// === Places ===

export function currentDatabase(): Database {
  return database(databaseIndex);
}

function rootRef(): usize {
  return changetype<usize>(currentDatabase());
}

// === Fields of a record ===

export function typeOf(record: usize): u32 {
  return load<u8>(valueOf(record)) & TYPE_MASK;
}

export function encodingOf(record: usize): u32 {
  return load<u8>(valueOf(record)) & ENCODING_MASK;
}

export function hasExpiry(record: usize): bool {
  return (load<u8>(valueOf(record)) & HAS_EXPIRY) != 0;
}

/** Expiry in milliseconds since 1970, or -1. */
export function expiryOf(record: usize): i64 {
  const meta = valueOf(record);
  return load<u8>(meta) & HAS_EXPIRY ? load<i64>(meta + META_BYTES) : -1;
}

export function versionOf(record: usize): u64 {
  const meta = valueOf(record);
  return <u64>load<u32>(meta, 4) | (<u64>load<u16>(meta, 8) << 32);
}

/** Time or counter of uses, see access.ts. */
export function accessOf(record: usize): u32 {
  return load<u32>(valueOf(record)) >>> 8;
}

export function payloadOf(record: usize): usize {
  const meta = valueOf(record);
  return meta + META_BYTES + (load<u8>(meta) & HAS_EXPIRY ? EXPIRY_BYTES : <u32>0);
}

export function payloadLength(record: usize): u32 {
  const metaBytes = META_BYTES + (hasExpiry(record) ? EXPIRY_BYTES : 0);
  return valueLength(record) - metaBytes;
}

/** Whether the key's time is over for the running command. */
export function isExpired(record: usize): bool {
  const meta = valueOf(record);
  return (load<u8>(meta) & HAS_EXPIRY) != 0 && load<i64>(meta + META_BYTES) <= nowMs;
}

// === Reading ===

/** Bytes of the string last looked at by `loadString`. */
export let stringAt: usize = 0;
export let stringLen: u32 = 0;

/** Points `stringAt` and `stringLen` to the bytes of a string's record. */
export function loadString(record: usize): void {
  const payload = payloadOf(record);
  if (tailWord(record) & VALUE_BLOB) {
    stringAt = <usize>load<u32>(payload) + OBJECT_HEADER;
    stringLen = load<u32>(payload, 4);
  } else {
    stringAt = payload;
    stringLen = payloadLength(record);
  }
}

/** Makes `stringAt` and `stringLen` those of an empty string. */
export function clearString(): void {
  stringAt = 0;
  stringLen = 0;
}

// === Writing: the key cursor ===

let openHead: u64 = 0;
let openAt: usize = 0;
let openLen: u32 = 0;

/**
 * Moves the key cursor to `key` for a write, which is a use of it; an expired
 * key is removed first.
 *
 * @returns The live record, or 0 with the cursor where the key belongs.
 */
export function openKey(key: usize, keyLen: u32): usize {
  openAt = key;
  openLen = keyLen;
  const db = currentDatabase();
  const isThere = seekKey(keyCursor(), db.root, key, keyLen);
  openHead = keyHead;
  if (!isThere) return 0;
  const record = recordOf(keyCursor());
  if (!isExpired(record)) {
    stampAccess(record);
    return record;
  }
  header.expiredKeys++;
  dropOpenKey();
  notify(ON_EXPIRED, "expired", key, keyLen);
  seek(keyCursor(), db.root, openHead, key, keyLen);
  return 0;
}

/** `openKey` for commands that also count hits and misses (GETDEL, GETEX, …). */
export function openKeyCounted(key: usize, keyLen: u32): usize {
  const record = openKey(key, keyLen);
  countLookup(record, key, keyLen);
  return record;
}

/** Marks the open key as written by this entry. */
export function stampWrite(record: usize): void {
  const meta = valueOf(record);
  store<u32>(meta, <u32>writeVersion, 4);
  store<u16>(meta, <u16>(writeVersion >> 32), 8);
  header.changes++;
  noteChange(record);
}

/** `prepareKey` that leaves the version alone: a change that WATCH does not see, as in Redis. */
export function prepareKeyUnseen(): usize {
  touch(keyCursor(), rootRef(), 0);
  header.changes++;
  return recordOf(keyCursor());
}

/** Makes the open key's record writable in place and stamps it. */
export function prepareKey(): usize {
  touch(keyCursor(), rootRef(), 0);
  const record = recordOf(keyCursor());
  stampWrite(record);
  return record;
}

/** Lets go of what the value of a record refers to. */
export function discardReferences(record: usize): void {
  const word = tailWord(record);
  const end = valueOf(record) + valueLength(record);
  if (word & VALUE_BLOB) {
    discard(<usize>load<u32>(end - 8));
  } else if (word & SUBTREES) {
    discardTree(load<u32>(end - 8));
    discardTree(load<u32>(end - 4));
  }
}

/** Removes the open key. Requires: the cursor stands on it. */
export function dropOpenKey(): void {
  leaveHashDue();
  discardReferences(recordOf(keyCursor()));
  detachOpenKey();
  header.changes++;
}

/** Event `name` of class `on` happens to the open key. */
export function notifyOpen(on: u32, name: string): void {
  notify(on, name, openAt, openLen);
}

/** Removes the open key as DEL does. Requires: the cursor stands on it. */
export function deleteOpenKey(): void {
  dropOpenKey();
  notifyOpen(ON_GENERIC, "del");
}

function writeMeta(record: usize, type: u32, encoding: u32, expiry: i64, access: u32): void {
  const meta = valueOf(record);
  store<u32>(meta, type | encoding | (expiry >= 0 ? HAS_EXPIRY : 0) | (access << 8));
  if (expiry >= 0) store<i64>(meta + META_BYTES, expiry);
}

function setWordFlags(record: usize, flags: u32): void {
  const kept = load<u16>(record) & ~<u16>(VALUE_BLOB | SUBTREES);
  store<u16>(record, <u16>(kept | flags));
}

/**
 * Replaces the open key, or creates it, with `payloadLen` bytes for the caller
 * to write. `exists` says whether `openKey` found it. `expiry` is -1 for none.
 * `flags` are VALUE_BLOB, SUBTREES or 0.
 *
 * @returns The record.
 */
export function replaceKey(exists: bool, type: u32, encoding: u32, expiry: i64, payloadLen: u32, flags: u32): usize {
  const valueLen = META_BYTES + (expiry >= 0 ? EXPIRY_BYTES : 0) + payloadLen;
  let record: usize;
  let access: u32;
  if (exists) {
    const old = recordOf(keyCursor());
    access = accessOf(old);
    changeDue(expiryOf(old), expiry);
    leaveHashDue();
    if (typeOf(old) == TYPE_STREAM) noteReady(TYPE_STREAM, openAt, openLen);
    discardReferences(old);
    record = resize(keyCursor(), rootRef(), valueLen);
  } else {
    access = accessCreated();
    record = insert(keyCursor(), rootRef(), openHead, openAt, openLen, valueLen);
    currentDatabase().keys++;
    changeDue(-1, expiry);
    notify(ON_NEW, "new", openAt, openLen);
  }
  writeMeta(record, type, encoding, expiry, access);
  setWordFlags(record, flags);
  stampWrite(record);
  if (!exists) noteReady(type, openAt, openLen);
  return record;
}

/** Keeps the due-time tree and the counters with a change of the open key's expiry. */
function changeDue(from: i64, to: i64): void {
  if (from == to) return;
  if (from >= 0) removeDue(currentDatabase(), from, openAt, openLen);
  if (to >= 0) addDue(currentDatabase(), to, openAt, openLen);
}

/** Gives the open key another expiry, -1 for none. Requires: it exists. */
export function setExpiry(expiry: i64): void {
  const record = recordOf(keyCursor());
  const old = expiryOf(record);
  changeDue(old, expiry);
  if (old >= 0 && expiry >= 0) {
    const writable = prepareKey();
    store<i64>(valueOf(writable) + META_BYTES, expiry);
    return;
  }
  if (old < 0 && expiry < 0) {
    prepareKey();
    return;
  }
  const payloadLen = payloadLength(record);
  const gained: i32 = expiry >= 0 ? EXPIRY_BYTES : -<i32>EXPIRY_BYTES;
  if (gained < 0) movePayload(touchedRecord(), META_BYTES, META_BYTES + EXPIRY_BYTES, payloadLen);
  const resized = resize(keyCursor(), rootRef(), valueLength(recordOf(keyCursor())) + gained);
  if (gained > 0) movePayload(resized, META_BYTES + EXPIRY_BYTES, META_BYTES, payloadLen);
  const meta = valueOf(resized);
  const flags = load<u8>(meta) & ~HAS_EXPIRY;
  store<u8>(meta, <u8>(flags | (expiry >= 0 ? HAS_EXPIRY : 0)));
  if (expiry >= 0) store<i64>(meta + META_BYTES, expiry);
  stampWrite(resized);
}

/** Lets the open key end at `time` as EXPIRE does: at once if that is over. */
export function expireOpenKey(time: i64): void {
  if (time <= nowMs) {
    deleteOpenKey();
  } else {
    setExpiry(time);
    notifyOpen(ON_GENERIC, "expire");
  }
}

function touchedRecord(): usize {
  touch(keyCursor(), rootRef(), 0);
  return recordOf(keyCursor());
}

function movePayload(record: usize, to: u32, from: u32, length: u32): void {
  const meta = valueOf(record);
  memory.copy(meta + to, meta + from, length);
}

/** Puts back what a snapshot kept of the open key's record: encoding, access, version. */
export function restoreMeta(flags: u32, access: u32, version: u64): void {
  const meta = valueOf(recordOf(keyCursor()));
  const kept = <u32>load<u8>(meta) & ~ENCODING_MASK;
  store<u32>(meta, kept | (flags & ENCODING_MASK) | (access << 8));
  store<u32>(meta, <u32>version, 4);
  store<u16>(meta, <u16>(version >> 32), 8);
}

/** Removes the open key's record but leaves what it refers to. Requires: the cursor stands on it. */
export function detachOpenKey(): void {
  const record = recordOf(keyCursor());
  const db = currentDatabase();
  if (!isExpired(record)) noteGone(tailOf(record), tailLength(record));
  // Who reads it as a group's consumer is told that it is gone.
  if (typeOf(record) == TYPE_STREAM) noteReady(TYPE_STREAM, tailOf(record), tailLength(record));
  noteChange(record);
  if (hasExpiry(record)) removeDue(db, expiryOf(record), tailOf(record), tailLength(record));
  remove(keyCursor(), rootRef());
  db.keys--;
}

// === Strings ===

/** Bytes for a blob of `length`; traps when admission let too much through. */
export function newBlob(length: u32): usize {
  const blob = allocate(length + OBJECT_HEADER, KIND_BLOB);
  if (blob == 0) unreachable();
  return blob;
}

/**
 * Makes the open key a string of `length` bytes that the caller writes at the
 * returned address. Requires: no source of those bytes lies in the old value.
 */
export function replaceString(exists: bool, length: u32, encoding: u32, expiry: i64): usize {
  if (length <= VALUE_INLINE_MAX) {
    return payloadOf(replaceKey(exists, TYPE_STRING, encoding, expiry, length, 0));
  }
  const blob = newBlob(length);
  const payload = payloadOf(replaceKey(exists, TYPE_STRING, encoding, expiry, 8, VALUE_BLOB));
  store<u32>(payload, <u32>blob);
  store<u32>(payload, length, 4);
  return blob + OBJECT_HEADER;
}

/**
 * Makes the open string at least `length` bytes long, zero-filled, private and
 * writable in place, keeping its bytes and expiry; creates it when missing.
 *
 * @returns Address of its bytes; its length is in `stringLen`.
 */
export function editString(exists: bool, length: u32): usize {
  if (!exists) {
    const fresh = replaceString(false, length, ENCODING_RAW, -1);
    memory.fill(fresh, 0, length);
    stringLen = length;
    return fresh;
  }
  const record = recordOf(keyCursor());
  loadString(record);
  const oldLen = stringLen;
  const newLen = max(oldLen, length);
  if (tailWord(record) & VALUE_BLOB) return editBlob(oldLen, newLen);
  if (newLen <= VALUE_INLINE_MAX) return editInline(oldLen, newLen);
  const blob = newBlob(roomFor(newLen));
  const at = blob + OBJECT_HEADER;
  memory.copy(at, stringAt, oldLen);
  memory.fill(at + oldLen, 0, newLen - oldLen);
  const payload = payloadOf(replaceKey(true, TYPE_STRING, ENCODING_RAW, expiryOf(record), 8, VALUE_BLOB));
  store<u32>(payload, <u32>blob);
  store<u32>(payload, newLen, 4);
  stringLen = newLen;
  return at;
}

/** Room to grow without moving at each APPEND: twice, at most 1 MiB more. */
function roomFor(length: u32): u32 {
  return length + min(length, 1 << 20);
}

function markRaw(record: usize): void {
  const meta = valueOf(record);
  store<u8>(meta, <u8>((load<u8>(meta) & ~ENCODING_MASK) | ENCODING_RAW));
}

function editInline(oldLen: u32, newLen: u32): usize {
  const grown = resize(keyCursor(), rootRef(), valueLength(recordOf(keyCursor())) + newLen - oldLen);
  stampWrite(grown);
  markRaw(grown);
  const at = payloadOf(grown);
  memory.fill(at + oldLen, 0, newLen - oldLen);
  stringLen = newLen;
  return at;
}

function editBlob(oldLen: u32, newLen: u32): usize {
  const record = prepareKey();
  markRaw(record);
  const payload = payloadOf(record);
  let blob: usize = load<u32>(payload);
  if (isShared(blob) || objectSize(blob) - OBJECT_HEADER < newLen) {
    const larger = newBlob(newLen > oldLen ? roomFor(newLen) : newLen);
    memory.copy(larger + OBJECT_HEADER, blob + OBJECT_HEADER, oldLen);
    discard(blob);
    blob = larger;
    store<u32>(payload, <u32>blob);
  }
  memory.fill(blob + OBJECT_HEADER + oldLen, 0, newLen - oldLen);
  store<u32>(payload, newLen, 4);
  stringLen = newLen;
  return blob + OBJECT_HEADER;
}
