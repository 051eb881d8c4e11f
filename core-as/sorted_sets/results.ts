// === Sorted sets that commands make and store ===
//
// The result is built beside the keyspace, with its payload in scratch, since the
// destination may be one of the sources.

import { argumentAt, argumentLength } from "../request/parser";
import { deleteOpenKey, ENCODING_RAW, notifyOpen, openKey, payloadOf, replaceKey, TYPE_ZSET } from "../keys/keyspace";
import { SUBTREES } from "../tree/page";
import { replyInteger } from "../request/reply";
import { forgetZeroSigns, insertMember, isLargeSet, seekMember, SORTED_SET_BYTES } from "./members";
import { keyScratch } from "../memory/state";
import { ON_SORTED_SET } from "../keys/events";

const AREA: usize = 1024;

let longest: u32 = 0;

/** Address of the result's payload. */
export function resultPayload(): usize {
  return keyScratch() + AREA;
}

/** Members of the result. */
export function resultSize(): u32 {
  return load<u32>(resultPayload());
}

export function beginResult(): void {
  memory.fill(resultPayload(), 0, SORTED_SET_BYTES);
  longest = 0;
}

/** Adds a member that is not there. */
export function addResult(member: usize, length: u32, score: f64): void {
  seekMember(resultPayload(), member, length);
  insertMember(resultPayload(), member, length, score);
  longest = max(longest, length);
}

/** Makes the result by event `name` the value of the key in argument `index`, which it removes when the result is empty. */
export function storeResult(index: u32, name: string): void {
  const size = resultSize();
  const exists = openKey(argumentAt(index), argumentLength(index)) != 0;
  if (size == 0) {
    if (exists) deleteOpenKey();
  } else {
    const isLarge = isLargeSet(size, longest);
    if (!isLarge) forgetZeroSigns(resultPayload());
    const record = replaceKey(exists, TYPE_ZSET, isLarge ? ENCODING_RAW : 0, -1, SORTED_SET_BYTES, SUBTREES);
    memory.copy(payloadOf(record), resultPayload(), SORTED_SET_BYTES);
    notifyOpen(ON_SORTED_SET, name);
  }
  replyInteger(size);
}
