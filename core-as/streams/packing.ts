// === Chunks of a stream: writing ===
//
// A new entry goes behind those of the last chunk while that has room in itself
// and in its page; else it begins a chunk. Chunks that removals leave small stay
// as they are until their last entry goes.
//
// An entry is written in two steps: `openEntry` gives the place for its words,
// `closeEntry` puts it into its chunk.

import { headOf, indexAt, pageAt, recordOf, seekLast, setIndex } from "../tree/cursor";
import { liveBytes, PAGE_ROOM, tailWord, VALUE_BLOB, valueLength, valueOf } from "../tree/page";
import { insert, lengthen, remove, resize } from "../tree/tree";
import { lowerRoot, rebalance } from "../tree/merge";
import { touch } from "../tree/path";
import { discard } from "../tree/views";
import { OBJECT_HEADER } from "../memory/heap";
import { newBlob } from "../keys/keyspace";
import { elementCursor, textScratch } from "../memory/state";
import { copyBytes, equalBytes } from "../text/bytes";
import {
  baseSequence, CHUNK_BYTES_MAX, CHUNK_ENTRIES_MAX, CHUNK_SPAN_MS, entriesIn, naturalBytes, namesIn, readNatural, behind, skipWord,
  STAMP_OWN, STAMP_SEQUENCE, writeNatural,
} from "./chunks";

/** Where in `textScratch` the words of a small entry are gathered, and a tail. */
const WORDS_PLACE: usize = 24576;
const TAIL_PLACE: usize = 32000;
export const SEQUENCE_BYTES: u32 = 8;
/** Bytes at most that a chunk adds to the words of its only entry: counts, a stamp, two lengths. */
const LONE_BYTES: u32 = 6;

// The entry being written.
let newMs: u64 = 0;
let newSeq: u64 = 0;
let newFields: u32 = 0;
let newBytes: u32 = 0;
let isPlaced: bool = false;

/** The second half of an id as a tail, in scratch. */
export function sequenceTail(seq: u64): usize {
  const at = textScratch() + TAIL_PLACE;
  store<u64>(at, bswap(seq));
  return at;
}

/**
 * Begins an entry whose id is above all others of the tree at `rootRef`.
 *
 * @returns Where the `bytes` bytes of its words go: each field, then its value.
 */
export function openEntry(rootRef: usize, ms: u64, seq: u64, fields: u32, bytes: u32): usize {
  newMs = ms;
  newSeq = seq;
  newFields = fields;
  newBytes = bytes;
  isPlaced = bytes > CHUNK_BYTES_MAX - LONE_BYTES;
  return isPlaced ? addBlob(rootRef) : textScratch() + WORDS_PLACE;
}

/** Puts the entry whose words were written into its chunk. */
export function closeEntry(rootRef: usize): void {
  if (isPlaced) return;
  const cursor = elementCursor();
  seekLast(cursor, load<u32>(rootRef));
  if (load<u32>(rootRef) != 0) {
    if (extendChunk(cursor, rootRef)) return;
    setIndex(cursor, 0, indexAt(cursor, 0) + 1);
  }
  addChunk(cursor, rootRef);
}

// === Adding ===

/** Makes a chunk of the entry alone, in a blob; where its words go. */
function addBlob(rootRef: usize): usize {
  const cursor = elementCursor();
  seekLast(cursor, load<u32>(rootRef));
  if (load<u32>(rootRef) != 0) setIndex(cursor, 0, indexAt(cursor, 0) + 1);
  const inner = 1 + naturalBytes(newFields) + newBytes;
  const bytes = 2 + naturalBytes(inner) + inner;
  const record = insert(cursor, rootRef, newMs, sequenceTail(newSeq), SEQUENCE_BYTES, 8);
  const blob = newBlob(bytes);
  store<u16>(record, <u16>(tailWord(record) | VALUE_BLOB));
  store<u32>(valueOf(record), <u32>blob);
  store<u32>(valueOf(record), bytes, 4);
  const chunk = blob + OBJECT_HEADER;
  store<u8>(chunk, 1);
  store<u8>(chunk, 0, 1);
  const at = writeNatural(writeNatural(chunk + 2, inner), STAMP_OWN);
  return writeNatural(at, newFields);
}

/** Bytes of the entry's names when they are those at `names`, in their order; -1 when not. */
function sharedBytes(names: usize): i32 {
  if (<u32>readNatural(names) != newFields) return -1;
  const from = behind;
  let name = from;
  let own = textScratch() + WORDS_PLACE;
  for (let left = newFields; left != 0; left--) {
    const end = skipWord(name);
    const ownEnd = skipWord(own);
    const bytes = end - name;
    if (ownEnd - own != bytes || !equalBytes(name, own, <u32>bytes)) return -1;
    name = end;
    own = skipWord(ownEnd);
  }
  return <i32>(name - from);
}

/** Puts the entry behind those of the chunk under the cursor; false when it has no room. */
function extendChunk(cursor: usize, rootRef: usize): bool {
  const record = recordOf(cursor);
  const chunk = valueOf(record);
  const span = newMs - headOf(cursor);
  if (tailWord(record) & VALUE_BLOB || entriesIn(chunk) >= CHUNK_ENTRIES_MAX || span >= CHUNK_SPAN_MS) return false;
  const sequence = span == 0 ? newSeq - baseSequence(record) : newSeq;
  const shared = sharedBytes(namesIn(chunk));
  const stamp = (span << 2) | (sequence != 0 ? STAMP_SEQUENCE : 0) | (shared < 0 ? STAMP_OWN : 0);
  let inner = naturalBytes(stamp) + (sequence != 0 ? naturalBytes(sequence) : 0);
  inner += shared < 0 ? naturalBytes(newFields) + newBytes : newBytes - shared;
  const bytes = naturalBytes(inner) + inner;
  const old = valueLength(record);
  if (old + bytes > CHUNK_BYTES_MAX || liveBytes(pageAt(cursor, 0)) + bytes > PAGE_ROOM) return false;
  const value = valueOf(lengthen(cursor, rootRef, bytes));
  store<u8>(value, load<u8>(value) + 1);
  let at = writeNatural(writeNatural(value + old, inner), stamp);
  if (sequence != 0) at = writeNatural(at, sequence);
  if (shared >= 0) {
    writeValues(at);
  } else {
    at = writeNatural(at, newFields);
    copyBytes(at, textScratch() + WORDS_PLACE, newBytes);
  }
  return true;
}

/** Writes the entry's values; the address behind. */
function writeValues(at: usize): usize {
  let word = textScratch() + WORDS_PLACE;
  for (let left = newFields; left != 0; left--) {
    const value = skipWord(word);
    word = skipWord(value);
    copyBytes(at, value, word - value);
    at += word - value;
  }
  return at;
}

/** Makes a chunk of the entry at the cursor, with its names. */
function addChunk(cursor: usize, rootRef: usize): void {
  let word = textScratch() + WORDS_PLACE;
  let names: u32 = 0;
  for (let left = newFields; left != 0; left--) {
    const value = skipWord(word);
    names += <u32>(value - word);
    word = skipWord(value);
  }
  const inner = 1 + newBytes - names;
  const bytes = 1 + naturalBytes(newFields) + names + naturalBytes(inner) + inner;
  const record = insert(cursor, rootRef, newMs, sequenceTail(newSeq), SEQUENCE_BYTES, bytes);
  let at = valueOf(record);
  store<u8>(at, 1);
  at = writeNatural(at + 1, newFields);
  word = textScratch() + WORDS_PLACE;
  for (let left = newFields; left != 0; left--) {
    const value = skipWord(word);
    copyBytes(at, word, value - word);
    at += value - word;
    word = skipWord(value);
  }
  at = writeNatural(writeNatural(at, inner), 0);
  writeValues(at);
}

// === Removing ===

/** Removes the chunk under the cursor. */
export function dropChunk(cursor: usize, rootRef: usize): void {
  const record = recordOf(cursor);
  if (tailWord(record) & VALUE_BLOB) discard(<usize>load<u32>(valueOf(record)));
  remove(cursor, rootRef);
}

/** Removes `count` entries, which are bytes [from, to), of the chunk under the cursor, but not all it has. */
export function dropEntries(cursor: usize, rootRef: usize, from: u32, to: u32, count: u32): void {
  touch(cursor, rootRef, 0);
  const record = recordOf(cursor);
  const chunk = valueOf(record);
  const length = valueLength(record);
  store<u8>(chunk, load<u8>(chunk) - <u8>count);
  memory.copy(chunk + from, chunk + to, length - to);
  resize(cursor, rootRef, length - (to - from));
  rebalance(cursor, rootRef, 0);
  lowerRoot(rootRef);
}
