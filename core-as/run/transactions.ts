// === Transactions: MULTI, EXEC, DISCARD, WATCH, UNWATCH ===
//
// After MULTI a session's requests are kept in its queue, in RESP. EXEC runs them
// with nothing in between: at once when they only read, else as one run of a log
// entry that carries the queue and what WATCH remembered, so that whoever applies
// the entry decides alike (batch.ts, execute.ts).
//
// WATCH remembers the version of each key: the log index of its last write, 0 when
// there is none. Rows of the list, behind one another:
//
// ╒═════════════════ watched key ═════════════════╕
// │ +0   database   u32                            │
// │ +4   length     u32   of the key in bytes      │
// │ +8   version    u64                            │
// │ +16  key        bytes                          │
// ╘════════════════════════════════════════════════╛
//
// Sources: https://redis.io/docs/latest/develop/using-commands/transactions/

import {
  CMD_DENYOOM, CMD_NO_MULTI, ID_DISCARD, ID_EXEC, ID_MULTI, ID_QUIT, ID_RESET, ID_WATCH,
} from "../generated/commands";
import { enlarge, free, KIND_BUFFER, OBJECT_HEADER } from "../memory/heap";
import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { encodedBytes, encodeRequest } from "../request/encode";
import { isRenamed } from "../request/renames";
import { FLAG_DIRTY, FLAG_FAILED, FLAG_MULTI, inputAt, isInline, Session } from "../request/session";
import { isOverLimit } from "../admission/admission";
import { replyError, replyOk, replyOutOfMemory, replyStatus } from "../request/reply";
import { commandFlagsNow, commandId, VERDICT_MEMORY, VERDICT_NO_MULTI, VERDICT_QUEUE, VERDICT_RUN } from "./verdict";
import { current } from "./execute";
import { addWork, databaseIndex, useDatabase } from "../memory/state";
import { versionOf } from "../keys/keyspace";
import { peekKey } from "../keys/lookup";
import { equalBytes } from "../text/bytes";
import { addWatcher, removeWatcher, WATCHED_HEADER } from "../keys/watchers";

/** Bytes of a transaction's requests: with them an entry stays far below a log record's bound. */
const QUEUE_BYTES_MAX: u64 = 512 << 20;
/** Bytes of a session's watched keys. */
export const WATCHED_BYTES_MAX: u64 = 64 << 20;
const BUFFER_START_BYTES: u32 = 1016;

/** Address of the byte at `offset` of the session's queue. */
export function queueAt(session: Session, offset: u32): usize {
  return <usize>session.queue + OBJECT_HEADER + offset;
}

function largerCapacity(capacity: u32, least: u64): u32 {
  return <u32>max(least, max(<u64>BUFFER_START_BYTES, min(<u64>capacity * 2, QUEUE_BYTES_MAX)));
}

// === The queue ===

/**
 * What the verdict on a request becomes inside a transaction: most requests wait
 * for EXEC, and one that is refused makes EXEC fail.
 */
export function judgeQueued(session: Session, verdict: u32): u32 {
  const judged = verdict == VERDICT_RUN ? queuedVerdict(session) : verdict;
  if (judged != VERDICT_RUN && judged != VERDICT_QUEUE) session.flags |= FLAG_FAILED;
  return judged;
}

function queuedVerdict(session: Session): u32 {
  if (commandFlagsNow & CMD_NO_MULTI) return VERDICT_NO_MULTI;
  const id = commandId;
  if (id == ID_EXEC) return session.queueFlags & CMD_DENYOOM && isOverLimit() ? VERDICT_MEMORY : VERDICT_RUN;
  if (id == ID_DISCARD || id == ID_QUIT || id == ID_RESET) return VERDICT_RUN;
  if (isOverLimit()) return VERDICT_MEMORY;
  return id == ID_MULTI || id == ID_WATCH ? VERDICT_RUN : VERDICT_QUEUE;
}

/** Keeps the request in the table, at input offsets [from, to), for EXEC; answers. */
export function queueRequest(session: Session, from: u32, to: u32): void {
  // A transaction that is to fail needs its requests no more.
  if (session.flags & (FLAG_FAILED | FLAG_DIRTY)) return replyStatus("QUEUED");
  const inline = isRenamed || isInline(session, from);
  const bytes = inline ? encodedBytes() : to - from;
  const least = <u64>session.queueLength + bytes;
  if (least > QUEUE_BYTES_MAX) {
    session.flags |= FLAG_FAILED;
    return replyError("ERR Transaction is too large");
  }
  if (least > session.queueCapacity && !growQueue(session, least)) {
    session.flags |= FLAG_FAILED;
    return replyOutOfMemory();
  }
  const at = queueAt(session, session.queueLength);
  if (inline) session.queueLength += encodeRequest(at);
  else {
    memory.copy(at, inputAt(session, from), bytes);
    session.queueLength += bytes;
  }
  session.queueCount++;
  session.queueFlags |= commandFlagsNow;
  replyStatus("QUEUED");
}

function growQueue(session: Session, least: u64): bool {
  const capacity = largerCapacity(session.queueCapacity, least);
  const buffer = <u32>enlarge(session.queue, session.queueLength, capacity, KIND_BUFFER);
  if (buffer == 0) return false;
  session.queue = buffer;
  session.queueCapacity = capacity;
  return true;
}

/** Ends the session's transaction, if there is one, and forgets what it watches. */
export function dropTransaction(session: Session): void {
  session.flags &= ~(FLAG_MULTI | FLAG_FAILED);
  if (session.queue != 0) free(session.queue);
  session.queue = 0;
  session.queueLength = 0;
  session.queueCapacity = 0;
  session.queueCount = 0;
  session.queueFlags = 0;
  session.execAt = 0;
  forgetWatched(session);
}

// === Watched keys ===

/** Forgets all watched keys, and that one of them changed. */
export function forgetWatched(session: Session): void {
  session.flags &= ~FLAG_DIRTY;
  removeWatcher(session);
  if (session.watched != 0) free(session.watched);
  session.watched = 0;
  session.watchedLength = 0;
  session.watchedCapacity = 0;
}

/** Address of the session's list of watched keys. */
export function watchedAt(session: Session): usize {
  return <usize>session.watched + OBJECT_HEADER;
}

/** The version of a key in the database in use: 0 = there is none. */
function presentVersion(key: usize, keyLen: u32): u64 {
  const record = peekKey(key, keyLen);
  return record == 0 ? 0 : versionOf(record);
}

/** Whether one of the keys in the list of `length` bytes at `list` is not as it was. */
export function hasChanged(list: usize, length: u32): bool {
  const before = databaseIndex;
  const end = list + length;
  let changed = false;
  for (let at = list; at < end && !changed; at += WATCHED_HEADER + load<u32>(at, 4)) {
    useDatabase(load<u32>(at));
    changed = presentVersion(at + WATCHED_HEADER, load<u32>(at, 4)) != load<u64>(at, 8);
  }
  useDatabase(before);
  return changed;
}

/** Whether a key that the session watches has changed. */
export function isDirty(session: Session): bool {
  if (session.flags & FLAG_DIRTY) return true;
  return session.watchedLength != 0 && hasChanged(watchedAt(session), session.watchedLength);
}

function isWatched(session: Session, key: usize, keyLen: u32): bool {
  const end = watchedAt(session) + session.watchedLength;
  for (let at = watchedAt(session); at < end; at += WATCHED_HEADER + load<u32>(at, 4)) {
    addWork(1);
    const isHere = load<u32>(at) == databaseIndex && load<u32>(at, 4) == keyLen;
    if (isHere && equalBytes(at + WATCHED_HEADER, key, keyLen)) return true;
  }
  return false;
}

/** Adds a key of the database in use to the list; whether there was room. */
function watchKey(session: Session, key: usize, keyLen: u32): bool {
  if (isWatched(session, key, keyLen)) return true;
  const length = session.watchedLength;
  const least = <u64>length + WATCHED_HEADER + keyLen;
  if (least > WATCHED_BYTES_MAX) return false;
  if (least > session.watchedCapacity) {
    const capacity = largerCapacity(session.watchedCapacity, least);
    const buffer = <u32>enlarge(session.watched, length, capacity, KIND_BUFFER);
    if (buffer == 0) return false;
    session.watched = buffer;
    session.watchedCapacity = capacity;
  }
  const at = watchedAt(session) + length;
  store<u32>(at, databaseIndex);
  store<u32>(at, keyLen, 4);
  const version = presentVersion(key, keyLen);
  store<u64>(at, version, 8);
  memory.copy(at + WATCHED_HEADER, key, keyLen);
  session.watchedLength = <u32>least;
  addWatcher(session, version == 0);
  return true;
}

// === Commands ===

/** `MULTI` */
export function multiCommand(): void {
  if (current.flags & FLAG_MULTI) return replyError("ERR MULTI calls can not be nested");
  current.flags |= FLAG_MULTI;
  if (isDirty(current)) current.flags |= FLAG_DIRTY;
  replyOk();
}

/** `EXEC` outside of a transaction; see execute.ts for what it does inside. */
export function execCommand(): void {
  replyError("ERR EXEC without MULTI");
}

/** `DISCARD` */
export function discardCommand(): void {
  if (!(current.flags & FLAG_MULTI)) return replyError("ERR DISCARD without MULTI");
  dropTransaction(current);
  replyOk();
}

/** `WATCH key [key ...]` */
export function watchCommand(): void {
  if (current.flags & FLAG_MULTI) return replyError("ERR WATCH inside MULTI is not allowed");
  for (let i: u32 = 1; i < argumentCount; i++) {
    if (!watchKey(current, argumentAt(i), argumentLength(i))) return replyOutOfMemory();
  }
  replyOk();
}

/** `UNWATCH` */
export function unwatchCommand(): void {
  forgetWatched(current);
  replyOk();
}
