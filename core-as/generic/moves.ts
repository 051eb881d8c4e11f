// === Keys that get another name or database ===

import { recordOf } from "../tree/cursor";
import {
  accessOf, detachOpenKey, dropOpenKey, encodingOf, expiryOf, openKey, payloadLength, payloadOf, replaceKey, typeOf,
} from "../keys/keyspace";
import { setAccess } from "../keys/lookup";
import { SUBTREES, tailWord, VALUE_BLOB } from "../tree/page";
import { databaseIndex, keyCursor, keyScratch, useDatabase } from "../memory/state";
import { enterHashDue, leaveHashDue } from "../keys/expiry";

/**
 * Gives the open key's value another name, in database `target`; what was there
 * is removed. Nothing of the value itself is copied but inline bytes. The key
 * cursor then stands on the new record.
 */
export function moveOpenKey(target: u32, key: usize, keyLen: u32): void {
  const source = databaseIndex;
  const from = recordOf(keyCursor());
  const word = tailWord(from) & (VALUE_BLOB | SUBTREES);
  const type = typeOf(from);
  const encoding = encodingOf(from);
  const expiry = expiryOf(from);
  const access = accessOf(from);
  const length = payloadLength(from);
  memory.copy(keyScratch(), payloadOf(from), length);
  leaveHashDue();
  detachOpenKey();
  useDatabase(target);
  if (openKey(key, keyLen) != 0) dropOpenKey();
  openKey(key, keyLen);
  const record = replaceKey(false, type, encoding, expiry, length, word);
  memory.copy(payloadOf(record), keyScratch(), length);
  enterHashDue();
  setAccess(record, access);
  useDatabase(source);
}
