// === RDB: writing streams ===
//
//   stream := nodes · (id string · listpack string)* · entries · last id · first id
//             · largest deleted id · entries ever added · groups (group_dump.ts)
//   id     := ms u64 · seq u64, big endian in strings, else two lengths
//
// A node's listpack holds up to 100 entries, or about 4 KiB:
//
//   node  := entries · deleted · n · field{n} · 0 · entry*
//   entry := flags · ms - node's · seq - node's · (values | n · (field value){n}) · elements before
//
// Entries with the fields of the node's first one leave them out (SAMEFIELDS).
// Nodes are cut where Redis cuts them when all entries were added one by one.

import { header } from "../memory/layout";
import { advanceOutput, insertFront, moveToFront, outputLength, reserveOutput } from "../request/reply";
import { addWork, walkCursor } from "../memory/state";
import { entryMs, entrySeq, firstEntry, nextEntry, peekFirst, streamHeader } from "../streams/entries";
import { emitGroups } from "./group_dump";
import { hasKeptNames, keepNames, openFields, readWord, wordAt, wordLen } from "../streams/fields";
import { LENGTH_BYTES_MAX, writeLength } from "./length";
import { emitElement, emitNumberElement, insertListpack, LISTPACK_HEADER, numberElementBytes } from "./listpack";
import { emitLength, insertString } from "./strings";

export const FLAG_DELETED: i64 = 1;
export const FLAG_SAMEFIELDS: i64 = 2;
/** Redis's stream-node-max-bytes. */
const NODE_BYTES_MAX: u32 = 4096;

/** Where the open node's elements start in the output, without the count of entries. */
let nodeFrom: u32 = 0;
let nodeEntries: u32 = 0;
let nodeElements: u32 = 0;
let nodeMs: u64 = 0;
let nodeSeq: u64 = 0;
let nodesWritten: u64 = 0;

/** Appends the stream in a key's record. */
export function emitStream(record: usize): void {
  const from = outputLength();
  nodesWritten = 0;
  nodeEntries = 0;
  let more = firstEntry(walkCursor(), record);
  while (more) {
    addToNode();
    more = nextEntry(walkCursor());
  }
  if (nodeEntries != 0) closeNode();
  insertLength(from, nodesWritten);
  emitFacts(record);
  addWork(streamHeader(record).count);
}

function insertLength(from: u32, length: u64): void {
  const end = reserveOutput(LENGTH_BYTES_MAX);
  if (end == 0) return;
  const bytes = writeLength(end, length);
  const front = insertFront(from, bytes);
  if (front != 0) writeLength(front, length);
}

function emitFacts(record: usize): void {
  const facts = streamHeader(record);
  const hasFirst = peekFirst(record);
  emitLength(facts.count);
  emitLength(facts.lastMs);
  emitLength(facts.lastSeq);
  emitLength(hasFirst ? entryMs : 0);
  emitLength(hasFirst ? entrySeq : 0);
  emitLength(facts.deletedMs);
  emitLength(facts.deletedSeq);
  emitLength(facts.entriesAdded);
  emitGroups(record);
}

// === Nodes ===

/** Bytes of all fields and values of the entry at hand. */
function entryBytes(): u32 {
  let bytes: u32 = 0;
  for (let left = openFields(); left != 0; left--) {
    readWord();
    bytes += wordLen;
  }
  return bytes;
}

function isNodeFull(): bool {
  const bytes = LISTPACK_HEADER + numberElementBytes(nodeEntries) + (outputLength() - nodeFrom) + 1;
  if (bytes + entryBytes() >= NODE_BYTES_MAX) return true;
  return header.streamNodeEntries != 0 && nodeEntries >= header.streamNodeEntries;
}

function addToNode(): void {
  if (nodeEntries != 0 && isNodeFull()) closeNode();
  if (nodeEntries == 0) openNode();
  emitEntry();
  nodeEntries++;
}

function openNode(): void {
  const id = reserveOutput(17);
  if (id != 0) {
    store<u8>(id, 16);
    store<u64>(id, bswap(entryMs), 1);
    store<u64>(id, bswap(entrySeq), 9);
    advanceOutput(17);
  }
  nodeFrom = outputLength();
  nodeMs = entryMs;
  nodeSeq = entrySeq;
  keepNames();
  const fields = openFields() >> 1;
  emitNumberElement(0);
  emitNumberElement(fields);
  for (let i: u32 = 0; i < fields; i++) {
    readWord();
    emitElement(wordAt, wordLen);
    readWord();
  }
  emitNumberElement(0);
  nodeElements = fields + 4;
}

function closeNode(): void {
  // The count of entries comes first, and is known last.
  const end = outputLength();
  emitNumberElement(nodeEntries);
  moveToFront(nodeFrom, end);
  insertListpack(nodeFrom, nodeElements);
  insertString(nodeFrom);
  nodesWritten++;
  nodeEntries = 0;
}

// === Entries ===

function emitEntry(): void {
  const isSame = hasKeptNames();
  const fields = openFields() >> 1;
  emitNumberElement(isSame ? FLAG_SAMEFIELDS : 0);
  emitNumberElement(<i64>(entryMs - nodeMs));
  emitNumberElement(<i64>(entrySeq - nodeSeq));
  if (!isSame) emitNumberElement(fields);
  for (let i: u32 = 0; i < fields; i++) {
    readWord();
    if (!isSame) emitElement(wordAt, wordLen);
    readWord();
    emitElement(wordAt, wordLen);
  }
  const elements = isSame ? fields + 3 : fields * 2 + 4;
  emitNumberElement(elements);
  nodeElements += elements + 1;
}
