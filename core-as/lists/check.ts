// === Invariants of lists, for check.ts ===
//
// They are read from the pages alone, without a cursor: check.ts also runs over
// views, in instances that are in the middle of something.

import { childOf, countOf, headAt, levelOf, recordAt, tailLength, tailWord, VALUE_BLOB, valueLength, valueOf } from "../tree/page";
import { OBJECT_HEADER } from "../memory/heap";
import { treeCount } from "../tree/cursor";
import { CHUNK_BYTES_MAX, CHUNK_ITEMS_MAX, itemAt, itemCount, itemLen, itemsRoot, readItem } from "./items";
import { EMPTY_LISTPACK } from "./edit";
import { payloadOf } from "../keys/keyspace";
import { elementBytes } from "../rdb/listpack";

let bytesAt: usize = 0;
let bytesLen: u32 = 0;

function loadRecord(record: usize): void {
  bytesAt = valueOf(record);
  bytesLen = valueLength(record);
  if (!(tailWord(record) & VALUE_BLOB)) return;
  bytesLen = load<u32>(bytesAt, 4);
  bytesAt = <usize>load<u32>(bytesAt) + OBJECT_HEADER;
}

/** Whether a record's value is as many items as its head says, in the form that their size asks for. */
export function isChunkSound(page: usize, index: u32): bool {
  const record = recordAt(page, index);
  const items = headAt(page, index);
  loadRecord(record);
  const isBlob = (tailWord(record) & VALUE_BLOB) != 0;
  if (tailLength(record) != 0 || items == 0 || items > (isBlob ? 1 : CHUNK_ITEMS_MAX)) return false;
  if (isBlob != (bytesLen > CHUNK_BYTES_MAX)) return false;
  const end = bytesAt + bytesLen;
  let place = bytesAt;
  for (let left = items; left != 0; left--) {
    if (place >= end) return false;
    place = readItem(place);
  }
  return place == end;
}

/** Bytes of the items below a page in a listpack. */
function listpackBytes(page: usize): u32 {
  let sum: u32 = 0;
  for (let index: u32 = 0; index < countOf(page); index++) {
    const record = recordAt(page, index);
    if (levelOf(page) > 0) {
      sum += listpackBytes(childOf(record));
      continue;
    }
    loadRecord(record);
    const end = bytesAt + bytesLen;
    for (let place = bytesAt; place < end;) {
      place = readItem(place);
      sum += elementBytes(itemAt, itemLen);
    }
  }
  return sum;
}

/** Whether a list's header agrees with its tree of `items` items. */
export function checkList(record: usize, items: u32): bool {
  const root = itemsRoot(record);
  if (items == 0 || itemCount(record) != items || treeCount(root) != items) return false;
  const packed = load<u32>(payloadOf(record), 4);
  return packed == 0 || packed == EMPTY_LISTPACK + listpackBytes(root);
}
