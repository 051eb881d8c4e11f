// === The invariants of waiters and queues, for check.ts ===
//
// Each waiter stands in the queue of each of its keys and in that of its database, and
// who stands in a queue is a waiter that names its key.

import { childOf, countOf, levelOf, recordAt, tailLength, tailOf } from "../tree/page";
import { find } from "../tree/cursor";
import { database, DATABASE_COUNT } from "../memory/layout";
import { payloadOf, TYPE_STRING, TYPE_ZSET, typeOf } from "../keys/keyspace";
import { scoreHead, scoresRoot } from "../sorted_sets/members";
import {
  findQueue, ID_BYTES, idOf, KIND_BYTES, loadWaiter, QUEUE_BYTES, WAIT_ANY, WAIT_STREAM, waiterDatabase, waiterHash, waiterHashes, waiterKind,
} from "./waiters";

let scope: u32 = 0;

/** Whether the waiters in database `index` are sound. Requires: its trees are, as trees. */
export function areWaitersSound(index: u32): bool {
  scope = index;
  const root: usize = database(index).root;
  if (root == 0) return true;
  uncounted = 0;
  return areKeysSound(root) && uncounted == 0;
}

/** Waiters met, less those that the numbers of each kind count, in 20 bits for each kind. */
let uncounted: u64 = 0;

function areKeysSound(page: usize): bool {
  for (let i: u32 = 0; i < countOf(page); i++) {
    const record = recordAt(page, i);
    if (levelOf(page) > 0) {
      if (!areKeysSound(childOf(record))) return false;
    } else if (typeOf(record) == TYPE_STRING) {
      if (tailLength(record) == KIND_BYTES) uncounted -= countedBy(record);
      else if (!isWaiterSound(record)) return false;
    } else if (!isQueueSound(record)) {
      return false;
    }
  }
  return true;
}

/** The number that a kind's record holds, in the bits of the kind. */
function countedBy(record: usize): u64 {
  return load<u64>(payloadOf(record)) << (<u64>load<u8>(tailOf(record)) * 20);
}

function isWaiterSound(record: usize): bool {
  if (tailLength(record) != ID_BYTES || !loadWaiter(scope, idOf(record))) return false;
  if (waiterKind > WAIT_STREAM || waiterDatabase >= DATABASE_COUNT || waiterHashes == 0) return false;
  uncounted += <u64>1 << (<u64>waiterKind * 20);
  if (!waitsIn(WAIT_ANY, 0, record)) return false;
  for (let i: u32 = 0; i < waiterHashes; i++) {
    if (!waitsIn(waiterKind, waiterHash(i), record)) return false;
  }
  return true;
}

function waitsIn(kind: u32, hash: u64, waiter: usize): bool {
  const queue = findQueue(scope, waiterDatabase, kind, hash);
  return queue != 0 && find(scoresRoot(queue), scoreHead(0), tailOf(waiter), ID_BYTES) != 0;
}

function isQueueSound(record: usize): bool {
  if (typeOf(record) != TYPE_ZSET || tailLength(record) != QUEUE_BYTES) return false;
  return areMembersSound(scoresRoot(record), tailOf(record));
}

/** Whether all members below `page` wait for the key of the queue named at `name`. */
function areMembersSound(page: usize, name: usize): bool {
  for (let i: u32 = 0; i < countOf(page); i++) {
    const record = recordAt(page, i);
    if (levelOf(page) > 0) {
      if (!areMembersSound(childOf(record), name)) return false;
    } else if (!loadWaiter(scope, idOf(record)) || !names(load<u8>(name), load<u8>(name, 1), load<u64>(name, 2))) {
      return false;
    }
  }
  return true;
}

/** Whether the waiter just loaded waits in the queue. */
function names(index: u32, kind: u32, hash: u64): bool {
  if (waiterDatabase != index) return false;
  if (kind == WAIT_ANY) return true;
  for (let i: u32 = 0; i < waiterHashes; i++) {
    if (waiterKind == kind && waiterHash(i) == hash) return true;
  }
  return false;
}
