// === Sizes: the objects that hold a key: its record, its share of the page, blobs and trees ===

import { objectSize } from "../memory/heap";
import {
  childOf, countOf, levelOf, recordAt, recordBytes, RECORD_HEADER, SLOT_BYTES, SUBTREES, TAIL_BLOB, tailWord, VALUE_BLOB, valueLength,
  valueOf,
} from "./page";
import { addWork } from "../memory/state";

/** Bytes of blobs that a record refers to. */
export function blobBytes(record: usize): u64 {
  const word = tailWord(record);
  let bytes: u64 = 0;
  if (word & TAIL_BLOB) bytes += objectSize(<usize>load<u32>(record + RECORD_HEADER));
  if (word & VALUE_BLOB) bytes += objectSize(<usize>load<u32>(valueOf(record) + valueLength(record) - 8));
  return bytes;
}

/** Bytes of a tree's pages and blobs. */
function treeBytes(root: usize): u64 {
  if (root == 0) return 0;
  let bytes: u64 = objectSize(root);
  const isLeaf = levelOf(root) == 0;
  for (let index: u32 = 0; index < countOf(root); index++) {
    const record = recordAt(root, index);
    bytes += blobBytes(record);
    if (!isLeaf) bytes += treeBytes(childOf(record));
  }
  addWork(1);
  return bytes;
}

/** Bytes that hold the key of `record`: what MEMORY USAGE answers. */
export function keyBytes(record: usize): u64 {
  let bytes = blobBytes(record) + recordBytes(record) + SLOT_BYTES;
  if (tailWord(record) & SUBTREES) {
    const end = valueOf(record) + valueLength(record);
    bytes += treeBytes(load<u32>(end - 8)) + treeBytes(load<u32>(end - 4));
  }
  return bytes;
}

/** Leaves of a tree; its inner pages but the lowest are walked. */
export function leavesOf(root: usize): u32 {
  if (root == 0) return 0;
  const level = levelOf(root);
  if (level == 0) return 1;
  const count = countOf(root);
  if (level == 1) return count;
  let leaves: u32 = 0;
  for (let index: u32 = 0; index < count; index++) leaves += leavesOf(childOf(recordAt(root, index)));
  return leaves;
}
