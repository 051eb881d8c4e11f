// === Walker of consumer groups: what check.ts asks of streams ===
//
// Every name leads to a header; a group's count of consumers, its pending
// entries and those of each consumer are what its ranges hold; an entry pending
// for the group is pending for the consumer that it names; nothing else is in
// the tree.

import { treeCount } from "../tree/cursor";
import { checkCursor } from "../memory/state";
import { countSound } from "../streams/check";
import { entriesRef, streamHeader } from "../streams/entries";
import {
  consumerHeader, firstNamed, firstPending, groupHeader, groupsRoot, hasHeader, hasName, isPendingFor, nextNamed, nextPending,
  numberAt, OF_GROUP, pendingAt, pendingMs, pendingSeq, useGroup,
} from "./groups";

/** Records of the ranges walked so far. */
let met: u64 = 0;

/** Whether the stream's counts, and all that is kept of its groups, agree. */
export function isStreamSound(record: usize): bool {
  const facts = streamHeader(record);
  if (countSound(load<u32>(entriesRef(record)), facts.lastMs, facts.lastSeq) != facts.count) return false;
  met = 0;
  const cursor = checkCursor(0);
  let more = firstNamed(cursor, record, 0);
  while (more) {
    const group = numberAt(cursor);
    useGroup(group);
    if (group == 0 || !hasHeader(record, OF_GROUP) || !isGroupSound(record, group)) return false;
    met += 2;
    more = nextNamed(cursor, 0);
  }
  return met == treeCount(groupsRoot(record));
}

function isGroupSound(record: usize, group: u32): bool {
  const cursor = checkCursor(1);
  const facts = groupHeader(record);
  let consumers: u32 = 0;
  let pending: u64 = 0;
  let more = firstNamed(cursor, record, group);
  while (more) {
    const consumer = numberAt(cursor);
    if (consumer <= OF_GROUP || !hasHeader(record, consumer) || !hasName(record, consumer)) return false;
    consumers++;
    pending += consumerHeader(record, consumer).pending;
    more = nextNamed(cursor, group);
  }
  if (consumers != facts.consumers || pending != facts.pending) return false;
  met += 3 * <u64>consumers;
  return isPendingSound(record, facts.pending) && areConsumersSound(record, group);
}

function isPendingSound(record: usize, expected: u32): bool {
  const cursor = checkCursor(1);
  let count: u32 = 0;
  let more = firstPending(cursor, record, OF_GROUP, 0, 0);
  while (more) {
    if (!isPendingFor(record, pendingAt(cursor).consumer, pendingMs, pendingSeq)) return false;
    count++;
    more = nextPending(cursor, OF_GROUP);
  }
  met += count;
  return count == expected;
}

/** Whether each consumer has as many pending entries as it says. */
function areConsumersSound(record: usize, group: u32): bool {
  const names = checkCursor(1);
  let more = firstNamed(names, record, group);
  while (more) {
    const consumer = numberAt(names);
    let left = consumerHeader(record, consumer).pending;
    met += left;
    let morePending = firstPending(checkCursor(2), record, consumer, 0, 0);
    while (morePending) {
      if (left-- == 0) return false;
      morePending = nextPending(checkCursor(2), consumer);
    }
    if (left != 0) return false;
    more = nextNamed(names, group);
  }
  return true;
}
