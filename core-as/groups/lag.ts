// === How far a consumer group has read ===
//
// Redis counts what a group has read and, since entries may be removed from the
// middle, says how many are left only where it knows. The rules are those of
// streamEstimateDistanceFromFirstEverEntry, streamRangeHasTombstones and
// streamReplyWithCGLag of Redis 7.0.

import { replyInteger, replyNull } from "../request/reply";
import { compareIds, entryMs, entrySeq, peekFirst, streamHeader } from "../streams/entries";
import { groupHeader, READS_UNKNOWN } from "./groups";

/** Whether an entry at or behind an id may have been removed by XDEL. */
export function hasTombstones(record: usize, ms: u64, seq: u64): bool {
  const stream = streamHeader(record);
  if (stream.deletedMs == 0 && stream.deletedSeq == 0) return false;
  // What was removed before the first entry left no gap.
  if (!peekFirst(record) || compareIds(entryMs, entrySeq, stream.deletedMs, stream.deletedSeq) > 0) return false;
  return compareIds(ms, seq, stream.deletedMs, stream.deletedSeq) <= 0;
}

/** How many entries were ever added up to an id, or READS_UNKNOWN. */
export function entriesUpTo(record: usize, ms: u64, seq: u64): i64 {
  const stream = streamHeader(record);
  const added = stream.entriesAdded;
  if (added == 0) return 0;
  const order = compareIds(ms, seq, stream.lastMs, stream.lastSeq);
  if (order == 0 || (order < 0 && stream.count == 0)) return added;
  if (order > 0) return READS_UNKNOWN;
  const hasFirst = peekFirst(record);
  assert(hasFirst); // the stream has entries
  const isWhole = (stream.deletedMs == 0 && stream.deletedSeq == 0) ||
    compareIds(stream.deletedMs, stream.deletedSeq, entryMs, entrySeq) < 0;
  if (!isWhole) return READS_UNKNOWN;
  const toFirst = compareIds(ms, seq, entryMs, entrySeq);
  if (toFirst > 0) return READS_UNKNOWN;
  return added - stream.count + (toFirst == 0 ? 1 : 0);
}

/** What a group that had read `reads` entries has read with the one of this id. */
export function countRead(record: usize, reads: i64, ms: u64, seq: u64): i64 {
  if (reads != READS_UNKNOWN && !hasTombstones(record, ms, seq)) return reads + 1;
  return streamHeader(record).entriesAdded == 0 ? reads : entriesUpTo(record, ms, seq);
}

/** Answers a count of reads, null when it is unknown. */
export function replyReads(reads: i64): void {
  if (reads == READS_UNKNOWN) replyNull();
  else replyInteger(reads);
}

/** Answers how many entries the group at hand has yet to read, null when nobody knows. */
export function replyLag(record: usize): void {
  const group = groupHeader(record);
  const added: i64 = streamHeader(record).entriesAdded;
  if (added == 0) return replyInteger(0);
  const isCounted = group.entriesRead != READS_UNKNOWN && !hasTombstones(record, group.lastMs, group.lastSeq);
  const reads = isCounted ? group.entriesRead : entriesUpTo(record, group.lastMs, group.lastSeq);
  if (reads == READS_UNKNOWN) replyNull();
  else replyInteger(added - reads);
}
