// === DUMP and RESTORE ===
//
// Payloads are Redis's: see rdb/value_dump.ts and rdb/value_restore.ts.

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { integerRead, isWord, readInteger } from "../request/arguments";
import { deleteOpenKey, openKey, notifyOpen } from "../keys/keyspace";
import { readKey } from "../keys/lookup";
import { countsUses } from "../keys/access";
import { setFrequency, setIdleSeconds } from "./object";
import { insertBulk, outputLength, replyError, replyNull, replyOk, replySyntaxError } from "../request/reply";
import { nowMs } from "../memory/state";
import { emitPayload } from "../rdb/value_dump";
import { buildValue, dropBuilt, isFooterGood, storeBuilt } from "../rdb/value_restore";
import { ON_GENERIC, ON_NEW } from "../keys/events";

/** `DUMP key` */
export function dumpCommand(): void {
  const record = readKey(argumentAt(1), argumentLength(1));
  if (record == 0) return replyNull();
  const from = outputLength();
  emitPayload(record);
  insertBulk(from);
}

// === RESTORE ===

const FREQUENCY_MAX: i64 = 255;

let replaces: bool = false;
let isAbsolute: bool = false;
/** Seconds since the last use; -1 = not given. */
let idleSeconds: i64 = -1;
/** Counter of uses; -1 = not given. */
let frequency: i64 = -1;

function readIdletime(index: u32): bool {
  if (!readInteger(index)) return false;
  if (integerRead < 0) {
    replyError("ERR Invalid IDLETIME value, must be >= 0");
    return false;
  }
  idleSeconds = integerRead;
  return true;
}

function readFrequency(index: u32): bool {
  if (!readInteger(index)) return false;
  if (integerRead < 0 || integerRead > FREQUENCY_MAX) {
    replyError("ERR Invalid FREQ value, must be >= 0 and <= 255");
    return false;
  }
  frequency = integerRead;
  return true;
}

function readOptions(): bool {
  replaces = false;
  isAbsolute = false;
  idleSeconds = -1;
  frequency = -1;
  for (let i: u32 = 4; i < argumentCount; i++) {
    const hasValue = i + 1 < argumentCount;
    if (isWord(i, "replace")) {
      replaces = true;
    } else if (isWord(i, "absttl")) {
      isAbsolute = true;
    } else if (isWord(i, "idletime") && hasValue && frequency < 0) {
      if (!readIdletime(++i)) return false;
    } else if (isWord(i, "freq") && hasValue && idleSeconds < 0) {
      if (!readFrequency(++i)) return false;
    } else {
      replySyntaxError();
      return false;
    }
  }
  return true;
}

/** Reads the time to live into `integerRead`; 0 = for ever. */
function readLife(): bool {
  if (!readInteger(2)) return false;
  if (integerRead >= 0) return true;
  replyError("ERR Invalid TTL value, must be >= 0");
  return false;
}

/** What was given of the key's uses, as far as the policy keeps it. */
function restoreAccess(): void {
  if (countsUses()) {
    if (frequency >= 0) setFrequency(<u32>frequency);
  } else if (idleSeconds >= 0) {
    setIdleSeconds(idleSeconds);
  }
}

/** `RESTORE key ttl payload [REPLACE] [ABSTTL] [IDLETIME seconds] [FREQ frequency]` */
export function restoreCommand(): void {
  if (!readOptions()) return;
  // A key that is not there stays open while its value is built beside the keyspace.
  if (!replaces && openKey(argumentAt(1), argumentLength(1)) != 0) {
    return replyError("BUSYKEY Target key name already exists.");
  }
  if (!readLife()) return;
  let expiry = integerRead;
  // A sum that overflows lies in the past, as it does in Redis.
  if (expiry != 0 && !isAbsolute) expiry += nowMs;
  if (!isFooterGood(argumentAt(3), argumentLength(3))) {
    return replyError("ERR DUMP payload version or checksum are wrong");
  }
  if (!buildValue(argumentAt(3), argumentLength(3))) return replyError("ERR Bad data format");
  const exists = replaces && openKey(argumentAt(1), argumentLength(1)) != 0;
  if (expiry != 0 && expiry <= nowMs) {
    dropBuilt();
    if (exists) deleteOpenKey();
  } else {
    // Redis removes the old value first.
    if (exists) notifyOpen(ON_NEW, "new");
    storeBuilt(exists, expiry == 0 ? -1 : expiry);
    restoreAccess();
    notifyOpen(ON_GENERIC, "restore");
  }
  replyOk();
}
