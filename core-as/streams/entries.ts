// === Entries of a stream ===
//
// ╒════════════════ payload of a stream (56 bytes) ═════════════════╕
// │ +0   lastMs        u64   last id ever added                       │
// │ +8   lastSeq       u64                                            │
// │ +16  deletedMs     u64   largest id ever deleted                  │
// │ +24  deletedSeq    u64                                            │
// │ +32  entriesAdded  u64   entries ever added                       │
// │ +40  count         u32   entries                                  │
// │ +44  reserved      u32                                            │
// │ +48  entries       u32   root of the entries' tree                │
// │ +52  groups        u32   root of the groups' tree, 0 = none       │
// ╘════════════════════════════════════════════════════════════════════╛
//
// An entry's head is the first half of its id, its tail the second half, big
// endian. Its value is what a client gets: the array of fields and values in
// RESP, so that a range is answered by copying. Ranges cost what they return.

import { find, headOf, next, previous, recordOf, seek, seekFirst, seekLast, settle } from "../tree/cursor";
import { insert, remove } from "../tree/tree";
import { SUBTREES, tailOf, tailWord, VALUE_BLOB, VALUE_INLINE_MAX, valueLength, valueOf } from "../tree/page";
import { OBJECT_HEADER } from "../memory/heap";
import { discard } from "../tree/views";
import { newBlob, openKey, payloadOf, prepareKey, prepareKeyUnseen, replaceKey, TYPE_STREAM, typeOf } from "../keys/keyspace";
import { countLookup, readKey } from "../keys/lookup";
import { emit, replyArray, replyStreamId, replyWrongType } from "../request/reply";
import { addWork, elementCursor, textScratch, walkCursor } from "../memory/state";

/** Bytes of a stream's payload. */
export const STREAM_BYTES: u32 = 56;
/** Where in it the root of the entries' tree is. */
export const ENTRIES_ROOT: usize = 48;
const SEQUENCE_BYTES: u32 = 8;

@unmanaged
export class StreamHeader {
  lastMs: u64 = 0;
  lastSeq: u64 = 0;
  deletedMs: u64 = 0;
  deletedSeq: u64 = 0;
  entriesAdded: u64 = 0;
  count: u32 = 0;
}

/** Record of the stream found by `openStream` or `readStream`; 0 = no such key. */
export let streamRecord: usize = 0;

/** Makes the stream in a record the open one. */
export function useStream(record: usize): void {
  streamRecord = record;
}

/** Opens `key` for a write; false after answering for another type. */
export function openStream(key: usize, keyLen: u32): bool {
  streamRecord = openKey(key, keyLen);
  if (streamRecord == 0 || typeOf(streamRecord) == TYPE_STREAM) return true;
  replyWrongType();
  return false;
}

/** `openStream` for commands that also count hits and misses. */
export function openStreamCounted(key: usize, keyLen: u32): bool {
  const isStream = openStream(key, keyLen);
  countLookup(streamRecord, key, keyLen);
  return isStream;
}

/** Looks `key` up; false after answering for another type. */
export function readStream(key: usize, keyLen: u32): bool {
  streamRecord = readKey(key, keyLen);
  if (streamRecord == 0 || typeOf(streamRecord) == TYPE_STREAM) return true;
  replyWrongType();
  return false;
}

/** The header of the stream in a key's record. */
export function streamHeader(record: usize): StreamHeader {
  return changetype<StreamHeader>(payloadOf(record));
}

function entriesRef(record: usize): usize {
  return payloadOf(record) + ENTRIES_ROOT;
}

/** Makes the open stream writable, creating it when missing. */
export function editStream(): StreamHeader {
  if (streamRecord != 0) {
    streamRecord = prepareKey();
  } else {
    streamRecord = replaceKey(false, TYPE_STREAM, 0, -1, STREAM_BYTES, SUBTREES);
    memory.fill(payloadOf(streamRecord), 0, STREAM_BYTES);
  }
  return streamHeader(streamRecord);
}

/** Makes the open stream writable for a change that WATCH does not see: of its groups, of its last id. */
export function editStreamUnseen(): StreamHeader {
  if (streamRecord == 0) return editStream();
  streamRecord = prepareKeyUnseen();
  return streamHeader(streamRecord);
}

/** Order of two ids. */
export function compareIds(ms: u64, seq: u64, otherMs: u64, otherSeq: u64): i32 {
  if (ms != otherMs) return ms < otherMs ? -1 : 1;
  return seq == otherSeq ? 0 : seq < otherSeq ? -1 : 1;
}

/** The tail of an id, in scratch. */
function sequenceTail(seq: u64): usize {
  const at = textScratch() + 32000;
  store<u64>(at, bswap(seq));
  return at;
}

function sequenceOf(cursor: usize): u64 {
  return bswap(load<u64>(tailOf(recordOf(cursor))));
}

/** Whether the stream has an entry with an id. */
export function hasEntry(record: usize, ms: u64, seq: u64): bool {
  return find(load<u32>(entriesRef(record)), ms, sequenceTail(seq), SEQUENCE_BYTES) != 0;
}

/** Stands at the first entry not below an id; whether there is one. */
export function seekEntry(cursor: usize, record: usize, ms: u64, seq: u64): bool {
  seek(cursor, load<u32>(entriesRef(record)), ms, sequenceTail(seq), SEQUENCE_BYTES);
  return settle(cursor);
}

/**
 * Adds an entry whose value will have `bytes`; the id is above all others.
 *
 * @returns Where the value's bytes go.
 */
export function appendEntry(ms: u64, seq: u64, bytes: u32): usize {
  const header = streamHeader(streamRecord);
  header.lastMs = ms;
  header.lastSeq = seq;
  header.entriesAdded++;
  header.count++;
  return placeEntry(entriesRef(streamRecord), ms, seq, bytes);
}

/**
 * Makes a record in the tree at `rootRef` for an entry that is not there yet.
 *
 * @returns Where the `bytes` of its value go.
 */
export function placeEntry(rootRef: usize, ms: u64, seq: u64, bytes: u32): usize {
  const cursor = elementCursor();
  const tail = sequenceTail(seq);
  const known = seek(cursor, load<u32>(rootRef), ms, tail, SEQUENCE_BYTES);
  assert(!known); // the id is above the last one
  const isLarge = bytes > VALUE_INLINE_MAX;
  const entry = insert(cursor, rootRef, ms, tail, SEQUENCE_BYTES, isLarge ? 8 : bytes);
  if (!isLarge) return valueOf(entry);
  const blob = newBlob(bytes);
  store<u16>(entry, <u16>(tailWord(entry) | VALUE_BLOB));
  store<u32>(valueOf(entry), <u32>blob);
  store<u32>(valueOf(entry), bytes, 4);
  return blob + OBJECT_HEADER;
}

function removeHere(cursor: usize): void {
  const header = streamHeader(streamRecord);
  const entry = recordOf(cursor);
  if (tailWord(entry) & VALUE_BLOB) discard(<usize>load<u32>(valueOf(entry)));
  remove(cursor, entriesRef(streamRecord));
  header.count--;
}

/** Removes the entry of an id. Requires: there is one. */
export function removeEntry(ms: u64, seq: u64): void {
  const cursor = elementCursor();
  const known = seek(cursor, load<u32>(entriesRef(streamRecord)), ms, sequenceTail(seq), SEQUENCE_BYTES);
  assert(known);
  removeHere(cursor);
  const header = streamHeader(streamRecord);
  if (compareIds(ms, seq, header.deletedMs, header.deletedSeq) > 0) {
    header.deletedMs = ms;
    header.deletedSeq = seq;
  }
}

/** Id of the entry last looked at by `peekFirst` and `peekLast`. */
export let entryMs: u64 = 0;
export let entrySeq: u64 = 0;

/** Reads the first entry's id; whether there is one. */
export function peekFirst(record: usize): bool {
  seekFirst(elementCursor(), load<u32>(entriesRef(record)));
  if (!settle(elementCursor())) return false;
  entryMs = headOf(elementCursor());
  entrySeq = sequenceOf(elementCursor());
  return true;
}

/** Reads the last entry's id; whether there is one. */
export function peekLast(record: usize): bool {
  seekLast(elementCursor(), load<u32>(entriesRef(record)));
  if (!settle(elementCursor())) return false;
  entryMs = headOf(elementCursor());
  entrySeq = sequenceOf(elementCursor());
  return true;
}

/** Removes the first entry. Requires: there is one. */
export function removeFirst(): void {
  seekFirst(elementCursor(), load<u32>(entriesRef(streamRecord)));
  settle(elementCursor());
  removeHere(elementCursor());
  addWork(1);
}

// === Walking ===

/** Fields of the entry last looked at by `loadEntry`, as streams/fields.ts reads them. */
export let fieldsAt: usize = 0;
export let fieldsLen: u32 = 0;

/** Makes the entry under `cursor` the one that `entryMs`, `entrySeq` and `fieldsAt` show. */
export function loadEntry(cursor: usize): void {
  const entry = recordOf(cursor);
  const value = valueOf(entry);
  entryMs = headOf(cursor);
  entrySeq = sequenceOf(cursor);
  const isBlob = (tailWord(entry) & VALUE_BLOB) != 0;
  fieldsAt = isBlob ? <usize>load<u32>(value) + OBJECT_HEADER : value;
  fieldsLen = isBlob ? load<u32>(value, 4) : valueLength(entry);
}

/** Stands at a stream's first entry; whether there is one. */
export function firstEntry(cursor: usize, record: usize): bool {
  seekFirst(cursor, load<u32>(entriesRef(record)));
  return settle(cursor);
}

// === Ranges ===

/** Answers the entry under `cursor`, which is then what `loadEntry` shows. */
export function replyEntry(cursor: usize): void {
  loadEntry(cursor);
  replyArray(2);
  replyStreamId(entryMs, entrySeq);
  emit(fieldsAt, fieldsLen);
}

/** Writes entries of [start, end] in order, at most `limit`; their number. */
export function replyForward(record: usize, startMs: u64, startSeq: u64, endMs: u64, endSeq: u64, limit: u64): u32 {
  const cursor = walkCursor();
  let found: u32 = 0;
  let more = seekEntry(cursor, record, startMs, startSeq);
  while (more && found < limit) {
    if (compareIds(headOf(cursor), sequenceOf(cursor), endMs, endSeq) > 0) break;
    replyEntry(cursor);
    found++;
    more = next(cursor);
  }
  addWork(found);
  return found;
}

/** Writes entries of [start, end] from the end, at most `limit`; their number. */
export function replyBackward(record: usize, startMs: u64, startSeq: u64, endMs: u64, endSeq: u64, limit: u64): u32 {
  const cursor = walkCursor();
  let found: u32 = 0;
  let more = seekBelow(cursor, record, endMs, endSeq);
  while (more && found < limit) {
    if (compareIds(headOf(cursor), sequenceOf(cursor), startMs, startSeq) < 0) break;
    replyEntry(cursor);
    found++;
    more = previous(cursor);
  }
  addWork(found);
  return found;
}

/** Stands at the last entry not above an id; whether there is one. */
function seekBelow(cursor: usize, record: usize, ms: u64, seq: u64): bool {
  const root = load<u32>(entriesRef(record));
  const known = seek(cursor, root, ms, sequenceTail(seq), SEQUENCE_BYTES);
  return known || previous(cursor);
}
