// === EXEC: a transaction runs ===
//
// A transaction that writes is deferred whole: its writes join one run of the
// gathering batch, all of them or none. It runs when the entry is applied, its
// requests from the session's own queue, so that its reads are answered in place.
// Where a request is the host's it stops, the host answers, and it goes on.

import { CMD_HOST, CMD_WRITE, ID_EXEC, ID_SELECT, ID_SWAPDB } from "../generated/commands";
import { argumentAt, argumentLength, PARSE_REQUEST, parseRequest, requestEnd } from "../request/parser";
import {
  beginError, emitText, endError, errorCount, OUT_OF_MEMORY, outputLength, replyArray, replyError, replyNullArray, truncateOutput,
} from "../request/reply";
import {
  FLAG_AUTHENTICATED, FLAG_CACHING, FLAG_FAILED, FLAG_OWN_NAMES, FLAG_SILENT, FLAG_SKIP, FLAG_SKIP_NEXT, FLAG_TRACKING, Session,
} from "../request/session";
import { addQueued, beginTransaction, endTransaction, isBatchOpen, leaveTransaction, oldestBatch, swapsInFlight } from "../batch/batch";
import { setAtomic } from "../waits/wake";
import { removeWatcher } from "../keys/watchers";
import { commandFlagsNow, commandId, judge, VERDICT_RUN } from "./verdict";
import { DATABASE_COUNT } from "../memory/layout";
import { swapSeeds, useDatabase } from "../memory/state";
import { ADMIT_NEVER, ADMIT_NOW, admit, hasPromises, isHeld, takeGrowth } from "../admission/admission";
import { redeem } from "../batch/escrow";
import {
  runWithoutRows, SERVE_DEFERRED, SERVE_DEFERRED_LATER, SERVE_IDLE, SERVE_YIELD, endCaching, track,
} from "./execute";
import { dropTransaction, forgetWatched, isDirty, queueAt, watchedAt } from "./transactions";
import { noteCall, noteFailure, noteRejection } from "../request/statistics";
import { isMonitored, noteExec } from "./monitor";
import { parsedInteger, parseInteger } from "../text/integers";
import { endReply } from "../keys/events";

// === Deferring ===

/** Starts a request that runs; another letter there tells why EXEC denies it. */
const ARRAY_MARK: u8 = 0x2a;
export const DENIED_COMMAND: u8 = 0x63;
export const DENIED_KEY: u8 = 0x6b;
export const DENIED_CHANNEL: u8 = 0x6e;

/** Why the queued request that was parsed last is denied; 0 = it runs. */
let deniedNow: u8 = 0;

/** Whether the queued request that was parsed last is one that the user may not run any more. */
export function isDenied(): bool {
  return deniedNow != 0;
}

/** Parses the queued request at `at`; the address behind it. */
function nextQueued(session: Session, at: usize): usize {
  const mark = load<u8>(at);
  store<u8>(at, ARRAY_MARK);
  const code = parseRequest(at, queueAt(session, session.queueLength), true);
  store<u8>(at, mark);
  deniedNow = mark == ARRAY_MARK ? 0 : mark;
  assert(code == PARSE_REQUEST); // it parsed when it was queued
  const verdict = judge(FLAG_AUTHENTICATED | FLAG_OWN_NAMES);
  assert(verdict == VERDICT_RUN);
  return requestEnd;
}

// Admission looks at the databases as they are before the transaction, so it must
// know where a key will be found behind SELECT and SWAPDB.

const PLACES_START: u64 = 0xfedcba9876543210;
/** Four bits a database: which one is in its place now. */
let places: u64 = PLACES_START;
let selected: u32 = 0;
if (DATABASE_COUNT != 16) ERROR("Places of databases have four bits");

function placeOf(index: u32): u64 {
  return (places >> (<u64>index << 2)) & 15;
}

function select(index: u32): void {
  selected = index;
  useDatabase(<u32>placeOf(index));
}

/** Reads argument `index` as a database's; -1 = it is none. */
function databaseAt(index: u32): i32 {
  if (!parseInteger(argumentAt(index), argumentLength(index))) return -1;
  const number = parsedInteger();
  return number >= 0 && number < <i64>DATABASE_COUNT ? <i32>number : -1;
}

/** Goes on admitting behind the request in the table. */
function follow(): void {
  if (commandId == ID_SELECT) {
    const index = databaseAt(1);
    if (index >= 0) select(index);
  } else if (commandId == ID_SWAPDB) {
    const first = databaseAt(1);
    const second = databaseAt(2);
    if (first < 0 || second < 0) return;
    const change = placeOf(first) ^ placeOf(second);
    places ^= (change << (<u64>first << 2)) ^ (change << (<u64>second << 2));
    select(selected);
  }
}

/** Adds the queue's writes to the run that was begun; ADMIT_…, how the first that failed did. */
function addWrites(session: Session): u32 {
  const end = queueAt(session, session.queueLength);
  let at = queueAt(session, 0);
  let growth: u64 = 0;
  places = PLACES_START;
  select(session.database);
  while (at < end) {
    const next = nextQueued(session, at);
    if (deniedNow != 0) {
      at = next;
      continue;
    }
    const isWrite = (commandFlagsNow & CMD_WRITE) != 0;
    if (isWrite) {
      const admission = admit(commandId, commandFlagsNow, true);
      if (admission != ADMIT_NOW) return admission;
      // It moves strings to where `follow` looks for them.
      if (commandId == ID_SWAPDB) growth += takeGrowth();
    }
    if (isWrite || commandId == ID_SELECT) addQueued(at, next, isWrite);
    follow();
    at = next;
  }
  endTransaction(growth);
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
  session.execName = load<u32>(argumentAt(0));
  if (!(session.queueFlags & CMD_WRITE) || session.flags & FLAG_FAILED || isDirty(session)) return SERVE_IDLE;
  // Databases that change places are noted when they do; it must be known before the log decides.
  if (session.watchedLength != 0 && swapsInFlight != 0) return SERVE_DEFERRED_LATER;
  if (!isBatchOpen() || isHeld()) return SERVE_DEFERRED_LATER;
  const watchedBytes = session.watchedLength;
  let admission = ADMIT_NEVER;
  if (beginTransaction(session, watchedAt(session), watchedBytes, session.queueLength)) admission = addWrites(session);
  useDatabase(session.database);
  if (admission == ADMIT_NOW) {
    session.deferEnd = end;
    removeWatcher(session);
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
  finish(session);
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
    if (isApplying) redeemWrites(session);
    finish(session);
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

/** Gives back what was set aside for the writes of a transaction that runs nothing: the batch counts them. */
function redeemWrites(session: Session): void {
  const end = queueAt(session, session.queueLength);
  for (let at = queueAt(session, 0); at < end;) {
    at = nextQueued(session, at);
    if (deniedNow == 0 && commandFlagsNow & CMD_WRITE) redeem(oldestBatch());
  }
}

/** Drops what was written since `from` if CLIENT REPLY says so. */
function dropUnwanted(session: Session, from: u32): void {
  if (session.flags & (FLAG_SILENT | FLAG_SKIP)) truncateOutput(from);
}

/** Runs requests of the transaction up to the next of the host; whether all are done. */
export function goOnExecuting(session: Session, isApplying: bool): bool {
  while (session.execAt <= session.queueLength) {
    session.execAt = <u32>(nextQueued(session, queueAt(session, session.execAt - 1)) - queueAt(session, 0)) + 1;
    if (deniedNow != 0) {
      denyQueued(session);
      continue;
    }
    if (commandFlagsNow & CMD_HOST) return false;
    const isWrite = (commandFlagsNow & CMD_WRITE) != 0;
    if (isApplying && isWrite) redeem(oldestBatch());
    const from = outputLength();
    if (!isWrite) swapSeeds();
    setAtomic(true);
    runWithoutRows();
    setAtomic(false);
    if (!isWrite) swapSeeds();
    if (session.flags & (FLAG_TRACKING | FLAG_CACHING)) track(session, true);
    dropUnwanted(session, from);
  }
  finish(session);
  return true;
}

// === What the user may not do any more ===

/** Parses the queued request at `offset` into the table; the offset behind it. */
export function lookAtQueued(session: Session, offset: u32): u32 {
  return <u32>(nextQueued(session, queueAt(session, offset)) - queueAt(session, 0));
}

/** Notes why EXEC denies the request at `offset`: DENIED_…, or 0 if it does not. */
export function markQueued(session: Session, offset: u32, reason: u8): void {
  store<u8>(queueAt(session, offset), reason == 0 ? ARRAY_MARK : reason);
}

/** Brings the union of CMD_… bits up to date with the marks. */
export function gatherQueueFlags(session: Session): void {
  session.queueFlags = 0;
  for (let offset: u32 = 0; offset < session.queueLength;) {
    offset = lookAtQueued(session, offset);
    if (deniedNow == 0) session.queueFlags |= commandFlagsNow;
  }
}

/** Answers the queued request that the user may not run any more. */
function denyQueued(session: Session): void {
  const from = outputLength();
  beginError();
  emitText("NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC call. ");
  emitText("This command is no longer allowed for the following reason: ");
  if (deniedNow == DENIED_COMMAND) emitText("no permission to execute the command or subcommand");
  else if (deniedNow == DENIED_KEY) emitText("no permission to touch the specified keys");
  else emitText("no permission to access one of the channels used as arguments to the command");
  endError();
  dropUnwanted(session, from);
}

function finish(session: Session): void {
  if (isMonitored) noteExec(session);
  endTransactionOf(session);
  endReply();
}

/** The session's transaction is over, and answered. */
export function endTransactionOf(session: Session): void {
  dropTransaction(session);
  const isNext = (session.flags & FLAG_SKIP_NEXT) != 0;
  session.flags &= ~(FLAG_SKIP | FLAG_SKIP_NEXT);
  if (isNext) session.flags |= FLAG_SKIP;
  endCaching(session);
}
