// === RDB: reading hashes ===
//
// Six forms: pairs of strings, and one string that is a listpack, a ziplist or
// a zipmap; strings and listpacks may hold due times (hash_dump.ts). Each reader adds the fields to the build (building.ts); false means
// that the payload is not sound, a field that comes twice included.

import { hasPackedMore, isPackedDone, openPacked, readPackedElement } from "./packed";
import { FIELDS_ROOT } from "../hashes/fields";
import { header } from "../memory/layout";
import { DUE_BYTES, DUES_ROOT } from "../hashes/dues";
import { beginBuild, buildField, dropBuiltHash, isMeasuring, isRough, measureBytes, measurePacked, measureRecord, trimBuilt } from "./building";
import { ENCODING_TIMED } from "../hashes/fields";
import { ENCODING_RAW } from "../keys/keyspace";
import { bytesAt, bytesLen, isNumber, number, TEXT_OF_FIELD, TEXT_OF_VALUE, useText } from "./element";
import { isEncoding, lengthRead, readLength, takeBytes } from "./length";
import { dropStrings, openString, readString, textAt, textLen } from "./strings";
import { RDB_HASH, RDB_HASH_LISTPACK, RDB_HASH_LISTPACK_EX, RDB_HASH_METADATA, RDB_HASH_ZIPLIST, RDB_HASH_ZIPMAP } from "./types";
import { isZipmapDone, openZipmap, readZipmapField, readZipmapValue } from "./ziplist";

/** Fields added, and the longest field or value. */
let fields: u32 = 0;
let longest: u32 = 0;

/** Encoding in which Redis would keep the hash just built. */
export let builtHashEncoding: u32 = 0;

/** Whether the form has due times, the earliest in front. */
let isTimed: bool = false;
let earliest: i64 = 0;
/** Latest due time that Redis can read. */
const DUE_MAX: u64 = 0xffffffffffff;

/** Reads a hash of the form `type`; on false nothing is left of the build. */
export function buildHash(type: u8, measures: bool): bool {
  beginBuild(measures);
  fields = 0;
  longest = 0;
  isTimed = type == RDB_HASH_METADATA || type == RDB_HASH_LISTPACK_EX;
  const isSound = (!isTimed || readEarliest()) && (type == RDB_HASH || type == RDB_HASH_METADATA ? readPairs() : readPacked(type));
  dropStrings();
  trimBuilt(FIELDS_ROOT, DUES_ROOT);
  if (!isSound || fields == 0) {
    dropBuiltHash();
    return false;
  }
  // Of a packed form Redis looks at the number of fields alone.
  const isChecked = type == RDB_HASH_LISTPACK || type == RDB_HASH_LISTPACK_EX || type == RDB_HASH_ZIPLIST;
  const isLarge = (longest > header.hashListpackValue && !isChecked) || fields > header.hashListpackEntries;
  builtHashEncoding = isLarge ? ENCODING_RAW : isTimed ? ENCODING_TIMED : 0;
  return true;
}

function add(field: usize, fieldLen: u32, value: usize, valueLen: u32, due: i64 = -1): bool {
  fields++;
  longest = max(longest, max(fieldLen, valueLen));
  return buildField(field, fieldLen, value, valueLen, due);
}

function readEarliest(): bool {
  const at = takeBytes(8);
  if (at == 0) return false;
  earliest = load<i64>(at);
  return true;
}

/** Due time of the next pair of strings, set by `readDue`; -1 = none. */
let dueRead: i64 = -1;

/** Reads the due time in front of a pair of strings. */
function readDue(): bool {
  dueRead = -1;
  if (!isTimed) return true;
  if (!readLength() || isEncoding) return false;
  if (lengthRead == 0) return true;
  dueRead = <i64>(lengthRead + <u64>earliest - 1);
  return <u64>dueRead <= DUE_MAX;
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
  if (!readDue() || !readString()) return false;
  const field = textAt;
  const fieldLen = textLen;
  if (!readString()) return false;
  const isNew = add(field, fieldLen, textAt, textLen, dueRead);
  dropStrings();
  return isNew;
}

/** Only lengths count, so nothing is decompressed. */
function measurePair(): bool {
  if (!readDue() || !openString()) return false;
  const fieldLen = textLen;
  if (!openString()) return false;
  fields++;
  measureRecord(fieldLen, textLen + (isTimed ? DUE_BYTES : 0));
  if (isTimed) measureRecord(fieldLen, 0);
  measureBytes((<u64>fieldLen + textLen) >> 3);
  return true;
}

// === Packed lists ===

function readPacked(type: u8): bool {
  if (isMeasuring && isRough) return measurePacked();
  if (!readString()) return false;
  measureBytes(textLen);
  return type == RDB_HASH_ZIPMAP ? readZipmap() : readElements(type != RDB_HASH_ZIPLIST);
}

/** Fields and values, and where there are due times, these, of which 0 is none. */
function readElements(isListpack: bool): bool {
  if (!openPacked(isListpack)) return false;
  while (hasPackedMore()) {
    if (!readPackedElement()) return false;
    useText(TEXT_OF_FIELD);
    const field = bytesAt;
    const fieldLen = bytesLen;
    if (!readPackedElement()) return false;
    useText(TEXT_OF_VALUE);
    const value = bytesAt;
    const valueLen = bytesLen;
    let due: i64 = -1;
    if (isTimed) {
      if (!readPackedElement() || !isNumber || <u64>number > DUE_MAX) return false;
      if (number != 0) due = number;
    }
    if (!add(field, fieldLen, value, valueLen, due)) return false;
  }
  return isPackedDone(fields * (isTimed ? 3 : 2));
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
