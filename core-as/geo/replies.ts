// === Arguments and replies of places ===

import { argumentAt, argumentLength } from "../request/parser";
import { isWord } from "../request/arguments";
import { cellBits, LATITUDE_MAX, LONGITUDE_MAX, STEP_MAX } from "./cells";
import { UNIT_FEET, UNIT_KILOMETERS, UNIT_METERS, UNIT_MILES } from "./distance";
import { advanceOutput, beginError, emit, emitText, endError, replyArray, replyBulk, replyError, reserveOutput } from "../request/reply";
import { parseScore, readScore } from "../request/scores";
import { protocol, textScratch } from "../memory/state";
import { parsedDouble } from "../text/double_parse";
import { FIXED_TEXT_BYTES_MAX, FIXED_WRITE_SCRATCH_BYTES, writeFixed } from "../text/fixed_write";
import { LONG_DOUBLE_BYTES, LongDouble, setAccumulator, setRounded } from "../text/long_double";
import { LONG_DOUBLE_TEXT_BYTES_MAX, WRITE_SCRATCH_BYTES, writeLongDouble } from "../text/long_double_write";

// ╒═══════════ use of textScratch, its lower half ═══════════╕
// │ a long double, a text, the routines'                      │
// ╘════════════════════════════════════════════════════════════╛
const TEXT: usize = LONG_DOUBLE_BYTES;
const ROUTINES: usize = TEXT + LONG_DOUBLE_TEXT_BYTES_MAX;
if (ROUTINES + WRITE_SCRATCH_BYTES > 16384) ERROR("Place scratch outgrew its space");
if (FIXED_TEXT_BYTES_MAX > LONG_DOUBLE_TEXT_BYTES_MAX) ERROR("Place scratch outgrew its space");
if (FIXED_WRITE_SCRATCH_BYTES > WRITE_SCRATCH_BYTES) ERROR("Place scratch outgrew its space");

// === Arguments ===

/** The place that `readPlace` read. */
export let longitudeRead: f64 = 0;
export let latitudeRead: f64 = 0;

/** Reads two arguments as longitude and latitude, or answers the error. */
export function readPlace(index: u32): bool {
  if (!readScore(index)) return false;
  longitudeRead = parsedDouble;
  if (!readScore(index + 1)) return false;
  latitudeRead = parsedDouble;
  if (abs<f64>(longitudeRead) <= LONGITUDE_MAX && abs<f64>(latitudeRead) <= LATITUDE_MAX) return true;
  beginError();
  emitText("ERR invalid longitude,latitude pair ");
  emitFixed(longitudeRead, 6);
  emitText(",");
  emitFixed(latitudeRead, 6);
  endError();
  return false;
}

/** Score of the place at argument `index`. Requires: it is one. */
export function placeScore(index: u32): f64 {
  readPlace(index);
  return <f64>cellBits(longitudeRead, latitudeRead, STEP_MAX);
}

/** Reads argument `index` as a number into `parsedDouble`, or answers `error`. */
export function readNumberOr(index: u32, error: string): bool {
  if (parseScore(argumentAt(index), argumentLength(index))) return true;
  replyError(error);
  return false;
}

/** Meters of the unit that `readUnit` read. */
export let unitRead: f64 = 1;

/** Reads argument `index` as a unit of length, or answers the error. */
export function readUnit(index: u32): bool {
  if (isWord(index, "m")) unitRead = UNIT_METERS;
  else if (isWord(index, "km")) unitRead = UNIT_KILOMETERS;
  else if (isWord(index, "ft")) unitRead = UNIT_FEET;
  else if (isWord(index, "mi")) unitRead = UNIT_MILES;
  else {
    replyError("ERR unsupported unit provided. please use M, KM, FT, MI");
    return false;
  }
  return true;
}

// === Replies ===

/** Writes to the text's place; its length. */
function writeDecimals(value: f64, decimals: u32): u32 {
  return writeFixed(textScratch() + TEXT, value, decimals, textScratch() + ROUTINES);
}

function emitFixed(value: f64, decimals: u32): void {
  emit(textScratch() + TEXT, writeDecimals(value, decimals));
}

/** A distance, as a bulk string with four decimals. */
export function replyDistance(value: f64): void {
  replyBulk(textScratch() + TEXT, writeDecimals(value, 4));
}

/** Writes a double, all of whose digits are shown up to 17 decimals; its length. */
function writeCoordinate(value: f64): u32 {
  const wide = changetype<LongDouble>(textScratch());
  const bits = reinterpret<u64>(value);
  const field = <i32>(bits >> 52) & 0x7ff;
  const fraction = bits & 0xfffffffffffff;
  setAccumulator(0, field == 0 ? fraction : fraction | (<u64>1 << 52), false);
  setRounded(wide, max(field, 1) - 1075);
  wide.sign = <u32>(bits >> 63);
  return writeLongDouble(textScratch() + TEXT, wide, textScratch() + ROUTINES);
}

function replyCoordinate(value: f64): void {
  const length = writeCoordinate(value);
  const text = textScratch() + TEXT;
  if (protocol != 3) {
    replyBulk(text, length);
    return;
  }
  const out = reserveOutput(length + 3);
  if (out == 0) return;
  store<u8>(out, 0x2c);
  memory.copy(out + 1, text, length);
  store<u16>(out + 1 + length, 0x0a0d);
  advanceOutput(length + 3);
}

/** A place: an array of longitude and latitude. */
export function replyPlace(longitude: f64, latitude: f64): void {
  replyArray(2);
  replyCoordinate(longitude);
  replyCoordinate(latitude);
}
