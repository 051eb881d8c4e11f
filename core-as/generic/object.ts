// === OBJECT ===

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { isWord } from "../request/arguments";
import {
  accessOf, ENCODING_RAW, ENCODING_TEXT, encodingOf, loadString, payloadOf, stringAt, stringLen, TYPE_HASH, TYPE_LIST, TYPE_SET, TYPE_STREAM,
  TYPE_STRING, typeOf,
} from "../keys/keyspace";
import { idleSecondsOf, ACCESS_MAX, accessNow, counterAccess, counterOf, countsUses } from "../keys/access";
import { countSilently, peekKey, setAccess } from "../keys/lookup";
import {
  beginError, emitText, emitUpToNul, endError, replyArray, replyBulkText, replyError, replyInteger, replyNull, replyStatus,
} from "../request/reply";
import { ENCODING_TIMED } from "../hashes/fields";
import { isListpack } from "../lists/encoding";
import { recordOf } from "../tree/cursor";
import { ENCODING_LISTPACK } from "../sets/encoding";
import { keyCursor } from "../memory/state";
import { parsedInteger, parseInteger } from "../text/integers";

/** Longest string that Redis keeps in one object with its header. */
const EMBEDDED_BYTES_MAX: u32 = 44;
/** Longest decimal text of a 64-bit integer. */
const INTEGER_BYTES_MAX: u32 = 20;
/** Redis shares the integers below this. */
const SHARED_INTEGERS: i64 = 10000;

/** Whether Redis keeps the string as an integer, then in `parsedInteger`. */
function isIntegerEncoded(record: usize): bool {
  if (encodingOf(record) & (ENCODING_RAW | ENCODING_TEXT)) return false;
  loadString(record);
  return stringLen <= INTEGER_BYTES_MAX && parseInteger(stringAt, stringLen);
}

function stringEncoding(record: usize): string {
  if (encodingOf(record) & ENCODING_RAW) return "raw";
  if (isIntegerEncoded(record)) return "int";
  loadString(record);
  return stringLen <= EMBEDDED_BYTES_MAX ? "embstr" : "raw";
}

/** The encoding that Redis would have chosen for the value. */
export function encodingName(record: usize): string {
  const type = typeOf(record);
  if (type == TYPE_STRING) return stringEncoding(record);
  if (type == TYPE_STREAM) return "stream";
  if (type == TYPE_LIST) return isListpack(payloadOf(record)) ? "listpack" : "quicklist";
  const isLarge = (encodingOf(record) & ENCODING_RAW) != 0;
  if (type == TYPE_SET) return isLarge ? "hashtable" : encodingOf(record) == ENCODING_LISTPACK ? "listpack" : "intset";
  if (type == TYPE_HASH) return isLarge ? "hashtable" : encodingOf(record) & ENCODING_TIMED ? "listpackex" : "listpack";
  return isLarge ? "skiplist" : "listpack";
}

function replyHelp(): void {
  replyArray(15);
  replyStatus("OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
  replyStatus("ENCODING <key>");
  replyStatus("    Return the kind of internal representation used in order to store the value");
  replyStatus("    associated with a <key>.");
  replyStatus("FREQ <key>");
  replyStatus("    Return the access frequency index of the <key>. The returned integer is");
  replyStatus("    proportional to the logarithm of the recent access frequency of the key.");
  replyStatus("IDLETIME <key>");
  replyStatus("    Return the idle time of the <key>, that is the approximated number of");
  replyStatus("    seconds elapsed since the last access to the key.");
  replyStatus("REFCOUNT <key>");
  replyStatus("    Return the number of references of the value associated with the specified");
  replyStatus("    <key>.");
  replyStatus("HELP");
  replyStatus("    Prints this help.");
}

function replyUnknownSubcommand(): void {
  beginError();
  emitText("ERR unknown subcommand '");
  emitUpToNul(argumentAt(1), min(argumentLength(1), 128));
  emitText("'. Try OBJECT HELP.");
  endError();
}

/** `OBJECT ENCODING | FREQ | IDLETIME | REFCOUNT key`, `OBJECT HELP` */
export function objectCommand(): void {
  if (isWord(1, "help")) {
    if (argumentCount == 2) replyHelp();
    else replyError("ERR wrong number of arguments for 'object|help' command");
    return;
  }
  const isEncoding = isWord(1, "encoding");
  const isRefcount = isWord(1, "refcount");
  const isFreq = isWord(1, "freq");
  const isIdletime = isWord(1, "idletime");
  if (!isEncoding && !isRefcount && !isFreq && !isIdletime) {
    replyUnknownSubcommand();
    return;
  }
  if (argumentCount != 3) {
    if (isEncoding) replyError("ERR wrong number of arguments for 'object|encoding' command");
    else if (isRefcount) replyError("ERR wrong number of arguments for 'object|refcount' command");
    else if (isFreq) replyError("ERR wrong number of arguments for 'object|freq' command");
    else replyError("ERR wrong number of arguments for 'object|idletime' command");
    return;
  }
  const record = peekKey(argumentAt(2), argumentLength(2));
  countSilently(record);
  if (record == 0) replyNull();
  else if (isEncoding) replyBulkText(encodingName(record));
  else if (isRefcount) replyInteger(referenceCount(record));
  else if (isFreq) replyFrequency(record);
  else if (countsUses()) replyError(IDLE_NOT_TRACKED);
  else replyInteger(idleSeconds(record));
}

const IDLE_NOT_TRACKED =
  "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.";
const FREQUENCY_NOT_TRACKED =
  "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.";

function replyFrequency(record: usize): void {
  if (countsUses()) replyInteger(counterOf(accessOf(record)));
  else replyError(FREQUENCY_NOT_TRACKED);
}

/** Small integers are one shared object in Redis, whose count is the largest there is. */
export function referenceCount(record: usize): i64 {
  if (typeOf(record) != TYPE_STRING || !isIntegerEncoded(record)) return 1;
  const value = parsedInteger();
  return value >= 0 && value < SHARED_INTEGERS ? i32.MAX_VALUE : 1;
}

/** Seconds since the last use, as Redis reckons when its clock has turned over. */
export function idleSeconds(record: usize): i64 {
  return idleSecondsOf(accessOf(record));
}

/** Lets the open key's last use be `seconds` ago, in Redis's arithmetic: 64 bits, then 24. */
export function setIdleSeconds(seconds: i64): void {
  const access = <i64>accessNow() - seconds * 1000 / 1000;
  setAccess(recordOf(keyCursor()), <u32>((access < 0 ? access + ACCESS_MAX : access) & ACCESS_MAX));
}

/** Lets the open key's counter of uses be `counter`. */
export function setFrequency(counter: u32): void {
  setAccess(recordOf(keyCursor()), counterAccess(counter));
}
