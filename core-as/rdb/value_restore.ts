// === RDB: reading a value ===
//
// The format is in value_dump.ts. Like Redis, a reader does not mind bytes
// between the value and the footer; it may run into the footer, too, whose bytes
// then are what they are.

import { enterHashDue } from "../keys/expiry";
import { free, KIND_BUFFER, KIND_LEDGER, OBJECT_HEADER } from "../memory/heap";
import { HASH_BYTES } from "../hashes/fields";
import {
  ENCODING_RAW, newBlob, payloadOf, replaceKey, replaceString, TYPE_HASH, TYPE_LIST, TYPE_SET, TYPE_STREAM, TYPE_STRING, TYPE_ZSET,
} from "../keys/keyspace";
import { LIST_BYTES } from "../lists/items";
import { SUBTREES, VALUE_BLOB, VALUE_INLINE_MAX } from "../tree/page";
import { SET_BYTES } from "../sets/members";
import { SORTED_SET_BYTES } from "../sorted_sets/members";
import { STREAM_BYTES } from "../streams/entries";
import {
  beginBuild, buildArea, bytesMeasured, dropBuiltHash, dropBuiltList, dropBuiltSet, dropBuiltSortedSet, dropBuiltStream,
  measureBytes, setRough,
} from "./building";
import { crc64 } from "./crc64";
import { buildHash, builtHashEncoding } from "./hash_restore";
import { openPayload, takeBytes } from "./length";
import { buildList } from "./list_restore";
import { decompress } from "./lzf";
import { buildSet, builtSetEncoding } from "./set_restore";
import { buildSortedSet, isBuiltSetLarge } from "./sorted_set_restore";
import { buildStream } from "./stream_restore";
import {
  beginStrings, dropStrings, isStringTooLarge, openString, packedAt, packedLen, textAt, textLen, unpackString,
} from "./strings";
import {
  RDB_HASH, RDB_HASH_LISTPACK, RDB_HASH_LISTPACK_EX, RDB_HASH_METADATA, RDB_HASH_ZIPLIST, RDB_HASH_ZIPMAP, RDB_LIST, RDB_LIST_QUICKLIST,
  RDB_LIST_QUICKLIST_2, RDB_LIST_ZIPLIST,
  RDB_SET, RDB_SET_INTSET, RDB_SET_LISTPACK, RDB_STREAM_LISTPACKS, RDB_STREAM_LISTPACKS_2, RDB_STREAM_LISTPACKS_3, RDB_STRING,
  RDB_VERSION_MAX, RDB_ZSET, RDB_ZSET_2, RDB_ZSET_LISTPACK, RDB_ZSET_ZIPLIST,
} from "./types";
import { FOOTER_BYTES } from "./value_dump";
import { copyBytes } from "../text/bytes";

/** Whether the footer is one that this core reads, and its sum is right. */
export function isFooterGood(at: usize, length: u32): bool {
  if (length < FOOTER_BYTES) return false;
  const footer = at + length - FOOTER_BYTES;
  return load<u16>(footer) <= RDB_VERSION_MAX && load<u64>(footer, 2) == crc64(at, length - 8);
}

/** What the heap may add to a large blob. */
const BLOB_ROUNDING: u32 = 65536;

/** Type of the value built, TYPE_…. */
let builtType: u32 = 0;
/** Blob of a built string; 0 = its bytes are in `textAt`. */
let builtBlob: usize = 0;

function isHash(type: u8): bool {
  if (type == RDB_HASH_METADATA || type == RDB_HASH_LISTPACK_EX) return true;
  return type == RDB_HASH || type == RDB_HASH_LISTPACK || type == RDB_HASH_ZIPLIST || type == RDB_HASH_ZIPMAP;
}

function isList(type: u8): bool {
  return type == RDB_LIST || type == RDB_LIST_ZIPLIST || type == RDB_LIST_QUICKLIST || type == RDB_LIST_QUICKLIST_2;
}

function isSet(type: u8): bool {
  return type == RDB_SET || type == RDB_SET_INTSET || type == RDB_SET_LISTPACK;
}

function isSortedSet(type: u8): bool {
  return type == RDB_ZSET || type == RDB_ZSET_2 || type == RDB_ZSET_LISTPACK || type == RDB_ZSET_ZIPLIST;
}

function isStream(type: u8): bool {
  return type == RDB_STREAM_LISTPACKS || type == RDB_STREAM_LISTPACKS_2 || type == RDB_STREAM_LISTPACKS_3;
}

/** Type byte of a payload, which then counts as read. Requires: its footer is good. */
function openValue(at: usize, length: u32, bufferKind: u32): u8 {
  openPayload(at, length);
  beginStrings(bufferKind);
  return load<u8>(takeBytes(1));
}

/**
 * Reads a payload whose footer is good and builds its value beside the keyspace.
 * Then `storeBuilt` or `dropBuilt` must follow.
 *
 * @returns Whether it is sound, and of a type that is served.
 */
export function buildValue(at: usize, length: u32): bool {
  const type = openValue(at, length, KIND_LEDGER);
  let isSound = false;
  if (type == RDB_STRING) {
    builtType = TYPE_STRING;
    isSound = buildString();
  } else if (isHash(type)) {
    builtType = TYPE_HASH;
    isSound = buildHash(type, false);
  } else if (isList(type)) {
    builtType = TYPE_LIST;
    isSound = buildList(type, false);
  } else if (isSet(type)) {
    builtType = TYPE_SET;
    isSound = buildSet(type, false);
  } else if (isSortedSet(type)) {
    builtType = TYPE_ZSET;
    isSound = buildSortedSet(type, false);
  } else if (isStream(type)) {
    builtType = TYPE_STREAM;
    isSound = buildStream(type, false);
  }
  if (isSound) return true;
  if (isStringTooLarge) unreachable(); // admission checked the room
  dropStrings();
  return false;
}

/** Longer payloads are not measured roughly. */
export const ROUGH_BYTES_MAX: u32 = 1024;

/**
 * At least what `measureValue` gives, without a look at the checksum and into packed
 * values. Requires: at most ROUGH_BYTES_MAX bytes.
 */
export function measureRoughly(at: usize, length: u32): u64 {
  if (length < FOOTER_BYTES) return 0;
  setRough(true);
  const bytes = measure(at, length);
  setRough(false);
  return bytes;
}

/** Bytes that `buildValue` and `storeBuilt` may need at most, roughly. */
export function measureValue(at: usize, length: u32): u64 {
  return isFooterGood(at, length) ? measure(at, length) : 0;
}

function measure(at: usize, length: u32): u64 {
  const type = openValue(at, length, KIND_BUFFER);
  beginBuild(true);
  if (type == RDB_STRING) {
    if (openString()) measureBytes(textLen + (textLen >> 3) + BLOB_ROUNDING);
  } else if (isHash(type)) {
    buildHash(type, true);
  } else if (isList(type)) {
    buildList(type, true);
  } else if (isSet(type)) {
    buildSet(type, true);
  } else if (isSortedSet(type)) {
    buildSortedSet(type, true);
  } else if (isStream(type)) {
    buildStream(type, true);
  }
  return isStringTooLarge ? u64.MAX_VALUE : bytesMeasured;
}

// === Strings ===

function buildString(): bool {
  builtBlob = 0;
  if (!openString()) return false;
  if (packedAt == 0) return true;
  if (textLen <= VALUE_INLINE_MAX) return unpackString();
  builtBlob = newBlob(textLen);
  if (decompress(packedAt, packedLen, builtBlob + OBJECT_HEADER, textLen)) return true;
  free(builtBlob);
  return false;
}

function storeString(exists: bool, expiry: i64): void {
  if (builtBlob == 0) {
    copyBytes(replaceString(exists, textLen, 0, expiry), textAt, textLen);
    return;
  }
  const payload = payloadOf(replaceKey(exists, TYPE_STRING, 0, expiry, 8, VALUE_BLOB));
  store<u32>(payload, <u32>builtBlob);
  store<u32>(payload, textLen, 4);
}

// === What was built ===

/** Makes the open key what was built; `expiry` is -1 for none. */
export function storeBuilt(exists: bool, expiry: i64): void {
  if (builtType == TYPE_STRING) {
    storeString(exists, expiry);
    dropStrings();
    return;
  }
  let length = STREAM_BYTES;
  let encoding: u32 = 0;
  if (builtType == TYPE_HASH) {
    length = HASH_BYTES;
    encoding = builtHashEncoding;
  } else if (builtType == TYPE_LIST) {
    length = LIST_BYTES;
  } else if (builtType == TYPE_SET) {
    length = SET_BYTES;
    encoding = builtSetEncoding;
  } else if (builtType == TYPE_ZSET) {
    length = SORTED_SET_BYTES;
    encoding = isBuiltSetLarge ? ENCODING_RAW : 0;
  }
  const record = replaceKey(exists, builtType, encoding, expiry, length, SUBTREES);
  copyBytes(payloadOf(record), buildArea(), length);
  enterHashDue();
}

/** Gives up what was built. */
export function dropBuilt(): void {
  if (builtType == TYPE_HASH) dropBuiltHash();
  else if (builtType == TYPE_LIST) dropBuiltList();
  else if (builtType == TYPE_SET) dropBuiltSet();
  else if (builtType == TYPE_ZSET) dropBuiltSortedSet();
  else if (builtType == TYPE_STREAM) dropBuiltStream();
  else if (builtBlob != 0) free(builtBlob);
  dropStrings();
}
