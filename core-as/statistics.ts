// === What ran lately, and which errors were answered ===
//
// Both are read by the host where they lie, see layout.ts. Only the owner's
// instance keeps them.
//
// A *run* is a command called several times in a row. The host measures how long
// a crossing took and shares that time among its runs by their cost, so that no
// clock is read between two commands. Runs begin anew with each crossing.

import { ERRORS, ERROR_CODE_BYTES, ERROR_ROW, ERROR_ROWS, RUN_ROW, RUN_ROWS, RUNS } from "./layout";

/** Cost of a call beyond the work it notes, in the unit of `addWork`: 50 ns. */
const CALL_COST: u32 = 2;

/** Address of the newest run; `RUNS` itself = none yet. */
let newest: usize = RUNS;
const NEWEST_MAX: usize = RUNS + RUN_ROW * <usize>RUN_ROWS;

/** Starts a crossing's runs. */
export function beginRuns(): void {
  newest = RUNS;
  store<u32>(RUNS, 0);
}

/** Notes a call of command `id` that did `work`. Calls beyond the last row are not noted. */
export function noteCall(id: u32, work: u32): void {
  if (newest == RUNS || load<u32>(newest) != id) {
    if (newest == NEWEST_MAX) return;
    newest += RUN_ROW;
    store<u32>(newest, id);
    store<u64>(newest, 0, 4);
    store<u32>(RUNS, load<u32>(RUNS) + 1);
  }
  store<u32>(newest, load<u32>(newest, 4) + 1, 4);
  store<u32>(newest, load<u32>(newest, 8) + work + CALL_COST, 8);
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
