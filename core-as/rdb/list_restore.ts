// === RDB: reading lists ===
//
// Four forms: strings; one string that is a ziplist; nodes, each a string that is
// a ziplist; and nodes with a container, each a listpack or one plain item. Each
// reader adds the items to the build (building.ts); false means that the payload
// is not sound. As in Redis, nodes may be empty, a list may not.

import { hasPackedMore, isPackedDone, openPacked, readPackedElement } from "./packed";
import { EMPTY_LISTPACK } from "../lists/edit";
import { ITEMS_ROOT } from "../lists/items";
import { listpackBytesMax, listpackItemsMax } from "../lists/encoding";
import { beginBuild, buildArea, buildItem, dropBuiltList, finishItems, isMeasuring, isRough, measureBytes, measurePacked, trimBuilt } from "./building";
import { bytesAt, bytesLen, TEXT_OF_FIELD, useText } from "./element";
import { lengthRead, readLength } from "./length";
import { CONTAINER_PACKED, CONTAINER_PLAIN } from "./list_dump";
import { dropStrings, openString, readString, textAt, textLen } from "./strings";
import { RDB_LIST, RDB_LIST_QUICKLIST_2, RDB_LIST_ZIPLIST } from "./types";

/** Items added, the bytes of the longest node, and whether Redis would keep more than one node. */
let items: u32 = 0;
let longestNode: u32 = 0;
let hasNodes: bool = false;

/** Reads a list of the form `type`; on false nothing is left of the build. */
export function buildList(type: u8, measures: bool): bool {
  beginBuild(measures);
  startList();
  items = 0;
  longestNode = 0;
  hasNodes = false;
  let isSound = false;
  if (type == RDB_LIST) isSound = readStrings();
  else if (type == RDB_LIST_ZIPLIST) isSound = readPackedNode(false);
  else isSound = readNodes(type == RDB_LIST_QUICKLIST_2);
  dropStrings();
  finishItems();
  trimBuilt(ITEMS_ROOT, ITEMS_ROOT);
  measureBytes(longestNode);
  if (!isSound || items == 0) {
    dropBuiltList();
    return false;
  }
  if (hasNodes) forgetListpack();
  return true;
}

/** The list being built counts as a listpack until it outgrows one. */
function startList(): void {
  store<u32>(buildArea(), EMPTY_LISTPACK, 4);
}

function forgetListpack(): void {
  store<u32>(buildArea(), 0, 4);
}

function add(item: usize, length: u32): void {
  items++;
  buildItem(item, length);
  if (load<u32>(buildArea(), 4) > listpackBytesMax() || items > listpackItemsMax()) forgetListpack();
}

// === Strings ===

function readStrings(): bool {
  if (!readLength()) return false;
  for (let left = lengthRead; left != 0; left--) {
    if (!readPlain()) return false;
  }
  return true;
}

/** Reads a string as an item; when measuring, only its length, so nothing is decompressed. */
function readPlain(): bool {
  if (isMeasuring ? !openString() : !readString()) return false;
  longestNode = max(longestNode, textLen);
  add(textAt, textLen);
  dropStrings();
  return true;
}

// === Packed lists ===

function readNodes(hasContainers: bool): bool {
  if (!readLength()) return false;
  const nodes = lengthRead;
  hasNodes = nodes != 1;
  for (let left = nodes; left != 0; left--) {
    if (!(hasContainers ? readContained() : readPackedNode(false))) return false;
    dropStrings();
  }
  return true;
}

/** An item that stands alone has at least a byte, as Redis wants it. */
function readContained(): bool {
  if (!readLength()) return false;
  if (lengthRead == CONTAINER_PLAIN) {
    hasNodes = true;
    return readPlain() && textLen != 0;
  }
  return lengthRead == CONTAINER_PACKED && readPackedNode(true);
}

function readPackedNode(isListpack: bool): bool {
  if (isMeasuring && isRough) return measurePacked();
  return readString() && readElements(isListpack);
}

function readElements(isListpack: bool): bool {
  const before = items;
  longestNode = max(longestNode, textLen);
  if (!openPacked(isListpack)) return false;
  while (hasPackedMore()) {
    if (!readPackedElement()) return false;
    useText(TEXT_OF_FIELD);
    add(bytesAt, bytesLen);
  }
  return isPackedDone(items - before);
}
