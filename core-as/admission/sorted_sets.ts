// === Admission of commands of sorted sets: see admission.ts ===

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { isWord } from "../request/arguments";
import {
  ID_GEORADIUS, ID_GEORADIUSBYMEMBER, ID_GEOSEARCHSTORE, ID_ZDIFFSTORE, ID_ZINTERSTORE, ID_ZRANGESTORE, ID_ZUNIONSTORE,
} from "../generated/commands";
import { searchBytes } from "../geo/search";
import { payloadOf, TYPE_SET, TYPE_ZSET, typeOf } from "../keys/keyspace";
import { peekKey } from "../keys/lookup";
import { keyBytes } from "../tree/sizes";
import { scoredSourcesBytes } from "../sorted_sets/sources";
import { parsedInteger, parseInteger } from "../text/integers";

function storesPlaces(commandId: u32): bool {
  if (commandId == ID_GEOSEARCHSTORE) return true;
  return (commandId == ID_GEORADIUS || commandId == ID_GEORADIUSBYMEMBER) && namesTarget();
}

/** Whether a word of the request in the table may be that before a key to store at. */
function namesTarget(): bool {
  for (let i: u32 = 5; i + 1 < argumentCount; i++) {
    if (isWord(i, "store") || isWord(i, "storedist")) return true;
  }
  return false;
}

/** What the places found may take: all of the set, and the room to find them. */
function placesBytes(index: u32): u64 {
  const record = peekKey(argumentAt(index), argumentLength(index));
  if (record == 0 || typeOf(record) != TYPE_ZSET) return 0;
  return keyBytes(record) * 2 + searchBytes(load<u32>(payloadOf(record)));
}

/** Whether a command stores a sorted set that it makes of other keys. */
export function isSortedSetStore(commandId: u32): bool {
  return commandId == ID_ZRANGESTORE || commandId == ID_ZUNIONSTORE || commandId == ID_ZINTERSTORE || commandId == ID_ZDIFFSTORE ||
    storesPlaces(commandId);
}

/** Bytes that the members of the set or sorted set at argument `index` may take in a sorted set. */
function scoredBytes(index: u32): u64 {
  const record = peekKey(argumentAt(index), argumentLength(index));
  if (record == 0) return 0;
  if (typeOf(record) == TYPE_ZSET) return keyBytes(record);
  // A sorted set names its members twice, each time with some bytes more.
  return typeOf(record) == TYPE_SET ? keyBytes(record) * 4 : 0;
}

/** Which of arguments [first, end) names the set or sorted set with the fewest members: an intersection is a part of it. */
export function smallestSource(first: u32, end: u32): u32 {
  let smallest = first;
  let fewest = u32.MAX_VALUE;
  for (let i = first; i < end && fewest != 0; i++) {
    const record = peekKey(argumentAt(i), argumentLength(i));
    const isSource = record != 0 && (typeOf(record) == TYPE_SET || typeOf(record) == TYPE_ZSET);
    const members = isSource ? load<u32>(payloadOf(record)) : 0;
    if (members >= fewest) continue;
    fewest = members;
    smallest = i;
  }
  return smallest;
}

/** What the result may hold, in pages that are half full, and the room to find it. */
export function sortedSetStoreBytes(commandId: u32): u64 {
  if (storesPlaces(commandId)) return placesBytes(commandId == ID_GEOSEARCHSTORE ? 2 : 1);
  const first: u32 = commandId == ID_ZRANGESTORE ? 2 : 3;
  let most: u64 = 0;
  if (commandId == ID_ZINTERSTORE) {
    const keys = parseInteger(argumentAt(2), argumentLength(2)) ? parsedInteger() : 0;
    if (keys > 0 && keys <= <i64>(argumentCount - first)) most = scoredBytes(smallestSource(first, first + <u32>keys));
  } else if (first < argumentCount) {
    most = scoredBytes(first);
    // Options among the names of keys only make the estimate larger.
    for (let i = first + 1; i < argumentCount && commandId == ID_ZUNIONSTORE; i++) most += scoredBytes(i);
  }
  return most * 2 + scoredSourcesBytes(argumentCount);
}
