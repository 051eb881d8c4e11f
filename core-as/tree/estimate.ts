// === Estimates: what a tree takes, from a few of its pages ===
//
// A walk through all pages of a large collection takes long. These look at a few
// children of each page and take the others for alike; small trees they add up.

import { childOf, countOf, levelOf, recordAt, recordBytes, SLOT_BYTES, SUBTREES, tailWord, valueLength, valueOf } from "./page";
import { objectSize } from "../memory/heap";
import { blobBytes } from "./sizes";

/** Children of an inner page that are looked at. */
const CHILDREN_LOOKED_AT: u32 = 3;
/** Records of a leaf that are looked at for blobs, and for trees. */
const BLOBS_LOOKED_AT: u32 = 16;
const TREES_LOOKED_AT: u32 = 2;

/** About the bytes of the tree under `root` (0 = none), with blobs and trees that its values refer to. */
export function roughTreeBytes(root: usize): u64 {
  if (root == 0) return 0;
  const bytes: u64 = objectSize(root);
  return bytes + (levelOf(root) == 0 ? recordsBytes(root) : childrenBytes(root));
}

function childrenBytes(page: usize): u64 {
  const count = countOf(page);
  const looked = min(count, CHILDREN_LOOKED_AT);
  let bytes: u64 = 0;
  for (let i: u32 = 0; i < looked; i++) bytes += roughTreeBytes(childOf(recordAt(page, i * count / looked)));
  return bytes * count / looked;
}

/** What the records of a leaf refer to. */
function recordsBytes(page: usize): u64 {
  const count = countOf(page);
  const looked = min(count, BLOBS_LOOKED_AT);
  if (looked == 0) return 0;
  let bytes: u64 = 0;
  let trees: u64 = 0;
  let treesSeen: u64 = 0;
  let treesLooked: u64 = 0;
  for (let i: u32 = 0; i < looked; i++) {
    const record = recordAt(page, i * count / looked);
    bytes += blobBytes(record);
    if (!(tailWord(record) & SUBTREES)) continue;
    treesSeen++;
    if (treesLooked == TREES_LOOKED_AT) continue;
    treesLooked++;
    trees += subtreesBytes(record);
  }
  if (treesLooked != 0) bytes += trees * treesSeen / treesLooked;
  return bytes * count / looked;
}

function subtreesBytes(record: usize): u64 {
  const end = valueOf(record) + valueLength(record);
  return roughTreeBytes(load<u32>(end - 8)) + roughTreeBytes(load<u32>(end - 4));
}

/** About the bytes that come back when the key of `record` goes. */
export function roughKeyBytes(record: usize): u64 {
  const own = blobBytes(record) + recordBytes(record) + SLOT_BYTES;
  return tailWord(record) & SUBTREES ? own + subtreesBytes(record) : own;
}
