// === Digest: one number for all data ===
//
// Equal data gives equal digests, whatever the order of writes, the secret of
// the hash, the layout of pages or the node. Each key's hash covers its
// database, name, type, expiry and value; the digest is their sum. With
// versions, two replicas that applied the same log are equal too; without, two
// servers that hold the same data.

import { Database, database, DATABASE_COUNT } from "../memory/layout";
import { next, recordOf, seekFirst, settle } from "../tree/cursor";
import { SUBTREES, tailLength, tailOf, tailWord, VALUE_BLOB, valueLength, valueOf } from "../tree/page";
import { OBJECT_HEADER } from "../memory/heap";
import { hash64 } from "../text/siphash";
import {
  expiryOf, loadString, payloadLength, payloadOf, stringAt, stringLen, TYPE_LIST, TYPE_STREAM, typeOf, versionOf,
} from "../keys/keyspace";
import { DUE_BYTES, dueOf } from "../hashes/dues";
import { itemAt, itemCount, itemLen, itemsRoot, nextItem, openItem } from "../lists/items";
import { entryMs, entrySeq, firstEntry, nextEntry } from "../streams/entries";
import { openFields, readWord, wordAt, wordLen } from "../streams/fields";
import { elementCursor, walkCursor } from "../memory/state";

function mix(a: u64, b: u64): u64 {
  const x = (a ^ rotl(b, 29)) * 0x9fb21c651e98df25;
  return x ^ (x >> 32);
}

/** Digest of every database under `seed`. */
export function digestAll(seed: u64, withVersions: bool): u64 {
  let sum: u64 = 0;
  for (let index: u32 = 0; index < DATABASE_COUNT; index++) {
    sum += digestDatabase(database(index), mix(seed, index), withVersions);
  }
  return sum;
}

function digestDatabase(db: Database, seed: u64, withVersions: bool): u64 {
  let sum: u64 = 0;
  const cursor = walkCursor();
  seekFirst(cursor, db.root);
  let more = settle(cursor);
  while (more) {
    const record = recordOf(cursor);
    let hash = hash64(tailOf(record), tailLength(record), seed, expiryOf(record));
    if (withVersions) hash = mix(hash, versionOf(record));
    sum += mix(hash, digestValue(record, seed));
    more = next(cursor);
  }
  return sum;
}

/** Hash of a key's value under `seed`. */
export function digestValue(record: usize, seed: u64): u64 {
  const type = typeOf(record);
  if (!(tailWord(record) & SUBTREES)) {
    loadString(record);
    return hash64(stringAt, stringLen, seed, type);
  }
  if (type == TYPE_LIST) return digestItems(record, seed);
  const length = payloadLength(record) - 8;
  const roots = payloadOf(record) + length;
  const first = type == TYPE_STREAM ? digestEntries(record, seed) : digestTree(load<u32>(roots), seed);
  const second = digestTree(load<u32>(roots + 4), seed + 1);
  const own = hash64(payloadOf(record), length, seed, type);
  return mix(own, mix(first, second));
}

/** Of a list only its items count, in their order: not how they lie in chunks. */
function digestItems(record: usize, seed: u64): u64 {
  const count = itemCount(record);
  const cursor = elementCursor();
  let hash = mix(seed, TYPE_LIST);
  openItem(cursor, itemsRoot(record), 0);
  for (let left = count; left != 0; left--) {
    hash = mix(hash, hash64(itemAt, itemLen, seed, count));
    if (left != 1) nextItem(cursor);
  }
  return hash;
}

/** Of a stream's entries only their ids, fields and values count. */
function digestEntries(record: usize, seed: u64): u64 {
  let sum: u64 = 0;
  let more = firstEntry(elementCursor(), record);
  while (more) {
    const words = openFields();
    let hash = mix(mix(seed, entryMs), mix(entrySeq, words));
    for (let left = words; left != 0; left--) {
      readWord();
      hash = mix(hash, hash64(wordAt, wordLen, seed, left));
    }
    sum += hash;
    more = nextEntry(elementCursor());
  }
  return sum;
}

function digestTree(root: usize, seed: u64): u64 {
  let sum: u64 = 0;
  const cursor = elementCursor();
  seekFirst(cursor, root);
  let more = settle(cursor);
  while (more) {
    const element = recordOf(cursor);
    const value = valueOf(element);
    const end = value + valueLength(element);
    const isBlob = (tailWord(element) & VALUE_BLOB) != 0;
    const due = dueOf(element);
    const front: u32 = due >= 0 ? DUE_BYTES : 0;
    const at = isBlob ? <usize>load<u32>(end - 8) + OBJECT_HEADER : value + front;
    const length = isBlob ? load<u32>(end - 4) : valueLength(element) - front;
    const name = hash64(tailOf(element), tailLength(element), seed, 0);
    sum += mix(name, hash64(at, length, seed, due >= 0 ? <u64>due : 1));
    more = next(cursor);
  }
  return sum;
}
