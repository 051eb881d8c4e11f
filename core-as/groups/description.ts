// === XINFO STREAM ===
//
// Redis keeps entries in packs that hang on a radix tree; here their chunks are
// records in the leaves of a tree of pages. So the leaves are shown as the tree's
// keys, and all its pages as its nodes.

import { replyIdPair, replyName, replyPair, replyProgress } from "./facts";
import { argumentCount } from "../request/parser";
import { integerRead, isWord, readInteger } from "../request/arguments";
import {
  insertArray, outputLength, replyArray, replyBulk, replyBulkText, replyInteger, replyMap, replyNull, replyStreamId,
} from "../request/reply";
import { addWork, elementCursor, otherCursor, walkCursor } from "../memory/state";
import { childOf, countOf, levelOf, recordAt } from "../tree/page";
import { payloadOf } from "../keys/keyspace";
import {
  ENTRIES_ROOT, entryMs, entrySeq, peekFirst, replyBackward, replyForward, streamHeader, streamRecord,
} from "../streams/entries";
import {
  consumerHeader, countGroups, findPending, firstNamed, firstPending, groupHeader, groupNumber, loadConsumerName, nameAt, nameLen,
  nextNamed, nextPending, numberAt, OF_GROUP, PendingHeader, pendingMs, pendingSeq, useGroup,
} from "./groups";
import { refuseSubcommand } from "../request/subcommands";

const COUNT_DEFAULT: u64 = 10;
const OPTIONS: u32 = 3;

/** Entries shown of each list. */
let limit: u64 = 0;

/** Reads `FULL [COUNT count]`; false after answering an error. */
function readOptions(): bool {
  limit = COUNT_DEFAULT;
  if (argumentCount == OPTIONS) return true;
  const hasCount = argumentCount == OPTIONS + 3;
  if (!hasCount && argumentCount != OPTIONS + 1) return refuseSubcommand("XINFO");
  if (!isWord(OPTIONS, "full")) return refuseSubcommand("XINFO");
  if (!hasCount) return true;
  if (!isWord(OPTIONS + 1, "count")) return refuseSubcommand("XINFO");
  if (!readInteger(OPTIONS + 2)) return false;
  if (integerRead >= 0) limit = integerRead == 0 ? u64.MAX_VALUE : integerRead;
  return true;
}

/** Answers `XINFO STREAM` for the stream found. */
export function replyDescription(): void {
  if (!readOptions()) return;
  const isFull = argumentCount > OPTIONS;
  replyMap(isFull ? 9 : 10);
  replyFacts();
  if (!isFull) return replySummary();
  replyBulkText("entries");
  const from = outputLength();
  insertArray(from, replyForward(streamRecord, 0, 0, u64.MAX_VALUE, u64.MAX_VALUE, limit));
  replyBulkText("groups");
  replyGroups();
}

function replyFacts(): void {
  const stream = streamHeader(streamRecord);
  const root: usize = load<u32>(payloadOf(streamRecord) + ENTRIES_ROOT);
  replyPair("length", stream.count);
  leaves = 0;
  pages = 0;
  if (root != 0) countPages(root);
  replyPair("radix-tree-keys", leaves);
  replyPair("radix-tree-nodes", max(pages, 1));
  replyIdPair("last-generated-id", stream.lastMs, stream.lastSeq);
  replyIdPair("max-deleted-entry-id", stream.deletedMs, stream.deletedSeq);
  replyPair("entries-added", stream.entriesAdded);
  const hasFirst = peekFirst(streamRecord);
  replyIdPair("recorded-first-entry-id", hasFirst ? entryMs : 0, hasFirst ? entrySeq : 0);
}

let leaves: u32 = 0;
let pages: u32 = 0;

/** Counts the pages of the tree below `page`; leaves are not looked at. */
function countPages(page: usize): void {
  pages++;
  const level = levelOf(page);
  if (level == 0) {
    leaves++;
    return;
  }
  const count = countOf(page);
  addWork(1);
  if (level == 1) {
    leaves += count;
    pages += count;
    return;
  }
  for (let i: u32 = 0; i < count; i++) countPages(childOf(recordAt(page, i)));
}

function replySummary(): void {
  replyPair("groups", countGroups(streamRecord));
  replyBulkText("first-entry");
  if (replyForward(streamRecord, 0, 0, u64.MAX_VALUE, u64.MAX_VALUE, 1) == 0) replyNull();
  replyBulkText("last-entry");
  if (replyBackward(streamRecord, 0, 0, u64.MAX_VALUE, u64.MAX_VALUE, 1) == 0) replyNull();
}

// === FULL ===

function replyGroups(): void {
  const cursor = walkCursor();
  const from = outputLength();
  let count: u32 = 0;
  let more = firstNamed(cursor, streamRecord, 0);
  while (more) {
    useGroup(numberAt(cursor));
    replyMap(7);
    replyName();
    replyProgress();
    replyPair("pel-count", groupHeader(streamRecord).pending);
    replyBulkText("pending");
    replyPendingOfGroup();
    replyBulkText("consumers");
    replyConsumers();
    count++;
    more = nextNamed(cursor, 0);
  }
  insertArray(from, count);
}

function pendingHere(): PendingHeader {
  return changetype<PendingHeader>(findPending(streamRecord, pendingMs, pendingSeq));
}

function replyPendingOfGroup(): void {
  const cursor = otherCursor();
  const from = outputLength();
  let shown: u32 = 0;
  let more = firstPending(cursor, streamRecord, OF_GROUP, 0, 0);
  while (more && shown < limit) {
    const entry = pendingHere();
    loadConsumerName(streamRecord, entry.consumer);
    replyArray(4);
    replyStreamId(pendingMs, pendingSeq);
    replyBulk(nameAt, nameLen);
    replyInteger(entry.deliveredMs);
    replyInteger(entry.deliveries);
    shown++;
    more = nextPending(cursor, OF_GROUP);
  }
  addWork(shown * 2);
  insertArray(from, shown);
}

function replyConsumers(): void {
  const cursor = otherCursor();
  replyArray(groupHeader(streamRecord).consumers);
  let more = firstNamed(cursor, streamRecord, groupNumber);
  while (more) {
    const number = numberAt(cursor);
    const consumer = consumerHeader(streamRecord, number);
    replyMap(5);
    replyName();
    replyPair("seen-time", consumer.seenMs);
    replyPair("active-time", consumer.activeMs);
    replyPair("pel-count", consumer.pending);
    replyBulkText("pending");
    replyPendingOf(number);
    more = nextNamed(cursor, groupNumber);
  }
}

function replyPendingOf(consumer: u32): void {
  const cursor = elementCursor();
  const from = outputLength();
  let shown: u32 = 0;
  let more = firstPending(cursor, streamRecord, consumer, 0, 0);
  while (more && shown < limit) {
    const entry = pendingHere();
    replyArray(3);
    replyStreamId(pendingMs, pendingSeq);
    replyInteger(entry.deliveredMs);
    replyInteger(entry.deliveries);
    shown++;
    more = nextPending(cursor, consumer);
  }
  addWork(shown * 2 + 2);
  insertArray(from, shown);
}
