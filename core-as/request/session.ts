// === Sessions: a connection's place in the core ===
//
// The host reads a socket straight into the session's input buffer and calls
// `serve`, which runs what it may at once and says why it stopped:
//
//   IDLE      all complete requests are answered; read more
//   DEFERRED  the requests from the first write on wait for the log (batch.ts)
//   HOST      the next request is the host's: arguments are in the table
//   BROKEN    a protocol error was answered: write it and close
//   YIELD     enough work for one call: call again
//
// ╒══════════════════════ input buffer ═══════════════════════════╕
// │ consumed │ deferred requests │ not yet looked at │ free        │
// │          start               deferEnd            end           │
// ╘════════════════════════════════════════════════════════════════╛
//
// One chunk a session is deferred at most: the host does not read the socket
// meanwhile, so the bytes stay where they are until the batch is applied.

import { allocate, enlarge, free, KIND_BUFFER, OBJECT_HEADER } from "../memory/heap";
import {
  argumentCount, argumentTable, argumentTotal, bytesNeeded, ERROR_COUNT, ERROR_COUNT_TOO_BIG, ERROR_DOLLAR,
  ERROR_INLINE_TOO_BIG, ERROR_LENGTH, ERROR_LENGTH_TOO_BIG, ERROR_QUOTES, ERROR_UNAUTHENTICATED_COUNT,
  PARSE_INCOMPLETE, PARSE_REQUEST, parseError, parseErrorByte, parseRequest, requestEnd, restoreArguments,
  resumeAt, resumeRequest,
} from "./parser";
import { beginError, emit, emitText, endError } from "./reply";
import { textScratch } from "../memory/state";

export const FLAG_AUTHENTICATED: u32 = 1;
export const FLAG_NO_TOUCH: u32 = 2;
/** CLIENT REPLY OFF. */
export const FLAG_SILENT: u32 = 4;
/** CLIENT REPLY SKIP: the next request's reply is dropped. */
export const FLAG_SKIP: u32 = 8;
/** CLIENT REPLY SKIP has run: FLAG_SKIP is for the request behind it. */
export const FLAG_SKIP_NEXT: u32 = 16;
/** Between MULTI and EXEC. */
export const FLAG_MULTI: u32 = 32;
/** A request was refused since MULTI: EXEC fails. */
export const FLAG_FAILED: u32 = 64;
/** A watched key was seen changed: EXEC runs nothing. */
export const FLAG_DIRTY: u32 = 128;
/** Listens in RESP2: few commands may run. */
export const FLAG_CONFINED: u32 = 256;
/** Uses Redis's own names of commands, whatever they were renamed to. */
export const FLAG_OWN_NAMES: u32 = 1 << 21;
/** Watches the commands of others: it is never paused, and may not ask for data. */
export const FLAG_MONITOR: u32 = 1 << 20;
/** The host is told which keys are read. */
export const FLAG_TRACKING: u32 = 512;
/** For the next request or transaction, FLAG_TRACKING says the opposite. */
export const FLAG_CACHING: u32 = 1024;
/** READONLY: its reads may be answered though this node does not lead. */
export const FLAG_REPLICA_READS: u32 = 1 << 23;
/** Its user may not do everything: the host permits its requests before they run. */
export const FLAG_RESTRICTED: u32 = 1 << 22;

@unmanaged
export class Session {
  objectHeader: u64 = 0;
  /** Input buffer object; 0 = none. */
  input: u32 = 0;
  capacity: u32 = 0;
  /** Offsets in the input buffer, see the picture. */
  start: u32 = 0;
  end: u32 = 0;
  deferEnd: u32 = 0;
  /** Offset of a request that was seen incomplete, and the bytes it needs to get further; 0 = none. */
  incompleteAt: u32 = 0;
  needed: u32 = 0;
  /** Saved arguments of an incomplete request; 0 = none. */
  partial: u32 = 0;
  partialCount: u32 = 0;
  partialTotal: u32 = 0;
  /** Offset in the buffer where a partial request goes on. */
  partialAt: u32 = 0;
  database: u32 = 0;
  protocol: u32 = 2;
  flags: u32 = 0;
  /** Id of the last command plus 1, for CLIENT INFO; 0 = none of that name. */
  lastCommand: u32 = 0;
  /** The host's number for the connection. */
  owner: u32 = 0;
  /** Requests since MULTI, see transactions.ts: a buffer, their bytes and number, the union of their CMD_… bits. */
  queue: u32 = 0;
  queueLength: u32 = 0;
  queueCapacity: u32 = 0;
  queueCount: u32 = 0;
  queueFlags: u32 = 0;
  /** The four letters of the last EXEC as they came, for MONITOR. */
  execName: u32 = 0;
  /** While EXEC runs: offset in the queue of the next request, plus 1; else 0. */
  execAt: u32 = 0;
  /** Watched keys: a buffer, and their bytes. */
  watched: u32 = 0;
  watchedLength: u32 = 0;
  watchedCapacity: u32 = 0;
  /** Its place in the list of watchers, see watchers.ts, and how many of its keys were not there. */
  isWatcher: u32 = 0;
  watcherBefore: u32 = 0;
  watcherBehind: u32 = 0;
  watchedAbsent: u32 = 0;
  /** The waiter its last request left behind, 0 = none, in which database, and until when in milliseconds, 0 = for ever. */
  waiter: u64 = 0;
  deadlineMs: i64 = 0;
  waitScope: u32 = 0;
  /** Offset in the input buffer below which the host has permitted all requests of a restricted session. */
  permittedEnd: u32 = 0;
  /** The same for writes of which nobody here knows whether they are in the log, see abandon.ts. */
  uncertainEnd: u32 = 0;
  /** Requests that the leader runs, see away.ts: their bytes in the input, how many, whether the last may wait. */
  awayLength: u32 = 0;
  awayCount: u32 = 0;
  awayWaits: bool = false;
  /** The request as it goes, where it is not as it came: a buffer, 0 = none, and its bytes. */
  awayBuffer: u32 = 0;
  awayBufferLength: u32 = 0;
  /** The same for what runs here though another node leads, see elsewhere.ts. */
  stayEnd: u32 = 0;
}

/** Bytes behind a session's fields: a bit for each command that its user may always run. */
const GRANT_BYTES: u32 = 64;
export const SESSION_BYTES: u32 = <u32>offsetof<Session>() + GRANT_BYTES;

/** Address of the bits of the commands that the session's user may always run. */
export function grantsOf(session: Session): usize {
  return changetype<usize>(session) + offsetof<Session>();
}

const INPUT_START_BYTES: u32 = 1016;
/** What an input buffer holds at most, whatever `client-query-buffer-limit` says. */
const INPUT_BYTES_MAX: u32 = 1 << 30;
/** `client-query-buffer-limit`: a session that has more unserved reads no further. */
let inputLimit: u32 = INPUT_BYTES_MAX;
const INPUT_KEPT_MAX: u32 = 64 * 1024;
/** Below this many arguments a partial request is read again from its start. */
const PARTIAL_SAVED_MIN: u32 = 32;

/** Sets the bytes that a request may have before it is whole. */
export function setInputLimit(bytes: f64): void {
  inputLimit = <u32>min(bytes, <f64>INPUT_BYTES_MAX);
}

export function openSession(owner: u32): Session {
  const at = allocate(SESSION_BYTES, KIND_BUFFER);
  if (at == 0) return changetype<Session>(0);
  memory.fill(at + OBJECT_HEADER, 0, SESSION_BYTES - OBJECT_HEADER);
  const session = changetype<Session>(at);
  session.protocol = 2;
  session.owner = owner;
  return session;
}

/** Requires: the session is in no batch and in no transaction. */
export function closeSession(session: Session): void {
  if (session.input != 0) free(session.input);
  if (session.awayBuffer != 0) free(session.awayBuffer);
  dropPartial(session);
  free(changetype<usize>(session));
}

function dropPartial(session: Session): void {
  if (session.partial != 0) free(session.partial);
  session.partial = 0;
}

/** Address of the byte at `offset` of the input buffer. */
export function inputAt(session: Session, offset: u32): usize {
  return <usize>session.input + OBJECT_HEADER + offset;
}

/**
 * Makes room to read at least `bytes`; the address to read to, or 0 when the
 * buffer is at its limit or memory is full. Requires: no read is under way.
 */
export function reserveInput(session: Session, bytes: u32): usize {
  if (session.end - session.start > inputLimit) return 0;
  if (session.start == session.end) {
    session.start = 0;
    session.end = 0;
    session.needed = 0;
    session.permittedEnd = 0;
    session.uncertainEnd = 0;
    session.stayEnd = 0;
    if (session.capacity > INPUT_KEPT_MAX) {
      free(session.input);
      session.input = 0;
      session.capacity = 0;
    }
  }
  if (session.capacity - session.end < bytes) {
    if (session.start != 0) compactInput(session);
    if (session.capacity - session.end < bytes && !growInput(session, bytes)) return 0;
  }
  return inputAt(session, session.end);
}

function compactInput(session: Session): void {
  const kept = session.end - session.start;
  memory.copy(inputAt(session, 0), inputAt(session, session.start), kept);
  session.partialAt -= session.start;
  session.incompleteAt -= session.start;
  session.permittedEnd -= min(session.permittedEnd, session.start);
  session.uncertainEnd -= min(session.uncertainEnd, session.start);
  session.stayEnd -= min(session.stayEnd, session.start);
  session.start = 0;
  session.end = kept;
}

function growInput(session: Session, bytes: u32): bool {
  const least = <u64>session.end + bytes;
  if (least > INPUT_BYTES_MAX) return false;
  // Doubling, but no further than what an announced bulk needs.
  const announced = session.incompleteAt + session.needed;
  const doubled = min(session.capacity * 2, max(INPUT_KEPT_MAX, announced));
  const wanted = max(INPUT_START_BYTES, max(<u32>least, doubled));
  const larger = enlarge(session.input, session.end, wanted, KIND_BUFFER);
  if (larger == 0) return false;
  session.input = <u32>larger;
  session.capacity = wanted;
  return true;
}

/** Parses the request at `start`; the parser's PARSE_… code. */
export function nextRequest(session: Session, from: u32): u32 {
  if (session.end <= from) return PARSE_INCOMPLETE;
  const end = inputAt(session, session.end);
  const isTrusted = (session.flags & FLAG_AUTHENTICATED) != 0;
  let code: u32;
  if (session.needed != 0 && from == session.incompleteAt) {
    if (session.end - from < session.needed) return PARSE_INCOMPLETE;
    session.needed = 0;
    code = session.partial != 0
      ? resumePartial(session, from, end, isTrusted)
      : parseRequest(inputAt(session, from), end, isTrusted);
  } else {
    code = parseRequest(inputAt(session, from), end, isTrusted);
  }
  if (code == PARSE_INCOMPLETE) savePartial(session, from);
  return code;
}

/**
 * Parses the request at `from` and nothing else: what a partial request keeps stays
 * as it is.
 *
 * @returns The offset behind it; 0 when it is not whole, no array, or broken.
 */
export function lookAtRequest(session: Session, from: u32): u32 {
  if (session.end <= from || isInline(session, from)) return 0;
  const isTrusted = (session.flags & FLAG_AUTHENTICATED) != 0;
  const code = parseRequest(inputAt(session, from), inputAt(session, session.end), isTrusted);
  return code == PARSE_REQUEST ? requestEndOf(session) : 0;
}

function savePartial(session: Session, from: u32): void {
  session.incompleteAt = from;
  session.needed = session.end - from + bytesNeeded;
  if (argumentCount < PARTIAL_SAVED_MIN) return;
  const base = inputAt(session, 0);
  const bytes = argumentCount << 3;
  const saved = allocate(bytes + OBJECT_HEADER, KIND_BUFFER);
  if (saved == 0) return; // it is read again from its start
  const table = argumentTable();
  for (let at: u32 = 0; at < bytes; at += 8) {
    store<u32>(saved + OBJECT_HEADER + at, load<u32>(table + at) - <u32>base - from);
    store<u32>(saved + OBJECT_HEADER + at, load<u32>(table + at, 4), 4);
  }
  session.partial = <u32>saved;
  session.partialCount = argumentCount;
  session.partialTotal = argumentTotal;
  session.partialAt = <u32>(resumeAt - base);
}

function resumePartial(session: Session, from: u32, end: usize, isTrusted: bool): u32 {
  const count = session.partialCount;
  const table = restoreArguments(count, session.partialTotal, inputAt(session, session.partialAt));
  const saved = <usize>session.partial + OBJECT_HEADER;
  const base = <u32>inputAt(session, from);
  for (let at: u32 = 0; at < count << 3; at += 8) {
    store<u32>(table + at, load<u32>(saved + at) + base);
    store<u32>(table + at, load<u32>(saved + at, 4), 4);
  }
  dropPartial(session);
  return resumeRequest(end, isTrusted);
}

/** Offset of the byte behind the request just parsed. */
export function requestEndOf(session: Session): u32 {
  return <u32>(requestEnd - inputAt(session, 0));
}

/** Whether the request at `from` came as an array, not as an inline line. */
export function isInline(session: Session, from: u32): bool {
  return load<u8>(inputAt(session, from)) != 0x2a;
}

// === Protocol errors ===

function protocolErrorText(): string {
  if (parseError == ERROR_INLINE_TOO_BIG) return "too big inline request";
  if (parseError == ERROR_QUOTES) return "unbalanced quotes in request";
  if (parseError == ERROR_COUNT_TOO_BIG) return "too big mbulk count string";
  if (parseError == ERROR_COUNT) return "invalid multibulk length";
  if (parseError == ERROR_LENGTH_TOO_BIG) return "too big bulk count string";
  if (parseError == ERROR_LENGTH) return "invalid bulk length";
  if (parseError == ERROR_UNAUTHENTICATED_COUNT) return "unauthenticated multibulk length";
  return "unauthenticated bulk length";
}

/** Answers the error that the parser found. */
export function replyProtocolError(): void {
  beginError();
  emitText("ERR Protocol error: ");
  if (parseError == ERROR_DOLLAR) {
    emitText("expected '$', got '");
    const isLineEnd = parseErrorByte == 0x0d || parseErrorByte == 0x0a;
    store<u8>(textScratch(), <u8>(isLineEnd ? 0x20 : parseErrorByte));
    emit(textScratch(), 1);
    emitText("'");
  } else {
    emitText(protocolErrorText());
  }
  endError();
}
