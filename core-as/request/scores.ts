// === Scores: from arguments, and as replies ===

import { argumentAt, argumentLength } from "./parser";
import { advanceOutput, replyBulk, replyError, replyNotFloat, reserveOutput } from "./reply";
import { protocol, textScratch } from "../memory/state";
import { DOUBLE_SCRATCH_BYTES, parsedDouble, parseDouble, parseLimit, parseNormal } from "../text/double_parse";
import { DOUBLE_TEXT_BYTES_MAX, DOUBLE_WRITE_SCRATCH_BYTES, writeDouble, writePreciseDouble } from "../text/double_write";

/** The upper part of `textScratch`: the lower one is free for what calls this. */
const ROUTINES: usize = 16384;
if (ROUTINES + DOUBLE_SCRATCH_BYTES + DOUBLE_TEXT_BYTES_MAX > 32768) ERROR("Score scratch outgrew its space");
if (ROUTINES + DOUBLE_WRITE_SCRATCH_BYTES + DOUBLE_TEXT_BYTES_MAX > 32768) ERROR("Score scratch outgrew its space");
const TEXT: usize = 32768 - DOUBLE_TEXT_BYTES_MAX;

/** Where `writeScore` leaves its text, until the next one. */
export function scoreText(): usize {
  return textScratch() + TEXT;
}

/** Reads bytes as a score into `parsedDouble`; whether they are one. */
export function parseScore(at: usize, length: u32): bool {
  return parseDouble(at, length, textScratch() + ROUTINES);
}

/** Reads bytes as SORT reads a weight into `parsedDouble`; whether they are one. */
export function parseWeight(at: usize, length: u32): bool {
  return parseNormal(at, length, textScratch() + ROUTINES);
}

/** Writes the text of a score to `scoreText`; its length. */
export function writeScore(score: f64): u32 {
  return writeDouble(scoreText(), score, textScratch() + ROUTINES);
}

/** Writes the text of a score with 17 digits to `scoreText`; its length. */
export function writePreciseScore(score: f64): u32 {
  return writePreciseDouble(scoreText(), score, textScratch() + ROUTINES);
}

/** Reads argument `index` as a score into `parsedDouble`, or answers the error. */
export function readScore(index: u32): bool {
  if (parseScore(argumentAt(index), argumentLength(index))) return true;
  replyNotFloat();
  return false;
}

/** A double: a bulk string in RESP2. */
export function replyDouble(value: f64): void {
  const length = writeScore(value);
  if (protocol != 3) {
    replyBulk(scoreText(), length);
    return;
  }
  const out = reserveOutput(length + 3);
  if (out == 0) return;
  store<u8>(out, 0x2c);
  memory.copy(out + 1, scoreText(), length);
  store<u16>(out + 1 + length, 0x0a0d);
  advanceOutput(length + 3);
}

// === Ends of a range of scores ===

/** The last range read: its ends, and whether they themselves are outside. */
export let scoreMin: f64 = 0;
export let scoreMax: f64 = 0;
export let isMinOutside: bool = false;
export let isMaxOutside: bool = false;

let isOutside: bool = false;

function readLimit(index: u32): bool {
  const at = argumentAt(index);
  const length = argumentLength(index);
  isOutside = length != 0 && load<u8>(at) == 0x28;
  const skipped: u32 = isOutside ? 1 : 0;
  return parseLimit(at + skipped, length - skipped, textScratch() + ROUTINES);
}

/** Reads two arguments as the ends of a range of scores, or answers the error. */
export function readScoreRange(least: u32, most: u32): bool {
  let isGood = readLimit(least);
  scoreMin = parsedDouble;
  isMinOutside = isOutside;
  isGood = isGood && readLimit(most);
  scoreMax = parsedDouble;
  isMaxOutside = isOutside;
  if (!isGood) replyError("ERR min or max is not a float");
  return isGood;
}
