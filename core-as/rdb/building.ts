// === The collection that a payload makes ===
//
// It is built beside the keyspace: its payload lies in scratch, its tree hangs
// on a root there. So a payload that turns out bad half way leaves no trace but
// pages to reclaim, and one that replaces a key replaces it in one step.
//
// A build may also only *measure*: the same readers run, nothing is made, and
// the bytes that a real build may need are summed up.

import { keyScratch } from "../memory/state";
import { insertFresh } from "../tree/fresh";
import { PAGE_ROOM, VALUE_INLINE_MAX, valueOf } from "../tree/page";
import { discardTree } from "../tree/reclaim";
import { DUE_BYTES, duesRoot, noteDue } from "../hashes/dues";
import { FIELDS_ROOT, putField } from "../hashes/fields";
import { notePacked, pushChunk, pushItem } from "../lists/edit";
import { CHUNK_BYTES_MAX, CHUNK_ITEMS_MAX, ITEMS_ROOT, packedBytes, packItem } from "../lists/items";
import { putMember } from "../sets/members";
import { PAYLOAD_OFFSET } from "../keys/keyspace";
import {
  insertMember, insertScore, MEMBERS_ROOT, SCORE_BYTES, scoreHead, SCORES_ROOT, seekMember,
} from "../sorted_sets/members";
import { hashField, hashMember } from "../keys/warm";
import { copyBytes } from "../text/bytes";
import { ENTRIES_ROOT, STREAM_BYTES, useStream } from "../streams/entries";
import { closeEntry, openEntry } from "../streams/packing";
import { expectBytes, trimRoot } from "../tree/tree";
import { GROUPS_ROOT } from "../groups/groups";
import { openString, textLen } from "./strings";

const AREA: usize = 256;
/** What a record costs beyond its bytes, in a tree of half empty pages. */
const RECORD_OVERHEAD: u64 = 64;
/** Bytes from which on a blob takes whole chunks. */
const CHUNKED_BYTES: u32 = 32000;
const CHUNK_BYTES: u64 = 65536;

/** Whether the build only measures. */
export let isMeasuring: bool = false;
/** Bytes that a build of what was read may need. */
export let bytesMeasured: u64 = 0;

/** Whether a measurement takes packed values for the worst that may lie in them. */
export let isRough: bool = false;

/** Measurements are rough from now on, or not. */
export function setRough(value: bool): void {
  isRough = value;
}

/** Starts a build, or a measurement. */
export function beginBuild(measures: bool): void {
  isMeasuring = measures;
  bytesMeasured = 0;
  chunkBytesMax = CHUNK_BYTES_MAX;
  // Most values fit a page: it is filled at its full size, then moved to one that fits.
  if (!measures) expectBytes(PAGE_ROOM);
  memory.fill(buildArea() - PAYLOAD_OFFSET, 0, PAYLOAD_OFFSET + STREAM_BYTES);
}

/**
 * Bytes that one byte of a packed value becomes at most. An element takes two at
 * least; as text it has up to three times its bytes; a member of a sorted set is two
 * records for two elements, each with its overhead.
 */
const ROUGH_FACTOR: u64 = 48;

/** Measures a packed value by its length alone. */
export function measurePacked(): bool {
  if (!openString()) return false;
  measureBytes(textLen * ROUGH_FACTOR);
  return true;
}

/** The build is over: its trees, with roots at `first` and `second` of the payload, keep the room they need. */
export function trimBuilt(first: usize, second: usize): void {
  expectBytes(0);
  if (isMeasuring) return;
  trimRoot(buildArea() + first);
  if (second != first) trimRoot(buildArea() + second);
}

/** Address of the collection's payload. */
export function buildArea(): usize {
  return keyScratch() + AREA;
}

/** Adds to what a build may need. */
export function measureBytes(bytes: u64): void {
  bytesMeasured += bytes;
}

/** Adds a record with a tail and a value of these lengths to what a build may need. */
export function measureRecord(tailLen: u32, valueLen: u32): void {
  bytesMeasured += ((<u64>tailLen + valueLen) << 1) + RECORD_OVERHEAD;
  if (tailLen > CHUNKED_BYTES) bytesMeasured += CHUNK_BYTES;
  if (valueLen > CHUNKED_BYTES) bytesMeasured += CHUNK_BYTES;
}

/** One element more is in the value being built. */
function countElement(): void {
  store<u32>(buildArea(), load<u32>(buildArea()) + 1);
}

/** Adds a field, due at `due` or never (-1), to the hash being built; false when it is there already. */
export function buildField(field: usize, fieldLen: u32, value: usize, valueLen: u32, due: i64): bool {
  if (isMeasuring) {
    measureRecord(fieldLen, valueLen + (due >= 0 ? DUE_BYTES : 0));
    if (due >= 0) measureRecord(fieldLen, 0);
    return true;
  }
  if (due < 0 && valueLen <= VALUE_INLINE_MAX) {
    const element = insertFresh(buildArea() + FIELDS_ROOT, hashField(field, fieldLen), field, fieldLen, valueLen);
    if (element != 0) {
      copyBytes(valueOf(element), value, valueLen);
      countElement();
      return true;
    }
  }
  if (!putField(buildArea(), field, fieldLen, value, valueLen, due)) return false;
  if (due >= 0) noteDue(buildArea(), due, field, fieldLen);
  return true;
}

/** Adds a member to the set being built; false when it is there already. */
export function buildMember(member: usize, length: u32): bool {
  if (isMeasuring) {
    measureRecord(length, 0);
    return true;
  }
  if (insertFresh(buildArea() + FIELDS_ROOT, hashMember(member, length), member, length, 0) == 0) {
    return putMember(buildArea(), member, length);
  }
  countElement();
  return true;
}

/** The chunk being packed: it goes to the tree in one piece. */
const CHUNK_PLACE: usize = 1024;
let chunkBytes: u32 = 0;
let chunkItems: u32 = 0;
/** Bytes that it takes: what the last page has room for. */
let chunkBytesMax: u32 = CHUNK_BYTES_MAX;

/** Adds what is packed to the list being built, whose items then all are in its tree. */
export function finishItems(): void {
  if (chunkItems != 0) chunkBytesMax = pushChunk(buildArea(), keyScratch() + CHUNK_PLACE, chunkBytes, chunkItems);
  chunkBytes = 0;
  chunkItems = 0;
}

function packNext(item: usize, length: u32): void {
  const bytes = packedBytes(length);
  if (chunkBytes + bytes > chunkBytesMax || chunkItems == CHUNK_ITEMS_MAX) finishItems();
  if (bytes > CHUNK_BYTES_MAX) return pushItem(buildArea(), item, length, true);
  notePacked(buildArea(), item, length, false);
  packItem(keyScratch() + CHUNK_PLACE + chunkBytes, item, length);
  chunkBytes += bytes;
  chunkItems++;
}

/** Bytes that chunks and pages add to those of their items: one in so many. */
const CHUNK_SHARE: u64 = 4;

/** Adds an item to the end of the list being built. */
export function buildItem(item: usize, length: u32): void {
  if (!isMeasuring) return packNext(item, length);
  const bytes = <u64>packedBytes(length);
  bytesMeasured += bytes + bytes / CHUNK_SHARE + 1;
  if (length > VALUE_INLINE_MAX / 2) bytesMeasured += RECORD_OVERHEAD;
  if (length > CHUNKED_BYTES) bytesMeasured += CHUNK_BYTES;
}

/** Root of the hash or set being built. */
export function builtRoot(): usize {
  return load<u32>(buildArea() + FIELDS_ROOT);
}

/** Adds a member to the sorted set being built; false when it is there already. */
export function buildScore(member: usize, length: u32, score: f64): bool {
  measureRecord(length, 8);
  measureRecord(length, 0);
  if (isMeasuring) return true;
  const element = insertFresh(buildArea() + MEMBERS_ROOT, hashMember(member, length), member, length, SCORE_BYTES);
  if (element != 0) {
    store<f64>(valueOf(element), score);
    if (insertFresh(buildArea() + SCORES_ROOT, scoreHead(score), member, length, 0) == 0) {
      insertScore(buildArea(), member, length, score);
    }
    countElement();
    return true;
  }
  if (seekMember(buildArea(), member, length)) return false;
  insertMember(buildArea(), member, length, score);
  return true;
}

/** Begins an entry, whose id is above all others, of the stream being built; where its words go. */
export function buildEntry(ms: u64, seq: u64, fields: u32, bytes: u32): usize {
  return openEntry(buildArea() + ENTRIES_ROOT, ms, seq, fields, bytes);
}

/** Puts the entry whose words were written into the stream being built. */
export function endEntry(): void {
  closeEntry(buildArea() + ENTRIES_ROOT);
}

/** Gives up the hash being built. */
export function dropBuiltHash(): void {
  discardTree(builtRoot());
  discardTree(duesRoot(buildArea()));
}

/** Gives up the set being built. */
export function dropBuiltSet(): void {
  discardTree(builtRoot());
}

/** Gives up the sorted set being built. */
export function dropBuiltSortedSet(): void {
  discardTree(load<u32>(buildArea() + MEMBERS_ROOT));
  discardTree(load<u32>(buildArea() + SCORES_ROOT));
}

/** Gives up the list being built. */
export function dropBuiltList(): void {
  discardTree(load<u32>(buildArea() + ITEMS_ROOT));
}

/** Makes the stream being built the open one: its payload is that of a record without key. */
export function useBuiltStream(): void {
  useStream(buildArea() - PAYLOAD_OFFSET);
}

/** Gives up the stream being built. */
export function dropBuiltStream(): void {
  discardTree(load<u32>(buildArea() + GROUPS_ROOT));
  discardTree(load<u32>(buildArea() + ENTRIES_ROOT));
}
