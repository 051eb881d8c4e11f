// === Writing a snapshot from a pinned view ===
//
// Fills one buffer a call, so that the Worker that runs it can write, wait for
// its rate limit, and beat. Values larger than a buffer are cut; the view keeps
// them in place meanwhile. State is private to the instance: one export at a
// time.

import { DATABASE_BYTES, DATABASES_KEPT, Database, header } from "../memory/layout";
import { next, recordOf, seekFirst, settle, headOf } from "../tree/cursor";
import { SUBTREES, tailLength, tailOf, tailWord, VALUE_BLOB, valueLength, valueOf } from "../tree/page";
import { OBJECT_HEADER } from "../memory/heap";
import { view, viewDatabases } from "../tree/views";
import { accessOf, expiryOf, loadString, payloadLength, payloadOf, stringAt, stringLen, versionOf } from "../keys/keyspace";
import { DUE_BYTES, dueOf } from "../hashes/dues";
import { elementCursor, walkCursor } from "../memory/state";
import {
  ELEMENT_ITEM_BYTES, END_ITEM_BYTES, HEADER_ITEM_BYTES, ITEM_BYTES_MAX, ITEM_ELEMENT, ITEM_END, ITEM_HEADER, ITEM_KEY, ITEM_NEXT,
  ITEM_TIMED, KEY_ITEM_BYTES, TIMED_ITEM_BYTES,
} from "./format";

const STEP_HEADER: u32 = 0;
const STEP_KEYS: u32 = 1;
const STEP_ELEMENTS: u32 = 2;
const STEP_DONE: u32 = 3;

let slot: u32 = 0;
let step: u32 = STEP_DONE;
let databaseNumber: u32 = 0;
let hasKey: bool = false;
let keysWritten: u64 = 0;
/** Roots of the collection being written, and which of them: 0 or 1. */
let secondRoot: usize = 0;
let treeNumber: u32 = 0;
let hasElement: bool = false;
/** Bytes still to be copied: first the name, then the value. */
let nameAt: usize = 0;
let nameLeft: u32 = 0;
let valueAt: usize = 0;
let valueLeft: u32 = 0;
let out: usize = 0;
let outEnd: usize = 0;

/** Starts writing the view in `viewSlot`. */
export function beginExport(viewSlot: u32): void {
  slot = viewSlot;
  step = STEP_HEADER;
  databaseNumber = 0;
  keysWritten = 0;
  nameLeft = 0;
  valueLeft = 0;
}

/** Fills `[at, at + capacity)`; bytes written, 0 at the end. Requires: capacity ≥ 64. */
export function exportNext(at: usize, capacity: u32): u32 {
  out = at;
  outEnd = at + capacity;
  while (copyRest()) {
    if (step == STEP_DONE || <u32>(outEnd - out) < ITEM_BYTES_MAX) break;
    if (step == STEP_HEADER) writeHeader();
    else if (step == STEP_KEYS) writeKey();
    else writeElement();
  }
  return <u32>(out - at);
}

/** Copies what fits of the name and value; whether all of them went. */
function copyRest(): bool {
  const name = min(nameLeft, <u32>(outEnd - out));
  memory.copy(out, nameAt, name);
  nameAt += name;
  nameLeft -= name;
  out += name;
  if (nameLeft != 0) return false;
  const value = min(valueLeft, <u32>(outEnd - out));
  memory.copy(out, valueAt, value);
  valueAt += value;
  valueLeft -= value;
  out += value;
  return valueLeft == 0;
}

function writeHeader(): void {
  const pinned = view(slot);
  store<u8>(out, ITEM_HEADER);
  store<u64>(out, header.hashKey0, 1);
  store<u64>(out, header.hashKey1, 9);
  store<u64>(out, pinned.index, 17);
  store<i64>(out, pinned.timeMs, 25);
  out += HEADER_ITEM_BYTES;
  step = STEP_KEYS;
  openDatabase();
}

function openDatabase(): void {
  const row = changetype<Database>(viewDatabases(slot) + DATABASE_BYTES * databaseNumber);
  seekFirst(walkCursor(), row.root);
  hasKey = settle(walkCursor());
}

function writeEnd(): void {
  store<u8>(out, ITEM_END);
  store<u64>(out, keysWritten, 1);
  out += END_ITEM_BYTES;
  step = STEP_DONE;
}

function writeKey(): void {
  while (!hasKey) {
    if (++databaseNumber == DATABASES_KEPT) {
      writeEnd();
      return;
    }
    openDatabase();
  }
  const record = recordOf(walkCursor());
  const isCollection = (tailWord(record) & SUBTREES) != 0;
  nameAt = tailOf(record);
  nameLeft = tailLength(record);
  if (isCollection) {
    valueAt = payloadOf(record);
    valueLeft = payloadLength(record) - 8;
  } else {
    loadString(record);
    valueAt = stringAt;
    valueLeft = stringLen;
  }
  writeKeyItem(record, isCollection);
  keysWritten++;
  if (isCollection) {
    const roots = payloadOf(record) + payloadLength(record) - 8;
    secondRoot = load<u32>(roots, 4);
    treeNumber = 0;
    openTree(load<u32>(roots));
    step = STEP_ELEMENTS;
  } else {
    hasKey = next(walkCursor());
  }
}

function writeKeyItem(record: usize, isCollection: bool): void {
  const version = versionOf(record);
  store<u8>(out, ITEM_KEY);
  store<u8>(out, <u8>databaseNumber, 1);
  store<u32>(out, <u32>load<u8>(valueOf(record)) | (accessOf(record) << 8), 2);
  store<u32>(out, <u32>version, 6);
  store<u16>(out, <u16>(version >> 32), 10);
  store<i64>(out, expiryOf(record), 12);
  store<u16>(out, isCollection ? <u16>valueLeft : 0, 20);
  store<u32>(out, nameLeft, 22);
  store<u32>(out, valueLeft, 26);
  out += KEY_ITEM_BYTES;
}

function openTree(root: usize): void {
  seekFirst(elementCursor(), root);
  hasElement = settle(elementCursor());
}

function writeElement(): void {
  if (!hasElement) {
    store<u8>(out++, ITEM_NEXT);
    if (treeNumber++ == 0) {
      openTree(secondRoot);
    } else {
      step = STEP_KEYS;
      hasKey = next(walkCursor());
    }
    return;
  }
  const record = recordOf(elementCursor());
  const value = valueOf(record);
  const end = value + valueLength(record);
  const due = dueOf(record);
  nameAt = tailOf(record);
  nameLeft = tailLength(record);
  valueAt = value + (due >= 0 ? DUE_BYTES : 0);
  valueLeft = <u32>(end - valueAt);
  if (tailWord(record) & VALUE_BLOB) {
    valueAt = <usize>load<u32>(end - 8) + OBJECT_HEADER;
    valueLeft = load<u32>(end - 4);
  }
  store<u8>(out, due >= 0 ? ITEM_TIMED : ITEM_ELEMENT);
  store<u64>(out, headOf(elementCursor()), 1);
  store<u32>(out, nameLeft, 9);
  store<u32>(out, valueLeft, 13);
  if (due >= 0) store<i64>(out, due, ELEMENT_ITEM_BYTES);
  out += due >= 0 ? TIMED_ITEM_BYTES : ELEMENT_ITEM_BYTES;
  hasElement = next(elementCursor());
}
