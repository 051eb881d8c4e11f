// === The list that SORT stores ===
//
// It is built beside the keyspace, with its payload in scratch, since the destination
// may be the key that is sorted. Patterns may name one large value for every element,
// so what a result takes has a bound, which is the same on every server: whoever
// applies an entry finds the same.

import { argumentAt, argumentLength } from "../request/parser";
import { CHUNK_SIZE } from "../memory/layout";
import { deleteOpenKey, notifyOpen, openKey, payloadOf, replaceKey, TYPE_LIST } from "../keys/keyspace";
import { EMPTY_LISTPACK, pushItem } from "../lists/edit";
import { noteGrowth } from "../lists/encoding";
import { ITEMS_ROOT, LIST_BYTES } from "../lists/items";
import { SUBTREES } from "../tree/page";
import { discardTree } from "../tree/reclaim";
import { replyInteger } from "../request/reply";
import { keyScratch } from "../memory/state";
import { ON_LIST } from "../keys/events";
import { isAtomic } from "../waits/wake";

/** Bytes of a stored result and of the room to sort it. At the bound: `-OOM`, and nothing is changed. */
const SORT_BYTES_MAX: u64 = 512 << 20;
/** The same in a transaction, of which no more is known before it runs. */
const TRANSACTION_SORT_BYTES_MAX: u64 = 16 << 20;

export function sortBytesMax(inTransaction: bool): u64 {
  return inTransaction ? TRANSACTION_SORT_BYTES_MAX : SORT_BYTES_MAX;
}

/** Behind what others keep in that scratch. */
const AREA: usize = 3072;
/** Larger items take chunks of their own. */
const LARGE_BYTES: u32 = 16 * 1024;
/** What Redis reckons that an item takes beside its bytes. */
const ITEM_OVERHEAD: u32 = 8;

let spent: u64 = 0;

function payload(): usize {
  return keyScratch() + AREA;
}

/** Bytes that an item of the result may take at most. */
export function storedBytes(length: u32): u64 {
  return length > LARGE_BYTES ? <u64>length + 2 * CHUNK_SIZE : <u64>length * 2 + 32;
}

/** Starts a result for which `bytes` bytes of room are in use. */
export function beginList(bytes: u64): void {
  memory.fill(payload(), 0, LIST_BYTES);
  store<u32>(payload(), EMPTY_LISTPACK, 4);
  spent = bytes;
}

/** Adds an item; whether the bound allows it. If not, `dropList` follows. */
export function addItem(item: usize, length: u32): bool {
  spent += storedBytes(length);
  if (spent > sortBytesMax(isAtomic)) return false;
  noteGrowth(payload(), <u64>length + ITEM_OVERHEAD, 1);
  pushItem(payload(), item, length, true);
  return true;
}

/** Gives up the result. */
export function dropList(): void {
  discardTree(load<u32>(payload() + ITEMS_ROOT));
}

/** Makes the result the value of the key in argument `index`, which it removes when the result is empty. */
export function storeList(index: u32): void {
  const size = load<u32>(payload());
  const exists = openKey(argumentAt(index), argumentLength(index)) != 0;
  if (size != 0) {
    const record = replaceKey(exists, TYPE_LIST, 0, -1, LIST_BYTES, SUBTREES);
    memory.copy(payloadOf(record), payload(), LIST_BYTES);
    notifyOpen(ON_LIST, "sortstore");
  } else if (exists) {
    deleteOpenKey();
  }
  replyInteger(size);
}
