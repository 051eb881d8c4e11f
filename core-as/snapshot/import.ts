// === Loading a snapshot into an empty core ===
//
// Takes the content in pieces of any size. Fixed parts of items that a piece
// cuts are gathered in a small carry; names in a buffer; values go straight to
// where they will lie.

import { DATABASES_KEPT, header } from "../memory/layout";
import { allocate, free, KIND_BUFFER, KIND_LEDGER, OBJECT_HEADER } from "../memory/heap";
import { insert } from "../tree/tree";
import { indexAt, seek, seekLast, setIndex } from "../tree/cursor";
import { SUBTREES, tailWord, VALUE_BLOB, VALUE_INLINE_MAX, valueOf } from "../tree/page";
import { newBlob, openKey, payloadOf, replaceKey, replaceString, restoreMeta, TYPE_HASH, TYPE_LIST, TYPE_STREAM, TYPE_STRING } from "../keys/keyspace";
import { enterHashDue } from "../keys/expiry";
import { noteUnseen } from "../keys/watchers";
import { DUE_BYTES, markDue } from "../hashes/dues";
import { elementCursor, setTime, useDatabase } from "../memory/state";
import {
  ELEMENT_ITEM_BYTES, END_ITEM_BYTES, HEADER_ITEM_BYTES, ITEM_BYTES_MAX, ITEM_ELEMENT, ITEM_END, ITEM_HEADER, ITEM_KEY, ITEM_NEXT,
  ITEM_TIMED, KEY_ITEM_BYTES, TIMED_ITEM_BYTES,
} from "./format";

/** More content is expected. */
export const IMPORT_MORE: u32 = 0;
/** The content ended as it should. */
export const IMPORT_DONE: u32 = 1;
/** The content is not a snapshot's, or holds what this core does not know. */
export const IMPORT_BAD: u32 = 2;

const STEP_ITEM: u32 = 0;
const STEP_NAME: u32 = 1;
const STEP_VALUE: u32 = 2;

let carry: usize = 0;
let carried: u32 = 0;
let step: u32 = STEP_ITEM;
let status: u32 = IMPORT_MORE;
let keysRead: u64 = 0;
let piece: usize = 0;
let pieceEnd: usize = 0;

let isElement: bool = false;
let nameBuffer: usize = 0;
let nameCapacity: u32 = 0;
let nameLen: u32 = 0;
let nameFilled: u32 = 0;
let valueLen: u32 = 0;
let valueFilled: u32 = 0;
let valueTo: usize = 0;
let elementHead: u64 = 0;
/** Due time of the field; -1 = none. */
let elementDue: i64 = -1;
/** Address of the root that elements go to; 0 = no collection is open. */
let rootRef: usize = 0;
let treeNumber: u32 = 0;

/** Starts loading. Requires: the core is empty. */
export function beginImport(): void {
  step = STEP_ITEM;
  status = IMPORT_MORE;
  keysRead = 0;
  carried = 0;
  rootRef = 0;
  setTime(0); // nothing is expired while it loads
  if (carry != 0) return;
  const buffer = allocate(ITEM_BYTES_MAX + OBJECT_HEADER, KIND_LEDGER);
  if (buffer == 0) unreachable(); // small, within the reserve
  carry = buffer + OBJECT_HEADER;
}

/** Loads the next piece; IMPORT_… */
export function importPiece(at: usize, length: u32): u32 {
  piece = at;
  pieceEnd = at + length;
  while (status == IMPORT_MORE) {
    if (step == STEP_NAME && !fillName()) break;
    else if (step == STEP_VALUE && !fillValue()) break;
    else if (step == STEP_ITEM && !readItem()) break;
  }
  if (status == IMPORT_DONE && piece != pieceEnd) status = IMPORT_BAD;
  return status;
}

function fixedBytes(type: u8): u32 {
  if (type == ITEM_KEY) return KEY_ITEM_BYTES;
  if (type == ITEM_ELEMENT) return ELEMENT_ITEM_BYTES;
  if (type == ITEM_TIMED) return TIMED_ITEM_BYTES;
  if (type == ITEM_NEXT) return 1;
  if (type == ITEM_HEADER) return HEADER_ITEM_BYTES;
  return type == ITEM_END ? END_ITEM_BYTES : 0;
}

/** Reads an item's fixed part; whether it was all there. */
function readItem(): bool {
  if (piece == pieceEnd) return false;
  const bytes = fixedBytes(carried != 0 ? load<u8>(carry) : load<u8>(piece));
  if (bytes == 0) {
    status = IMPORT_BAD;
    return true;
  }
  const here = <u32>(pieceEnd - piece);
  if (carried == 0 && here >= bytes) {
    const item = piece;
    piece += bytes;
    openItem(item);
    return true;
  }
  const taken = min(bytes - carried, here);
  memory.copy(carry + carried, piece, taken);
  piece += taken;
  carried += taken;
  if (carried < bytes) return false;
  carried = 0;
  openItem(carry);
  return true;
}

function openItem(item: usize): void {
  const type = load<u8>(item);
  if (type == ITEM_KEY) openKeyItem(item);
  else if (type == ITEM_ELEMENT || type == ITEM_TIMED) openElementItem(item, type == ITEM_TIMED);
  else if (type == ITEM_NEXT) nextTree();
  else if (type == ITEM_HEADER) readHeader(item);
  else status = load<u64>(item, 1) == keysRead ? IMPORT_DONE : IMPORT_BAD;
}

function readHeader(item: usize): void {
  header.hashKey0 = load<u64>(item, 1);
  header.hashKey1 = load<u64>(item, 9);
  header.appliedIndex = load<u64>(item, 17);
  noteUnseen(header.appliedIndex);
  header.appliedTimeMs = load<i64>(item, 25);
}

function nextTree(): void {
  if (rootRef == 0 || treeNumber > 1) {
    status = IMPORT_BAD;
  } else if (treeNumber++ == 0) {
    rootRef += 4;
  } else {
    rootRef = 0;
    enterHashDue();
  }
}

// === Names ===

function openName(length: u32, itemValueLen: u32): void {
  nameLen = length;
  nameFilled = 0;
  valueLen = itemValueLen;
  valueFilled = 0;
  step = STEP_NAME;
  if (length <= nameCapacity) return;
  if (nameBuffer != 0) free(nameBuffer);
  nameBuffer = allocate(length + OBJECT_HEADER, KIND_BUFFER);
  nameCapacity = nameBuffer == 0 ? 0 : length;
  if (nameBuffer == 0) status = IMPORT_BAD;
}

function fillName(): bool {
  const taken = min(nameLen - nameFilled, <u32>(pieceEnd - piece));
  memory.copy(nameBuffer + OBJECT_HEADER + nameFilled, piece, taken);
  piece += taken;
  nameFilled += taken;
  if (nameFilled < nameLen) return false;
  step = STEP_VALUE;
  valueTo = isElement ? placeElement() : placeKey();
  return true;
}

function fillValue(): bool {
  const taken = min(valueLen - valueFilled, <u32>(pieceEnd - piece));
  memory.copy(valueTo + valueFilled, piece, taken);
  piece += taken;
  valueFilled += taken;
  if (valueFilled < valueLen) return false;
  step = STEP_ITEM;
  return true;
}

// === Keys ===

let keyFlags: u32 = 0;
let keyAccess: u32 = 0;
let keyVersion: u64 = 0;
let keyExpiry: i64 = 0;
let keyHeaderLen: u32 = 0;

function openKeyItem(item: usize): void {
  const databaseNumber = load<u8>(item, 1);
  if (databaseNumber >= <u8>DATABASES_KEPT || rootRef != 0) {
    status = IMPORT_BAD;
    return;
  }
  useDatabase(databaseNumber);
  const word = load<u32>(item, 2);
  keyFlags = word & 0xff;
  keyAccess = word >>> 8;
  keyVersion = <u64>load<u32>(item, 6) | (<u64>load<u16>(item, 10) << 32);
  keyExpiry = load<i64>(item, 12);
  keyHeaderLen = load<u16>(item, 20);
  const type = keyFlags & 7;
  if (type > TYPE_STREAM || (type == TYPE_STRING) != (keyHeaderLen == 0) || keyHeaderLen > VALUE_INLINE_MAX) {
    status = IMPORT_BAD;
    return;
  }
  isElement = false;
  openName(load<u32>(item, 22), load<u32>(item, 26));
}

/** Makes the key; where its value's bytes go. */
function placeKey(): usize {
  const type = keyFlags & 7;
  const name = nameBuffer + OBJECT_HEADER;
  if (openKey(name, nameLen) != 0) {
    status = IMPORT_BAD;
    return 0;
  }
  keysRead++;
  if (type == TYPE_STRING) {
    const at = replaceString(false, valueLen, 0, keyExpiry);
    restoreMeta(keyFlags, keyAccess, keyVersion);
    return at;
  }
  const record = replaceKey(false, type, 0, keyExpiry, keyHeaderLen + 8, SUBTREES);
  restoreMeta(keyFlags, keyAccess, keyVersion);
  rootRef = payloadOf(record) + keyHeaderLen;
  store<u64>(rootRef, 0);
  treeNumber = 0;
  return payloadOf(record);
}

// === Elements ===

function openElementItem(item: usize, isTimed: bool): void {
  elementDue = isTimed ? load<i64>(item, ELEMENT_ITEM_BYTES) : -1;
  const isTimedField = (keyFlags & 7) == TYPE_HASH && treeNumber == 0 && elementDue >= 0;
  if (rootRef == 0 || (isTimed && !isTimedField)) {
    status = IMPORT_BAD;
    return;
  }
  isElement = true;
  elementHead = load<u64>(item, 1);
  openName(load<u32>(item, 9), load<u32>(item, 13));
}

function standBehindLast(cursor: usize, root: usize): void {
  seekLast(cursor, root);
  if (root != 0) setIndex(cursor, 0, indexAt(cursor, 0) + 1);
}

/** Makes the element; where its value's bytes go. */
function placeElement(): usize {
  const cursor = elementCursor();
  const name = nameBuffer + OBJECT_HEADER;
  const isPositional = (keyFlags & 7) == TYPE_LIST;
  if (isPositional && (nameLen != 0 || elementHead == 0 || elementHead > u32.MAX_VALUE)) {
    status = IMPORT_BAD;
    return 0;
  }
  if (isPositional) {
    standBehindLast(cursor, load<u32>(rootRef));
  } else if (seek(cursor, load<u32>(rootRef), elementHead, name, nameLen)) {
    status = IMPORT_BAD;
    return 0;
  }
  const isLarge = valueLen > VALUE_INLINE_MAX;
  const front: u32 = elementDue >= 0 ? DUE_BYTES : 0;
  const record = insert(cursor, rootRef, elementHead, name, nameLen, front + (isLarge ? 8 : valueLen), isPositional);
  if (front != 0) markDue(record, elementDue);
  const value = valueOf(record) + front;
  if (!isLarge) return value;
  const blob = newBlob(valueLen);
  store<u16>(record, <u16>(tailWord(record) | VALUE_BLOB));
  store<u32>(value, <u32>blob);
  store<u32>(value, valueLen, 4);
  return blob + OBJECT_HEADER;
}
