// === EXEC: a transaction runs ===
//
// A transaction that writes is deferred whole: its writes join one run of the
// gathering batch, all of them or none. It runs when the entry is applied, its
// requests from the session's own queue, so that its reads are answered in place.
// Where a request is the host's it stops, the host answers, and it goes on.

import { CMD_HOST, CMD_WRITE, ID_EXEC, ID_SELECT } from "./generated/commands";
import { argumentAt, argumentLength, PARSE_REQUEST, parseRequest, requestEnd } from "./parser";
import {
  beginError, emitText, endError, errorCount, OUT_OF_MEMORY, outputLength, replyArray, replyError, replyNullArray, truncateOutput,
} from "./reply";
import { FLAG_AUTHENTICATED, FLAG_FAILED, FLAG_SILENT, FLAG_SKIP, FLAG_SKIP_NEXT, Session } from "./session";
import { addQueued, beginTransaction, isBatchOpen, leaveTransaction, oldestBatch } from "./batch";
import { commandFlagsNow, commandId, judge, VERDICT_RUN } from "./verdict";
import { DATABASE_COUNT } from "./layout";
import { useDatabase } from "./state";
import { ADMIT_NEVER, ADMIT_NOW, admit, hasPromises } from "./admission";
import { redeem } from "./escrow";
import { runWithoutRows, SERVE_DEFERRED, SERVE_DEFERRED_LATER, SERVE_IDLE, SERVE_YIELD } from "./execute";
import { dropTransaction, forgetWatched, isDirty, queueAt, watchedAt } from "./transactions";
import { noteCall, noteFailure, noteRejection } from "./statistics";
import { parsedInteger, parseInteger } from "./text/integers";

// === Deferring ===

/** Parses the queued request at `at`; the address behind it. */
function nextQueued(session: Session, at: usize): usize {
  const code = parseRequest(at, queueAt(session, session.queueLength), true);
  assert(code == PARSE_REQUEST); // it parsed when it was queued
  const verdict = judge(FLAG_AUTHENTICATED);
  assert(verdict == VERDICT_RUN);
  return requestEnd;
}

/** Admits what follows a SELECT in the database it selects. */
function followSelect(): void {
  if (!parseInteger(argumentAt(1), argumentLength(1))) return;
  const index = parsedInteger();
  if (index >= 0 && index < <i64>DATABASE_COUNT) useDatabase(<u32>index);
}

/** Adds the queue's writes to the run that was begun; ADMIT_…, how the first that failed did. */
function addWrites(session: Session): u32 {
  const end = queueAt(session, session.queueLength);
  let at = queueAt(session, 0);
  while (at < end) {
    const next = nextQueued(session, at);
    const isWrite = (commandFlagsNow & CMD_WRITE) != 0;
    if (isWrite) {
      const admission = admit(commandId, commandFlagsNow);
      if (admission != ADMIT_NOW) return admission;
    }
    if (isWrite || commandId == ID_SELECT) addQueued(at, next, isWrite);
    if (commandId == ID_SELECT) followSelect();
    at = next;
  }
  return ADMIT_NOW;
}

/**
 * Defers the session's transaction, whose EXEC ends at input offset `end`.
 *
 * @returns SERVE_DEFERRED, SERVE_DEFERRED_LATER, SERVE_YIELD when memory does not
 * admit it, which is answered, or SERVE_IDLE when it needs no log: it only reads, or
 * it fails.
 */
export function deferExec(session: Session, end: u32): u32 {
  if (!(session.queueFlags & CMD_WRITE) || session.flags & FLAG_FAILED || isDirty(session)) return SERVE_IDLE;
  if (!isBatchOpen()) return SERVE_DEFERRED_LATER;
  const watchedBytes = session.watchedLength;
  let admission = ADMIT_NEVER;
  if (beginTransaction(session, watchedAt(session), watchedBytes, session.queueLength)) admission = addWrites(session);
  useDatabase(session.database);
  if (admission == ADMIT_NOW) {
    session.deferEnd = end;
    return SERVE_DEFERRED;
  }
  leaveTransaction();
  // What was promised to the transaction's own first writes does not come back.
  if (hasPromises()) return SERVE_DEFERRED_LATER;
  session.start = end;
  refuse(session);
  return SERVE_YIELD;
}

function refuse(session: Session): void {
  const from = outputLength();
  noteRejection(ID_EXEC);
  beginError();
  emitText("EXECABORT Transaction discarded because of: ");
  emitText(OUT_OF_MEMORY);
  endError();
  dropUnwanted(session, from);
  endTransaction(session);
}

// === Running ===

/**
 * Starts running the session's transaction; whether it is done. If not, the request
 * in the table is the host's. `isApplying`: as part of a log entry.
 */
export function execute(session: Session, isApplying: bool): bool {
  const from = outputLength();
  const errorsBefore = errorCount;
  noteCall(ID_EXEC, 0);
  if (mustFail(session)) {
    if (errorCount != errorsBefore) noteFailure(ID_EXEC);
    dropUnwanted(session, from);
    endTransaction(session);
    return true;
  }
  forgetWatched(session);
  replyArray(session.queueCount);
  dropUnwanted(session, from);
  session.execAt = 1;
  return goOnExecuting(session, isApplying);
}

/** Answers a transaction that runs nothing; whether it is one. */
function mustFail(session: Session): bool {
  if (session.flags & FLAG_FAILED) {
    replyError("EXECABORT Transaction discarded because of previous errors.");
    return true;
  }
  if (!isDirty(session)) return false;
  replyNullArray();
  return true;
}

/** Drops what was written since `from` if CLIENT REPLY says so. */
function dropUnwanted(session: Session, from: u32): void {
  if (session.flags & (FLAG_SILENT | FLAG_SKIP)) truncateOutput(from);
}

/** Runs requests of the transaction up to the next of the host; whether all are done. */
export function goOnExecuting(session: Session, isApplying: bool): bool {
  while (session.execAt <= session.queueLength) {
    session.execAt = <u32>(nextQueued(session, queueAt(session, session.execAt - 1)) - queueAt(session, 0)) + 1;
    if (commandFlagsNow & CMD_HOST) return false;
    if (isApplying && commandFlagsNow & CMD_WRITE) redeem(oldestBatch());
    const from = outputLength();
    runWithoutRows();
    dropUnwanted(session, from);
  }
  endTransaction(session);
  return true;
}

function endTransaction(session: Session): void {
  dropTransaction(session);
  const isNext = (session.flags & FLAG_SKIP_NEXT) != 0;
  session.flags &= ~(FLAG_SKIP | FLAG_SKIP_NEXT);
  if (isNext) session.flags |= FLAG_SKIP;
}
