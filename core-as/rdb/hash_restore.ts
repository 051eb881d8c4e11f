// === RDB: reading hashes ===
//
// Four forms: pairs of strings, and one string that is a listpack, a ziplist or
// a zipmap. Each reader adds the fields to the build (building.ts); false means
// that the payload is not sound, a field that comes twice included.

import { header } from "../layout";
import { beginBuild, buildField, dropBuiltHash, isMeasuring, measureBytes, measureRecord } from "./building";
import { bytesAt, bytesLen, TEXT_OF_FIELD, TEXT_OF_VALUE, useText } from "./element";
import { lengthRead, readLength } from "./length";
import { claimsCount, isListpackDone, openListpack, readElement } from "./listpack";
import { dropStrings, openString, readString, textAt, textLen } from "./strings";
import { RDB_HASH, RDB_HASH_LISTPACK, RDB_HASH_ZIPLIST } from "./types";
import {
  hasZiplistMore, isZiplistDone, isZipmapDone, openZiplist, openZipmap, readZiplistElement, readZipmapField, readZipmapValue,
} from "./ziplist";

/** Fields added, and the longest field or value. */
let fields: u32 = 0;
let longest: u32 = 0;

/** Whether Redis would keep the hash just built in its large encoding. */
export let isBuiltHashLarge: bool = false;

/** Reads a hash of the form `type`; on false nothing is left of the build. */
export function buildHash(type: u8, measures: bool): bool {
  beginBuild(measures);
  fields = 0;
  longest = 0;
  const isSound = type == RDB_HASH ? readPairs() : readPacked(type);
  dropStrings();
  if (!isSound || fields == 0) {
    dropBuiltHash();
    return false;
  }
  // Of a packed form Redis looks at the number of fields alone.
  const hasLong = longest > header.hashListpackValue && type != RDB_HASH_LISTPACK && type != RDB_HASH_ZIPLIST;
  isBuiltHashLarge = hasLong || fields > header.hashListpackEntries;
  return true;
}

function add(field: usize, fieldLen: u32, value: usize, valueLen: u32): bool {
  fields++;
  longest = max(longest, max(fieldLen, valueLen));
  return buildField(field, fieldLen, value, valueLen);
}

// === Pairs of strings ===

function readPairs(): bool {
  if (!readLength()) return false;
  for (let left = lengthRead; left != 0; left--) {
    if (!(isMeasuring ? measurePair() : readPair())) return false;
  }
  return true;
}

function readPair(): bool {
  if (!readString()) return false;
  const field = textAt;
  const fieldLen = textLen;
  if (!readString()) return false;
  const isNew = add(field, fieldLen, textAt, textLen);
  dropStrings();
  return isNew;
}

/** Only lengths count, so nothing is decompressed. */
function measurePair(): bool {
  if (!openString()) return false;
  const fieldLen = textLen;
  if (!openString()) return false;
  fields++;
  measureRecord(fieldLen, textLen);
  measureBytes((<u64>fieldLen + textLen) >> 3);
  return true;
}

// === Packed lists ===

function readPacked(type: u8): bool {
  if (!readString()) return false;
  measureBytes(textLen);
  if (type == RDB_HASH_LISTPACK) return readListpack();
  return type == RDB_HASH_ZIPLIST ? readZiplist() : readZipmap();
}

function addElement(field: usize, fieldLen: u32): bool {
  useText(TEXT_OF_VALUE);
  return add(field, fieldLen, bytesAt, bytesLen);
}

function readListpack(): bool {
  const at = textAt;
  if (!openListpack(at, textLen)) return false;
  while (!isListpackDone()) {
    if (!readElement()) return false;
    useText(TEXT_OF_FIELD);
    const field = bytesAt;
    const fieldLen = bytesLen;
    if (!readElement() || !addElement(field, fieldLen)) return false;
  }
  return claimsCount(at, fields * 2);
}

function readZiplist(): bool {
  if (!openZiplist(textAt, textLen)) return false;
  while (hasZiplistMore()) {
    if (!readZiplistElement()) return false;
    useText(TEXT_OF_FIELD);
    const field = bytesAt;
    const fieldLen = bytesLen;
    if (!readZiplistElement() || !addElement(field, fieldLen)) return false;
  }
  return isZiplistDone(fields * 2);
}

function readZipmap(): bool {
  if (!openZipmap(textAt, textLen)) return false;
  while (!isZipmapDone(fields)) {
    if (!readZipmapField()) return false;
    const field = bytesAt;
    const fieldLen = bytesLen;
    if (!readZipmapValue() || !add(field, fieldLen, bytesAt, bytesLen)) return false;
  }
  return true;
}
