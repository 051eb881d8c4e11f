// === The encoding that OBJECT ENCODING shows of a list ===
//
// As in Redis 7.2: a list is one listpack until a write would make it larger than
// `list-max-listpack-size` allows, and is again when it has shrunk to half of it.
// A positive limit is a number of items, a negative one names a size.

import { levelOf } from "../tree/page";
import { header } from "../memory/layout";
import { EMPTY_LISTPACK, measureItems } from "./edit";
import { ITEMS_ROOT } from "./items";

/** Largest listpack when the limit is a number of items. */
const SAFETY_BYTES: u32 = 8192;
/** Lists that shrink item by item are measured at each such number of items, small ones always. */
const MEASURE_EACH: u32 = 16;

/** Bytes of a listpack that the limit allows. */
export function listpackBytesMax(): u32 {
  const limit = header.listListpackSize;
  return limit < 0 ? <u32>4096 << (min(<u32>-limit, 5) - 1) : SAFETY_BYTES;
}

/** Items of a listpack that the limit allows. */
export function listpackItemsMax(): u32 {
  const limit = header.listListpackSize;
  return limit < 0 ? u32.MAX_VALUE : max(<u32>limit, 1);
}

/** Whether the list at `payload` is shown as one listpack. */
export function isListpack(payload: usize): bool {
  return load<u32>(payload, 4) != 0;
}

/** Notes that `bytes` bytes in `items` items are about to be added. */
export function noteGrowth(payload: usize, bytes: u64, items: u32): void {
  if (!isListpack(payload)) return;
  const sum = load<u32>(payload, 4) + bytes;
  if (sum > listpackBytesMax() || load<u32>(payload) + items > listpackItemsMax()) store<u32>(payload, 0, 4);
}

/** Notes that `removed` items went. */
export function noteShrink(payload: usize, removed: u32): void {
  const count = load<u32>(payload);
  const root: usize = load<u32>(payload + ITEMS_ROOT);
  if (isListpack(payload) || root == 0) return;
  if (removed == 1 && count > MEASURE_EACH && count % MEASURE_EACH != 0) return;
  const isBySize = header.listListpackSize < 0;
  const most = isBySize ? listpackBytesMax() / 2 : SAFETY_BYTES;
  if (count > (isBySize ? most / 2 : listpackItemsMax() / 2) || levelOf(root) > 1) return;
  const bytes = EMPTY_LISTPACK + measureItems(payload, 0, count, most);
  if (bytes <= most) store<u32>(payload, bytes, 4);
}
