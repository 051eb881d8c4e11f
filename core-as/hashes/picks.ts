// === Random fields of a hash: HRANDFIELD ===
//
// Fields are picked by rank. While a hash has fields whose time is over and that are
// not yet removed, what is picked must be one of the others.

import { next, recordOf, seekFirst, seekRank, settle } from "../tree/cursor";
import { replyElement, replyRank, SHOW_VALUES } from "./elements";
import { isOverdue } from "./dues";
import { fieldCount, fieldsRoot, liveFieldCount } from "./fields";
import { hasRoomToReply, replyArray } from "../request/reply";
import { addWork, keyScratch, nextRandom, protocol, randomAt, randomBelow, walkCursor } from "../memory/state";

/** Fields that are gathered to be picked from; there is room for their addresses in keyScratch. */
const GATHERED_MAX: u32 = 4096;
/** Tries to meet a field among those that are over. */
const TRIES: u32 = 64;

/** Answers pairs as RESP3 shows them: each in an array of its own. */
function startPair(shown: u32): void {
  if (protocol == 3 && shown & SHOW_VALUES) replyArray(2);
}

function replyHead(count: u32, shown: u32): void {
  replyArray(protocol == 3 || !(shown & SHOW_VALUES) ? count : count * 2);
}

/** Answers `times` fields, each any of them. Requires: there is one. */
export function replyWithRepeats(record: usize, times: u32, shown: u32): void {
  replyHead(times, shown);
  const seed = nextRandom();
  const size = fieldCount(record);
  const live = liveFieldCount(record);
  const isGathered = live != size && live <= GATHERED_MAX;
  if (isGathered) gatherLive(record);
  for (let i: u32 = 0; i < times && hasRoomToReply(); i++) {
    startPair(shown);
    if (live == size) replyRank(fieldsRoot(record), <u32>randomAt(seed, i, size), shown);
    else if (isGathered) replyElement(gathered(<u32>randomAt(seed, i, live)), shown);
    else replyElement(findLive(record, <u32>randomAt(seed, i, size)), shown);
  }
  addWork(times);
}

/** Answers one field. Requires: there is one. */
export function replyOne(record: usize, shown: u32): void {
  const size = fieldCount(record);
  if (liveFieldCount(record) == size) replyRank(fieldsRoot(record), <u32>randomBelow(size), shown);
  else replyElement(findLive(record, <u32>randomBelow(size)), shown);
}

/** Notes the addresses of all fields that are there. */
function gatherLive(record: usize): void {
  const cursor = walkCursor();
  let at = keyScratch();
  seekFirst(cursor, fieldsRoot(record));
  let more = settle(cursor);
  while (more) {
    const field = recordOf(cursor);
    if (!isOverdue(field)) {
      store<u32>(at, <u32>field);
      at += 4;
    }
    more = next(cursor);
  }
  addWork(fieldCount(record));
}

function gathered(index: u32): usize {
  return load<u32>(keyScratch() + (<usize>index << 2));
}

/** A field that is there: the one at `rank` or another at random, at last the next one behind it. */
function findLive(record: usize, rank: u32): usize {
  const cursor = walkCursor();
  const root = fieldsRoot(record);
  const seed = nextRandom();
  for (let i: u32 = 0; i < TRIES; i++) {
    seekRank(cursor, root, i == 0 ? rank : <u32>randomAt(seed, i, fieldCount(record)));
    settle(cursor);
    if (!isOverdue(recordOf(cursor))) return recordOf(cursor);
  }
  while (isOverdue(recordOf(cursor))) {
    addWork(1);
    if (!next(cursor)) seekFirst(cursor, root);
  }
  return recordOf(cursor);
}

/** Answers up to `wanted` different fields: each is taken with the odds that are left for it (Knuth's algorithm S). */
export function replyDistinct(record: usize, wanted: u32, shown: u32): void {
  let size = liveFieldCount(record);
  let left = min(wanted, size);
  replyHead(left, shown);
  addWork(size);
  const cursor = walkCursor();
  seekFirst(cursor, fieldsRoot(record));
  let more = settle(cursor);
  for (; left != 0 && more; more = next(cursor)) {
    if (isOverdue(recordOf(cursor)) || randomBelow(size--) >= left) continue;
    startPair(shown);
    replyElement(recordOf(cursor), shown);
    left--;
  }
}
