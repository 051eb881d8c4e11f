// === The snapshot's content: constants that writer and reader share ===
//
//   content  := HEADER key* END
//   HEADER   := 'I' u8 · hashKey0 u64 · hashKey1 u64 · index u64 · timeMs i64
//   key      := KEY string-value | KEY (element | timed)* NEXT element* NEXT
//   KEY      := 'K' u8 · database u8 · flags u8 · access u24 · version u48 · expiry i64 (-1 = none)
//               · headerLen u16 · keyLen u32 · valueLen u32 · key · value
//   element  := 'E' u8 · head u64 · tailLen u32 · valueLen u32 · tail · value
//   timed    := 'T' u8 · head u64 · tailLen u32 · valueLen u32 · due i64 · tail · value
//   NEXT     := 'N' u8
//   END      := 'Z' u8 · keys u64
//
// A collection's KEY has its payload without the two roots as value (headerLen =
// valueLen); its elements follow, those of the first tree, then of the second.
// Keys of one database come in the order of its tree, elements too. The elements of
// a list are its chunks: their heads are numbers of items, their tails empty. Those of a
// stream are chunks too, see streams/chunks.ts. A field of a
// hash that is due is *timed*; the hash's second tree has it once more. Numbers are
// little-endian. The letter of HEADER is the content's version: what else begins is
// refused. The file around the content is src/storage's, and its version names it too.

export const ITEM_HEADER: u8 = 0x49;
export const ITEM_KEY: u8 = 0x4b;
export const ITEM_ELEMENT: u8 = 0x45;
export const ITEM_TIMED: u8 = 0x54;
export const ITEM_NEXT: u8 = 0x4e;
export const ITEM_END: u8 = 0x5a;

export const HEADER_ITEM_BYTES: u32 = 33;
export const KEY_ITEM_BYTES: u32 = 30;
export const ELEMENT_ITEM_BYTES: u32 = 17;
export const TIMED_ITEM_BYTES: u32 = 25;
export const END_ITEM_BYTES: u32 = 9;
/** No item's fixed part is longer. */
export const ITEM_BYTES_MAX: u32 = 33;
