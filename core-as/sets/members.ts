// === Members of a set ===
//
// The payload is a hash's (hashes/fields.ts): count, reserved, members' root, 0.
// A member's head is its hash, its tail the member; it has no value. The hash has
// a fixed key: SPOP picks by rank, so every server must keep the same order. (A
// tree stays balanced whatever the heads; equal ones are told apart by tails.)
//
// A set without members does not exist: whoever removes the last drops the key.

import { insert, remove } from "../tree/tree";
import { SUBTREES, valueOf } from "../tree/page";
import { findKey, HEADS_MEMBER, keyHead, seekKey } from "../keys/warm";
import { deleteOpenKey, encodingOf, openKey, payloadOf, prepareKey, replaceKey, TYPE_SET, typeOf } from "../keys/keyspace";
import { readKey } from "../keys/lookup";
import { fieldCount, FIELDS_ROOT, fieldsRoot, HASH_BYTES } from "../hashes/fields";
import { encodingWith } from "./encoding";
import { replyWrongType } from "../request/reply";
import { elementCursor } from "../memory/state";

export { fieldCount as memberCount, fieldsRoot as membersRoot };

/** Bytes of a set's payload. */
export const SET_BYTES: u32 = HASH_BYTES;

// === Reading ===

/** Record of a set, as `readSet` found it; 0 = no such key. */
export let setRecord: usize = 0;

/** Looks a key up for reading; false after answering for another type. */
export function readSet(key: usize, keyLen: u32): bool {
  setRecord = readKey(key, keyLen);
  return isSet();
}

function isSet(): bool {
  if (setRecord == 0 || typeOf(setRecord) == TYPE_SET) return true;
  replyWrongType();
  return false;
}

/** Whether the set of a key's record has a member. */
export function hasMember(record: usize, member: usize, length: u32): bool {
  return findKey(fieldsRoot(record), member, length, HEADS_MEMBER) != 0;
}

// === Writing ===

/** `readSet` for a write. */
export function openSet(key: usize, keyLen: u32): bool {
  setRecord = openKey(key, keyLen);
  return isSet();
}

/** Makes the open set writable, or creates it in `encoding`; its record. */
export function editSet(encoding: u32): usize {
  if (setRecord != 0) {
    setRecord = prepareKey();
    return setRecord;
  }
  setRecord = replaceKey(false, TYPE_SET, encoding, -1, SET_BYTES, SUBTREES);
  memory.fill(payloadOf(setRecord), 0, SET_BYTES);
  return setRecord;
}

/** Gives the set another encoding. Requires: `record` is writable. */
export function setEncoding(record: usize, encoding: u32): void {
  const meta = valueOf(record);
  store<u8>(meta, <u8>((load<u8>(meta) & ~<u8>encodingOf(record)) | encoding));
}

/** Moves the element cursor to a member of the tree at `root`; whether it is there. */
export function seekMember(root: usize, member: usize, length: u32): bool {
  return seekKey(elementCursor(), root, member, length, HEADS_MEMBER);
}

/**
 * Adds the member that `seekMember` did not find just before. Requires: `record`
 * came from `editSet`.
 */
export function insertMember(record: usize, member: usize, length: u32): void {
  const payload = payloadOf(record);
  insertAt(payload, member, length);
  const count = load<u32>(payload);
  setEncoding(record, encodingWith(encodingOf(record), count, fieldsRoot(record), member, length));
}

function insertAt(payload: usize, member: usize, length: u32): void {
  insert(elementCursor(), payload + FIELDS_ROOT, keyHead, member, length, 0);
  store<u32>(payload, load<u32>(payload) + 1);
}

/** Adds a member to the set whose payload lies at `payload`, of a key or not yet of one; whether it is new. */
export function putMember(payload: usize, member: usize, length: u32): bool {
  if (seekMember(load<u32>(payload + FIELDS_ROOT), member, length)) return false;
  insertAt(payload, member, length);
  return true;
}

/** Removes the member under the element cursor. Requires: `record` came from `editSet`. */
export function removeMember(record: usize): void {
  const payload = payloadOf(record);
  remove(elementCursor(), payload + FIELDS_ROOT);
  store<u32>(payload, load<u32>(payload) - 1);
}

/** Drops the open set when its last member is gone. */
export function dropIfEmpty(record: usize): void {
  if (fieldCount(record) == 0) deleteOpenKey();
}
