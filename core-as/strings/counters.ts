// === Strings that hold integers: INCR and its kin ===

import { argumentAt, argumentLength } from "../request/parser";
import { integerRead, readInteger } from "../request/arguments";
import { ON_STRING } from "../keys/events";
import { expiryOf, loadString, notifyOpen, openKey, replaceString, stringAt, stringLen, TYPE_STRING, typeOf } from "../keys/keyspace";
import { replyError, replyInteger, replyNotInteger, replyWrongType } from "../request/reply";
import { textScratch } from "../memory/state";
import { parsedInteger, parseInteger, writeInteger } from "../text/integers";

function addToInteger(delta: i64): void {
  const record = openKey(argumentAt(1), argumentLength(1));
  let value: i64 = 0;
  let expiry: i64 = -1;
  if (record != 0) {
    if (typeOf(record) != TYPE_STRING) {
      replyWrongType();
      return;
    }
    loadString(record);
    if (!parseInteger(stringAt, stringLen)) {
      replyNotInteger();
      return;
    }
    value = parsedInteger();
    expiry = expiryOf(record);
  }
  if ((delta < 0 && value < i64.MIN_VALUE - delta) || (delta > 0 && value > i64.MAX_VALUE - delta)) {
    replyError("ERR increment or decrement would overflow");
    return;
  }
  value += delta;
  const digits = writeInteger(textScratch(), value);
  memory.copy(replaceString(record != 0, digits, 0, expiry), textScratch(), digits);
  notifyOpen(ON_STRING, "incrby");
  replyInteger(value);
}

/** `INCR key` */
export function incrCommand(): void {
  addToInteger(1);
}

/** `DECR key` */
export function decrCommand(): void {
  addToInteger(-1);
}

/** `INCRBY key increment` */
export function incrbyCommand(): void {
  if (readInteger(2)) addToInteger(integerRead);
}

/** `DECRBY key decrement` */
export function decrbyCommand(): void {
  if (!readInteger(2)) return;
  if (integerRead == i64.MIN_VALUE) replyError("ERR decrement would overflow");
  else addToInteger(-integerRead);
}
