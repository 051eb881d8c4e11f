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
// Entries lie in chunks, see chunks.ts; they become RESP when they are answered.
// Ranges cost what they return, and a walk through the chunk where they begin.

import { headOf, next, previous, recordOf, seek, seekFirst, seekLast, settle } from "../tree/cursor";
import { SUBTREES } from "../tree/page";
import { openKey, payloadOf, prepareKey, prepareKeyUnseen, replaceKey, TYPE_STREAM, typeOf } from "../keys/keyspace";
import { countLookup, readKey } from "../keys/lookup";
import { replyWrongType } from "../request/reply";
import { addWork, elementCursor, textScratch, walkCursor } from "../memory/state";
import {
  baseSequence, chunkLength, chunkOf, compareIds, entriesIn, entryMs, entrySeq, firstIn, readEnd, readEntry, skipEntry,
} from "./chunks";
import { dropChunk, dropEntries, openEntry, SEQUENCE_BYTES, sequenceTail } from "./packing";
import { replyFields, useNames } from "./fields";

export { compareIds, entryMs, entrySeq } from "./chunks";
export { closeEntry } from "./packing";

/** Bytes of a stream's payload. */
export const STREAM_BYTES: u32 = 56;
/** Where in it the root of the entries' tree is. */
export const ENTRIES_ROOT: usize = 48;

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

/** Address of the root of its entries' tree. */
export function entriesRef(record: usize): usize {
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

/**
 * Adds an entry whose `fields` fields and their values take `bytes` as words; the id is above all others.
 *
 * @returns Where the words go, before `closeEntry`.
 */
export function appendEntry(ms: u64, seq: u64, fields: u32, bytes: u32): usize {
  const header = streamHeader(streamRecord);
  header.lastMs = ms;
  header.lastSeq = seq;
  header.entriesAdded++;
  header.count++;
  return openEntry(entriesRef(streamRecord), ms, seq, fields, bytes);
}

// === Places ===

/** Stands at the chunk where an entry of this id is, if it is: the last one whose base is not above it. */
function seekChunk(cursor: usize, record: usize, ms: u64, seq: u64): bool {
  return seek(cursor, load<u32>(entriesRef(record)), ms, sequenceTail(seq), SEQUENCE_BYTES) || previous(cursor);
}

/** Place of the entry that `findEntry` found in its chunk, and the one behind. */
let foundFrom: u32 = 0;
let foundTo: u32 = 0;

/** Stands at the chunk that has the entry of an id; false when there is none. */
function findEntry(cursor: usize, record: usize, ms: u64, seq: u64): bool {
  if (!seekChunk(cursor, record, ms, seq)) return false;
  const at = recordOf(cursor);
  const chunk = chunkOf(at);
  const baseMs = headOf(cursor);
  const baseSeq = baseSequence(at);
  let place = firstIn(chunk);
  for (let left = entriesIn(chunk); left != 0; left--) {
    const end = readEntry(place, baseMs, baseSeq);
    const order = compareIds(entryMs, entrySeq, ms, seq);
    if (order >= 0) {
      foundFrom = <u32>(place - chunk);
      foundTo = <u32>(end - chunk);
      return order == 0;
    }
    place = end;
  }
  return false;
}

/** Whether the stream has an entry with an id. */
export function hasEntry(record: usize, ms: u64, seq: u64): bool {
  return findEntry(elementCursor(), record, ms, seq);
}

/** Reads the first entry's id; whether there is one. */
export function peekFirst(record: usize): bool {
  seekFirst(elementCursor(), load<u32>(entriesRef(record)));
  if (!settle(elementCursor())) return false;
  readEnd(elementCursor(), false);
  return true;
}

/** Reads the last entry's id; whether there is one. */
export function peekLast(record: usize): bool {
  seekLast(elementCursor(), load<u32>(entriesRef(record)));
  if (!settle(elementCursor())) return false;
  readEnd(elementCursor(), true);
  return true;
}

// === Removing ===

/** Removes entries [from, to) of the chunk under the cursor, `count` of them. */
function removeHere(cursor: usize, from: u32, to: u32, count: u32): void {
  streamHeader(streamRecord).count -= count;
  if (entriesIn(chunkOf(recordOf(cursor))) == count) dropChunk(cursor, entriesRef(streamRecord));
  else dropEntries(cursor, entriesRef(streamRecord), from, to, count);
}

/** Removes the entry of an id. Requires: there is one. */
export function removeEntry(ms: u64, seq: u64): void {
  const known = findEntry(elementCursor(), streamRecord, ms, seq);
  assert(known);
  removeHere(elementCursor(), foundFrom, foundTo, 1);
  const header = streamHeader(streamRecord);
  if (compareIds(ms, seq, header.deletedMs, header.deletedSeq) > 0) {
    header.deletedMs = ms;
    header.deletedSeq = seq;
  }
}

/** Entries of the open stream's first chunk, at most `most`, whose ids are below this one. */
export function firstBelow(ms: u64, seq: u64, most: u32): u32 {
  const cursor = elementCursor();
  seekFirst(cursor, load<u32>(entriesRef(streamRecord)));
  if (!settle(cursor)) return 0;
  const record = recordOf(cursor);
  const chunk = chunkOf(record);
  const entries = min(entriesIn(chunk), most);
  let place = firstIn(chunk);
  for (let below: u32 = 0; below < entries; below++) {
    place = readEntry(place, headOf(cursor), baseSequence(record));
    if (compareIds(entryMs, entrySeq, ms, seq) >= 0) return below;
  }
  return entries;
}

/** Removes the first entries, at most `most` and those of one chunk; their number. Requires: there are some. */
export function removeFirst(most: u32): u32 {
  const cursor = elementCursor();
  seekFirst(cursor, load<u32>(entriesRef(streamRecord)));
  settle(cursor);
  const chunk = chunkOf(recordOf(cursor));
  const count = min(entriesIn(chunk), most);
  const from = firstIn(chunk);
  let to = from;
  for (let left = count; left != 0; left--) to = skipEntry(to);
  removeHere(cursor, <u32>(from - chunk), <u32>(to - chunk), count);
  addWork(1);
  return count;
}

// === Walking ===
//
// One walk at a time: what peeks or looks an entry up while one goes on leaves
// the walk where it is, but reads another entry.

let place: usize = 0;
let chunkEnd: usize = 0;
let baseMs: u64 = 0;
let baseSeq: u64 = 0;

/** Opens the chunk under the cursor; its first entry comes next. */
function openChunk(cursor: usize): void {
  const record = recordOf(cursor);
  const chunk = chunkOf(record);
  baseMs = headOf(cursor);
  baseSeq = baseSequence(record);
  chunkEnd = chunk + chunkLength(record);
  place = firstIn(chunk);
  useNames(chunk);
}

/** Reads the next entry; whether there is one. */
export function nextEntry(cursor: usize): bool {
  if (place == chunkEnd) {
    if (!next(cursor)) return false;
    openChunk(cursor);
  }
  place = readEntry(place, baseMs, baseSeq);
  return true;
}

/** Starts a walk at a stream's first entry, which is read; whether there is one. */
export function firstEntry(cursor: usize, record: usize): bool {
  seekFirst(cursor, load<u32>(entriesRef(record)));
  if (!settle(cursor)) return false;
  openChunk(cursor);
  return nextEntry(cursor);
}

/** Starts a walk at the first entry not below an id, which is read; whether there is one. */
export function seekEntry(cursor: usize, record: usize, ms: u64, seq: u64): bool {
  if (!seekChunk(cursor, record, ms, seq)) return firstEntry(cursor, record);
  openChunk(cursor);
  while (place != chunkEnd) {
    place = readEntry(place, baseMs, baseSeq);
    if (compareIds(entryMs, entrySeq, ms, seq) >= 0) return true;
  }
  return nextEntry(cursor);
}

// === Ranges ===

/** Writes entries of [start, end] in order, at most `limit`; their number. */
export function replyForward(record: usize, startMs: u64, startSeq: u64, endMs: u64, endSeq: u64, limit: u64): u32 {
  const cursor = walkCursor();
  let found: u32 = 0;
  let more = seekEntry(cursor, record, startMs, startSeq);
  while (more && found < limit) {
    if (compareIds(entryMs, entrySeq, endMs, endSeq) > 0) break;
    replyEntry();
    found++;
    more = nextEntry(cursor);
  }
  addWork(found);
  return found;
}

/** Answers the entry last read in this walk. */
export function replyEntry(): void {
  replyFields(place);
}

/** Address of the note of where entry `index` of the chunk that is walked backward begins. */
function noteAt(index: u32): usize {
  return textScratch() + (<usize>index << 1);
}

/** Opens the chunk under the cursor, and notes where its entries not above an id begin; their number. */
function notePlaces(cursor: usize, endMs: u64, endSeq: u64): u32 {
  openChunk(cursor);
  const chunk = chunkOf(recordOf(cursor));
  let count: u32 = 0;
  while (place != chunkEnd) {
    store<u16>(noteAt(count), <u16>(place - chunk));
    place = readEntry(place, baseMs, baseSeq);
    if (compareIds(entryMs, entrySeq, endMs, endSeq) > 0) break;
    count++;
  }
  return count;
}

/** Writes entries of [start, end] from the end, at most `limit`; their number. */
export function replyBackward(record: usize, startMs: u64, startSeq: u64, endMs: u64, endSeq: u64, limit: u64): u32 {
  const cursor = walkCursor();
  let found: u32 = 0;
  let more = seekChunk(cursor, record, endMs, endSeq);
  while (more && found < limit) {
    const chunk = chunkOf(recordOf(cursor));
    for (let left = notePlaces(cursor, endMs, endSeq); left != 0 && found < limit; left--) {
      readEntry(chunk + load<u16>(noteAt(left - 1)), baseMs, baseSeq);
      more = compareIds(entryMs, entrySeq, startMs, startSeq) >= 0;
      if (!more) break;
      replyEntry();
      found++;
    }
    more = more && previous(cursor);
  }
  addWork(found);
  return found;
}
