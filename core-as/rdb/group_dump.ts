// === RDB: writing the consumer groups of a stream ===
//
//   groups   := n · group{n}
//   group    := name string · last id · entries read · n · pending{n} · n · consumer{n}
//   pending  := id, 16 bytes big endian · delivered ms i64 little endian · deliveries
//   consumer := name string · seen ms i64 · n · id{n}
//
// Groups and consumers come in the order of their names, ids in theirs, as in
// Redis. When a consumer was last active is not told before version 3.

import { advanceOutput, reserveOutput } from "../request/reply";
import { addWork, elementCursor, otherCursor, walkCursor } from "../memory/state";
import {
  consumerHeader, countGroups, firstNamed, firstPending, groupHeader, groupNumber, nameAt, nameLen, nextNamed, nextPending, numberAt,
  OF_GROUP, pendingAt, pendingMs, pendingSeq, useGroup,
} from "../groups/groups";
import { emitLength, emitString } from "./strings";

const ID_BYTES: u32 = 16;
const TIME_BYTES: u32 = 8;

/** Appends the groups of the stream in a key's record. */
export function emitGroups(record: usize): void {
  emitLength(countGroups(record));
  const cursor = walkCursor();
  let more = firstNamed(cursor, record, 0);
  while (more) {
    useGroup(numberAt(cursor));
    emitGroup(record);
    more = nextNamed(cursor, 0);
  }
}

function emitGroup(record: usize): void {
  const group = groupHeader(record);
  emitString(nameAt, nameLen);
  emitLength(group.lastMs);
  emitLength(group.lastSeq);
  emitLength(<u64>group.entriesRead);
  emitLength(group.pending);
  const cursor = otherCursor();
  let more = firstPending(cursor, record, OF_GROUP, 0, 0);
  while (more) {
    const entry = pendingAt(cursor);
    emitId();
    emitTime(entry.deliveredMs);
    emitLength(entry.deliveries);
    more = nextPending(cursor, OF_GROUP);
  }
  addWork(group.pending);
  emitConsumers(record);
}

function emitConsumers(record: usize): void {
  const names = otherCursor();
  emitLength(groupHeader(record).consumers);
  let more = firstNamed(names, record, groupNumber);
  while (more) {
    const number = numberAt(names);
    emitString(nameAt, nameLen);
    emitConsumer(record, number);
    more = nextNamed(names, groupNumber);
  }
}

function emitConsumer(record: usize, number: u32): void {
  const consumer = consumerHeader(record, number);
  emitTime(consumer.seenMs);
  emitLength(consumer.pending);
  const cursor = elementCursor();
  let more = firstPending(cursor, record, number, 0, 0);
  while (more) {
    emitId();
    more = nextPending(cursor, number);
  }
  addWork(consumer.pending + 1);
}

/** Appends the id that the walk stands at. */
function emitId(): void {
  const out = reserveOutput(ID_BYTES);
  if (out == 0) return;
  store<u64>(out, bswap(pendingMs));
  store<u64>(out, bswap(pendingSeq), 8);
  advanceOutput(ID_BYTES);
}

function emitTime(timeMs: i64): void {
  const out = reserveOutput(TIME_BYTES);
  if (out == 0) return;
  store<i64>(out, timeMs);
  advanceOutput(TIME_BYTES);
}
