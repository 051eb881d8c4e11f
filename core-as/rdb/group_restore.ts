// === RDB: reading the consumer groups of a stream ===
//
// The format is in group_dump.ts. Version 1 has no count of entries read, which
// is then reckoned; version 3 also tells when each consumer was last active.
//
// What Redis takes for damage is refused: a group, a consumer or a pending entry
// that comes twice, an entry of a consumer that is not pending for the group, or
// one of the group that no consumer has. So is an entry that two consumers have.

import { entriesUpTo } from "../groups/lag";
import { streamRecord } from "../streams/entries";
import { addUnowned, createConsumer, createGroup, editConsumer, forgetCounts, ownPending, settleCounts } from "../groups/edit";
import { findConsumer, findGroup, groupHeader } from "../groups/groups";
import { isMeasuring, measureRecord } from "./building";
import { lengthRead, readLength, takeBytes } from "./length";
import { dropStrings, readString, textAt, textLen } from "./strings";
import { RDB_STREAM_LISTPACKS, RDB_STREAM_LISTPACKS_3 } from "./types";

/** Bytes of the headers in groups/groups.ts, roughly. */
const HEADER_BYTES: u32 = 32;

let idMs: u64 = 0;
let idSeq: u64 = 0;
let time: i64 = 0;

/** Reads the groups of the stream being built, which is of the form `type`. */
export function buildGroups(type: u8): bool {
  forgetCounts();
  if (!readLength()) return false;
  for (let left = lengthRead; left != 0; left--) {
    if (!readGroup(type)) return false;
  }
  return true;
}

function readId(): bool {
  const at = takeBytes(16);
  if (at == 0) return false;
  idMs = bswap(load<u64>(at));
  idSeq = bswap(load<u64>(at, 8));
  return true;
}

function readTime(): bool {
  const at = takeBytes(8);
  if (at == 0) return false;
  time = load<i64>(at);
  return true;
}

function readGroup(type: u8): bool {
  // The name stays where it is until the group is made.
  if (!readString()) return false;
  const name = textAt;
  const length = textLen;
  if (!readLength()) return false;
  const ms = lengthRead;
  if (!readLength()) return false;
  const seq = lengthRead;
  if (type != RDB_STREAM_LISTPACKS && !readLength()) return false;
  if (isMeasuring) {
    measureRecord(length, 4);
    measureRecord(0, HEADER_BYTES);
  } else {
    if (findGroup(streamRecord, name, length)) return false;
    createGroup(name, length, ms, seq, type == RDB_STREAM_LISTPACKS ? entriesUpTo(streamRecord, ms, seq) : <i64>lengthRead);
  }
  dropStrings();
  return readPending() && readConsumers(type);
}

function readPending(): bool {
  if (!readLength()) return false;
  for (let left = lengthRead; left != 0; left--) {
    if (!readId() || !readTime() || !readLength()) return false;
    if (isMeasuring) measureRecord(16, HEADER_BYTES);
    else if (!addUnowned(idMs, idSeq, time, lengthRead)) return false;
  }
  if (!isMeasuring) settleCounts(0);
  return true;
}

/** Entries that the consumers of the group at hand have. */
let owned: u64 = 0;

function readConsumers(type: u8): bool {
  owned = 0;
  if (!readLength()) return false;
  for (let left = lengthRead; left != 0; left--) {
    if (!readConsumer(type)) return false;
  }
  return isMeasuring || owned == groupHeader(streamRecord).pending;
}

function readConsumer(type: u8): bool {
  if (!readString()) return false;
  let consumer: u32 = 0;
  if (isMeasuring) {
    measureRecord(textLen, 4);
    measureRecord(0, textLen + HEADER_BYTES);
  } else {
    if (findConsumer(streamRecord, textAt, textLen) != 0) return false;
    consumer = createConsumer(textAt, textLen);
  }
  dropStrings();
  if (!readTime()) return false;
  const seenMs = time;
  if (type == RDB_STREAM_LISTPACKS_3 && !readTime()) return false;
  if (!isMeasuring) {
    const made = editConsumer(consumer);
    made.seenMs = seenMs;
    made.activeMs = time;
  }
  return readOwned(consumer);
}

function readOwned(consumer: u32): bool {
  if (!readLength()) return false;
  owned += lengthRead;
  for (let left = lengthRead; left != 0; left--) {
    if (!readId()) return false;
    if (isMeasuring) measureRecord(16, 0);
    else if (!ownPending(idMs, idSeq, consumer)) return false;
  }
  if (!isMeasuring) settleCounts(consumer);
  return true;
}
