// === What ran in a crossing, and which errors were answered ===
//
// The host reads both where they lie, see layout.ts. Only the owner's instance
// keeps them.
//
// A *crossing* is one call of the core that runs commands. The host measures how
// long it took and shares that time among the commands by their cost, so that no
// clock is read between two of them. While it runs, a command only counts up in
// its own row; the sums are brought up to date at the end.

import {
  COMMAND_STATS, COMMAND_STATS_ROW, CROSSED, ERRORS, ERROR_CODE_BYTES, ERROR_ROW, ERROR_ROWS, header,
} from "../memory/layout";

/** Offsets in a command's row. */
const CALLS: usize = 0;
const FAILED: usize = 8;
const REJECTED: usize = 16;
const CROSSED_CALLS: usize = 24;
const CROSSED_WORK: usize = 28;

/** Commands called in this crossing. */
let crossed: u32 = 0;

function rowOf(id: u32): usize {
  return COMMAND_STATS + <usize>id * COMMAND_STATS_ROW;
}

/** Row of the `index`-th command called in this crossing. */
function crossedRow(index: u32): usize {
  return rowOf(load<u32>(CROSSED + 4 + (<usize>index << 2)));
}

/** Starts a crossing. */
export function beginCrossing(): void {
  for (let index: u32 = 0; index < crossed; index++) store<u64>(crossedRow(index), 0, CROSSED_CALLS);
  crossed = 0;
}

/** Notes a call of command `id` that did `work` beyond what every call costs. */
export function noteCall(id: u32, work: u32): void {
  const row = rowOf(id);
  const calls = load<u32>(row, CROSSED_CALLS);
  if (calls == 0) store<u32>(CROSSED + 4 + (<usize>(crossed++) << 2), id);
  store<u32>(row, calls + 1, CROSSED_CALLS);
  if (work != 0) store<u32>(row, load<u32>(row, CROSSED_WORK) + work, CROSSED_WORK);
}

export function noteFailure(id: u32): void {
  store<u64>(rowOf(id), load<u64>(rowOf(id), FAILED) + 1, FAILED);
}

export function noteRejection(id: u32): void {
  store<u64>(rowOf(id), load<u64>(rowOf(id), REJECTED) + 1, REJECTED);
}

/** Ends a crossing; what it called stays to be read until the next one. */
export function endCrossing(): void {
  store<u32>(CROSSED, crossed);
  for (let index: u32 = 0; index < crossed; index++) {
    const row = crossedRow(index);
    const calls = load<u32>(row, CROSSED_CALLS);
    store<u64>(row, load<u64>(row, CALLS) + calls, CALLS);
    header.commandsProcessed += calls;
  }
}

/** Counts an error whose text of `length` bytes starts at `at` with its code word. */
export function countError(at: usize, length: u32): void {
  let codeLength: u32 = 0;
  while (codeLength < length && codeLength < ERROR_CODE_BYTES && load<u8>(at + codeLength) != 0x20) codeLength++;
  for (let index: u32 = 0; index < ERROR_ROWS; index++) {
    const row = ERRORS + <usize>index * ERROR_ROW;
    if (load<u64>(row, ERROR_CODE_BYTES) == 0) {
      memory.fill(row, 0, ERROR_CODE_BYTES);
      memory.copy(row, at, codeLength);
    } else if (!isCode(row, at, codeLength)) {
      continue;
    }
    store<u64>(row, load<u64>(row, ERROR_CODE_BYTES) + 1, ERROR_CODE_BYTES);
    return;
  }
}

function isCode(row: usize, at: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) {
    if (load<u8>(row + i) != load<u8>(at + i)) return false;
  }
  return length == ERROR_CODE_BYTES || load<u8>(row + length) == 0;
}
