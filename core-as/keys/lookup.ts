// === Looking keys up ===
//
// What a lookup leaves behind is Redis's: it may be a use of the key, which
// stamps its access time, and it may count as a hit or a miss. Commands that
// write open keys (`openKey`), which is a use as well.
//
// ╒════════════╤═════════╤═══════════════╕
// │            │ a use   │ hit or miss   │
// ╞════════════╪═════════╪═══════════════╡
// │ peekKey    │         │               │  the core itself, MEMORY USAGE
// │ countKey   │         │ counted       │  EXISTS, TYPE, TTL, OBJECT
// │ probeKey   │ stamped │               │  other keys of commands that write
// │ readKey    │ stamped │ counted       │  commands that read values
// ╘════════════╧═════════╧═══════════════╛

import { header } from "../memory/layout";
import { valueOf } from "../tree/page";
import { findKey } from "./warm";
import {
  currentDatabase, isExpired, TYPE_HASH, TYPE_LIST, TYPE_SET, TYPE_STRING, TYPE_ZSET,
} from "./keyspace";
import { accessNow, accessUsed, countsUses } from "./access";
import { notify, ON_MISS } from "./events";

/** Whether lookups leave access times alone (CLIENT NO-TOUCH). */
export let keepsAccess: bool = false;

export function setKeepsAccess(value: bool): void {
  keepsAccess = value;
}

/** Notes a use of the key, in place; nothing when access times are left alone. */
export function stampAccess(record: usize): void {
  if (keepsAccess) return;
  const access = countsUses() ? accessUsed(load<u32>(valueOf(record)) >>> 8) : accessNow();
  setAccess(record, access);
}

/** Gives the key another access time, or counter. */
export function setAccess(record: usize, access: u32): void {
  const meta = valueOf(record);
  const word = load<u32>(meta);
  const stamped = (word & 0xff) | (access << 8);
  if (word != stamped) store<u32>(meta, stamped);
}

/** Counts a lookup of a key that found `record`, 0 = nothing. */
export function countLookup(record: usize, key: usize, keyLen: u32): void {
  if (record == 0) notify(ON_MISS, "keymiss", key, keyLen);
  countSilently(record);
}

/** The same without the event of a miss. */
export function countSilently(record: usize): void {
  if (record == 0) header.keyspaceMisses++;
  else header.keyspaceHits++;
}

/** Record of a live key, or 0. Leaves no trace. */
export function peekKey(key: usize, keyLen: u32): usize {
  const record = findKey(currentDatabase().root, key, keyLen);
  return record != 0 && !isExpired(record) ? record : 0;
}

/** Record of a live key, or 0; counts a hit or miss and is no use of the key. */
export function countKey(key: usize, keyLen: u32): usize {
  const record = peekKey(key, keyLen);
  countLookup(record, key, keyLen);
  return record;
}

/** Record of a live key, or 0; a use of the key, without a hit or miss. */
export function probeKey(key: usize, keyLen: u32): usize {
  const record = peekKey(key, keyLen);
  if (record != 0) stampAccess(record);
  return record;
}

/** Record of a live key, or 0; a use of the key that counts a hit or miss. */
export function readKey(key: usize, keyLen: u32): usize {
  const record = peekKey(key, keyLen);
  countLookup(record, key, keyLen);
  if (record != 0) stampAccess(record);
  return record;
}

/** Name of a type as TYPE and SCAN show it. */
export function typeName(type: u32): string {
  if (type == TYPE_STRING) return "string";
  if (type == TYPE_HASH) return "hash";
  if (type == TYPE_LIST) return "list";
  if (type == TYPE_SET) return "set";
  if (type == TYPE_ZSET) return "zset";
  return "stream";
}
