// === Admission of commands that remove many elements: see admission.ts ===
//
// They carry few words, but while a view is pinned each leaf that they change is
// copied. Redis does not refuse them at its memory limit.

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import {
  ID_BZMPOP, ID_LREM, ID_MOVE, ID_RENAME, ID_RENAMENX, ID_SPOP, ID_ZMPOP, ID_ZPOPMAX, ID_ZPOPMIN, ID_ZREM, ID_ZREMRANGEBYLEX,
  ID_ZREMRANGEBYRANK, ID_ZREMRANGEBYSCORE,
} from "../generated/commands";
import { leavesOf } from "../tree/sizes";
import { payloadOf, TYPE_LIST, TYPE_SET, TYPE_ZSET, typeOf } from "../keys/keyspace";
import { peekKey } from "../keys/lookup";
import { itemsRoot } from "../lists/items";
import { MEMBERS_ROOT, SCORES_ROOT } from "../sorted_sets/members";
import { parsedInteger, parseInteger } from "../text/integers";
import { WAIT_ZSET, waitersOf } from "../waits/waiters";

/** Elements whose removal may touch so many pages are counted one by one. */
const REMOVED_FEW: u32 = 64;

/** Leaves that change when `count` elements of a set or sorted set go. */
function elementLeaves(index: u32, count: u64): u64 {
  const record = peekKey(argumentAt(index), argumentLength(index));
  if (record == 0 || (typeOf(record) != TYPE_ZSET && typeOf(record) != TYPE_SET)) return 0;
  const payload = payloadOf(record);
  const removed = min(count, <u64>load<u32>(payload));
  if (removed <= REMOVED_FEW) return removed * 2;
  // Both have their first tree in one place; a set has no second one.
  return min(removed * 2, <u64>leavesOf(load<u32>(payload + MEMBERS_ROOT)) + leavesOf(load<u32>(payload + SCORES_ROOT)));
}

/** The same for a command on one key that may say how many behind it. */
function poppedLeaves(): u64 {
  if (argumentCount < 3) return 2;
  const isGood = parseInteger(argumentAt(2), argumentLength(2)) && parsedInteger() > 0;
  return isGood ? elementLeaves(1, parsedInteger()) : 0;
}

/** The same for the fullest of the words from argument `first` on: any of them may be the key. */
function mostLeaves(first: u32): u64 {
  let most: u64 = 0;
  for (let i = first; i < argumentCount; i++) most = max(most, elementLeaves(i, u64.MAX_VALUE));
  return most;
}

/** Leaves of a list, anywhere in which items may go. */
function listLeaves(): u64 {
  const record = peekKey(argumentAt(1), argumentLength(1));
  return record == 0 || typeOf(record) != TYPE_LIST ? 0 : leavesOf(itemsRoot(record));
}

/** Leaves that the request in the table may change beyond one for each of its words. */
export function removedLeaves(commandId: u32): u64 {
  if (commandId == ID_LREM) return listLeaves();
  if (commandId == ID_ZREM) return argumentCount;
  if (commandId == ID_ZPOPMIN || commandId == ID_ZPOPMAX || commandId == ID_SPOP) return poppedLeaves();
  if (commandId == ID_ZMPOP || commandId == ID_BZMPOP) return mostLeaves(2);
  // Who waits for the other name may pop all there is.
  const isRename = commandId == ID_RENAME || commandId == ID_RENAMENX || commandId == ID_MOVE;
  if (isRename) return waitersOf(WAIT_ZSET) == 0 ? 0 : elementLeaves(1, u64.MAX_VALUE);
  const isRange = commandId == ID_ZREMRANGEBYRANK || commandId == ID_ZREMRANGEBYSCORE || commandId == ID_ZREMRANGEBYLEX;
  return isRange ? elementLeaves(1, u64.MAX_VALUE) : 0;
}
