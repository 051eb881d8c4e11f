// === XPENDING ===
//
// https://redis.io/commands/xpending/

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { integerRead, isWord, readInteger } from "../request/arguments";
import {
  insertArray, outputLength, refuse, replyArray, replyBulk, replyBulkInteger, replyInteger, replyNull, replyNullArray, replyStreamId,
  replySyntaxError,
} from "../request/reply";
import { addWork, nowMs, walkCursor } from "../memory/state";
import { compareIds, readStream, streamRecord } from "../streams/entries";
import { decrementId, idIsExclusive, idMs, idSeq, incrementId, readRangeId } from "../streams/ids";
import {
  consumerHeader, findConsumer, findPending, firstNamed, firstPending, groupHeader, groupNumber, lastPending, loadConsumerName, nameAt,
  nameLen, nextNamed, nextPending, numberAt, OF_GROUP, PendingHeader, pendingMs, pendingSeq,
} from "./groups";
import { findGroupOfKey } from "./claims";

let idleMin: i64 = 0;
let limit: i64 = 0;
let startMs: u64 = 0;
let startSeq: u64 = 0;
let endMs: u64 = 0;
let endSeq: u64 = 0;
/** Argument with the consumer's name; 0 = not given. */
let consumerArgument: u32 = 0;

/** Reads the range behind the group; false after answering an error. */
function readRange(): bool {
  let first: u32 = 3;
  idleMin = 0;
  if (isWord(3, "idle")) {
    if (!readInteger(4)) return false;
    idleMin = integerRead;
    if (argumentCount < 8) {
      replySyntaxError();
      return false;
    }
    first = 5;
  }
  if (!readInteger(first + 2)) return false;
  limit = max(integerRead, 0);
  if (!readRangeId(first, 0)) return false;
  if (idIsExclusive && !incrementId()) return refuse("ERR invalid start ID for the interval");
  startMs = idMs;
  startSeq = idSeq;
  if (!readRangeId(first + 1, u64.MAX_VALUE)) return false;
  if (idIsExclusive && !decrementId()) return refuse("ERR invalid end ID for the interval");
  endMs = idMs;
  endSeq = idSeq;
  consumerArgument = first + 3 < argumentCount ? first + 3 : 0;
  return true;
}

/** `XPENDING key group [[IDLE min-idle-time] start end count [consumer]]` */
export function xpendingCommand(): void {
  const isSummary = argumentCount == 3;
  if (!isSummary && (argumentCount < 6 || argumentCount > 9)) return replySyntaxError();
  if (!isSummary && !readRange()) return;
  if (!readStream(argumentAt(1), argumentLength(1)) || !findGroupOfKey()) return;
  if (isSummary) replySummary();
  else replyRange();
}

function replySummary(): void {
  const count = groupHeader(streamRecord).pending;
  replyArray(4);
  replyInteger(count);
  if (count == 0) {
    replyNull();
    replyNull();
    replyNullArray();
    return;
  }
  const cursor = walkCursor();
  firstPending(cursor, streamRecord, OF_GROUP, 0, 0);
  replyStreamId(pendingMs, pendingSeq);
  lastPending(cursor, streamRecord);
  replyStreamId(pendingMs, pendingSeq);
  replyConsumers();
}

/** Answers the consumers that have something pending, and how much. */
function replyConsumers(): void {
  const cursor = walkCursor();
  const from = outputLength();
  let shown: u32 = 0;
  let more = firstNamed(cursor, streamRecord, groupNumber);
  while (more) {
    const count = consumerHeader(streamRecord, numberAt(cursor)).pending;
    addWork(1);
    if (count != 0) {
      replyArray(2);
      replyBulk(nameAt, nameLen);
      replyBulkInteger(count);
      shown++;
    }
    more = nextNamed(cursor, groupNumber);
  }
  insertArray(from, shown);
}

function replyRange(): void {
  const named = consumerArgument;
  const range = named == 0 ? OF_GROUP : findConsumer(streamRecord, argumentAt(named), argumentLength(named));
  if (range == 0) return replyArray(0);
  const cursor = walkCursor();
  const from = outputLength();
  let shown: u32 = 0;
  let more = limit != 0 && firstPending(cursor, streamRecord, range, startMs, startSeq);
  while (more && <i64>shown < limit && compareIds(pendingMs, pendingSeq, endMs, endSeq) <= 0) {
    if (replyPending()) shown++;
    more = nextPending(cursor, range);
  }
  insertArray(from, shown);
}

/** Answers the pending entry that the walk stands at, unless it was delivered too lately. */
function replyPending(): bool {
  addWork(2);
  const entry = changetype<PendingHeader>(findPending(streamRecord, pendingMs, pendingSeq));
  const idleMs = nowMs - entry.deliveredMs;
  if (idleMin != 0 && idleMs < idleMin) return false;
  loadConsumerName(streamRecord, entry.consumer);
  replyArray(4);
  replyStreamId(pendingMs, pendingSeq);
  replyBulk(nameAt, nameLen);
  replyInteger(max(idleMs, 0));
  replyInteger(entry.deliveries);
  return true;
}
