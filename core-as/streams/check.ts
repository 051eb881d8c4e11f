// === Invariants of chunks, for check.ts ===
//
// They are read from the pages alone, without a cursor: check.ts also runs over
// views, in instances that are in the middle of something.

import { childOf, countOf, headAt, levelOf, recordAt, tailLength, tailWord, VALUE_BLOB } from "../tree/page";
import {
  baseSequence, behind, CHUNK_BYTES_MAX, CHUNK_ENTRIES_MAX, CHUNK_SPAN_MS, chunkLength, chunkOf, compareIds, entriesIn, entryMs, entrySeq,
  firstIn, isOwn, namesIn, readEntry, readNatural, skipEntry, skipWords, wordsAt,
} from "./chunks";

/** Entries met, and the id of the last. */
let met: u64 = 0;
let lastMs: u64 = 0;
let lastSeq: u64 = 0;

/** Entries of the tree under `root`, -1 when they, their order or their chunks are not sound; none is above the id given. */
export function countSound(root: usize, topMs: u64, topSeq: u64): i64 {
  met = 0;
  if (root == 0) return 0;
  if (!isTreeSound(root) || compareIds(lastMs, lastSeq, topMs, topSeq) > 0) return -1;
  return met;
}

function isTreeSound(page: usize): bool {
  for (let index: u32 = 0; index < countOf(page); index++) {
    const record = recordAt(page, index);
    if (!(levelOf(page) > 0 ? isTreeSound(childOf(record)) : isChunkSound(record, headAt(page, index)))) return false;
  }
  return true;
}

function isChunkSound(record: usize, baseMs: u64): bool {
  const isBlob = (tailWord(record) & VALUE_BLOB) != 0;
  const chunk = chunkOf(record);
  const length = chunkLength(record);
  const entries = entriesIn(chunk);
  if (tailLength(record) != 8 || isBlob != (length > CHUNK_BYTES_MAX)) return false;
  if (entries == 0 || entries > (isBlob ? 1 : CHUNK_ENTRIES_MAX)) return false;
  const baseSeq = baseSequence(record);
  // Chunks do not reach into each other.
  if (met != 0 && compareIds(baseMs, baseSeq, lastMs, lastSeq) <= 0) return false;
  const names = <u32>readNatural(namesIn(chunk));
  const end = chunk + length;
  let place = firstIn(chunk);
  for (let i: u32 = 0; i < entries; i++) {
    if (place >= end || skipEntry(place) > end) return false;
    place = readEntry(place, baseMs, baseSeq);
    if (!isEntrySound(baseMs, baseSeq, names, place)) return false;
  }
  return place == end;
}

/** Whether the entry read is behind the last one, and its words end where it ends. */
function isEntrySound(baseMs: u64, baseSeq: u64, names: u32, end: usize): bool {
  if (compareIds(entryMs, entrySeq, baseMs, baseSeq) < 0 || entryMs - baseMs >= CHUNK_SPAN_MS) return false;
  if (met != 0 && compareIds(entryMs, entrySeq, lastMs, lastSeq) <= 0) return false;
  met++;
  lastMs = entryMs;
  lastSeq = entrySeq;
  if (!isOwn) return skipWords(wordsAt, names) == end;
  const fields = <u32>readNatural(wordsAt);
  return skipWords(behind, fields << 1) == end;
}
