// === Streams ===
//
// Commands of the group "stream"; https://redis.io/commands/?group=stream.
// XREAD is in streams/reads.ts, options of trimming in streams/trim.ts; consumer
// groups are in groups/groups.ts and groups/edit.ts, their commands in groups/commands.ts,
// groups/reads.ts, groups/claims.ts and groups/pending.ts, XINFO in groups/info.ts.

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { integerRead, isWord, readInteger } from "../request/arguments";
import {
  insertArray, outputLength, replyArray, replyError, replyInteger, replyNull, replyNullArray, replyOk, replyStreamId,
  replySyntaxError,
} from "../request/reply";
import { nowMs } from "../memory/state";
import { TYPE_STREAM } from "../keys/keyspace";
import { noteReady } from "../waits/ready";
import {
  appendEntry, closeEntry, compareIds, editStream, editStreamUnseen, entriesRef, entryMs, entrySeq, hasEntry, openStream, peekLast, readStream, removeEntry, replyBackward, replyForward,
  streamHeader, streamRecord,
} from "./entries";
import { wordBytes, writeWord } from "./chunks";
import { decrementId, idIsExclusive, idIsOpen, idMs, idSeq, incrementId, readId, readRangeId } from "./ids";
import { hasTrim, idArgument, isAutoId, readTrimArguments, skipsCreation, trimmableEntries, trimStream } from "./trim";
import { notifyOpen } from "../keys/keyspace";
import { ON_STREAM } from "../keys/events";

// === XADD ===

/** Bytes of the arguments from `first` on as words. */
function argumentWordsBytes(first: u32): u32 {
  let bytes: u32 = 0;
  for (let i = first; i < argumentCount; i++) bytes += wordBytes(argumentLength(i));
  return bytes;
}

function writeArguments(at: usize, first: u32): void {
  let p = at;
  for (let i = first; i < argumentCount; i++) p = writeWord(p, argumentAt(i), argumentLength(i));
}

let newMs: u64 = 0;
let newSeq: u64 = 0;

/** Finds the id of a new entry behind (lastMs, lastSeq); false when there is none. */
function chooseId(lastMs: u64, lastSeq: u64): bool {
  if (isAutoId) {
    newMs = max(<u64>nowMs, lastMs);
    newSeq = newMs == lastMs ? lastSeq + 1 : 0;
    if (newMs == lastMs && lastSeq == u64.MAX_VALUE) newMs++;
    return true;
  }
  newMs = idMs;
  newSeq = idSeq;
  if (idIsOpen) {
    if (newMs == lastMs && lastSeq == u64.MAX_VALUE) return false;
    newSeq = newMs == lastMs ? lastSeq + 1 : 0;
  }
  return compareIds(newMs, newSeq, lastMs, lastSeq) > 0;
}

/** `XADD key [NOMKSTREAM] [MAXLEN | MINID [= | ~] threshold [LIMIT n]] <* | id> field value ...` */
export function xaddCommand(): void {
  if (!readTrimArguments(true)) return;
  const first = idArgument + 1;
  if (argumentCount < first + 2 || ((argumentCount - first) & 1) != 0) {
    replyError("ERR wrong number of arguments for 'xadd' command");
    return;
  }
  if (!isAutoId && !idIsOpen && idMs == 0 && idSeq == 0) {
    replyError("ERR The ID specified in XADD must be greater than 0-0");
    return;
  }
  if (!openStream(argumentAt(1), argumentLength(1))) return;
  if (streamRecord == 0 && skipsCreation) {
    replyNull();
    return;
  }
  addEntry(first);
}

function addEntry(first: u32): void {
  let lastMs: u64 = 0;
  let lastSeq: u64 = 0;
  if (streamRecord != 0) {
    lastMs = streamHeader(streamRecord).lastMs;
    lastSeq = streamHeader(streamRecord).lastSeq;
  }
  if (lastMs == u64.MAX_VALUE && lastSeq == u64.MAX_VALUE) {
    replyError("ERR The stream has exhausted the last possible ID, unable to add more items");
    return;
  }
  if (!chooseId(lastMs, lastSeq)) {
    replyError("ERR The ID specified in XADD is equal or smaller than the target stream top item");
    return;
  }
  const ms = newMs;
  const seq = newSeq;
  editStream();
  writeArguments(appendEntry(ms, seq, (argumentCount - first) >> 1, argumentWordsBytes(first)), first);
  closeEntry(entriesRef(streamRecord));
  notifyOpen(ON_STREAM, "xadd");
  if (hasTrim && trimStream() != 0) notifyOpen(ON_STREAM, "xtrim");
  noteReady(TYPE_STREAM, argumentAt(1), argumentLength(1));
  replyStreamId(ms, seq);
}

// === XLEN, XDEL, XTRIM, XSETID ===

/** `XLEN key` */
export function xlenCommand(): void {
  if (!readStream(argumentAt(1), argumentLength(1))) return;
  replyInteger(streamRecord == 0 ? 0 : streamHeader(streamRecord).count);
}

/** `XDEL key id [id ...]` */
export function xdelCommand(): void {
  if (!openStream(argumentAt(1), argumentLength(1))) return;
  if (streamRecord == 0) {
    replyInteger(0);
    return;
  }
  for (let i: u32 = 2; i < argumentCount; i++) {
    if (!readId(i, 0, false, false)) return;
  }
  let removed: u32 = 0;
  for (let i: u32 = 2; i < argumentCount; i++) {
    readId(i, 0, false, false);
    if (!hasEntry(streamRecord, idMs, idSeq)) continue;
    if (removed == 0) editStream();
    removeEntry(idMs, idSeq);
    removed++;
  }
  if (removed != 0) notifyOpen(ON_STREAM, "xdel");
  replyInteger(removed);
}

/** `XTRIM key MAXLEN | MINID [= | ~] threshold [LIMIT n]` */
export function xtrimCommand(): void {
  if (!readTrimArguments(false)) return;
  if (!openStream(argumentAt(1), argumentLength(1))) return;
  if (streamRecord == 0 || trimmableEntries() == 0) {
    replyInteger(0);
    return;
  }
  editStream();
  const removed = trimStream();
  if (removed != 0) notifyOpen(ON_STREAM, "xtrim");
  replyInteger(removed);
}

/** `XSETID key last-id [ENTRIESADDED n] [MAXDELETEDID id]` */
export function xsetidCommand(): void {
  if (!readId(2, 0, false, false)) return;
  const ms = idMs;
  const seq = idSeq;
  let added: i64 = -1;
  let deletedMs: u64 = 0;
  let deletedSeq: u64 = 0;
  for (let i: u32 = 3; i < argumentCount; i += 2) {
    const hasValue = i + 1 < argumentCount;
    if (hasValue && isWord(i, "entriesadded")) {
      if (!readInteger(i + 1)) return;
      added = integerRead;
      if (added < 0) return replyError("ERR entries_added must be positive");
    } else if (hasValue && isWord(i, "maxdeletedid")) {
      if (!readId(i + 1, 0, false, false)) return;
      deletedMs = idMs;
      deletedSeq = idSeq;
      if (compareIds(ms, seq, deletedMs, deletedSeq) < 0) {
        return replyError("ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id");
      }
    } else {
      return replySyntaxError();
    }
  }
  if (!openStream(argumentAt(1), argumentLength(1))) return;
  if (streamRecord == 0) return replyError("ERR no such key");
  setLastId(ms, seq, added, deletedMs, deletedSeq);
}

function setLastId(ms: u64, seq: u64, added: i64, deletedMs: u64, deletedSeq: u64): void {
  const present = streamHeader(streamRecord);
  if (peekLast(streamRecord)) {
    if (compareIds(ms, seq, entryMs, entrySeq) < 0) {
      return replyError("ERR The ID specified in XSETID is smaller than the target stream top item");
    }
    if (added >= 0 && added < <i64>present.count) {
      return replyError("ERR The entries_added specified in XSETID is smaller than the target stream length");
    }
  }
  const header = editStreamUnseen();
  header.lastMs = ms;
  header.lastSeq = seq;
  if (added >= 0) header.entriesAdded = added;
  if (deletedMs != 0 || deletedSeq != 0) {
    header.deletedMs = deletedMs;
    header.deletedSeq = deletedSeq;
  }
  notifyOpen(ON_STREAM, "xsetid");
  replyOk();
}

// === Ranges ===

function range(startArgument: u32, endArgument: u32, isReverse: bool): void {
  if (!readRangeId(startArgument, 0)) return;
  if (idIsExclusive && !incrementId()) return replyError("ERR invalid start ID for the interval");
  const startMs = idMs;
  const startSeq = idSeq;
  if (!readRangeId(endArgument, u64.MAX_VALUE)) return;
  if (idIsExclusive && !decrementId()) return replyError("ERR invalid end ID for the interval");
  const endMs = idMs;
  const endSeq = idSeq;
  let count: i64 = -1;
  for (let i: u32 = 4; i < argumentCount; i += 2) {
    if (i + 1 >= argumentCount || !isWord(i, "count")) return replySyntaxError();
    if (!readInteger(i + 1)) return;
    count = max(integerRead, 0);
  }
  if (!readStream(argumentAt(1), argumentLength(1))) return;
  if (streamRecord == 0) return replyArray(0);
  if (count == 0) return replyNullArray();
  const from = outputLength();
  const limit: u64 = count < 0 ? u64.MAX_VALUE : count;
  const found = isReverse
    ? replyBackward(streamRecord, startMs, startSeq, endMs, endSeq, limit)
    : replyForward(streamRecord, startMs, startSeq, endMs, endSeq, limit);
  insertArray(from, found);
}

/** `XRANGE key start end [COUNT count]` */
export function xrangeCommand(): void {
  range(2, 3, false);
}

/** `XREVRANGE key end start [COUNT count]` */
export function xrevrangeCommand(): void {
  range(3, 2, true);
}
