// === The sets that a command names, and room to work on them ===

import { argumentAt, argumentLength } from "../request/parser";
import { encodingOf } from "../keys/keyspace";
import { memberCount, membersRoot, readSet, setRecord } from "./members";
import { MERGE_BYTES } from "./merge";
import { closeRoom, openRoom } from "../request/room";

/** Row of a source: root, members, encoding; zeros for a missing key. */
const SOURCE_BYTES: u32 = 12;
/** Room in scratch. */
const SCRATCH_BYTES: u32 = 32768;

let sources: usize = 0;

/** Number of sources, and how many of them are missing. */
export let sourceCount: u32 = 0;
export let missingCount: u32 = 0;

/** Bytes that a command needs to work on `count` sets. */
export function sourcesBytes(count: u32): u64 {
  return <u64>count * (SOURCE_BYTES + MERGE_BYTES) + 16;
}

/**
 * Looks up `count` keys from argument `first` on. False after answering for
 * another type. Otherwise `closeSources` must follow.
 */
export function openSources(first: u32, count: u32, isWrite: bool): bool {
  sources = openRoom(sourcesBytes(count), SCRATCH_BYTES, isWrite);
  if (sources == 0) return false;
  sourceCount = count;
  missingCount = 0;
  for (let i: u32 = 0; i < count; i++) {
    if (!readSet(argumentAt(first + i), argumentLength(first + i))) {
      closeSources();
      return false;
    }
    if (setRecord == 0) missingCount++;
    writeSource(i);
  }
  return true;
}

function writeSource(index: u32): void {
  const row = rowOf(index);
  store<u32>(row, setRecord == 0 ? 0 : <u32>membersRoot(setRecord));
  store<u32>(row, setRecord == 0 ? 0 : memberCount(setRecord), 4);
  store<u32>(row, setRecord == 0 ? 0 : encodingOf(setRecord), 8);
}

/** Lets go of the room. */
export function closeSources(): void {
  closeRoom();
}

function rowOf(index: u32): usize {
  return sources + <usize>index * SOURCE_BYTES;
}

/** Root of a source's members; 0 for a missing key. */
export function sourceRoot(index: u32): usize {
  return load<u32>(rowOf(index));
}

/** Members of a source. */
export function sourceSize(index: u32): u32 {
  return load<u32>(rowOf(index), 4);
}

/** Encoding bits of a source's record. */
export function sourceEncoding(index: u32): u32 {
  return load<u32>(rowOf(index), 8);
}

/** Brings the smallest source to the front. */
export function smallestFirst(): void {
  let smallest: u32 = 0;
  for (let i: u32 = 1; i < sourceCount; i++) {
    if (sourceSize(i) < sourceSize(smallest)) smallest = i;
  }
  for (let byte: u32 = 0; byte < SOURCE_BYTES; byte += 4) {
    const word = load<u32>(rowOf(0) + byte);
    store<u32>(rowOf(0) + byte, load<u32>(rowOf(smallest) + byte));
    store<u32>(rowOf(smallest) + byte, word);
  }
}

/** Space for a merge of all sources. */
export function mergeSpace(): usize {
  return (rowOf(sourceCount) + 7) & ~<usize>7;
}
