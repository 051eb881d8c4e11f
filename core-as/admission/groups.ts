// === Admission of commands of consumer groups ===
//
// XREADGROUP, XCLAIM and XAUTOCLAIM store more than they carry, and Redis does
// not refuse them at its memory limit: they are admitted whenever memory has the
// room. How many entries they deliver is bounded by COUNT, by what the stream
// has, and by what writes on their way to the log may add to it.

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { isWord } from "../request/arguments";
import { treeCount } from "../tree/cursor";
import { ID_COPY, ID_RENAME, ID_RENAMENX, ID_XACK, ID_XAUTOCLAIM, ID_XCLAIM, ID_XGROUP, ID_XREADGROUP } from "../generated/commands";
import { TYPE_STREAM, typeOf } from "../keys/keyspace";
import { peekKey } from "../keys/lookup";
import { streamHeader } from "../streams/entries";
import { groupsRoot } from "../groups/groups";
import { WAITING_DATABASE } from "../memory/layout";
import { databaseIndex } from "../memory/state";
import { CONSUMER_BYTES, PENDING_BYTES } from "../waits/budget";
import { hasWaiters, queueLength, WAIT_STREAM, waitHash } from "../waits/waiters";
import { parsedInteger, parseInteger } from "../text/integers";

/** What is promised to a write that adds an entry, at the least. */
const ADDED_BYTES: u64 = 256;
const COUNT_DEFAULT: u64 = 100;
/** Leaves that a claimed entry changes: of the group, of the old consumer, of the new one. */
const CLAIM_RECORDS: u64 = 3;

/** Bytes that the request in the table may need beyond what it carries. */
export let groupBytes: u64 = 0;
/** Leaves that it may change beyond those of its arguments. */
export let groupCopies: u64 = 0;

/** Whether a command delivers entries, which is not refused at the memory limit. */
export function delivers(commandId: u32): bool {
  return commandId == ID_XREADGROUP || commandId == ID_XCLAIM || commandId == ID_XAUTOCLAIM;
}

/** Whether the XGROUP in the table makes something. */
export function makesGroup(): bool {
  return argumentCount > 1 && (isWord(1, "create") || isWord(1, "createconsumer"));
}

function streamAt(index: u32): usize {
  const record = peekKey(argumentAt(index), argumentLength(index));
  return record != 0 && typeOf(record) == TYPE_STREAM ? record : 0;
}

/** By how much the stream named at argument `index` lengthens another key that gets its name. */
export function streamGrowth(index: u32): u64 {
  const record = streamAt(index);
  return record == 0 ? 0 : (<u64>streamHeader(record).count + treeCount(groupsRoot(record))) * ADDED_BYTES;
}

function countAt(index: u32): u64 {
  if (index >= argumentCount || !parseInteger(argumentAt(index), argumentLength(index))) return u64.MAX_VALUE;
  return parsedInteger() <= 0 ? u64.MAX_VALUE : parsedInteger();
}

/** Whether the request in the table gives a key a stream to which consumers may wait: `groupBytes` is theirs. */
export function givesStream(commandId: u32): bool {
  return commandId == ID_RENAME || commandId == ID_RENAMENX || commandId == ID_COPY;
}

/** Finds what the request in the table may need while writes of `growth` bytes are on their way. */
export function measureGroups(commandId: u32, growth: u64): void {
  groupBytes = 0;
  groupCopies = 0;
  if (commandId == ID_XREADGROUP) measureRead(growth / ADDED_BYTES);
  else if (commandId == ID_XCLAIM) measureClaims(argumentCount);
  else if (commandId == ID_XAUTOCLAIM) measureAutoClaim(growth / ADDED_BYTES);
  else if (commandId == ID_XACK) groupCopies = argumentCount;
  else if (commandId == ID_XGROUP) measureGroup();
  else if (givesStream(commandId)) measureWoken(growth / ADDED_BYTES);
}

/** A stream that gets another name is delivered to all who wait for one there. */
function measureWoken(added: u64): void {
  if (!hasWaiters() || argumentCount < 3) return;
  const waiting = queueLength(WAITING_DATABASE, databaseIndex, WAIT_STREAM, waitHash(argumentAt(2), argumentLength(2)));
  const record = streamAt(1);
  if (waiting == 0 || record == 0) return;
  groupBytes = waiting * (CONSUMER_BYTES + (streamHeader(record).count + added) * PENDING_BYTES);
}

function measureClaims(entries: u64): void {
  groupBytes = CONSUMER_BYTES + entries * PENDING_BYTES;
  groupCopies = entries * CLAIM_RECORDS;
}

function measureAutoClaim(added: u64): void {
  let count = COUNT_DEFAULT;
  for (let i: u32 = 6; i < argumentCount; i++) {
    if (isWord(i, "count")) count = countAt(i + 1);
  }
  const record = streamAt(1);
  measureClaims(min(count, added + (record == 0 ? 0 : treeCount(groupsRoot(record)))));
}

/** Removing a consumer changes the group's range wherever it had something pending. */
function measureGroup(): void {
  groupBytes = CONSUMER_BYTES;
  if (argumentCount < 5 || !isWord(1, "delconsumer")) return;
  const record = streamAt(2);
  if (record != 0) groupCopies = treeCount(groupsRoot(record));
}

function measureRead(added: u64): void {
  let count = u64.MAX_VALUE;
  let first: u32 = 0;
  for (let i: u32 = 1; i + 1 < argumentCount && first == 0; i++) {
    if (isWord(i, "streams")) first = i + 1;
    else if (isWord(i, "count")) count = countAt(++i);
    else if (isWord(i, "block")) i++;
    else if (isWord(i, "group")) i += 2;
  }
  if (first == 0) return;
  const streams = (argumentCount - first) >> 1;
  for (let i: u32 = 0; i < streams; i++) {
    const record = streamAt(first + i);
    const present: u64 = record == 0 ? 0 : streamHeader(record).count;
    const pending: u64 = record == 0 ? 0 : treeCount(groupsRoot(record));
    // What is new is stored; what was delivered before is changed where it lies.
    groupBytes += CONSUMER_BYTES + min(count, present + added) * PENDING_BYTES;
    groupCopies += min(count, pending + added);
  }
}
