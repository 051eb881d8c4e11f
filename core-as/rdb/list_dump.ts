// === RDB: writing a list ===
//
//   list := nodes · (container · node)*
//
// A node of container PACKED is a listpack, as a string. The items are dealt to
// nodes as Redis 7.0 does when they are pushed one after the other at the tail.

import { EMPTY_LISTPACK } from "../lists/edit";
import { listpackBytesMax, listpackItemsMax } from "../lists/encoding";
import { itemAt, itemCount, itemLen, itemsRoot, nextItem, openItem } from "../lists/items";
import { outputLength } from "../request/reply";
import { addWork, walkCursor } from "../memory/state";
import { elementBytes, emitElement, insertListpack } from "./listpack";
import { emitLength, insertString } from "./strings";

/** Kinds of nodes: one plain item, or a listpack. */
export const CONTAINER_PLAIN: u64 = 1;
export const CONTAINER_PACKED: u64 = 2;

/** What Redis adds to an item's bytes when it asks for room. */
const OVERHEAD_BYTES: u32 = 8;

let nodeItems: u32 = 0;
let nodeBytes: u32 = 0;

/** Whether the node has room for the item read; Redis's _quicklistNodeAllowInsert. */
function hasRoom(): bool {
  if (nodeItems == 0) return false;
  return <u64>nodeBytes + itemLen + OVERHEAD_BYTES <= listpackBytesMax() && nodeItems < listpackItemsMax();
}

/** Deals the item read to a node; whether it is the first of one. */
function deal(): bool {
  const isFirst = !hasRoom();
  if (isFirst) {
    nodeItems = 0;
    nodeBytes = EMPTY_LISTPACK;
  }
  nodeItems++;
  nodeBytes += elementBytes(itemAt, itemLen);
  return isFirst;
}

function countNodes(root: usize): u32 {
  const cursor = walkCursor();
  nodeItems = 0;
  let nodes: u32 = 0;
  openItem(cursor, root, 0);
  do {
    if (deal()) nodes++;
  } while (nextItem(cursor));
  return nodes;
}

/** Appends a list. */
export function emitList(record: usize): void {
  const root = itemsRoot(record);
  const cursor = walkCursor();
  emitLength(countNodes(root));
  nodeItems = 0;
  let from = outputLength();
  openItem(cursor, root, 0);
  do {
    const items = nodeItems;
    if (deal()) {
      endNode(from, items);
      emitLength(CONTAINER_PACKED);
      from = outputLength();
    }
    emitElement(itemAt, itemLen);
  } while (nextItem(cursor));
  endNode(from, nodeItems);
  addWork(itemCount(record));
}

function endNode(from: u32, items: u32): void {
  if (items == 0) return;
  insertListpack(from, items);
  insertString(from);
}
