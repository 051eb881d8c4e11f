// === Away: requests that run where the leader is ===
//
// On a node that does not lead, `serve` stops at a write and says which requests the
// host is to have run by the leader: from this write to the last one of the chunk, so
// that a pipeline goes as a whole. They stay in the session's input until their
// replies are there.
//
// A transaction is queued here, by the rules and with the rights that hold here, and
// goes when EXEC comes. Versions of watched keys are indexes of the log, which all
// nodes count alike: WATCH remembers them here and the leader compares them.
//
// ╒═══════════════════════ input buffer ══════════════════════════╕
// │ consumed │ requests that are away │ not yet looked at │ free   │
// │          start                    start + awayLength           │
// ╘════════════════════════════════════════════════════════════════╛

import { CMD_ALONE, CMD_HOST, CMD_MAY_REPLICATE, CMD_WRITE, ID_EXEC } from "../generated/commands";
import { allocate, enlarge, free, KIND_BUFFER, OBJECT_HEADER } from "../memory/heap";
import { DATABASE_COUNT } from "../memory/layout";
import { PARSE_REQUEST } from "../request/parser";
import { encodedBytes, encodeRequest } from "../request/encode";
import { isRenamed } from "../request/renames";
import { outputLength, replyError, replyOutOfMemory } from "../request/reply";
import {
  FLAG_CACHING, FLAG_DIRTY, FLAG_FAILED, FLAG_MULTI, FLAG_SKIP, FLAG_TRACKING, inputAt, isInline, nextRequest, requestEndOf, Session,
} from "../request/session";
import { addWatcher, swappedAt, WATCHED_HEADER } from "../keys/watchers";
import { endTransactionOf, isDenied, lookAtQueued } from "./exec";
import { dropUnwanted, endCaching, mayWait, nextDeferred, SERVE_AWAY, SERVE_YIELD, track, verdictNow } from "./execute";
import { mustWait, pauseMode } from "./pause";
import { WRITES_AWAY, writesGo } from "./role";
import { isDirty, queueAt, watchedAt, WATCHED_BYTES_MAX } from "./transactions";
import { commandFlagsNow, commandId, flagsOfAll, VERDICT_RUN } from "./verdict";

/** What goes at once; a larger request goes alone. */
const AWAY_BYTES_MAX: u32 = 1 << 20;
const AWAY_REQUESTS_MAX: u32 = 16384;

/** Whether the judged request, which may run in `session`, is one for the leader. Requires: this node does not lead. */
export function goesAway(session: Session): bool {
  if (writesGo != WRITES_AWAY || !(flagsOfAll(session) & CMD_WRITE)) return false;
  // A transaction that fails changes nothing.
  return !isExec(session) || (!(session.flags & FLAG_FAILED) && !isDirty(session));
}

function isExec(session: Session): bool {
  return commandId == ID_EXEC && (session.flags & FLAG_MULTI) != 0;
}

/** The judged request, which starts at `session.start`, goes away with those behind it; SERVE_…. */
export function sendAway(session: Session): u32 {
  session.lastCommand = commandId + 1;
  session.awayWaits = mayWait();
  session.awayLength = requestEndOf(session) - session.start;
  session.awayCount = 1;
  if (isExec(session)) return sendTransaction(session);
  if (isWritten(session, session.start)) return sendWritten(session);
  if (!session.awayWaits) gather(session);
  return SERVE_AWAY;
}

/** Whether the request in the table, at input offset `from`, is not as the leader can read it. */
function isWritten(session: Session, from: u32): bool {
  return isRenamed || isInline(session, from);
}

/** Sends a request that came under another name, or as a line, as an array with the command's own name. */
function sendWritten(session: Session): u32 {
  const buffer = allocate(encodedBytes() + OBJECT_HEADER, KIND_BUFFER);
  if (buffer == 0) return refuse(session, "");
  session.awayBuffer = <u32>buffer;
  session.awayBufferLength = encodeRequest(buffer + OBJECT_HEADER);
  return SERVE_AWAY;
}

/** Adds what follows, up to the last write of the chunk. */
function gather(session: Session): void {
  // What is said of one reply, or read by one request, is known of a request that goes alone.
  if (session.flags & (FLAG_SKIP | FLAG_TRACKING | FLAG_CACHING)) return;
  let at = session.start + session.awayLength;
  for (let count: u32 = 2; count <= AWAY_REQUESTS_MAX && at - session.start < AWAY_BYTES_MAX; count++) {
    if (nextDeferred(session, at) != PARSE_REQUEST || verdictNow != VERDICT_RUN) return;
    if (commandFlagsNow & (CMD_ALONE | CMD_HOST) || isWritten(session, at)) return;
    const isWrite = (commandFlagsNow & CMD_WRITE) != 0;
    const waits = mayWait();
    if ((waits && !isWrite) || (pauseMode != 0 && mustWait(session))) return;
    at = requestEndOf(session);
    if (!isWrite) continue;
    session.awayLength = at - session.start;
    session.awayCount = count;
    session.lastCommand = commandId + 1;
    session.awayWaits = waits;
    if (waits) return;
  }
}

const OF_THE_CONNECTION =
  "EXECABORT Transaction discarded because of: it writes, so it runs at the leader, and asks something of this connection or node";
const DENIED = "EXECABORT Transaction discarded because of: NOPERM ACLs rules changed since the transaction was accumulated";

/** Sends what was queued, unless there is something in it that the leader cannot do for this node. */
function sendTransaction(session: Session): u32 {
  for (let offset: u32 = 0; offset < session.queueLength;) {
    offset = lookAtQueued(session, offset);
    if (isDenied()) return refuse(session, DENIED);
    if (commandFlagsNow & CMD_HOST && !(commandFlagsNow & CMD_MAY_REPLICATE)) return refuse(session, OF_THE_CONNECTION);
    if (session.flags & (FLAG_TRACKING | FLAG_CACHING)) track(session, true);
  }
  return SERVE_AWAY;
}

/** Answers the request instead; an empty `problem`: memory is full. */
function refuse(session: Session, problem: string): u32 {
  const from = outputLength();
  if (problem.length == 0) replyOutOfMemory();
  else replyError(problem);
  dropUnwanted(session, from);
  awayEnd(changetype<usize>(session), 1, false);
  return SERVE_YIELD;
}

// === The module's exports, for src/core/away.ts ===

/** Address of what goes away, good until the next call. */
export function awayAddress(session: usize): usize {
  const s = changetype<Session>(session);
  if (s.flags & FLAG_MULTI) return queueAt(s, 0);
  return s.awayBuffer != 0 ? <usize>s.awayBuffer + OBJECT_HEADER : inputAt(s, s.start);
}

/** Its bytes. */
export function awayBytes(session: usize): u32 {
  const s = changetype<Session>(session);
  if (s.flags & FLAG_MULTI) return s.queueLength;
  return s.awayBuffer != 0 ? s.awayBufferLength : s.awayLength;
}

/** Bytes of the input that its end will consume. */
export function awayInput(session: usize): u32 {
  return changetype<Session>(session).awayLength;
}

/** Replies that it gives. */
export function awayReplies(session: usize): u32 {
  return changetype<Session>(session).awayCount;
}

/** Whether its last request may wait for a key. */
export function awayMayWait(session: usize): bool {
  return changetype<Session>(session).awayWaits;
}

/** Address of the list of watched keys. */
export function watchedAddress(session: usize): usize {
  return watchedAt(changetype<Session>(session));
}

/** Its bytes. */
export function watchedBytes(session: usize): u32 {
  return changetype<Session>(session).watchedLength;
}

/**
 * The first `answered` of the requests have their replies. Of the others nothing came:
 * they are served again, and their writes answered as uncertain if they are `isLost`.
 */
export function awayEnd(session: usize, answered: u32, isLost: bool): void {
  const s = changetype<Session>(session);
  const end = s.start + s.awayLength;
  assert(answered <= s.awayCount && s.awayCount != 0);
  if (answered == s.awayCount) s.start = end;
  else for (let i: u32 = 0; i < answered; i++) {
    const code = nextRequest(s, s.start);
    assert(code == PARSE_REQUEST); // it parsed when it went
    s.start = requestEndOf(s);
  }
  if (answered != 0) {
    if (s.flags & FLAG_MULTI) endTransactionOf(s);
    else {
      s.flags &= ~FLAG_SKIP;
      endCaching(s);
    }
  }
  if (isLost) s.uncertainEnd = end;
  if (s.awayBuffer != 0) free(s.awayBuffer);
  s.awayBuffer = 0;
  s.awayLength = 0;
  s.awayCount = 0;
}

// === At the leader ===

/**
 * Lets the session watch the keys in the list of `length` bytes at `list`, which another
 * node made when it had applied entry `index`. False when it is no such list, or memory
 * is full. Requires: the session watches nothing.
 */
export function watchedLoad(session: usize, list: usize, length: u32, index: f64): bool {
  const s = changetype<Session>(session);
  assert(s.watched == 0);
  if (length > WATCHED_BYTES_MAX || !isWatchedList(list, length)) return false;
  const buffer = enlarge(0, 0, length, KIND_BUFFER);
  if (buffer == 0) return false;
  s.watched = <u32>buffer;
  s.watchedCapacity = length;
  s.watchedLength = length;
  memory.copy(watchedAt(s), list, length);
  for (let at = list; at < list + length; at += WATCHED_HEADER + load<u32>(at, 4)) addWatcher(s, load<u64>(at, 8) == 0);
  // Versions do not show that databases have changed places.
  if (length != 0 && swappedAt > <u64>index) s.flags |= FLAG_DIRTY;
  return true;
}

function isWatchedList(list: usize, length: u32): bool {
  let left = length;
  for (let at = list; left != 0;) {
    if (left < WATCHED_HEADER || load<u32>(at) >= DATABASE_COUNT) return false;
    const keyLength = load<u32>(at, 4);
    if (keyLength > left - WATCHED_HEADER) return false;
    left -= WATCHED_HEADER + keyLength;
    at += WATCHED_HEADER + keyLength;
  }
  return true;
}
