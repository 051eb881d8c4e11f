// === Commands about the connection and whole databases ===

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { integerRead, isWord, readInt32 } from "../request/arguments";
import {
  replyArray, replyBulk, replyBulkInteger, replyBulkText, replyError, replyInteger, replyOk, replyStatus, replySyntaxError,
} from "../request/reply";
import { FLAG_CONFINED } from "../request/session";
import { current } from "./execute";
import { Database, database, DATABASE_BYTES, DATABASE_COUNT, header } from "../memory/layout";
import { currentDatabase } from "../keys/keyspace";
import { databaseIndex, nowMs, textScratch, useDatabase } from "../memory/state";
import { discardTree } from "../tree/reclaim";
import { noteEndingKeys, noteNewKeys } from "../waits/ready";
import { noteEmptied, noteSwapped } from "../keys/watchers";
import { noteEmptying } from "../keys/events";
import { overdueKeys } from "../keys/expiry";
import { parsedInteger, parseInteger } from "../text/integers";

// === Connection ===

/** `PING [message]`: to who listens in RESP2 it answers in the form of a message. */
export function pingCommand(): void {
  if (argumentCount <= 2 && current.flags & FLAG_CONFINED) {
    replyArray(2);
    replyBulkText("pong");
    if (argumentCount == 2) replyBulk(argumentAt(1), argumentLength(1));
    else replyBulkText("");
    return;
  }
  if (argumentCount == 1) replyStatus("PONG");
  else if (argumentCount == 2) replyBulk(argumentAt(1), argumentLength(1));
  else replyError("ERR wrong number of arguments for 'ping' command");
}

/** `ECHO message` */
export function echoCommand(): void {
  replyBulk(argumentAt(1), argumentLength(1));
}

/** `SELECT index` */
export function selectCommand(): void {
  if (!readInt32(1)) return;
  if (integerRead < 0 || integerRead >= <i64>DATABASE_COUNT) {
    replyError("ERR DB index is out of range");
    return;
  }
  // An entry applied without clients has no session.
  if (changetype<usize>(current) != 0) current.database = <u32>integerRead;
  useDatabase(<u32>integerRead);
  replyOk();
}

// === Databases ===

/** `DBSIZE`: keys that are over do not count, removed or not. */
export function dbsizeCommand(): void {
  const db = currentDatabase();
  replyInteger(db.keys - overdueKeys(db));
}

/** `TIME` */
export function timeCommand(): void {
  replyArray(2);
  replyBulkInteger(nowMs / 1000);
  replyBulkInteger((nowMs % 1000) * 1000);
}

/** Detaches everything in database `index`. */
function emptyDatabase(index: u32): void {
  const db = database(index);
  noteEmptied(index);
  noteEndingKeys(index);
  noteEmptying();
  header.changes += db.keys;
  discardTree(db.root);
  discardTree(db.dueRoot);
  db.root = 0;
  db.dueRoot = 0;
  db.keys = 0;
  db.expires = 0;
  db.expirySum = 0;
}

function takesFlushMode(): bool {
  if (argumentCount == 1) return true;
  if (argumentCount == 2 && (isWord(1, "sync") || isWord(1, "async"))) return true;
  replySyntaxError();
  return false;
}

/** `FLUSHDB [ASYNC | SYNC]` */
export function flushdbCommand(): void {
  if (!takesFlushMode()) return;
  emptyDatabase(databaseIndex);
  replyOk();
}

/** Detaches everything in all databases that clients select. */
export function emptyAll(): void {
  for (let index: u32 = 0; index < DATABASE_COUNT; index++) emptyDatabase(index);
}

/** `FLUSHALL [ASYNC | SYNC]` */
export function flushallCommand(): void {
  if (!takesFlushMode()) return;
  emptyAll();
  replyOk();
}

function readDatabase(index: u32, problem: string): bool {
  if (!parseInteger(argumentAt(index), argumentLength(index))) {
    replyError(problem);
    return false;
  }
  const number = parsedInteger();
  if (number < i32.MIN_VALUE || number > i32.MAX_VALUE) {
    replyError(problem);
    return false;
  }
  databaseRead = <i32>number;
  return true;
}

let databaseRead: i32 = 0;

/** `SWAPDB index1 index2` */
export function swapdbCommand(): void {
  if (!readDatabase(1, "ERR invalid first DB index")) return;
  const first = databaseRead;
  if (!readDatabase(2, "ERR invalid second DB index")) return;
  const second = databaseRead;
  if (<u32>first >= DATABASE_COUNT || <u32>second >= DATABASE_COUNT) {
    replyError("ERR DB index is out of range");
    return;
  }
  if (first != second) noteSwapped(<u32>first, <u32>second);
  if (first != second) {
    noteEndingKeys(<u32>first);
    noteEndingKeys(<u32>second);
    swapRows(database(first), database(second));
    noteNewKeys(<u32>first);
    noteNewKeys(<u32>second);
  }
  header.changes++;
  replyOk();
}

function swapRows(first: Database, second: Database): void {
  const spare = textScratch();
  memory.copy(spare, changetype<usize>(first), DATABASE_BYTES);
  memory.copy(changetype<usize>(first), changetype<usize>(second), DATABASE_BYTES);
  memory.copy(changetype<usize>(second), spare, DATABASE_BYTES);
}
