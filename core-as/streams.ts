// === Streams ===
//
// Commands of the group "stream" but consumer groups;
// https://redis.io/commands/?group=stream. Trimming is in stream_trim.ts.

import { argumentAt, argumentCount, argumentLength } from "./parser";
import { integerRead, isWord, readInteger } from "./arguments";
import {
  insertArray, insertMap, outputLength, replyArray, replyBulk, replyError, replyInteger, replyNull,
  replyNullArray, replyOk, replyStreamId, replySyntaxError, truncateOutput,
} from "./reply";
import { nowMs, protocol } from "./state";
import {
  appendEntry, compareIds, editStream, entryMs, entrySeq, openStream, peekLast, readStream, removeEntry, replyBackward, replyForward,
  streamHeader, streamRecord,
} from "./stream_entries";
import { fieldBytes, fieldsHeaderBytes, writeField, writeFieldsHeader } from "./stream_fields";
import { decrementId, idIsExclusive, idIsOpen, idMs, idSeq, incrementId, readId, readRangeId } from "./stream_ids";
import { hasTrim, idArgument, isAutoId, readTrimArguments, skipsCreation, trimmableEntries, trimStream } from "./stream_trim";
import { parsedInteger, parseInteger } from "./text/integers";

// === XADD ===

/** Bytes of the fields from argument `first` on as their entry keeps them. */
function fieldsBytes(first: u32): u32 {
  let bytes = fieldsHeaderBytes(argumentCount - first);
  for (let i = first; i < argumentCount; i++) bytes += fieldBytes(argumentLength(i));
  return bytes;
}

function writeFields(at: usize, first: u32): void {
  let p = writeFieldsHeader(at, argumentCount - first);
  for (let i = first; i < argumentCount; i++) p = writeField(p, argumentAt(i), argumentLength(i));
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
  writeFields(appendEntry(ms, seq, fieldsBytes(first)), first);
  if (hasTrim) trimStream();
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
    if (removed == 0) editStream();
    if (removeEntry(idMs, idSeq)) removed++;
  }
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
  replyInteger(trimStream());
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
  const header = editStream();
  header.lastMs = ms;
  header.lastSeq = seq;
  if (added >= 0) header.entriesAdded = added;
  if (deletedMs != 0 || deletedSeq != 0) {
    header.deletedMs = deletedMs;
    header.deletedSeq = deletedSeq;
  }
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

// === XREAD ===

let readCount: u64 = 0;
let firstStream: u32 = 0;
let streamCount: u32 = 0;

function readTimeout(index: u32): bool {
  if (!parseInteger(argumentAt(index), argumentLength(index))) {
    replyError("ERR timeout is not an integer or out of range");
    return false;
  }
  if (parsedInteger() >= 0) return true;
  replyError("ERR timeout is negative");
  return false;
}

function readOptions(): bool {
  readCount = 0;
  firstStream = 0;
  for (let i: u32 = 1; i < argumentCount; i++) {
    const hasValue = i + 1 < argumentCount;
    if (hasValue && isWord(i, "block")) {
      if (!readTimeout(++i)) return false;
    } else if (hasValue && isWord(i, "count")) {
      if (!readInteger(++i)) return false;
      readCount = integerRead < 0 ? 0 : integerRead;
    } else if (hasValue && isWord(i, "streams")) {
      firstStream = i + 1;
      streamCount = argumentCount - firstStream;
      break;
    } else {
      replySyntaxError();
      return false;
    }
  }
  if (firstStream == 0) {
    replySyntaxError();
    return false;
  }
  if (streamCount & 1) {
    replyError("ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.");
    return false;
  }
  streamCount >>= 1;
  return true;
}

/** Reads the id that stream `index` is asked for; false after answering an error. */
function readStart(index: u32): bool {
  if (!readStream(argumentAt(firstStream + index), argumentLength(firstStream + index))) return false;
  const at = firstStream + streamCount + index;
  if (argumentLength(at) == 1 && load<u8>(argumentAt(at)) == 0x3e) {
    replyError(
      "ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.",
    );
    return false;
  }
  if (isNewest(at)) return true;
  return readId(at, 0, false, false);
}

function isNewest(index: u32): bool {
  return argumentLength(index) == 1 && load<u8>(argumentAt(index)) == 0x24;
}

/** `XREAD [COUNT count] [BLOCK milliseconds] STREAMS key [key ...] id [id ...]` */
export function xreadCommand(): void {
  if (!readOptions()) return;
  for (let i: u32 = 0; i < streamCount; i++) {
    if (!readStart(i)) return;
  }
  const start = outputLength();
  let answered: u32 = 0;
  for (let i: u32 = 0; i < streamCount; i++) {
    if (replyStream(i)) answered++;
  }
  if (answered == 0) replyNullArray();
  else if (protocol == 3) insertMap(start, answered);
  else insertArray(start, answered);
}

/** Writes stream `index` if it has entries behind the id asked for. */
function replyStream(index: u32): bool {
  const key = firstStream + index;
  const at = key + streamCount;
  if (!readStart(index) || isNewest(at) || streamRecord == 0) return false;
  const header = streamHeader(streamRecord);
  if (compareIds(header.lastMs, header.lastSeq, idMs, idSeq) <= 0 || !incrementId()) return false;
  const start = outputLength();
  if (protocol == 2) replyArray(2);
  replyBulk(argumentAt(key), argumentLength(key));
  const from = outputLength();
  const limit: u64 = readCount == 0 ? u64.MAX_VALUE : readCount;
  const found = replyForward(streamRecord, idMs, idSeq, u64.MAX_VALUE, u64.MAX_VALUE, limit);
  if (found == 0) {
    truncateOutput(start);
    return false;
  }
  insertArray(from, found);
  return true;
}
