// === Members with scores that are found for a reply, to be put in order ===
//
// A read makes no tree: it notes where the members are, in a buffer, and sorts.
//
// ╒══════ row (16 bytes) ══════╕
// │ +0  score   f64             │
// │ +8  member  u32   address   │
// │ +12 length  u32             │
// ╘══════════════════════════════╛

import { free, OBJECT_HEADER } from "../memory/heap";
import { replyArray, replyBulk } from "../request/reply";
import { replyDouble } from "../request/scores";
import { scoreHead } from "./members";
import { addWork, protocol } from "../memory/state";
import { compareBytes } from "../text/bytes";
import { takeRoom } from "../request/room";

const ROW: u64 = 16;

let buffer: usize = 0;
let rows: usize = 0;
let count: u32 = 0;

/** Makes room for `most` rows, or answers that there is none. `endRows` must follow. */
export function beginRows(most: u64): bool {
  count = 0;
  buffer = takeRoom(most * ROW + OBJECT_HEADER, false);
  if (buffer == 0) return false;
  rows = buffer + OBJECT_HEADER;
  return true;
}

function rowOf(index: u32): usize {
  return rows + (<usize>index << 4);
}

/** Adds a member, whose bytes stay where they are until `endRows`. */
export function addRow(member: usize, length: u32, score: f64): void {
  const row = rowOf(count++);
  store<f64>(row, score);
  store<u32>(row, <u32>member, 8);
  store<u32>(row, length, 12);
}

function isBelow(a: usize, b: usize): bool {
  const headA = scoreHead(load<f64>(a));
  const headB = scoreHead(load<f64>(b));
  if (headA != headB) return headA < headB;
  return compareBytes(load<u32>(a, 8), load<u32>(a, 12), load<u32>(b, 8), load<u32>(b, 12)) < 0;
}

function swap(a: usize, b: usize): void {
  const score = load<f64>(a);
  const name = load<u64>(a, 8);
  memory.copy(a, b, 16);
  store<f64>(b, score);
  store<u64>(b, name, 8);
}

/** Sinks the row at `index` of a heap of `size` rows, the greatest on top. */
function sink(index: u32, size: u32): void {
  while (true) {
    let child = index * 2 + 1;
    if (child >= size) return;
    if (child + 1 < size && isBelow(rowOf(child), rowOf(child + 1))) child++;
    if (!isBelow(rowOf(index), rowOf(child))) return;
    swap(rowOf(index), rowOf(child));
    index = child;
  }
}

function sortRows(): void {
  for (let i = count / 2; i != 0; i--) sink(i - 1, count);
  for (let size = count; size > 1; size--) {
    swap(rowOf(0), rowOf(size - 1));
    sink(0, size - 1);
  }
}

/** Answers with the rows in order, and lets go of them. */
export function endRows(withScores: bool): void {
  sortRows();
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
