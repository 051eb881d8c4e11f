// === XREAD, and the options that it shares with XREADGROUP ===

import { argumentAt, argumentCount, argumentLength, setArgument } from "../request/parser";
import { integerRead, isWord, readInteger } from "../request/arguments";
import {
  insertArray, insertMap, outputLength, refuse, replyArray, replyBulk, replyNullArray, replyOutOfMemory, truncateOutput,
} from "../request/reply";
import { protocol } from "../memory/state";
import { compareIds, readStream, replyForward, streamHeader, streamRecord, useStream } from "./entries";
import { idMs, idSeq, incrementId, readId } from "./ids";
import { parsedInteger, parseInteger, STREAM_ID_TEXT_BYTES_MAX, writeStreamId } from "../text/integers";
import { allocate, free, KIND_BUFFER, OBJECT_HEADER } from "../memory/heap";
import { TYPE_STREAM } from "../keys/keyspace";
import { LOCAL_DATABASE } from "../memory/layout";
import { WAIT_STREAM } from "../waits/waiters";
import { isAtomic, isServing, passesBy, waitOn } from "../waits/wake";
import { peekKey } from "../keys/lookup";

/** Entries wanted of each stream; 0 = all. */
export let readCount: u64 = 0;
/** Argument with the first key; the ids come behind `streamCount` keys. */
export let firstStream: u32 = 0;
export let streamCount: u32 = 0;
/** Argument with the group's name, before that with the consumer's; 0 = not given. */
export let groupArgument: u32 = 0;
/** Milliseconds to wait, 0 = for ever; -1 = BLOCK is not given. */
export let blockMs: i64 = -1;
/** NOACK. */
export let skipsPending: bool = false;

function readTimeout(index: u32): bool {
  if (!parseInteger(argumentAt(index), argumentLength(index))) {
    return refuse("ERR timeout is not an integer or out of range");
  }
  blockMs = parsedInteger();
  if (blockMs >= 0) return true;
  return refuse("ERR timeout is negative");
}

/** Reads the options of XREAD or XREADGROUP up to the keys; false after answering an error. */
export function readOptions(isGroup: bool): bool {
  readCount = 0;
  firstStream = 0;
  groupArgument = 0;
  skipsPending = false;
  blockMs = -1;
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
      return isBalanced(isGroup);
    } else if (i + 2 < argumentCount && isWord(i, "group")) {
      if (!isGroup) return refuse("ERR The GROUP option is only supported by XREADGROUP. You called XREAD instead.");
      groupArgument = i + 1;
      i += 2;
    } else if (isWord(i, "noack")) {
      if (!isGroup) return refuse("ERR The NOACK option is only supported by XREADGROUP. You called XREAD instead.");
      skipsPending = true;
    } else {
      return refuse("ERR syntax error");
    }
  }
  return refuse("ERR syntax error");
}

function isBalanced(isGroup: bool): bool {
  if (streamCount & 1) {
    return refuse("ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.");
  }
  streamCount >>= 1;
  return !isGroup || groupArgument != 0 || refuse("ERR Missing GROUP option for XREADGROUP");
}

/** Reads the id that stream `index` is asked for; false after answering an error. */
function readStart(index: u32): bool {
  if (!readStream(argumentAt(firstStream + index), argumentLength(firstStream + index))) return false;
  const at = firstStream + streamCount + index;
  if (isNew(at)) {
    return refuse("ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.");
  }
  if (isNewest(at)) return true;
  return readId(at, 0, false, false);
}

/**
 * Whether the XREAD or XREADGROUP in the table may wait: one that names BLOCK
 * anywhere, be it a key, is taken for one.
 */
export function mayBlock(): bool {
  for (let i: u32 = 1; i < argumentCount; i++) {
    if (isWord(i, "block")) return true;
  }
  return false;
}

/** Whether argument `index` is `>`. */
export function isNew(index: u32): bool {
  return argumentLength(index) == 1 && load<u8>(argumentAt(index)) == 0x3e;
}

/** Whether argument `index` is `$`. */
export function isNewest(index: u32): bool {
  return argumentLength(index) == 1 && load<u8>(argumentAt(index)) == 0x24;
}

/** `XREAD [COUNT count] [BLOCK milliseconds] STREAMS key [key ...] id [id ...]` */
export function xreadCommand(): void {
  if (!readOptions(false)) return;
  for (let i: u32 = 0; i < streamCount; i++) {
    if (!passesBy(firstStream + i, TYPE_STREAM) && !readStart(i)) return;
  }
  const start = outputLength();
  let answered: u32 = 0;
  for (let i: u32 = 0; i < streamCount; i++) {
    if (passesBy(firstStream + i, TYPE_STREAM)) continue;
    if (replyStream(i)) answered++;
    if (isServing) break; // a key that is named twice counts once
  }
  if (answered == 0 && blockMs >= 0 && waitForEntries()) return;
  endReads(start, answered);
}

/** Where the client's `$` is, 0 = it says something else, and the text of the id that it stands for. */
const TEXT_ROW: u32 = 4 + STREAM_ID_TEXT_BYTES_MAX;

/** Writes the row of stream `index`, whose id its request has from now on instead of `$`. */
function writeNewest(index: u32, row: usize): void {
  const at = firstStream + streamCount + index;
  const asks = isNewest(at);
  store<u32>(row, asks ? <u32>argumentAt(at) : 0);
  if (!asks) return;
  // It was looked up before, which counted.
  useStream(peekKey(argumentAt(firstStream + index), argumentLength(firstStream + index)));
  const known = streamRecord != 0;
  const length = writeStreamId(row + 4, known ? streamHeader(streamRecord).lastMs : 0, known ? streamHeader(streamRecord).lastSeq : 0);
  setArgument(at, row + 4, length);
}

/** Waits for entries behind those there are now, where the request says `$`; whether it waits. */
function waitForEntries(): bool {
  if (isServing || isAtomic) return waitOn(LOCAL_DATABASE, WAIT_STREAM, firstStream, streamCount, blockMs);
  const texts = allocate(streamCount * TEXT_ROW + OBJECT_HEADER, KIND_BUFFER);
  if (texts == 0) {
    replyOutOfMemory();
    return true;
  }
  for (let i: u32 = 0; i < streamCount; i++) writeNewest(i, texts + OBJECT_HEADER + i * TEXT_ROW);
  const waits = waitOn(LOCAL_DATABASE, WAIT_STREAM, firstStream, streamCount, blockMs);
  // The request is its client's again, for whoever watches.
  for (let i: u32 = 0; i < streamCount; i++) {
    const asked: usize = load<u32>(texts + OBJECT_HEADER + i * TEXT_ROW);
    if (asked != 0) setArgument(firstStream + streamCount + i, asked, 1);
  }
  free(texts);
  return waits;
}

/** Ends the reply of `answered` streams, which starts at `start` in the output. */
export function endReads(start: u32, answered: u32): void {
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
  // As in Redis, who waited is answered when the stream's last id has grown, entries or not.
  if (found == 0 && !isServing) {
    truncateOutput(start);
    return false;
  }
  insertArray(from, found);
  return true;
}
