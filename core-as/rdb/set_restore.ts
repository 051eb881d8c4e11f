// === RDB: reading sets ===
//
// Three forms: strings, and one string that is an intset or a listpack. Each
// reader adds the members to the build (building.ts); false means that the
// payload is not sound, a member that comes twice included.

import { FIELDS_ROOT } from "../hashes/fields";
import { header } from "../memory/layout";
import { encodingOfIntegers, encodingWith, ENCODING_INTSET, ENCODING_LISTPACK, ENCODING_TABLE } from "../sets/encoding";
import {
  beginBuild, buildMember, builtRoot, dropBuiltSet, isMeasuring, isRough, measureBytes, measurePacked, measureRecord, trimBuilt,
} from "./building";
import { bytesAt, bytesLen, setNumber, TEXT_OF_FIELD, useText } from "./element";
import { intsetInteger, isIntsetDone, openIntset, readIntsetInteger } from "./intset";
import { lengthRead, readLength } from "./length";
import { claimsCount, isListpackDone, openListpack, readElement } from "./listpack";
import { dropStrings, openString, readString, textAt, textLen } from "./strings";
import { RDB_SET, RDB_SET_INTSET } from "./types";

/** Members added. */
let members: u32 = 0;

/** Encoding that Redis would keep the set just built in. */
export let builtSetEncoding: u32 = 0;

/** Reads a set of the form `type`; on false nothing is left of the build. */
export function buildSet(type: u8, measures: bool): bool {
  beginBuild(measures);
  members = 0;
  builtSetEncoding = ENCODING_INTSET;
  const isSound = type == RDB_SET ? readStrings() : readPacked(type);
  dropStrings();
  trimBuilt(FIELDS_ROOT, FIELDS_ROOT);
  if (isSound && members != 0) return true;
  dropBuiltSet();
  return false;
}

// === Strings ===

function readStrings(): bool {
  if (!readLength()) return false;
  const count = lengthRead;
  builtSetEncoding = encodingOfIntegers(ENCODING_TABLE, <u32>min(count, <u64>u32.MAX_VALUE));
  for (let left = count; left != 0; left--) {
    if (!(isMeasuring ? measureMember() : readMember())) return false;
  }
  return true;
}

function readMember(): bool {
  if (!readString()) return false;
  members++;
  const isNew = buildMember(textAt, textLen);
  if (isNew) builtSetEncoding = encodingWith(builtSetEncoding, members, builtRoot(), textAt, textLen);
  dropStrings();
  return isNew;
}

/** Only the length counts, so nothing is decompressed. */
function measureMember(): bool {
  if (!openString()) return false;
  members++;
  measureRecord(textLen, 0);
  measureBytes(textLen >> 3);
  return true;
}

// === Packed ===

function readPacked(type: u8): bool {
  if (isMeasuring && isRough) return measurePacked();
  if (!readString()) return false;
  measureBytes(textLen);
  return type == RDB_SET_INTSET ? readIntset() : readListpack();
}

function readIntset(): bool {
  if (!openIntset(textAt, textLen)) return false;
  while (!isIntsetDone()) {
    if (!readIntsetInteger()) return false;
    setNumber(intsetInteger);
    if (!addElement()) return false;
  }
  builtSetEncoding = encodingOfIntegers(ENCODING_TABLE, members);
  return true;
}

function readListpack(): bool {
  const at = textAt;
  if (!openListpack(at, textLen)) return false;
  while (!isListpackDone()) {
    if (!readElement() || !addElement()) return false;
  }
  builtSetEncoding = members > header.setListpackEntries ? ENCODING_TABLE : ENCODING_LISTPACK;
  return claimsCount(at, members);
}

function addElement(): bool {
  useText(TEXT_OF_FIELD);
  members++;
  return buildMember(bytesAt, bytesLen);
}
