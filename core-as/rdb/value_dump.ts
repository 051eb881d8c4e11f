// === RDB: writing a value ===
//
//   payload := type u8 · value · version u16 · crc64 u64, little endian
//
// https://redis.io/commands/dump/. The value is what Redis 7.0 writes, byte for
// byte but for the order of a hash's fields and a set's members, and the texts of
// fractions (scores in a listpack), which are 7.2's. A hash with fields that are due
// is written as 7.4 does.

import { addWork } from "../memory/state";
import {
  encodingOf, loadString, stringAt, stringLen, TYPE_HASH, TYPE_LIST, TYPE_SET, TYPE_STRING, TYPE_ZSET, typeOf,
} from "../keys/keyspace";
import { advanceOutput, hasOverflown, outputLength, outputStart, reserveOutput } from "../request/reply";
import { ENCODING_INTSET } from "../sets/encoding";
import { crc64 } from "./crc64";
import { emitHash, isTimedHash } from "./hash_dump";
import { emitList } from "./list_dump";
import { emitSet } from "./set_dump";
import { emitSortedSet } from "./sorted_set_dump";
import { emitStream } from "./stream_dump";
import { emitString } from "./strings";
import { RDB_LIST_QUICKLIST_2, RDB_SET, RDB_SET_INTSET, RDB_STREAM_LISTPACKS_2, RDB_STRING, RDB_VERSION, RDB_VERSION_TIMED } from "./types";

/** Version and sum behind a value. */
export const FOOTER_BYTES: u32 = 10;
/** Bytes of a string whose writing is one unit of work. */
const BYTES_PER_WORK: u32 = 64;

function emitByte(byte: u8): void {
  const out = reserveOutput(1);
  if (out == 0) return;
  store<u8>(out, byte);
  advanceOutput(1);
}

/** Appends the value of a key's record, its type first. */
export function emitValue(record: usize): void {
  const type = typeOf(record);
  if (type == TYPE_STRING) {
    emitByte(RDB_STRING);
    loadString(record);
    emitString(stringAt, stringLen);
    addWork(stringLen / BYTES_PER_WORK);
  } else if (type == TYPE_HASH) {
    emitHash(record);
  } else if (type == TYPE_SET) {
    const isIntset = encodingOf(record) == ENCODING_INTSET;
    emitByte(isIntset ? RDB_SET_INTSET : RDB_SET);
    emitSet(record, isIntset);
  } else if (type == TYPE_LIST) {
    emitByte(RDB_LIST_QUICKLIST_2);
    emitList(record);
  } else if (type == TYPE_ZSET) {
    emitSortedSet(record);
  } else {
    emitByte(RDB_STREAM_LISTPACKS_2);
    emitStream(record);
  }
}

/** Appends a value with its footer. */
export function emitPayload(record: usize): void {
  const from = outputLength();
  emitValue(record);
  const footer = reserveOutput(FOOTER_BYTES);
  if (footer == 0 || hasOverflown) return;
  store<u16>(footer, typeOf(record) == TYPE_HASH && isTimedHash(record) ? RDB_VERSION_TIMED : RDB_VERSION);
  store<u64>(footer, crc64(outputStart() + from, outputLength() - from + 2), 2);
  advanceOutput(FOOTER_BYTES);
}
