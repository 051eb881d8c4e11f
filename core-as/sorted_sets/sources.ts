// === The sets that ZUNION and its kind name, and room to work on them ===
//
// A source may be a sorted set or a set, whose members all have the score 1. Both
// keep their members in one order, by the same hash.
//
// ╒══════════ row of a source (24 bytes) ═══════════╕
// │ +0  root    u32   its members' tree, 0 = none    │
// │ +4  size    u32   members                        │
// │ +8  weight  f64                                  │
// │ +16 isSet   u32   1 = a set                      │
// ╘═══════════════════════════════════════════════════╛

import { argumentAt, argumentLength } from "../request/parser";
import { find } from "../tree/cursor";
import { payloadOf, TYPE_SET, TYPE_ZSET, typeOf } from "../keys/keyspace";
import { readKey } from "../keys/lookup";
import { tailLength, tailOf, valueOf } from "../tree/page";
import { replyWrongType } from "../request/reply";
import { MERGE_BYTES } from "../sets/merge";
import { MEMBERS_ROOT } from "./members";
import { closeRoom, openRoom } from "../request/room";

const ROW: u32 = 24;
/** Two rows, since sorting needs a second place, and the source's part of a merge. */
const SOURCE_BYTES: u32 = ROW * 2 + MERGE_BYTES;
/** Room in scratch: the half that reading and writing scores leaves alone. */
const SCRATCH_BYTES: u32 = 16384;

let rows: usize = 0;

/** Number of sources. */
export let sourceCount: u32 = 0;

/** Bytes that a command needs to work on `count` sources. */
export function scoredSourcesBytes(count: u32): u64 {
  return <u64>count * SOURCE_BYTES + 16;
}

function rowOf(index: u32): usize {
  return rows + <usize>index * ROW;
}

/**
 * Looks up `count` keys from argument `first` on. False after answering for
 * another type. Otherwise `closeSources` must follow.
 */
export function openSources(first: u32, count: u32, isWrite: bool): bool {
  rows = openRoom(scoredSourcesBytes(count), SCRATCH_BYTES, isWrite);
  if (rows == 0) return false;
  sourceCount = count;
  for (let i: u32 = 0; i < count; i++) {
    const record = readKey(argumentAt(first + i), argumentLength(first + i));
    if (record != 0 && typeOf(record) != TYPE_ZSET && typeOf(record) != TYPE_SET) {
      closeSources();
      replyWrongType();
      return false;
    }
    const row = rowOf(i);
    store<u32>(row, record == 0 ? 0 : load<u32>(payloadOf(record) + MEMBERS_ROOT));
    store<u32>(row, record == 0 ? 0 : load<u32>(payloadOf(record)), 4);
    store<f64>(row, 1, 8);
    store<u32>(row, record != 0 && typeOf(record) == TYPE_SET ? 1 : 0, 16);
  }
  return true;
}

/** Lets go of the room. */
export function closeSources(): void {
  closeRoom();
}

/** Root of a source's members; 0 for a missing key. */
export function sourceRoot(index: u32): usize {
  return load<u32>(rowOf(index));
}

/** Members of a source. */
export function sourceSize(index: u32): u32 {
  return load<u32>(rowOf(index), 4);
}

/** Factor of a source's scores. */
export function sourceWeight(index: u32): f64 {
  return load<f64>(rowOf(index), 8);
}

export function setWeight(index: u32, weight: f64): void {
  store<f64>(rowOf(index), weight, 8);
}

/** Score of a member's record in a source. */
export function sourceScore(index: u32, record: usize): f64 {
  return load<u32>(rowOf(index), 16) != 0 ? 1 : load<f64>(valueOf(record));
}

/** Record in a source of the member that `record`, with this head, has in another; or 0. */
export function findInSource(index: u32, head: u64, record: usize): usize {
  return find(sourceRoot(index), head, tailOf(record), tailLength(record));
}

/** Space for a merge of all sources. */
export function mergeSpace(): usize {
  return (rowOf(sourceCount * 2) + 7) & ~<usize>7;
}

/** Sorts the sources by size, the smallest first; those of one size stay in their order. */
export function smallestFirst(): void {
  const others = rowOf(sourceCount);
  for (let width: u32 = 1; width < sourceCount; width *= 2) {
    for (let from: u32 = 0; from < sourceCount; from += width * 2) mergeRows(from, width, others);
    memory.copy(rows, others, <usize>sourceCount * ROW);
  }
}

/** Merges two sorted runs of `width` rows from `from` on into the same place in `others`. */
function mergeRows(from: u32, width: u32, others: usize): void {
  const middle = min(from + width, sourceCount);
  const end = min(middle + width, sourceCount);
  let left = from;
  let right = middle;
  for (let i = from; i < end; i++) {
    const takesLeft = left < middle && (right == end || sourceSize(left) <= sourceSize(right));
    memory.copy(others + <usize>i * ROW, rowOf(takesLeft ? left++ : right++), ROW);
  }
}
