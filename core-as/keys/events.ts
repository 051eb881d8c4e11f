// === Events: what happens to keys, told to the host ===
//
// While somebody may listen the core notes what commands do to keys, and the host
// takes the notes when it takes the replies. The mask says what is noted; it and the
// buffer are private to the instance that writes, so that whoever reads a view notes
// nothing. With nobody listening an event costs one test of the mask.
//
// ╒══════════════════════════ a row of the buffer ══════════════════════════╕
// │ +0   bytes      u32   of the whole row, a multiple of 4                  │
// │ +4   kind       u8    ROW_…                                              │
// │ +5   database   u8                                                       │
// │ +6   nameBytes  u16   of words: the id of the command                    │
// │ +8   length     u32   of the key; of words: how many; of a reply's end:  │
// │                       bytes of output in front of it                     │
// │ +12  name, then key; or words, each { length u32, bytes }                │
// ╘══════════════════════════════════════════════════════════════════════════╛
//
// Rows in front of a ROW_REPLY happened while the request ran whose reply ends there.
// At EVENT_BYTES_MAX, or without memory, rows are lost and counted: the host then
// forgets what clients may have cached.
//
// Source: https://redis.io/docs/latest/develop/use/keyspace-notifications/

import { enlarge, free, KIND_BUFFER, OBJECT_HEADER } from "../memory/heap";
import { DATABASE_COUNT } from "../memory/layout";
import { tailLength, tailOf } from "../tree/page";
import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { outputLength } from "../request/reply";
import { databaseIndex } from "../memory/state";
import { equalBytes } from "../text/bytes";

// The bits are those of Redis's configuration; 1 and 2 say what the host publishes.
export const ON_GENERIC: u32 = 1 << 2;
export const ON_STRING: u32 = 1 << 3;
export const ON_LIST: u32 = 1 << 4;
export const ON_SET: u32 = 1 << 5;
export const ON_HASH: u32 = 1 << 6;
export const ON_SORTED_SET: u32 = 1 << 7;
export const ON_EXPIRED: u32 = 1 << 8;
export const ON_EVICTED: u32 = 1 << 9;
export const ON_STREAM: u32 = 1 << 10;
export const ON_MISS: u32 = 1 << 11;
export const ON_NEW: u32 = 1 << 14;
/** Clients keep copies of keys: every change is noted, whatever made it. */
export const ON_CHANGE: u32 = 1 << 16;

const ROW_EVENT: u32 = 0;
const ROW_CHANGE: u32 = 1;
const ROW_READ: u32 = 2;
const ROW_EMPTIED: u32 = 3;
const ROW_REPLY: u32 = 4;

const ROW_HEADER: u32 = 12;
const START_BYTES: u32 = 16 * 1024 - OBJECT_HEADER;
/** A buffer that has grown beyond this is given back once it is read. */
const KEPT_BYTES: u32 = 1 << 20;
/** Bound of the buffer: rows beyond it are lost. */
const EVENT_BYTES_MAX: u32 = 64 << 20;

/** ON_… bits of what is noted now. */
let mask: u32 = 0;
let buffer: usize = 0;
let capacity: u32 = 0;
/** Bytes of rows. */
export let eventBytes: u32 = 0;
/** Rows lost since `clearEvents`. */
export let eventsLost: u32 = 0;
/** Where the rows of the request under way begin. */
let requestFrom: u32 = 0;
/** The last row, for `noteChange`. */
let lastRow: u32 = 0;

// === The buffer ===

/** Sets what is noted from now on: ON_… bits. */
export function setEventMask(bits: u32): void {
  mask = bits;
}

/** What is noted now. */
export function eventMask(): u32 {
  return mask;
}

/** Address of the first row. */
export function eventsAt(): usize {
  return buffer + OBJECT_HEADER;
}

/** Forgets the rows. */
export function clearEvents(): void {
  eventBytes = 0;
  eventsLost = 0;
  requestFrom = 0;
  if (capacity <= KEPT_BYTES) return;
  free(buffer);
  buffer = 0;
  capacity = 0;
}

function reserve(bytes: u64): bool {
  const least = <u64>eventBytes + bytes;
  if (least <= capacity) return true;
  if (least > EVENT_BYTES_MAX) return false;
  const wanted = max(START_BYTES, <u32>min(max(least, <u64>capacity * 2), EVENT_BYTES_MAX));
  const larger = enlarge(buffer, eventBytes, wanted, KIND_BUFFER);
  if (larger == 0) return false;
  buffer = larger;
  capacity = wanted;
  return true;
}

/** Adds a row with room for `bytes` behind its header, whose address it returns; 0 = it is lost. */
function addRow(kind: u32, nameBytes: u32, length: u32, bytes: u64): usize {
  const rowBytes = (<u64>ROW_HEADER + bytes + 3) & ~3;
  if (!reserve(rowBytes)) {
    eventsLost++;
    return 0;
  }
  lastRow = eventBytes;
  const row = eventsAt() + eventBytes;
  store<u32>(row, <u32>rowBytes);
  store<u32>(row, kind | (databaseIndex << 8) | (nameBytes << 16), 4);
  store<u32>(row, length, 8);
  eventBytes += <u32>rowBytes;
  return row + ROW_HEADER;
}

// === Notes ===

/** Event `name` of class `on` happens to a key of the database in use. */
export function notify(on: u32, name: string, key: usize, keyLen: u32): void {
  if (mask & on) noteEvent(name, key, keyLen);
}

/** `notify` about a key of the request: argument `index`. */
export function notifyArgument(on: u32, name: string, index: u32): void {
  if (mask & on) noteEvent(name, argumentAt(index), argumentLength(index));
}

function noteEvent(name: string, key: usize, keyLen: u32): void {
  if (databaseIndex >= DATABASE_COUNT) return; // waiters, which are kept as keys
  const nameBytes = <u32>name.length;
  let at = addRow(ROW_EVENT, nameBytes, keyLen, <u64>nameBytes + keyLen);
  if (at == 0) return;
  const text = changetype<usize>(name);
  for (let i: u32 = 0; i < nameBytes; i++) store<u8>(at + i, load<u8>(text + (<usize>i << 1)));
  memory.copy(at + nameBytes, key, keyLen);
}

/** The key of `record` changes, or goes. */
export function noteChange(record: usize): void {
  if (mask & ON_CHANGE) noteChangeOf(tailOf(record), tailLength(record));
}

function noteChangeOf(key: usize, keyLen: u32): void {
  if (databaseIndex >= DATABASE_COUNT) return;
  // A command often changes one key many times.
  if (eventBytes > requestFrom) {
    const row = eventsAt() + lastRow;
    const isSame = load<u8>(row, 4) == ROW_CHANGE && load<u8>(row, 5) == databaseIndex && load<u32>(row, 8) == keyLen;
    if (isSame && equalBytes(row + ROW_HEADER, key, keyLen)) return;
  }
  const at = addRow(ROW_CHANGE, 0, keyLen, keyLen);
  if (at != 0) memory.copy(at, key, keyLen);
}

/** A database is emptied. */
export function noteEmptying(): void {
  if (mask & ON_CHANGE) addRow(ROW_EMPTIED, 0, 0, 0);
}

/** The request in the table, a command of id `id`, has read keys that its client keeps copies of. */
export function noteRead(id: u32): void {
  let bytes: u64 = 0;
  for (let i: u32 = 0; i < argumentCount; i++) bytes += 4 + argumentLength(i);
  let at = addRow(ROW_READ, id, argumentCount, bytes);
  if (at == 0) return;
  for (let i: u32 = 0; i < argumentCount; i++) {
    const length = argumentLength(i);
    store<u32>(at, length);
    memory.copy(at + 4, argumentAt(i), length);
    at += 4 + length;
  }
}

/** The reply of a client's request ends at the output's end. */
export function endReply(): void {
  if (eventBytes == requestFrom) return;
  addRow(ROW_REPLY, 0, outputLength(), 0);
  requestFrom = eventBytes;
}
