// === RDB: reading streams ===
//
// The format is in stream_dump.ts; versions 1 to 3 of it are read.

import { compareIds, ENTRIES_ROOT, StreamHeader } from "../streams/entries";
import { wordBytes, writeWord } from "../streams/chunks";
import {
  beginBuild, buildArea, buildEntry, dropBuiltStream, endEntry, isMeasuring, isRough, measureBytes, measureRecord, trimBuilt,
  useBuiltStream,
} from "./building";
import { bytesAt, bytesLen, number, TEXT_OF_VALUE, useText } from "./element";
import { buildGroups } from "./group_restore";
import { lengthRead, readLength } from "./length";
import {
  claimsCount, isListpackDone, listpackPlace, moveListpack, openListpack, readElement, readNumberElement,
} from "./listpack";
import { FLAG_DELETED, FLAG_SAMEFIELDS } from "./stream_dump";
import { dropStrings, openString, readString, textAt, textLen } from "./strings";
import { RDB_STREAM_LISTPACKS } from "./types";

const ID_BYTES: u32 = 16;
/** More than what an entry's record takes beside its fields: overhead, id, the header of its fields. */
const ENTRY_OVERHEAD: u64 = 128;
/** Bytes that the fields of one entry may become. */
const ENTRY_BYTES_MAX: u64 = 512 << 20;

/** Entries built, and the id of the last. */
let entries: u64 = 0;
let topMs: u64 = 0;
let topSeq: u64 = 0;
/** The node being read. */
let nodeMs: u64 = 0;
let nodeSeq: u64 = 0;
let nodeElements: u32 = 0;
let nodeFields: u32 = 0;
let nodeFieldsPlace: usize = 0;
/** Bytes of the node's fields in an entry. */
let nodeFieldsBytes: u64 = 0;

/** Reads a stream of the form `type`; on false nothing is left of the build. */
export function buildStream(type: u8, measures: bool): bool {
  beginBuild(measures);
  useBuiltStream();
  entries = 0;
  const hasEntries = readNodes();
  trimBuilt(ENTRIES_ROOT, ENTRIES_ROOT);
  const isSound = hasEntries && readFacts(type);
  dropStrings();
  if (!isSound) dropBuiltStream();
  return isSound;
}

function readNodes(): bool {
  if (!readLength()) return false;
  for (let left = lengthRead; left != 0; left--) {
    if (!readNode()) return false;
  }
  return true;
}

function readFacts(type: u8): bool {
  const facts = changetype<StreamHeader>(buildArea());
  if (!readLength()) return false;
  if (isMeasuring && isRough) entries = lengthRead;
  if (lengthRead != entries || entries > u32.MAX_VALUE) return false;
  facts.count = <u32>entries;
  facts.entriesAdded = entries;
  if (!readLength()) return false;
  facts.lastMs = lengthRead;
  if (!readLength()) return false;
  facts.lastSeq = lengthRead;
  // New entries go behind the last id, so that must not be below the top one.
  if (entries != 0 && compareIds(facts.lastMs, facts.lastSeq, topMs, topSeq) < 0) return false;
  if (type != RDB_STREAM_LISTPACKS && !readNewerFacts(facts)) return false;
  return buildGroups(type);
}

function readNewerFacts(facts: StreamHeader): bool {
  // The first id is known from the entries.
  if (!readLength() || !readLength()) return false;
  if (!readLength()) return false;
  facts.deletedMs = lengthRead;
  if (!readLength()) return false;
  facts.deletedSeq = lengthRead;
  if (!readLength()) return false;
  facts.entriesAdded = lengthRead;
  return true;
}

// === Nodes ===

function readNode(): bool {
  if (!readString() || textLen != ID_BYTES) return false;
  nodeMs = bswap(load<u64>(textAt));
  nodeSeq = bswap(load<u64>(textAt, 8));
  dropStrings();
  if (isMeasuring && isRough) return measureNode();
  if (!readString()) return false;
  measureBytes(textLen);
  const isSound = readListpack();
  dropStrings();
  return isSound;
}

/** Bytes that each byte of a node's fields may become in one entry, and a byte of its entries; see `measureNode`. */
const ROUGH_ENTRY_FACTOR: u64 = 10;
/** Bytes of the listpack that an entry takes at least. */
const ENTRY_LISTPACK_BYTES: u64 = 8;

/** Measures a node by its length alone: each of its entries may have all fields of the node. */
function measureNode(): bool {
  if (!openString()) return false;
  const bytes = <u64>textLen;
  const most = bytes / ENTRY_LISTPACK_BYTES;
  measureBytes(bytes + bytes * ROUGH_ENTRY_FACTOR * (most + 1) + most * ENTRY_OVERHEAD);
  return true;
}

/** A number of things in the listpack: never negative, never more than its bytes. */
function readCount(): bool {
  return readNumberElement() && number >= 0 && number < <i64>textLen;
}

function readListpack(): bool {
  if (!openListpack(textAt, textLen) || !readCount()) return false;
  let left = <u32>number;
  if (!readCount()) return false;
  left += <u32>number;
  if (!readCount()) return false;
  nodeFields = <u32>number;
  nodeElements = nodeFields + 4;
  nodeFieldsPlace = listpackPlace();
  nodeFieldsBytes = 0;
  for (let i: u32 = 0; i < nodeFields; i++) {
    if (!readElement()) return false;
    nodeFieldsBytes += elementBytes();
  }
  if (!readElement()) return false;
  for (; left != 0; left--) {
    if (!readEntry()) return false;
  }
  return isListpackDone() && claimsCount(textAt, nodeElements);
}

/** Bytes that the element becomes in an entry. */
function elementBytes(): u32 {
  useText(TEXT_OF_VALUE);
  return wordBytes(bytesLen);
}

// === Entries ===

function readEntry(): bool {
  if (!readNumberElement()) return false;
  const flags = number;
  if (!readNumberElement()) return false;
  const ms = nodeMs + <u64>number;
  if (!readNumberElement()) return false;
  const seq = nodeSeq + <u64>number;
  const isSame = (flags & FLAG_SAMEFIELDS) != 0;
  if (!isSame && !readCount()) return false;
  const fields = isSame ? nodeFields : <u32>number;
  const place = listpackPlace();
  const words = isSame ? fields : fields * 2;
  let bytes = isSame ? nodeFieldsBytes : 0;
  for (let i: u32 = 0; i < words; i++) {
    if (!readElement()) return false;
    bytes += elementBytes();
  }
  const elements = words + (isSame ? 3 : 4);
  if (!readNumberElement() || number != elements) return false;
  nodeElements += elements + 1;
  if (flags & FLAG_DELETED) return true;
  return bytes <= ENTRY_BYTES_MAX && addEntry(ms, seq, fields, isSame, place, <u32>bytes);
}

function addEntry(ms: u64, seq: u64, fields: u32, isSame: bool, place: usize, bytes: u32): bool {
  if (entries != 0 && compareIds(ms, seq, topMs, topSeq) <= 0) return false;
  entries++;
  topMs = ms;
  topSeq = seq;
  if (isMeasuring) {
    measureRecord(8, bytes);
    return true;
  }
  const end = listpackPlace();
  const at = buildEntry(ms, seq, fields, bytes);
  if (isSame) copyWithNodeFields(at, fields, place);
  else copyElements(at, fields * 2, place);
  endEntry();
  moveListpack(end);
  return true;
}

/** Writes the next element at `at`; the address behind. */
function copyElement(at: usize): usize {
  const isSound = readElement();
  assert(isSound); // it was read once before
  useText(TEXT_OF_VALUE);
  return writeWord(at, bytesAt, bytesLen);
}

function copyElements(at: usize, count: u32, place: usize): void {
  moveListpack(place);
  for (let i: u32 = 0; i < count; i++) at = copyElement(at);
}

function copyWithNodeFields(at: usize, fields: u32, place: usize): void {
  let field = nodeFieldsPlace;
  let value = place;
  for (let i: u32 = 0; i < fields; i++) {
    moveListpack(field);
    at = copyElement(at);
    field = listpackPlace();
    moveListpack(value);
    at = copyElement(at);
    value = listpackPlace();
  }
}
