// === Members of a sorted set ===
//
// ╒════════════ payload of a sorted set (16 bytes) ════════════╕
// │ +0  count    u32   members                                  │
// │ +4  reserved u32                                            │
// │ +8  members  u32   root of the members' tree                │
// │ +12 scores   u32   root of the scores' tree                 │
// ╘══════════════════════════════════════════════════════════════╛
//
// Each member is a record in both trees. In the members' tree its head is the
// member's hash, as in a set, and its value the score, a double. In the scores' tree its
// head is the score in 64 bits that rise with it, and its value is empty; so
// members of one score lie in the order of their bytes. The tail is the member in
// both. A set without members does not exist: whoever removes the last one drops
// the key.
//
// -0 and 0 are one place in the order. While Redis keeps a set in its small
// encoding it forgets the sign of zero, and so does this.

import { header } from "../memory/layout";
import { headOf, next, recordOf, seek, settle } from "../tree/cursor";
import { insert, remove, resize } from "../tree/tree";
import { SUBTREES, tailLength, tailOf, valueOf } from "../tree/page";
import { findKey, HEADS_MEMBER, keyHead, seekKey } from "../keys/warm";
import {
  deleteOpenKey, ENCODING_RAW, encodingOf, openKey, payloadOf, prepareKey, replaceKey, TYPE_ZSET, typeOf,
} from "../keys/keyspace";
import { readKey } from "../keys/lookup";
import { replyWrongType } from "../request/reply";
import { elementCursor, otherCursor } from "../memory/state";

/** Bytes of a sorted set's payload. */
export const SORTED_SET_BYTES: u32 = 16;
/** Where in it the roots of the two trees are. */
export const MEMBERS_ROOT: usize = 8;
export const SCORES_ROOT: usize = 12;
/** Bytes of a member's value, its score. */
export const SCORE_BYTES: u32 = 8;
const SIGN_BIT: u64 = 1 << 63;
/** Head of zero, of either sign. */
const ZERO_HEAD: u64 = SIGN_BIT;

/** Head of a score in the scores' tree. */
export function scoreHead(score: f64): u64 {
  const bits = reinterpret<u64>(score == 0 ? 0 : score);
  return bits & SIGN_BIT ? ~bits : bits | SIGN_BIT;
}

function scoreOfHead(head: u64): f64 {
  return reinterpret<f64>(head & SIGN_BIT ? head ^ SIGN_BIT : ~head);
}

// === Reading ===

/** Record of the set found by `openSortedSet` or `readSortedSet`; 0 = no such key. */
export let setRecord: usize = 0;

/** Looks `key` up; false after answering for another type. */
export function readSortedSet(key: usize, keyLen: u32): bool {
  setRecord = readKey(key, keyLen);
  if (setRecord == 0 || typeOf(setRecord) == TYPE_ZSET) return true;
  replyWrongType();
  return false;
}

/** Members of the set that was found, 0 when there is none. */
export function setSize(): u32 {
  return setRecord == 0 ? 0 : memberCount(setRecord);
}

/** Members of the sorted set in a key's record. */
export function memberCount(record: usize): u32 {
  return load<u32>(payloadOf(record));
}

export function membersRoot(record: usize): usize {
  return load<u32>(payloadOf(record) + MEMBERS_ROOT);
}

export function scoresRoot(record: usize): usize {
  return load<u32>(payloadOf(record) + SCORES_ROOT);
}

/** Score of the member last found. */
export let memberScore: f64 = 0;

/** Finds a member of the set in a key's record, and its score. */
export function findMember(record: usize, member: usize, length: u32): bool {
  const element = findKey(membersRoot(record), member, length, HEADS_MEMBER);
  if (element == 0) return false;
  memberScore = load<f64>(valueOf(element));
  return true;
}

/** Score of the member under a cursor on the scores' tree of `record`. */
export function scoreAt(cursor: usize, record: usize): f64 {
  const head = headOf(cursor);
  if (head != ZERO_HEAD) return scoreOfHead(head);
  if (!(encodingOf(record) & ENCODING_RAW)) return 0;
  const element = recordOf(cursor);
  findMember(record, tailOf(element), tailLength(element));
  return memberScore;
}

// === Writing ===

/** Opens `key` for a write; false after answering for another type. */
export function openSortedSet(key: usize, keyLen: u32): bool {
  setRecord = openKey(key, keyLen);
  if (setRecord == 0 || typeOf(setRecord) == TYPE_ZSET) return true;
  replyWrongType();
  return false;
}

/** Creates the open set when it is missing and makes it writable. */
export function editSortedSet(): void {
  if (setRecord != 0) {
    setRecord = prepareKey();
    return;
  }
  setRecord = replaceKey(false, TYPE_ZSET, 0, -1, SORTED_SET_BYTES, SUBTREES);
  memory.fill(payloadOf(setRecord), 0, SORTED_SET_BYTES);
}

/** Drops the open set when its last member is gone. */
export function dropIfEmpty(): void {
  if (memberCount(setRecord) == 0) deleteOpenKey();
}

/** Whether Redis keeps a set of so many members, the longest of so many bytes, in its large encoding. */
export function isLargeSet(count: u32, longest: u32): bool {
  return count > header.zsetListpackEntries || longest > header.zsetListpackValue;
}

/** Notes the large encoding before a member of `length` bytes is added to the open set. */
export function noteMember(length: u32): void {
  if (!isLargeSet(memberCount(setRecord) + 1, length)) return;
  const meta = valueOf(setRecord);
  store<u8>(meta, <u8>(load<u8>(meta) | ENCODING_RAW));
}

/** A score as the open set keeps it. */
export function keptScore(score: f64): f64 {
  return score == 0 && !(encodingOf(setRecord) & ENCODING_RAW) ? 0 : score;
}

/** Head of the member that `seekMember` looked for. */
let soughtHead: u64 = 0;

/** Moves the element cursor to a member of the set with this payload; whether it is there, then `memberScore` is its. */
export function seekMember(payload: usize, member: usize, length: u32): bool {
  const isThere = seekKey(elementCursor(), load<u32>(payload + MEMBERS_ROOT), member, length, HEADS_MEMBER);
  soughtHead = keyHead;
  if (isThere) memberScore = load<f64>(valueOf(recordOf(elementCursor())));
  return isThere;
}

/** Adds the member that `seekMember` did not find. */
export function insertMember(payload: usize, member: usize, length: u32, score: f64): void {
  const element = insert(elementCursor(), payload + MEMBERS_ROOT, soughtHead, member, length, SCORE_BYTES);
  store<f64>(valueOf(element), score);
  insertScore(payload, member, length, score);
  store<u32>(payload, load<u32>(payload) + 1);
}

/** Gives the member that `seekMember` found another score. */
export function changeScore(payload: usize, member: usize, length: u32, score: f64): void {
  const element = resize(elementCursor(), payload + MEMBERS_ROOT, SCORE_BYTES);
  store<f64>(valueOf(element), score);
  removeScore(payload, member, length, memberScore);
  insertScore(payload, member, length, score);
}

/** Makes zeros positive, as the small encoding has them. Requires: nothing else has the trees. */
export function forgetZeroSigns(payload: usize): void {
  const cursor = otherCursor();
  seek(cursor, load<u32>(payload + SCORES_ROOT), ZERO_HEAD, 0, 0);
  let more = settle(cursor);
  while (more && headOf(cursor) == ZERO_HEAD) {
    const element = recordOf(cursor);
    seekMember(payload, tailOf(element), tailLength(element));
    store<f64>(valueOf(recordOf(elementCursor())), 0);
    more = next(cursor);
  }
}

/** Removes the member that `seekMember` found. Requires: `member` lies in neither tree. */
export function removeMember(payload: usize, member: usize, length: u32): void {
  remove(elementCursor(), payload + MEMBERS_ROOT);
  removeScore(payload, member, length, memberScore);
  store<u32>(payload, load<u32>(payload) - 1);
}

/** Adds a member to the scores' tree alone. */
export function insertScore(payload: usize, member: usize, length: u32, score: f64): void {
  const cursor = otherCursor();
  const head = scoreHead(score);
  seek(cursor, load<u32>(payload + SCORES_ROOT), head, member, length);
  insert(cursor, payload + SCORES_ROOT, head, member, length, 0);
}

function removeScore(payload: usize, member: usize, length: u32, score: f64): void {
  const cursor = otherCursor();
  const isThere = seek(cursor, load<u32>(payload + SCORES_ROOT), scoreHead(score), member, length);
  assert(isThere); // every member is in both trees
  remove(cursor, payload + SCORES_ROOT);
}

/**
 * Removes the member under `cursor`, which stands on the scores' tree. The cursor
 * is no longer good.
 */
export function removeAt(payload: usize, cursor: usize): void {
  const element = recordOf(cursor);
  const isThere = seekMember(payload, tailOf(element), tailLength(element));
  assert(isThere); // every member is in both trees
  remove(elementCursor(), payload + MEMBERS_ROOT);
  remove(cursor, payload + SCORES_ROOT);
  store<u32>(payload, load<u32>(payload) - 1);
}
