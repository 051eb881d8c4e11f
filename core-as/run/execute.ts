// === Execution: from requests to replies ===
//
// `serve` is the way of every request of a client; `applyStep` and `applyEntry`
// run what the log committed. All three end in `run`, which calls a command.

import {
  CMD_ADMIN, CMD_ALONE, CMD_BLOCKING, CMD_CONTAINER, CMD_HOST, CMD_NO_MULTI, CMD_READ, CMD_WRITE, callCommand, commandFlags, ID_CLIENT, ID_EXEC, ID_XREAD, ID_XREADGROUP,
} from "../generated/commands";
import { mayBlock } from "../streams/reads";
import { PARSE_BROKEN, PARSE_EMPTY, PARSE_INCOMPLETE, PARSE_REQUEST } from "../request/parser";
import { errorCount, outputLength, truncateOutput } from "../request/reply";
import {
  FLAG_AUTHENTICATED, FLAG_CACHING, FLAG_MULTI, FLAG_NO_TOUCH, FLAG_RESTRICTED, FLAG_SILENT, FLAG_SKIP, FLAG_TRACKING, grantsOf, inputAt, isInline,
  nextRequest, replyProtocolError, requestEndOf, Session,
} from "../request/session";
import {
  addKeys, addWrite, batchSession, dropBatch, isBatchOpen, joinBatch, keysAdded, leaveBatch, oldestBatch,
  trimKeys, useBatchKeys,
} from "../batch/batch";
import {
  commandFlagsNow, commandId, isHttp, judge, judgePermitted, reject, VERDICT_ASK, VERDICT_ELSEWHERE, VERDICT_MEMORY, VERDICT_QUEUE, VERDICT_RUN, VERDICT_UNCERTAIN, VERDICT_UNKNOWN,
} from "./verdict";
import { header } from "../memory/layout";
import { forgetWork, setEntry, setTime, swapSeeds, useDatabase, useProtocol, work } from "../memory/state";
import { deferExec, execute, goOnExecuting } from "./exec";
import { judgeQueued, queueRequest } from "./transactions";
import { setKeepsAccess } from "../keys/lookup";
import { expireDue } from "../keys/expiry";
import { evictKeys } from "../batch/eviction";
import { ADMIT_LATER, ADMIT_NOW, admit } from "../admission/admission";
import { redeem } from "../batch/escrow";
import { lookAhead } from "./ahead";
import { hasReady, setReadersWait } from "../waits/ready";
import { setBudget } from "../waits/budget";
import { END_ROW, endWaits, wake } from "../waits/wake";
import { OBJECT_HEADER } from "../memory/heap";
import { enterRows, keyRows, leaveRows, useRows } from "../keys/warm";
import { noteCall, noteFailure } from "../request/statistics";
import { isMonitored, noteRun } from "./monitor";
import { isUncertain } from "./abandon";
import { goesAway, sendAway } from "./away";
import { judgeByRole, readsWait, role, ROLE_LEADER, seesData } from "./role";
import { mustWait, pauseMode } from "./pause";
import { endReply, noteRead } from "../keys/events";

export const SERVE_IDLE: u32 = 0;
export const SERVE_DEFERRED: u32 = 1;
export const SERVE_HOST: u32 = 2;
export const SERVE_BROKEN: u32 = 3;
export const SERVE_YIELD: u32 = 4;
/** The request waits for a key. */
export const SERVE_WAITS: u32 = 8;
/** The next request of the transaction that EXEC runs is the host's. */
export const SERVE_HOST_QUEUED: u32 = 6;
/** The next request waits until the host ends CLIENT PAUSE. */
export const SERVE_PAUSED: u32 = 9;
/** The host says whether the next request may be queued: arguments are in the table. */
export const SERVE_CHECK: u32 = 7;
/** The host says whether the session's user may run the next request: arguments are in the table. */
export const SERVE_ASK: u32 = 10;
/** The host says whether the next request is for another node: arguments are in the table. */
export const SERVE_ELSEWHERE: u32 = 13;
/** The next request reads, and waits until the host lets it see the state. */
export const SERVE_GATED: u32 = 11;
/** Requests from the next one on are for the leader, see away.ts. */
export const SERVE_AWAY: u32 = 12;

/** Reply bytes after which `serve` lets the host write. */
const OUTPUT_SLICE_BYTES: u32 = 256 * 1024;

/** Session whose request is running; 0 = an entry without clients. */
export let current: Session = changetype<Session>(0);

const WORK_SLICE: u32 = 2000;

// === Running ===

/** Calls the judged command, whose keys may have rows, and keeps its statistics. */
export function run(): void {
  if (keyRows(commandId) != 0) enterRows();
  runWithoutRows();
  leaveRows();
}

/** The same for a command without rows. */
export function runWithoutRows(): void {
  const before = errorCount;
  const workBefore = work;
  callCommand(commandId);
  if (isMonitored && !(commandFlags(commandId) & CMD_ADMIN)) noteRun(current);
  noteCall(commandId, work - workBefore);
  if (errorCount != before) noteFailure(commandId);
}

function answer(verdict: u32, session: Session): void {
  const from = outputLength();
  if (verdict == VERDICT_RUN) run();
  else reject(verdict);
  if (session.flags & (FLAG_TRACKING | FLAG_CACHING)) track(session, verdict == VERDICT_RUN);
  dropUnwanted(session, from);
  endReply();
}

/** Notes what a request of a session with FLAG_TRACKING or FLAG_CACHING has read, if it `hasRun`. */
export function track(session: Session, hasRun: bool): void {
  const both = session.flags & (FLAG_TRACKING | FLAG_CACHING);
  const isTracked = both == FLAG_TRACKING || both == FLAG_CACHING;
  if (hasRun && isTracked && commandFlagsNow & CMD_READ) noteRead(commandId);
  endCaching(session);
}

/** The request that FLAG_CACHING was for is over, unless it only began a transaction. */
export function endCaching(session: Session): void {
  if (!(session.flags & FLAG_MULTI)) session.flags &= ~FLAG_CACHING;
}

/** Drops the reply that starts at `from` if CLIENT REPLY says so; a request that waits is not answered yet. */
export function dropUnwanted(session: Session, from: u32): void {
  if (session.waiter != 0) return;
  if (!(session.flags & (FLAG_SILENT | FLAG_SKIP))) return;
  truncateOutput(from);
  session.flags &= ~FLAG_SKIP;
}

/** Makes `session` the one whose request runs; 0 = none. */
export function useSession(session: Session): void {
  current = session;
}

export function enter(session: Session): void {
  current = session;
  useDatabase(session.database);
  useProtocol(session.protocol);
  setKeepsAccess((session.flags & FLAG_NO_TOUCH) != 0);
}

/** Runs a session's requests as far as they go without the log; SERVE_… */
export function serve(session: Session, timeMs: i64): u32 {
  setTime(timeMs);
  enter(session);
  useRows(0, 0);
  if (session.execAt != 0) return goOnExecuting(session, false) ? SERVE_YIELD : SERVE_HOST_QUEUED;
  let from = session.start;
  let lookedTo: u32 = 0;
  while (true) {
    let code = nextRequest(session, from);
    if (code == PARSE_INCOMPLETE) return SERVE_IDLE;
    if (code == PARSE_BROKEN) return breakOff(session);
    const end = requestEndOf(session);
    if (code == PARSE_REQUEST) {
      let verdict = judge(session.flags);
      if (verdict == VERDICT_ASK) {
        session.lastCommand = commandId + 1;
        if (mustAsk(session, from)) return hostTurn(session, end, SERVE_ASK);
        verdict = judgePermitted(session.flags);
      }
      if (verdict == VERDICT_RUN && isUncertain(session, from)) verdict = VERDICT_UNCERTAIN;
      if (role != ROLE_LEADER && verdict == VERDICT_RUN) verdict = judgeByRole(session, from);
      if (verdict == VERDICT_ELSEWHERE) return hostTurn(session, end, SERVE_ELSEWHERE);
      if (session.flags & FLAG_MULTI) verdict = judgeQueued(session, verdict);
      session.lastCommand = commandId + 1;
      if (verdict == VERDICT_UNKNOWN && isHttp()) {
        truncateOutput(0); // nothing for a peer that speaks something else
        return SERVE_BROKEN;
      }
      const mayGoOn = verdict == VERDICT_RUN || verdict == VERDICT_QUEUE;
      if (pauseMode != 0 && mayGoOn && mustWait(session)) return hostTurn(session, end, SERVE_PAUSED);
      if (readsWait && verdict == VERDICT_RUN && seesData(session)) return hostTurn(session, end, SERVE_GATED);
      if (verdict == VERDICT_QUEUE) {
        if (commandFlagsNow & (CMD_HOST | CMD_CONTAINER)) return hostTurn(session, end, SERVE_CHECK);
        queue(session, from, end);
        from = end;
        session.start = end;
        continue;
      }
      if (verdict == VERDICT_RUN) {
        if (role != ROLE_LEADER && goesAway(session)) return sendAway(session);
        if (isExec(session)) {
          const code = deferExec(session, end);
          if (code != SERVE_IDLE) return code;
          session.start = end;
          if (!execute(session, false)) return SERVE_HOST_QUEUED;
          return SERVE_YIELD;
        }
        if (commandFlagsNow & CMD_HOST) return hostTurn(session, end, SERVE_HOST);
        if (commandFlagsNow & CMD_WRITE) {
          verdictNow = verdict;
          return defer(session, from);
        }
        if (from >= lookedTo && end < session.end && !(session.flags & FLAG_MULTI)) {
          const flags = session.flags & ~FLAG_RESTRICTED;
          lookedTo = <u32>(lookAhead(inputAt(session, from), inputAt(session, session.end), flags, false) - inputAt(session, 0));
          code = nextRequest(session, from);
          assert(code == PARSE_REQUEST && judge(flags) == VERDICT_RUN);
        }
      }
      forgetWork();
      answer(verdict, session);
    }
    from = end;
    session.start = end;
    if (session.waiter != 0) return SERVE_WAITS;
    if (outputLength() > OUTPUT_SLICE_BYTES || work > WORK_SLICE) return SERVE_YIELD;
  }
}

/** Answers what is wrong with the request: no other can be read. */
function breakOff(session: Session): u32 {
  if (!(session.flags & (FLAG_SILENT | FLAG_SKIP))) replyProtocolError();
  return SERVE_BROKEN;
}

function hostTurn(session: Session, end: u32, code: u32): u32 {
  session.deferEnd = end;
  if (code == SERVE_HOST && commandId != ID_CLIENT) endCaching(session);
  return code;
}

/**
 * Whether the host has yet to permit the request at input offset `from`. What is refused
 * inside a transaction whoever asks is refused as that.
 */
function mustAsk(session: Session, from: u32): bool {
  if (from < session.permittedEnd || isGranted(session, commandId)) return false;
  return !(session.flags & FLAG_MULTI) || !(commandFlagsNow & CMD_NO_MULTI);
}

function isGranted(session: Session, id: u32): bool {
  return (load<u8>(grantsOf(session) + (id >> 3)) >> <u8>(id & 7) & 1) != 0;
}

/** Whether the request that may run ends a transaction by running it. */
function isExec(session: Session): bool {
  return commandId == ID_EXEC && (session.flags & FLAG_MULTI) != 0;
}

/** Queues the request in the table, at input offsets [from, to). */
function queue(session: Session, from: u32, to: u32): void {
  const start = outputLength();
  queueRequest(session, from, to);
  dropUnwanted(session, start);
}

/** Queues the request that SERVE_CHECK handed to the host. */
export function queueChecked(session: Session): void {
  queue(session, session.start, session.deferEnd);
  session.start = session.deferEnd;
}

/** Ends the host's turn: the request it was handed is done with. */
export function finishHostTurn(session: Session): void {
  session.start = session.deferEnd;
}

/** Whether the judged request may wait for a key. */
export function mayWait(): bool {
  if (!(commandFlagsNow & CMD_BLOCKING)) return false;
  return (commandId != ID_XREAD && commandId != ID_XREADGROUP) || mayBlock();
}

/**
 * Collects requests from the write at `from` up to the last write of the chunk.
 * What follows is served after the batch is applied: requests of the host, a
 * change of database, requests that memory does not admit, trailing reads.
 */
function defer(session: Session, from: u32): u32 {
  if (!isBatchOpen()) return SERVE_DEFERRED_LATER;
  let end = from;
  let joined = false;
  let keys = keysAdded();
  while (true) {
    const next = requestEndOf(session);
    // An inline request's words move when it is parsed again.
    if (verdictNow == VERDICT_RUN && !isInline(session, from)) addKeys(commandId);
    if (isDeferredWrite()) {
      const admission = admit(commandId, commandFlagsNow);
      if (admission == ADMIT_LATER && end == session.start) {
        trimKeys(keys);
        return SERVE_DEFERRED_LATER;
      }
      if (admission != ADMIT_NOW) break;
      if (!joined) joinBatch(session);
      joined = true;
      if (!addWrite(session, from, next)) {
        if (end == session.start) leaveBatch();
        break;
      }
      end = next;
      keys = keysAdded();
      session.lastCommand = commandId + 1;
      if (mayWait()) break;
    }
    from = next;
    const code = nextDeferred(session, from);
    if (code != PARSE_REQUEST || verdictNow == VERDICT_ASK) break;
    if (commandId < 0 && isHttp()) break;
    if (commandFlagsNow & (CMD_ALONE | CMD_HOST)) break;
    // What only reads waits outside of the log.
    if (!(commandFlagsNow & CMD_WRITE) && mayWait()) break;
  }
  trimKeys(keys);
  session.deferEnd = end;
  if (end != session.start) return SERVE_DEFERRED;
  return refuseFirst(session);
}

/** The batch is full: the host seals it and serves the session again. */
export const SERVE_DEFERRED_LATER: u32 = 5;

/** What may happen to the request that `nextDeferred` parsed. */
export let verdictNow: u32 = 0;

function isDeferredWrite(): bool {
  return verdictNow == VERDICT_RUN && (commandFlagsNow & CMD_WRITE) != 0;
}

/** Parses and judges the request at `from`, empty ones skipped. */
export function nextDeferred(session: Session, from: u32): u32 {
  const code = nextRequest(session, from);
  if (code == PARSE_REQUEST) {
    verdictNow = judge(session.flags);
    if (verdictNow == VERDICT_ASK && !mustAsk(session, from)) verdictNow = judgePermitted(session.flags);
  }
  return code;
}

/** The chunk's first write is not admitted: answers and goes on behind it. */
function refuseFirst(session: Session): u32 {
  const code = nextDeferred(session, session.start);
  assert(code == PARSE_REQUEST);
  answer(VERDICT_MEMORY, session);
  session.start = requestEndOf(session);
  return SERVE_YIELD;
}

// === Applying ===

/** Starts applying the oldest sealed batch as log entry `index`. */
export function beginBatch(index: u64): void {
  const batch = oldestBatch();
  beginEntry(<usize>batch.entry + OBJECT_HEADER, batch.entryLength, index);
  useBatchKeys();
}

/** Does what an entry does before its runs; the end of these. */
export function beginEntry(entry: usize, length: u32, index: u64): usize {
  const timeMs = load<i64>(entry);
  setEntry(index, timeMs, load<u64>(entry, 8));
  header.appliedTimeMs = timeMs;
  header.appliedIndex = index;
  setReadersWait((load<u32>(entry, 28) & 1) != 0);
  setBudget(load<u32>(entry, 28) >> 1);
  useRows(0, 0); // what they point to is other requests' bytes now
  const budget = load<u32>(entry, 16);
  if (budget != 0) expireDue(budget);
  const ends = entry + length - load<u32>(entry, 24);
  const runsEnd = ends - load<u32>(entry, 20);
  evictKeys(runsEnd, ends);
  endWaits(ends, load<u32>(entry, 24) / END_ROW);
  if (hasReady()) wake();
  return runsEnd;
}

/** Session whose transaction waits for the host; 0 = none. */
let stepping: Session = changetype<Session>(0);
/** Whether the session of the last `applyStep` waits for the host to run the request in the table. */
export let stepNeedsHost: bool = false;

/**
 * Applies the next session of the oldest sealed batch, or goes on with the one that
 * waited for the host; its replies are then in the output.
 *
 * @returns The session, or 0 when the batch is done and dropped.
 */
export function applyStep(): Session {
  const batch = oldestBatch();
  let session = stepping;
  const goesOn = changetype<usize>(session) != 0;
  if (!goesOn) {
    if (batch.appliedCount == batch.sessionCount) {
      dropBatch();
      return changetype<Session>(0);
    }
    session = batchSession(batch, batch.appliedCount++);
  }
  enter(session);
  stepNeedsHost = goesOn ? !goOnExecuting(session, true) : false;
  if (hasReady() && !stepNeedsHost) wake();
  while (!stepNeedsHost && session.start < session.deferEnd) {
    applyRequest(session);
    if (hasReady() && !stepNeedsHost) wake();
  }
  stepping = stepNeedsHost ? session : changetype<Session>(0);
  return session;
}

/** Applies the session's next deferred request. */
function applyRequest(session: Session): void {
  const code = nextRequest(session, session.start);
  assert(code == PARSE_REQUEST || code == PARSE_EMPTY); // it parsed when it was deferred
  session.start = requestEndOf(session);
  if (code != PARSE_REQUEST) return;
  // It was permitted when it was deferred, whatever its client may do by now.
  const verdict = judge((session.flags | FLAG_AUTHENTICATED) & ~FLAG_RESTRICTED);
  if (verdict == VERDICT_RUN && isExec(session)) {
    stepNeedsHost = !execute(session, true);
    return;
  }
  if (verdict == VERDICT_RUN && (commandFlagsNow & CMD_WRITE)) {
    redeem(oldestBatch());
    answer(verdict, session);
  } else {
    swapSeeds();
    answer(verdict, session);
    swapSeeds();
  }
}
