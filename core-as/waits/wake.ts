// === Waiting and waking ===
//
// A command that may block and finds nothing calls `waitOn`. When a request or a
// transaction is over, whoever waits for a key that it made ready is served, in the
// order of arrival, before anything else runs: the request that waits runs again,
// and what it writes goes to its own client.
//
// How a wait ends without a key is part of the log too where the waiter is: time is
// over, CLIENT UNBLOCK, or the client is gone.

import { callCommand } from "../generated/commands";
import { allocate, enlarge, KIND_LEDGER, OBJECT_HEADER } from "../memory/heap";
import { LOCAL_DATABASE, WAITING_DATABASE } from "../memory/layout";
import { argumentAt, argumentLength, PARSE_REQUEST, parseRequest } from "../request/parser";
import { hasOverflown, mute, muted, outputLength, replyError, replyNullArray, replyOutOfMemory, setOverflown, truncateOutput } from "../request/reply";
import { FLAG_AUTHENTICATED, FLAG_NO_TOUCH, FLAG_OWN_NAMES, FLAG_SILENT, FLAG_SKIP, Session } from "../request/session";
import { databaseIndex, nowMs, protocol, useDatabase, useProtocol } from "../memory/state";
import { commandId, judge, VERDICT_RUN } from "../run/verdict";
import { current, useSession } from "../run/execute";
import { keepsAccess, peekKey, setKeepsAccess } from "../keys/lookup";
import { typeOf } from "../keys/keyspace";
import { parseScore } from "../request/scores";
import { parsedDouble } from "../text/double_parse";
import { readyDatabase, readyHash, readyScope, takeReady } from "./ready";
import {
  addWaiter, hasRoomForWaiter, isReplaying, loadWaiter, nextInQueue, queueLength, removeAllWaiters, removeWaiter, requestAt, requestLen, WAIT_LIST, WAIT_STREAM, WAIT_ZSET,
  waiterDatabase, waiterSession, waitHash,
} from "./waiters";
import { VALUE_INLINE_MAX } from "../tree/page";
import { endReply } from "../keys/events";

/** How a wait ends. */
export const END_TIMEOUT: u32 = 0;
export const END_ERROR: u32 = 1;
export const END_GONE: u32 = 2;

/** Whether the running command is one that was woken. */
export let isServing: bool = false;
/** Whether a transaction runs: nothing waits. */
export let isAtomic: bool = false;
let servedHash: u64 = 0;
let waitsOn: bool = false;

export function setAtomic(value: bool): void {
  isAtomic = value;
}

// === Waiting ===

/** Whether argument `index` is the key that woke the running command. */
export function hasWoken(index: u32): bool {
  return isServing && waitHash(argumentAt(index), argumentLength(index)) == servedHash;
}

/** Whether the running command, which was woken, must pass by the key at argument `index`. */
export function passesBy(index: u32, type: u32): bool {
  if (!isServing) return false;
  if (!hasWoken(index)) return true;
  const record = peekKey(argumentAt(index), argumentLength(index));
  return record == 0 || typeOf(record) != type;
}

/** Time that `readWaitTime` read, milliseconds; 0 = for ever. */
export let waitMs: i64 = 0;

/** Reads argument `index` as seconds to wait, or answers the error. */
export function readWaitTime(index: u32): bool {
  if (!parseScore(argumentAt(index), argumentLength(index))) {
    replyError("ERR timeout is not a float or out of range");
    return false;
  }
  const ms = ceil(parsedDouble * 1000);
  // As in Redis, what is beyond all integers is taken for a negative one.
  if (ms < 0 || ms >= 9223372036854775808.0) {
    replyError("ERR timeout is negative");
    return false;
  }
  waitMs = <i64>ms;
  return true;
}

/**
 * The request in the table waits for one of its keys, the `keys` arguments from
 * `first`, for `timeoutMs` milliseconds, 0 = for ever. `scope` is WAITING_DATABASE
 * when it writes, LOCAL_DATABASE when it only reads.
 *
 * @returns Whether it waits, or was refused; else it answers that there is nothing.
 */
export function waitOn(scope: u32, kind: u32, first: u32, keys: u32, timeoutMs: i64): bool {
  if (isServing) {
    waitsOn = true;
    return true;
  }
  if (isAtomic) return false;
  if (scope == LOCAL_DATABASE && !hasRoomForWaiter(keys)) {
    replyOutOfMemory();
    return true;
  }
  const id = addWaiter(scope, kind, first, keys, current);
  if (changetype<usize>(current) == 0) return true;
  current.waiter = id;
  current.waitScope = scope;
  current.deadlineMs = timeoutMs == 0 ? 0 : timeoutMs > i64.MAX_VALUE - nowMs ? i64.MAX_VALUE : nowMs + timeoutMs;
  return true;
}

// === Who was served ===

// Rows of { session u32, from u32, to u32 }: whose part of the output it is. The lowest
// bit of the session says that the reply found no room, and its client must go.
const SERVED_ROW: u32 = 12;
let served: usize = 0;
let servedCapacity: u32 = 0;
export let servedCount: u32 = 0;

/** Address of the rows. */
export function servedRows(): usize {
  return served + OBJECT_HEADER;
}

export function clearServed(): void {
  servedCount = 0;
}

/** Whether the replies of the session whose requests run found no room. */
let hasOwnOverflown: bool = false;

/** Cuts off what the session's own replies left without room, so that those who are woken have it. */
function leaveOwn(): void {
  hasOwnOverflown = hasOverflown;
  if (!hasOverflown) return;
  truncateOutput(servedCount == 0 ? 0 : load<u32>(servedRows() + (servedCount - 1) * SERVED_ROW, 8));
  setOverflown(false);
}

function addServed(session: Session, from: u32): void {
  const overflows = hasOverflown;
  if (overflows) truncateOutput(from);
  setOverflown(false);
  if (servedCount == servedCapacity) {
    const wanted = max(84, servedCapacity * 2);
    served = enlarge(served, servedCount * SERVED_ROW, wanted * SERVED_ROW, KIND_LEDGER);
    if (served == 0) unreachable(); // twelve bytes a connection
    servedCapacity = wanted;
  }
  const at = servedRows() + servedCount++ * SERVED_ROW;
  store<u32>(at, <u32>changetype<usize>(session) | <u32>overflows);
  store<u32>(at, from, 4);
  store<u32>(at, outputLength(), 8);
}

/** The wait of a session is over; what was written since `from` is its reply. */
function settle(session: Session, from: u32): void {
  if (changetype<usize>(session) == 0) {
    truncateOutput(from);
    return;
  }
  if (session.flags & (FLAG_SILENT | FLAG_SKIP)) truncateOutput(from);
  session.flags &= ~FLAG_SKIP;
  session.waiter = 0;
  addServed(session, from);
  endReply();
}

// === Waking ===

/** Serves everybody who waits for what is ready. */
export function wake(): void {
  const session = current;
  const index = databaseIndex;
  const version = protocol;
  const keeps = keepsAccess;
  const wasMuted = muted;
  // Who is woken is answered, whoever made the key ready.
  mute(isReplaying);
  leaveOwn();
  while (takeReady()) {
    const scope = readyScope;
    const place = readyDatabase;
    const hash = readyHash;
    // Of these only those find something who wait for what the key is now; but who
    // reads it as a group's consumer is told when it is no stream.
    if (scope == WAITING_DATABASE) serveQueue(scope, place, WAIT_LIST, hash);
    if (scope == WAITING_DATABASE) serveQueue(scope, place, WAIT_ZSET, hash);
    serveQueue(scope, place, WAIT_STREAM, hash);
  }
  useSession(session);
  useDatabase(index);
  useProtocol(version);
  setKeepsAccess(keeps);
  setOverflown(hasOwnOverflown);
  mute(wasMuted);
}

function serveQueue(scope: u32, index: u32, kind: u32, hash: u64): void {
  let id: u64 = 0;
  for (let left = queueLength(scope, index, kind, hash); left != 0; left--) {
    id = nextInQueue(scope, index, kind, hash, id);
    // A list or sorted set that has nothing for one has nothing for those behind it.
    if (!serveWaiter(scope, id, hash) && kind != WAIT_STREAM) return;
  }
}

/** Room for a request that lies in a page. */
let inlineRequest: usize = 0;

function stableRequest(): usize {
  if (requestLen > VALUE_INLINE_MAX) return requestAt;
  if (inlineRequest == 0) inlineRequest = allocate(VALUE_INLINE_MAX + OBJECT_HEADER, KIND_LEDGER);
  if (inlineRequest == 0) unreachable(); // small, within the reserve
  memory.copy(inlineRequest + OBJECT_HEADER, requestAt, requestLen);
  return inlineRequest + OBJECT_HEADER;
}

/** Runs a waiter's request, which a key of `hash` woke; whether it is answered. */
function serveWaiter(scope: u32, id: u64, hash: u64): bool {
  const known = loadWaiter(scope, id);
  assert(known);
  const session = waiterSession;
  const hasClient = changetype<usize>(session) != 0;
  const request = stableRequest();
  const code = parseRequest(request, request + requestLen, true);
  assert(code == PARSE_REQUEST);
  const verdict = judge(FLAG_AUTHENTICATED | FLAG_OWN_NAMES);
  assert(verdict == VERDICT_RUN);
  useSession(session);
  useDatabase(waiterDatabase);
  useProtocol(hasClient ? session.protocol : 2);
  setKeepsAccess(hasClient && (session.flags & FLAG_NO_TOUCH) != 0);
  const from = outputLength();
  servedHash = hash;
  waitsOn = false;
  isServing = true;
  callCommand(commandId);
  isServing = false;
  if (waitsOn) {
    truncateOutput(from);
    return false;
  }
  removeWaiter(scope, id);
  settle(session, from);
  return true;
}

// === Ends ===

/** Bytes of a row that ends a wait: { id u64, END_… u32, 0 u32 }. */
export const END_ROW: u32 = 16;
/** Instead of an id: everybody's. */
export const ALL_WAITERS: u64 = u64.MAX_VALUE;

/** Ends the waits in `count` rows at `at`: those that are over by then are none. */
export function endWaits(at: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const row = at + <usize>i * END_ROW;
    const id = load<u64>(row);
    if (id == ALL_WAITERS) removeAllWaiters();
    else endWait(WAITING_DATABASE, id, load<u32>(row, 8));
  }
}

/** Ends one, if it is not over. */
export function endWait(scope: u32, id: u64, end: u32): void {
  if (!loadWaiter(scope, id)) return;
  const session = waiterSession;
  removeWaiter(scope, id);
  const from = outputLength();
  if (changetype<usize>(session) != 0 && end != END_GONE) {
    useProtocol(session.protocol);
    if (end == END_ERROR) replyError("UNBLOCKED client unblocked via CLIENT UNBLOCK");
    else replyNullArray();
  }
  settle(session, from);
}

/**
 * Ends the session's wait because this node leads no more. A waiter that is part of the
 * data stays until the next leader drops it. Requires: it waits.
 */
export function abandonWait(session: Session): void {
  const from = outputLength();
  if (session.waitScope == LOCAL_DATABASE) removeWaiter(LOCAL_DATABASE, session.waiter);
  useProtocol(session.protocol);
  replyError("UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)");
  settle(session, from);
}
