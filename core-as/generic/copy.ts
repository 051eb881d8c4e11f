// === COPY ===

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { areSame, isWord } from "../request/arguments";
import {
  dropOpenKey, encodingOf, expiryOf, loadString, openKey, payloadLength, payloadOf, replaceKey, replaceString,
  stringAt, stringLen, TYPE_STRING, typeOf, notifyOpen,
} from "../keys/keyspace";
import { peekKey, probeKey, readKey } from "../keys/lookup";
import { replyError, replyFlag, replySyntaxError } from "../request/reply";
import { databaseIndex, keyScratch, useDatabase } from "../memory/state";
import { readTargetDatabase } from "./generic";
import { copyTree } from "../tree/copy";
import { enterHashDue } from "../keys/expiry";
import { SUBTREES, tailWord } from "../tree/page";
import { ON_GENERIC } from "../keys/events";

let target: u32 = 0;
let replaces: bool = false;

function readOptions(): bool {
  target = databaseIndex;
  replaces = false;
  for (let i: u32 = 3; i < argumentCount; i++) {
    if (isWord(i, "replace")) {
      replaces = true;
    } else if (isWord(i, "db") && i + 1 < argumentCount) {
      const number = readTargetDatabase(i + 1);
      if (number < 0) return false;
      target = <u32>number;
      i++;
    } else {
      replySyntaxError();
      return false;
    }
  }
  return true;
}

/** `COPY source destination [DB db] [REPLACE]` */
export function copyCommand(): void {
  if (!readOptions()) return;
  if (target == databaseIndex && areSame(1, 2)) {
    replyError("ERR source and destination objects are the same");
    return;
  }
  const source = databaseIndex;
  const record = readKey(argumentAt(1), argumentLength(1));
  if (record == 0) {
    replyFlag(false);
    return;
  }
  useDatabase(target);
  const taken = probeKey(argumentAt(2), argumentLength(2)) != 0;
  useDatabase(source);
  if (!taken || replaces) copyValue(record, source);
  replyFlag(!taken || replaces);
}

function copyValue(record: usize, source: u32): void {
  const type = typeOf(record);
  const encoding = encodingOf(record);
  const expiry = expiryOf(record);
  useDatabase(target);
  if (openKey(argumentAt(2), argumentLength(2)) != 0) dropOpenKey();
  // Removing the destination may have moved the source within its page.
  useDatabase(source);
  const from = peekKey(argumentAt(1), argumentLength(1));
  if (type == TYPE_STRING) copyString(from, encoding, expiry);
  else copyCollection(from, type, encoding, expiry);
  notifyOpen(ON_GENERIC, "copy_to");
  useDatabase(source);
}

function copyString(from: usize, encoding: u32, expiry: i64): void {
  loadString(from);
  let at = stringAt;
  const length = stringLen;
  if (length <= 8192) {
    memory.copy(keyScratch(), at, length);
    at = keyScratch();
  }
  useDatabase(target);
  openKey(argumentAt(2), argumentLength(2));
  memory.copy(replaceString(false, length, encoding, expiry), at, length);
}

function copyCollection(from: usize, type: u32, encoding: u32, expiry: i64): void {
  const length = payloadLength(from);
  const payload = keyScratch();
  memory.copy(payload, payloadOf(from), length);
  const flags = tailWord(from) & SUBTREES;
  store<u32>(payload + length - 8, <u32>copyTree(load<u32>(payload + length - 8)));
  store<u32>(payload + length - 4, <u32>copyTree(load<u32>(payload + length - 4)));
  useDatabase(target);
  openKey(argumentAt(2), argumentLength(2));
  memory.copy(payloadOf(replaceKey(false, type, encoding, expiry, length, flags)), payload, length);
  enterHashDue();
}
