// === Copies of whole trees ===

import { allocate, KIND_BLOB, OBJECT_HEADER, objectSize } from "../memory/heap";
import {
  childOf, copyPage, countOf, levelOf, recordAt, RECORD_HEADER, SUBTREES, TAIL_BLOB, tailWord, VALUE_BLOB, valueLength, valueOf,
} from "./page";

/** A tree with the same records as the one under `root`, sharing nothing; 0 for 0. */
export function copyTree(root: usize): usize {
  if (root == 0) return 0;
  const copy = copyPage(root, 0);
  const isLeaf = levelOf(copy) == 0;
  const end = countOf(copy);
  for (let index: u32 = 0; index < end; index++) {
    const record = recordAt(copy, index);
    const word = tailWord(record);
    if (word & TAIL_BLOB) copyBlobAt(record + RECORD_HEADER);
    if (!isLeaf) store<u32>(valueOf(record), <u32>copyTree(childOf(record)));
    else if (word & VALUE_BLOB) copyBlobAt(valueOf(record) + valueLength(record) - 8);
    else assert(!(word & SUBTREES)); // collections do not nest
  }
  return copy;
}

/** Replaces the blob that the reference { blob, length } at `at` names by a copy. */
function copyBlobAt(at: usize): void {
  const blob: usize = load<u32>(at);
  const size = objectSize(blob);
  const copy = allocate(size, KIND_BLOB);
  if (copy == 0) unreachable(); // admission checked the room
  memory.copy(copy + OBJECT_HEADER, blob + OBJECT_HEADER, size - OBJECT_HEADER);
  store<u32>(at, <u32>copy);
}
