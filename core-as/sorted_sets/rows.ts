// === Members with scores that are found for a reply, to be put in order ===
//
// A read makes no tree: it notes where the members are, in rows (request/rows.ts)
// whose keys are the scores, and sorts.

import { beginSort, BY_NUMBER_AND_ELEMENT, ROW_BYTES, sortInPlace } from "../request/rows";
import { free, OBJECT_HEADER } from "../memory/heap";
import { replyArray, replyBulk } from "../request/reply";
import { replyDouble } from "../request/scores";
import { addWork, protocol } from "../memory/state";
import { takeRoom } from "../request/room";

let buffer: usize = 0;
let rows: usize = 0;
let count: u32 = 0;

/** Makes room for `most` rows, or answers that there is none. `endRows` must follow. */
export function beginRows(most: u64): bool {
  count = 0;
  buffer = takeRoom(most * ROW_BYTES + OBJECT_HEADER, false);
  if (buffer == 0) return false;
  rows = buffer + OBJECT_HEADER;
  return true;
}

function rowOf(index: u32): usize {
  return rows + <usize>index * ROW_BYTES;
}

/** Adds a member, whose bytes stay where they are until `endRows`. */
export function addRow(member: usize, length: u32, score: f64): void {
  const row = rowOf(count++);
  store<f64>(row, score);
  store<u32>(row, <u32>member, 8);
  store<u32>(row, length, 12);
}

/** Answers with the rows in order, and lets go of them. */
export function endRows(withScores: bool): void {
  beginSort(rows, BY_NUMBER_AND_ELEMENT, false);
  sortInPlace(count);
  const isFlat = withScores && protocol != 3;
  replyArray(isFlat ? count * 2 : count);
  for (let i: u32 = 0; i < count; i++) {
    if (withScores && !isFlat) replyArray(2);
    replyBulk(load<u32>(rowOf(i), 8), load<u32>(rowOf(i), 12));
    if (withScores) replyDouble(load<f64>(rowOf(i)));
  }
  addWork(count);
  free(buffer);
}
