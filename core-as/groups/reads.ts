// === XREADGROUP ===
//
// https://redis.io/commands/xreadgroup/. What a consumer is given becomes
// pending for it, so the command is a write and sees the time of its log entry.

import { argumentAt, argumentLength } from "../request/parser";
import {
  beginError, emitText, emitUpToNul, endError, insertArray, outputLength, replyArray, replyBulk, replyError, replyNullArray,
  replyOutOfMemory, replyStreamId,
} from "../request/reply";
import { PAGE_SIZE_MAX } from "../tree/page";
import { nowMs, otherCursor, protocol, walkCursor } from "../memory/state";
import {
  compareIds, editStreamUnseen, entryMs, entrySeq, nextEntry, openStreamCounted, peekLast, readStream, replyEntry, replyForward, seekEntry, streamHeader, streamRecord,
} from "../streams/entries";
import { idMs, idSeq, incrementId, readGreatest, readId } from "../streams/ids";
import { createConsumer, editConsumer, editPending, setPending, settleDelivery } from "./edit";
import { findConsumer, findGroup, findPending, firstPending, groupHeader, nextPending, pendingMs, pendingSeq } from "./groups";
import { countRead } from "./lag";
import { countLookup } from "../keys/lookup";
import { TYPE_STREAM } from "../keys/keyspace";
import { WAITING_DATABASE } from "../memory/layout";
import { CONSUMER_BYTES, isWithinBudget, PENDING_BYTES, takeBudget } from "../waits/budget";
import { WAIT_STREAM } from "../waits/waiters";
import { hasWoken, isServing, passesBy, waitOn } from "../waits/wake";
import {
  blockMs, endReads, firstStream, groupArgument, isNew, isNewest, readCount, readOptions, skipsPending, streamCount,
} from "../streams/reads";
import { notifyOpen } from "../keys/keyspace";
import { ON_STREAM } from "../keys/events";

function replyNoGroup(key: u32): bool {
  beginError();
  emitText("NOGROUP No such key '");
  emitUpToNul(argumentAt(key), argumentLength(key));
  emitText("' or consumer group '");
  emitUpToNul(argumentAt(groupArgument), argumentLength(groupArgument));
  emitText("' in XREADGROUP with GROUP option");
  endError();
  return false;
}

function findNamedGroup(): bool {
  return findGroup(streamRecord, argumentAt(groupArgument), argumentLength(groupArgument));
}

/** Reads the id that stream `index` is asked for; `>` is the greatest. False after answering an error. */
function readStart(index: u32): bool {
  const at = firstStream + streamCount + index;
  if (!isNew(at)) return readId(at, 0, false, false);
  readGreatest();
  return true;
}

/** Whether the group may be read; false after answering an error. The only stream is opened at once. */
function isReadable(index: u32): bool {
  const key = firstStream + index;
  const at = argumentAt(key);
  const length = argumentLength(key);
  if (!(streamCount == 1 ? openStreamCounted(at, length) : readStream(at, length))) return false;
  if (streamRecord == 0 || !findNamedGroup()) return replyNoGroup(key);
  if (isNewest(key + streamCount)) {
    replyError(
      "ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set.",
    );
    return false;
  }
  return readStart(index);
}

/**
 * `XREADGROUP GROUP group consumer [COUNT count] [BLOCK milliseconds] [NOACK]
 * STREAMS key [key ...] id [id ...]`
 */
export function xreadgroupCommand(): void {
  if (!readOptions(true)) return;
  if (isServing) return readWoken();
  for (let i: u32 = 0; i < streamCount; i++) {
    if (!isReadable(i)) return;
  }
  const start = outputLength();
  let answered: u32 = 0;
  for (let i: u32 = 0; i < streamCount; i++) {
    if (serveStream(i)) answered++;
  }
  if (answered == 0 && blockMs >= 0 && waitOn(WAITING_DATABASE, WAIT_STREAM, firstStream, streamCount, blockMs)) return;
  endReads(start, answered);
}

/** Gives the consumer, who waited, what the stream that woke it has; or says why there is none any more. */
function readWoken(): void {
  for (let i: u32 = 0; i < streamCount; i++) {
    const key = firstStream + i;
    if (!hasWoken(key)) continue;
    if (passesBy(key, TYPE_STREAM)) return replyError("UNBLOCKED the stream key no longer exists");
    readStream(argumentAt(key), argumentLength(key));
    if (!findNamedGroup()) return replyError("NOGROUP the consumer group this client was blocked on no longer exists");
    const start = outputLength();
    if (serveStream(i)) return endReads(start, 1);
    if (isRefused) return replyOutOfMemory();
  }
  waitOn(WAITING_DATABASE, WAIT_STREAM, firstStream, streamCount, blockMs);
}

/** The consumer that argument `index` names, which is made when it is not there. */
function findOrMakeConsumer(index: u32): u32 {
  const at = argumentAt(index);
  const length = argumentLength(index);
  const known = findConsumer(streamRecord, at, length);
  if (known != 0) return known;
  const made = createConsumer(at, length);
  notifyOpen(ON_STREAM, "xgroup-createconsumer");
  return made;
}

/** The consumer that argument `index` names, made when it is not there, as seen now. */
export function useConsumer(index: u32): u32 {
  const consumer = findOrMakeConsumer(index);
  editConsumer(consumer).seenMs = nowMs;
  return consumer;
}

/** Opens stream `index` for the delivery. Requires: it was readable. */
function openAgain(index: u32): void {
  const at = argumentAt(firstStream + index);
  const length = argumentLength(firstStream + index);
  // Redis looks the key up twice, and counts that.
  if (streamCount == 1 && !isServing) return countLookup(streamRecord, at, length);
  const found = openStreamCounted(at, length) && findNamedGroup() && readStart(index);
  assert(found);
}

/** Gives the consumer what stream `index` has for it; whether something was answered. */
function serveStream(index: u32): bool {
  const key = firstStream + index;
  openAgain(index);
  // An id above all others asks for what is new, however it is written.
  const isHistory = idMs != u64.MAX_VALUE || idSeq != u64.MAX_VALUE;
  // As in Redis 7.0, who gets nothing is no consumer yet.
  isRefused = false;
  if (!isHistory && !hasNews()) return false;
  isRefused = isServing && !isAffordable();
  if (isRefused) return false;
  editStreamUnseen();
  if (protocol == 2) replyArray(2);
  replyBulk(argumentAt(key), argumentLength(key));
  const from = outputLength();
  insertArray(from, isHistory ? replyHistory(useConsumer(groupArgument + 1)) : deliver(findOrMakeConsumer(groupArgument + 1)));
  return true;
}

// === What a consumer who waited may be given ===

/** What an entry costs that moves from one consumer to another: copies of three leaves that views may share. */
const MOVED_BYTES: u64 = PENDING_BYTES + 3 * 2 * <u64>PAGE_SIZE_MAX;

/** Whether the consumer was given nothing since the log's entry lets those who are woken take no more. */
let isRefused: bool = false;

/** Pays for the consumer, if it is new; whether that and an entry behind it can be paid for. */
function isAffordable(): bool {
  const name = groupArgument + 1;
  const length = argumentLength(name);
  const isNewOne = findConsumer(streamRecord, argumentAt(name), length) == 0;
  const bytes = isNewOne ? CONSUMER_BYTES + 2 * <u64>length : 0;
  if (!isWithinBudget(bytes + PENDING_BYTES)) return false;
  takeBudget(bytes);
  return true;
}

/** Pays for the entry last read; false when it must stay. The first of a delivery, behind `isAffordable`, never does. */
function payEntry(isFirst: bool): bool {
  if (!isServing || skipsPending) return true;
  const bytes = findPending(streamRecord, entryMs, entrySeq) == 0 ? PENDING_BYTES : MOVED_BYTES;
  if (!isFirst && !isWithinBudget(bytes)) return false;
  takeBudget(bytes);
  return true;
}

/** Up to which id the group has read, how many entries that were: of the header, then of the delivery. */
let newestMs: u64 = 0;
let newestSeq: u64 = 0;
let reads: i64 = 0;

/** Whether the group has entries to read; what its header says is then in `newestMs`, `newestSeq` and `reads`. */
function hasNews(): bool {
  const group = groupHeader(streamRecord);
  const stream = streamHeader(streamRecord);
  newestMs = group.lastMs;
  newestSeq = group.lastSeq;
  reads = group.entriesRead;
  // As in Redis, who waited is answered when the stream's last id has grown, entries or not.
  if (isServing) return compareIds(stream.lastMs, stream.lastSeq, group.lastMs, group.lastSeq) > 0;
  return peekLast(streamRecord) && compareIds(entryMs, entrySeq, group.lastMs, group.lastSeq) > 0;
}

function readLimit(): u64 {
  return readCount == 0 ? u64.MAX_VALUE : readCount;
}

/** Delivers entries that the group has not read, as `hasNews` found; their number. */
function deliver(consumer: u32): u32 {
  const limit = readLimit();
  const cursor = walkCursor();
  let found: u32 = 0;
  // The id behind the last one, which is not the greatest since a greater one follows.
  const seq = newestSeq + 1;
  let more = seekEntry(cursor, streamRecord, seq == 0 ? newestMs + 1 : newestMs, seq);
  while (more && found < limit && payEntry(found == 0)) {
    replyEntry();
    newestMs = entryMs;
    newestSeq = entrySeq;
    reads = countRead(streamRecord, reads, newestMs, newestSeq);
    if (!skipsPending) setPending(newestMs, newestSeq, consumer, nowMs, 1);
    found++;
    more = nextEntry(cursor);
  }
  if (found == 0) {
    editConsumer(consumer).seenMs = nowMs;
    return 0;
  }
  settleDelivery(consumer, newestMs, newestSeq, reads, !skipsPending);
  return found;
}

/** Answers what is pending for the consumer behind the id read, as delivered once more; the number of entries. */
function replyHistory(consumer: u32): u32 {
  const limit = readLimit();
  const cursor = otherCursor();
  incrementId();
  let found: u32 = 0;
  let more = firstPending(cursor, streamRecord, consumer, idMs, idSeq);
  while (more && found < limit) {
    replyPending();
    found++;
    more = nextPending(cursor, consumer);
  }
  return found;
}

/** Answers the entry that the walk stands at. One that is no longer in the stream has null for fields. */
function replyPending(): void {
  const ms = pendingMs;
  const seq = pendingSeq;
  if (replyForward(streamRecord, ms, seq, ms, seq, 1) == 0) {
    replyArray(2);
    replyStreamId(ms, seq);
    replyNullArray();
    return;
  }
  const entry = editPending(ms, seq);
  entry.deliveredMs = nowMs;
  entry.deliveries++;
}
