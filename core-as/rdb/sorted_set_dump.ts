// === RDB: writing sorted sets ===
//
// Small ones are a listpack of members and scores, the lowest first; a score is
// an integer or its text. Large ones are strings and doubles, the highest first.

import { next, previous, recordOf, seekFirst, seekLast, settle } from "../tree/cursor";
import { ENCODING_RAW, encodingOf } from "../keys/keyspace";
import { tailLength, tailOf } from "../tree/page";
import { advanceOutput, outputLength, reserveOutput } from "../request/reply";
import { scoreText, writeScore } from "../request/scores";
import { memberCount, scoreAt, scoresRoot } from "../sorted_sets/members";
import { addWork, walkCursor } from "../memory/state";
import { emitElement, insertListpack } from "./listpack";
import { emitLength, emitString, insertString } from "./strings";
import { RDB_ZSET_2, RDB_ZSET_LISTPACK } from "./types";

function emitBytes(value: u64, count: u32): void {
  const out = reserveOutput(8);
  if (out == 0) return;
  store<u64>(out, value);
  advanceOutput(count);
}

function emitPacked(record: usize): void {
  const from = outputLength();
  const cursor = walkCursor();
  seekFirst(cursor, scoresRoot(record));
  let more = settle(cursor);
  while (more) {
    const element = recordOf(cursor);
    emitElement(tailOf(element), tailLength(element));
    emitElement(scoreText(), writeScore(scoreAt(cursor, record)));
    more = next(cursor);
  }
  insertListpack(from, memberCount(record) * 2);
  insertString(from);
}

function emitPairs(record: usize): void {
  emitLength(memberCount(record));
  const cursor = walkCursor();
  seekLast(cursor, scoresRoot(record));
  let more = true;
  while (more) {
    const element = recordOf(cursor);
    emitString(tailOf(element), tailLength(element));
    emitBytes(reinterpret<u64>(scoreAt(cursor, record)), 8);
    more = previous(cursor);
  }
}

/** Appends the sorted set in a key's record, its type first. */
export function emitSortedSet(record: usize): void {
  const isLarge = (encodingOf(record) & ENCODING_RAW) != 0;
  emitBytes(isLarge ? RDB_ZSET_2 : RDB_ZSET_LISTPACK, 1);
  if (isLarge) emitPairs(record);
  else emitPacked(record);
  addWork(memberCount(record));
}
