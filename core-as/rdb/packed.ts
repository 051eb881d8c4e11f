// === A string that is a packed list: a listpack, or its forerunner, a ziplist ===
//
// What reads hashes, lists and sorted sets goes through either in the same way.

import { claimsCount, isListpackDone, openListpack, readElement } from "./listpack";
import { textAt, textLen } from "./strings";
import { hasZiplistMore, isZiplistDone, openZiplist, readZiplistElement } from "./ziplist";

let isListpack: bool = false;
/** Where the listpack is. */
let start: usize = 0;

/** Starts going through the string last read; whether its frame is sound. */
export function openPacked(asListpack: bool): bool {
  isListpack = asListpack;
  start = textAt;
  return isListpack ? openListpack(textAt, textLen) : openZiplist(textAt, textLen);
}

/** Whether an element follows. */
export function hasPackedMore(): bool {
  return isListpack ? !isListpackDone() : hasZiplistMore();
}

/** Reads the next element into element.ts; false when it is not sound, and when there is none. */
export function readPackedElement(): bool {
  return isListpack ? readElement() : readZiplistElement();
}

/** Whether the list is over, and had the `count` elements that it claims to have. */
export function isPackedDone(count: u32): bool {
  return isListpack ? claimsCount(start, count) : isZiplistDone(count);
}
