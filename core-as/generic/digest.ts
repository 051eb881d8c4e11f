// === Digests of a key's value and of all data, as DEBUG shows them ===
//
// Equal data have the digest that redis-server has of them. In that of all data
// keys whose time is over count while they are there, as they do in Redis.
//
// Redis's xorObjectDigest: a digest of 20 bytes takes in bytes by XOR with their
// SHA-1, which forgets the order, or by *mixing*, which then puts the SHA-1 of
// the digest in its place, and so keeps it.

import { next, recordOf, seekFirst, settle } from "../tree/cursor";
import { dueOf } from "../hashes/dues";
import { fieldAt, fieldLen, fieldsRoot, loadField } from "../hashes/fields";
import { hasExpiry, loadString, stringAt, stringLen, TYPE_HASH, TYPE_LIST, TYPE_SET, TYPE_STRING, TYPE_ZSET, typeOf } from "../keys/keyspace";
import { database, DATABASE_COUNT } from "../memory/layout";
import { itemAt, itemLen, itemsRoot, nextItem, openItem } from "../lists/items";
import { tailLength, tailOf, valueOf } from "../tree/page";
import { keyScratch, otherCursor, textScratch, walkCursor } from "../memory/state";
import { entryMs, entrySeq, firstEntry, nextEntry } from "../streams/entries";
import { scoreText, writePreciseScore } from "../request/scores";
import { membersRoot } from "../sorted_sets/members";
import { openFields, readWord, wordAt, wordLen } from "../streams/fields";
import { writeUnsigned } from "../text/integers";
import { addSha1, endSha1, SHA1_BYTES, startSha1 } from "../text/sha1";

/** Use of `keyScratch`: the key's digest, an element's, a sum, and the digest of all data. */
const ELEMENT: usize = 32;
const SUM: usize = 64;
const DATASET: usize = 96;

/** What Redis adds for a key that has an expiry. */
const EXPIRE_MARK = memory.data<u8>([0x21, 0x21, 0x65, 0x78, 0x70, 0x69, 0x72, 0x65, 0x21, 0x21]);
const EXPIRE_MARK_BYTES: u32 = 10;
/** What it adds for a field that is due: "!!hexpire!!". */
const FIELD_EXPIRE_MARK = memory.data<u8>([0x21, 0x21, 0x68, 0x65, 0x78, 0x70, 0x69, 0x72, 0x65, 0x21, 0x21]);
const FIELD_EXPIRE_MARK_BYTES: u32 = 11;

function xorIn(digest: usize, at: usize, length: u32): void {
  const sum = keyScratch() + SUM;
  startSha1();
  addSha1(at, length);
  endSha1(sum);
  for (let i: usize = 0; i < SHA1_BYTES; i++) store<u8>(digest + i, load<u8>(digest + i) ^ load<u8>(sum + i));
}

function mixIn(digest: usize, at: usize, length: u32): void {
  xorIn(digest, at, length);
  startSha1();
  addSha1(digest, SHA1_BYTES);
  endSha1(digest);
}

/** Redis's number of a type. */
function typeNumber(type: u32): u32 {
  if (type == TYPE_STRING) return 0;
  if (type == TYPE_LIST) return 1;
  if (type == TYPE_SET) return 2;
  if (type == TYPE_ZSET) return 3;
  return type == TYPE_HASH ? 4 : 6;
}

/** Address of the 20 bytes of a record's digest, good until the next command. */
export function digestKey(record: usize): usize {
  const digest = keyScratch();
  memory.fill(digest, 0, SHA1_BYTES);
  addValue(digest, record);
  return digest;
}

function addValue(digest: usize, record: usize): void {
  const type = typeOf(record);
  store<u32>(textScratch(), bswap(typeNumber(type)));
  mixIn(digest, textScratch(), 4);
  if (type == TYPE_STRING) {
    loadString(record);
    mixIn(digest, stringAt, stringLen);
  } else if (type == TYPE_HASH) {
    addFields(digest, record);
  } else if (type == TYPE_SET) {
    addMembers(digest, record);
  } else if (type == TYPE_LIST) {
    addItems(digest, record);
  } else if (type == TYPE_ZSET) {
    addScores(digest, record);
  } else {
    addEntries(digest, record);
  }
  if (hasExpiry(record)) xorIn(digest, EXPIRE_MARK, EXPIRE_MARK_BYTES);
}

/** Address of the 20 bytes of the digest of all data, good until the next command. */
export function digestDataset(): usize {
  const dataset = keyScratch() + DATASET;
  memory.fill(dataset, 0, SHA1_BYTES);
  for (let index: u32 = 0; index < DATABASE_COUNT; index++) {
    const root = database(index).root;
    if (root != 0) addDatabase(dataset, index, root);
  }
  return dataset;
}

function addDatabase(dataset: usize, index: u32, root: usize): void {
  store<u32>(textScratch(), bswap(index));
  mixIn(dataset, textScratch(), 4);
  const digest = keyScratch();
  const cursor = otherCursor();
  seekFirst(cursor, root);
  let more = settle(cursor);
  while (more) {
    const record = recordOf(cursor);
    memory.fill(digest, 0, SHA1_BYTES);
    mixIn(digest, tailOf(record), tailLength(record));
    addValue(digest, record);
    xorIn(dataset, digest, SHA1_BYTES);
    more = next(cursor);
  }
}

function addFields(digest: usize, record: usize): void {
  const element = keyScratch() + ELEMENT;
  const cursor = walkCursor();
  seekFirst(cursor, fieldsRoot(record));
  let more = settle(cursor);
  while (more) {
    const field = recordOf(cursor);
    loadField(field);
    memory.fill(element, 0, SHA1_BYTES);
    mixIn(element, tailOf(field), tailLength(field));
    mixIn(element, fieldAt, fieldLen);
    if (dueOf(field) >= 0) xorIn(element, FIELD_EXPIRE_MARK, FIELD_EXPIRE_MARK_BYTES);
    xorIn(digest, element, SHA1_BYTES);
    more = next(cursor);
  }
}

function addMembers(digest: usize, record: usize): void {
  const cursor = walkCursor();
  seekFirst(cursor, fieldsRoot(record));
  let more = settle(cursor);
  while (more) {
    const member = recordOf(cursor);
    xorIn(digest, tailOf(member), tailLength(member));
    more = next(cursor);
  }
}

function addItems(digest: usize, record: usize): void {
  const cursor = walkCursor();
  openItem(cursor, itemsRoot(record), 0);
  do {
    mixIn(digest, itemAt, itemLen);
  } while (nextItem(cursor));
}

function addScores(digest: usize, record: usize): void {
  const element = keyScratch() + ELEMENT;
  const cursor = walkCursor();
  seekFirst(cursor, membersRoot(record));
  let more = settle(cursor);
  while (more) {
    const member = recordOf(cursor);
    memory.fill(element, 0, SHA1_BYTES);
    mixIn(element, tailOf(member), tailLength(member));
    const length = writePreciseScore(load<f64>(valueOf(member)));
    mixIn(element, scoreText(), length);
    xorIn(digest, element, SHA1_BYTES);
    more = next(cursor);
  }
}

/** Writes `ms.seq`, not `ms-seq`; its length. */
function writeId(at: usize): u32 {
  const ms = writeUnsigned(at, entryMs);
  store<u8>(at + ms, 0x2e);
  return ms + 1 + writeUnsigned(at + ms + 1, entrySeq);
}

function addEntries(digest: usize, record: usize): void {
  let more = firstEntry(walkCursor(), record);
  while (more) {
    mixIn(digest, textScratch(), writeId(textScratch()));
    for (let left = openFields(); left != 0; left--) {
      readWord();
      mixIn(digest, wordAt, wordLen);
    }
    more = nextEntry(walkCursor());
  }
}
