// === Admission of SORT with STORE: see admission.ts ===
//
// What it stores is found by patterns, so it is measured by looking everything up,
// as the command itself will. That holds only while no other write is on its way, so
// it waits for those. In a transaction it cannot: there all that a result may take is
// asked for, which is little.

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { isWord } from "../request/arguments";
import { peekKey } from "../keys/lookup";
import { rowsBytes } from "../sort/sort";
import { elementAt, elementCount, elementLen, isSortable, nextElement, openElement } from "../sort/elements";
import { closePatterns, findValue, nameBytes, openPatterns, valueLen } from "../sort/patterns";
import { sortBytesMax, storedBytes } from "../sort/result";

/** Whether the SORT in the table stores its result. */
export function storesSorted(): bool {
  for (let i: u32 = 2; i + 1 < argumentCount; i++) {
    if (isWord(i, "store")) return true;
  }
  return false;
}

function longestArgument(): u32 {
  let longest: u32 = 0;
  for (let i: u32 = 2; i < argumentCount; i++) longest = max(longest, argumentLength(i));
  return longest;
}

/** What the words that may be patterns store of the element last read. */
function gotBytes(): u64 {
  let bytes: u64 = 0;
  for (let i: u32 = 2; i + 1 < argumentCount; i++) {
    if (!isWord(i, "get")) continue;
    bytes += findValue(i + 1, elementAt, elementLen) ? storedBytes(valueLen) : storedBytes(0);
  }
  return bytes;
}

function longestElement(record: usize, count: u32): u32 {
  let longest: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    if (i == 0) openElement(record, 0, false);
    else nextElement();
    longest = max(longest, elementLen);
  }
  return longest;
}

/** What the result and the room to sort it take now; `most` when that is more. */
function measure(record: usize, most: u64): u64 {
  const count = elementCount(record);
  const name = <u64>longestElement(record, count) + longestArgument();
  let bytes = rowsBytes(count) + nameBytes(name);
  if (!openPatterns(name, false, true)) return most;
  for (let i: u32 = 0; i < count && bytes < most; i++) {
    if (i == 0) openElement(record, 0, false);
    else nextElement();
    bytes += max(gotBytes(), storedBytes(elementLen));
  }
  closePatterns();
  return min(bytes, most);
}

/** Bytes that the SORT in the table may need; `hasOthers` says whether writes are on their way before it. */
export function sortBytes(inTransaction: bool, hasOthers: bool): u64 {
  const most = sortBytesMax(inTransaction);
  if (inTransaction && hasOthers) return most;
  const record = peekKey(argumentAt(1), argumentLength(1));
  return record == 0 || !isSortable(record) ? 0 : measure(record, most);
}
