// === Walking a sorted set: ZSCAN and ZRANDMEMBER ===

import { scanElements, SHOW_NAMES, SHOW_SCORES } from "../hashes/elements";
import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { integerRead, isWord, readSigned } from "../request/arguments";
import { next, recordOf, seekFirst, seekRank, settle } from "../tree/cursor";
import { ENCODING_RAW, encodingOf } from "../keys/keyspace";
import { tailLength, tailOf } from "../tree/page";
import { hasRoomToReply, outputLength, replyArray, replyBulk, replyError, replyNull, replySyntaxError } from "../request/reply";
import { insertScanHeader, passesPattern, readScanCursor, readScanOptions, scanCount, scanCursor } from "../keys/scan";
import { replyDouble, scoreText, writeScore } from "../request/scores";
import { membersRoot, readSortedSet, scoreAt, scoresRoot, setRecord, setSize } from "./members";
import { addWork, nextRandom, protocol, randomAt, randomBelow, walkCursor } from "../memory/state";

// === ZSCAN ===

/**
 * `ZSCAN key cursor [MATCH pattern] [COUNT count]`
 *
 * A small set is returned whole and in order, as Redis does with its compact
 * encoding; a large one shows scores with 17 digits, as Redis does there.
 */
export function zscanCommand(): void {
  if (!readScanCursor(2)) return;
  const from = scanCursor;
  if (!readSortedSet(argumentAt(1), argumentLength(1))) return;
  const start = outputLength();
  if (setRecord == 0) {
    insertScanHeader(start, 0, 0);
    return;
  }
  if (!readScanOptions(3, false)) return;
  if (encodingOf(setRecord) & ENCODING_RAW) {
    scanElements(membersRoot(setRecord), start, from, scanCount, SHOW_NAMES | SHOW_SCORES);
  } else {
    scanScores(start);
  }
}

function scanScores(start: u32): void {
  const cursor = walkCursor();
  let found: u32 = 0;
  seekFirst(cursor, scoresRoot(setRecord));
  let more = settle(cursor);
  while (more) {
    const element = recordOf(cursor);
    if (passesPattern(tailOf(element), tailLength(element))) {
      replyBulk(tailOf(element), tailLength(element));
      replyBulk(scoreText(), writeScore(scoreAt(cursor, setRecord)));
      found += 2;
    }
    more = next(cursor);
  }
  addWork(setSize());
  insertScanHeader(start, 0, found);
}

// === ZRANDMEMBER ===

function replyMemberAt(rank: u32, withScores: bool): void {
  seekRank(walkCursor(), scoresRoot(setRecord), rank);
  settle(walkCursor());
  const element = recordOf(walkCursor());
  // RESP3 shows each pair in an array of its own.
  if (withScores && protocol == 3) replyArray(2);
  replyBulk(tailOf(element), tailLength(element));
  if (withScores) replyDouble(scoreAt(walkCursor(), setRecord));
}

function replyHeader(times: u32, withScores: bool): void {
  replyArray(withScores && protocol != 3 ? times * 2 : times);
}

function replyWithRepeats(times: u32, withScores: bool): void {
  replyHeader(times, withScores);
  const seed = nextRandom();
  for (let i: u32 = 0; i < times && hasRoomToReply(); i++) replyMemberAt(<u32>randomAt(seed, i, setSize()), withScores);
  addWork(times);
}

/** Distinct members: each is taken with the odds that are left for it (Knuth's algorithm S). */
function replyDistinct(wanted: u32, withScores: bool): void {
  const size = setSize();
  let left = min(wanted, size);
  replyHeader(left, withScores);
  for (let rank: u32 = 0; left != 0; rank++) {
    if (randomBelow(size - rank) >= left) continue;
    replyMemberAt(rank, withScores);
    left--;
  }
  addWork(size);
}

/** Redis refuses more pairs than half of what an integer holds. */
const RANDOM_PAIRS_MAX: i64 = i64.MAX_VALUE / 2;

/** `ZRANDMEMBER key [count [WITHSCORES]]` */
export function zrandmemberCommand(): void {
  if (argumentCount == 2) {
    if (!readSortedSet(argumentAt(1), argumentLength(1))) return;
    if (setRecord == 0) replyNull();
    else replyMemberAt(<u32>randomBelow(setSize()), false);
    return;
  }
  if (!readSigned(2)) return;
  const count = integerRead;
  const withScores = argumentCount == 4;
  if (argumentCount > 4 || (withScores && !isWord(3, "withscores"))) {
    replySyntaxError();
    return;
  }
  if (withScores && (count < -RANDOM_PAIRS_MAX || count > RANDOM_PAIRS_MAX)) {
    replyError("ERR value is out of range");
    return;
  }
  if (!readSortedSet(argumentAt(1), argumentLength(1))) return;
  if (setRecord == 0 || count == 0) replyArray(0);
  else if (count < 0) replyWithRepeats(<u32>min(-count, <i64>u32.MAX_VALUE), withScores);
  else replyDistinct(<u32>min(count, <i64>u32.MAX_VALUE), withScores);
}
