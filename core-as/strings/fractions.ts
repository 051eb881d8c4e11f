// === Counting in fractions: INCRBYFLOAT and HINCRBYFLOAT ===
//
// https://redis.io/commands/incrbyfloat/ and /hincrbyfloat/. The arithmetic is
// text/long_double.ts's; the sum is stored as the text that is answered.

import { argumentAt, argumentLength } from "../request/parser";
import { editHash, fieldAt, fieldLen, findField, loadField, openHash, openRecord, setField } from "../hashes/fields";
import {
  ENCODING_TEXT, expiryOf, loadString, openKey, replaceString, stringAt, stringLen, TYPE_STRING, typeOf, notifyOpen,
} from "../keys/keyspace";
import { replyBulk, replyError, replyNotFloat, replyWrongType } from "../request/reply";
import { textScratch } from "../memory/state";
import { addLongDouble, isInfinite, LONG_DOUBLE_BYTES, LongDouble, setZero } from "../text/long_double";
import { PARSE_SCRATCH_BYTES, parseLongDouble } from "../text/long_double_parse";
import { LONG_DOUBLE_TEXT_BYTES_MAX, WRITE_SCRATCH_BYTES, writeLongDouble } from "../text/long_double_write";
import { ON_HASH, ON_STRING } from "../keys/events";

// ╒════════════ use of textScratch ════════════╕
// │ two long doubles, the text, the routines'   │
// ╘══════════════════════════════════════════════╛
const TEXT: usize = LONG_DOUBLE_BYTES * 2;
const ROUTINES: usize = TEXT + LONG_DOUBLE_TEXT_BYTES_MAX;
if (ROUTINES + PARSE_SCRATCH_BYTES > 32768) ERROR("Float scratch outgrew its space");
if (ROUTINES + WRITE_SCRATCH_BYTES > 32768) ERROR("Float scratch outgrew its space");

function sum(): LongDouble {
  return changetype<LongDouble>(textScratch());
}

function increment(): LongDouble {
  return changetype<LongDouble>(textScratch() + LONG_DOUBLE_BYTES);
}

function parse(value: LongDouble, at: usize, length: u32): bool {
  return parseLongDouble(value, at, length, textScratch() + ROUTINES);
}

/** Reads argument `index` as the increment, or answers the error. */
function readIncrement(index: u32): bool {
  if (parse(increment(), argumentAt(index), argumentLength(index))) return true;
  replyNotFloat();
  return false;
}

/** Bytes of the text that `addIncrement` left at `sumText`. */
let sumLength: u32 = 0;

function sumText(): usize {
  return textScratch() + TEXT;
}

/** Adds the increment to the sum and writes its text, or answers the error. */
function addIncrement(): bool {
  addLongDouble(sum(), increment());
  if (isInfinite(sum())) {
    replyError("ERR increment would produce NaN or Infinity");
    return false;
  }
  sumLength = writeLongDouble(sumText(), sum(), textScratch() + ROUTINES);
  return true;
}

/** `INCRBYFLOAT key increment` */
export function incrbyfloatCommand(): void {
  const record = openKey(argumentAt(1), argumentLength(1));
  if (record != 0 && typeOf(record) != TYPE_STRING) {
    replyWrongType();
    return;
  }
  setZero(sum());
  if (record != 0) {
    loadString(record);
    if (!parse(sum(), stringAt, stringLen)) {
      replyNotFloat();
      return;
    }
  }
  if (!readIncrement(2) || !addIncrement()) return;
  const expiry = record == 0 ? -1 : expiryOf(record);
  memory.copy(replaceString(record != 0, sumLength, ENCODING_TEXT, expiry), sumText(), sumLength);
  notifyOpen(ON_STRING, "incrbyfloat");
  replyBulk(sumText(), sumLength);
}

/** `HINCRBYFLOAT key field increment` */
export function hincrbyfloatCommand(): void {
  if (!readIncrement(3)) return;
  if (isInfinite(increment())) {
    replyError("ERR value is NaN or Infinity");
    return;
  }
  if (!openHash(argumentAt(1), argumentLength(1))) return;
  setZero(sum());
  const element = openRecord == 0 ? <usize>0 : findField(openRecord, argumentAt(2), argumentLength(2));
  if (element != 0) {
    loadField(element);
    if (!parse(sum(), fieldAt, fieldLen)) {
      replyError("ERR hash value is not a float");
      return;
    }
  }
  if (!addIncrement()) return;
  setField(editHash(), argumentAt(2), argumentLength(2), sumText(), sumLength, true);
  notifyOpen(ON_HASH, "hincrbyfloat");
  replyBulk(sumText(), sumLength);
}
