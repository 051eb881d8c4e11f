// === Batches: the writes of one event-loop turn ===
//
// Sessions whose requests hold writes join the gathering batch; their write
// requests are copied into its proposal, which becomes one log entry:
//
// ╒═══════════════════ log entry ════════════════════╕
// │ +0   timeMs        i64   the leader's clock        │
// │ +8   seed          u64   randomness of the entry   │
// │ +16  expireBudget  u32   due keys to remove first  │
// │ +20  reserved      u32                             │
// │ +24  runs: { database u32, length u32, requests }  │
// ╘════════════════════════════════════════════════════╛
//
// A run is one session's write requests in RESP. On the leader a committed
// batch is applied from the sessions' own bytes, so that reads between the
// writes get their answers in place; everywhere else, and at recovery, from
// the entry. Both run the same requests in the same order.

import { allocate, free, KIND_BUFFER, KIND_LEDGER, OBJECT_HEADER } from "./heap";
import { argumentAt, argumentCount, argumentLength } from "./parser";
import { inputAt, isInline, Session } from "./session";
import { keepPromises, neededBytes, neededCopies, neededGrowth, promise } from "./admission";
import { redeemAll } from "./escrow";
import { writeUnsigned } from "./text/integers";
import { keyRows, useRows, WARM_ROW, writeKeyRows } from "./warm";

export const ENTRY_HEADER: u32 = 24;
export const RUN_HEADER: u32 = 8;
/** A gathering batch takes no further session beyond this. */
const PROPOSAL_BYTES_SOFT: u32 = 4 << 20;
const START_BYTES: u32 = 64 * 1024 - OBJECT_HEADER;

@unmanaged
export class Batch {
  objectHeader: u64 = 0;
  /** Next younger sealed batch; 0 = none. */
  next: u32 = 0;
  /** Buffer of session addresses. */
  sessions: u32 = 0;
  sessionCount: u32 = 0;
  sessionCapacity: u32 = 0;
  /** Buffer of the log entry, until the host has handed it over. */
  entry: u32 = 0;
  entryLength: u32 = 0;
  entryCapacity: u32 = 0;
  /** Sessions already applied. */
  appliedCount: u32 = 0;
  /** Buffer of rows of the requests' keys, see warm.ts. */
  keys: u32 = 0;
  keyCount: u32 = 0;
  keyCapacity: u32 = 0;
  /** Writes added. */
  writes: u32 = 0;
  /** Promised to its requests, see admission.ts. */
  promisedBytes: u64 = 0;
  promisedCopies: u64 = 0;
  promisedGrowth: u64 = 0;
  /** Writes that have run, and what is set aside for those that have not; see escrow.ts. */
  writesRun: u32 = 0;
  depositFirst: u32 = 0;
  depositLast: u32 = 0;
}

let gathering: usize = 0;
let oldestSealed: usize = 0;
let newestSealed: usize = 0;
/** Session and database of the open run. */
let runSession: usize = 0;
let runDatabase: u32 = 0;
let runAt: u32 = 0;

function newBatch(): Batch {
  const at = allocate(<u32>offsetof<Batch>(), KIND_LEDGER);
  if (at == 0) unreachable(); // small, within the reserve
  memory.fill(at + OBJECT_HEADER, 0, offsetof<Batch>() - OBJECT_HEADER);
  const batch = changetype<Batch>(at);
  batch.entryLength = ENTRY_HEADER;
  return batch;
}

/** The batch that takes writes now. */
export function gatheringBatch(): Batch {
  if (gathering == 0) gathering = changetype<usize>(newBatch());
  return changetype<Batch>(gathering);
}

function largerBuffer(buffer: u32, used: u32, wanted: u32): u32 {
  // What is small must be had; large entries keep away from what is set aside.
  const fresh = allocate(wanted + OBJECT_HEADER, wanted <= START_BYTES ? KIND_LEDGER : KIND_BUFFER);
  if (fresh == 0) return 0;
  if (buffer != 0) {
    memory.copy(fresh + OBJECT_HEADER, <usize>buffer + OBJECT_HEADER, used);
    free(buffer);
  }
  return <u32>fresh;
}

function reserveEntry(batch: Batch, bytes: u32): bool {
  const least = <u64>batch.entryLength + bytes;
  if (least <= batch.entryCapacity) return true;
  if (least > 1 << 30) return false;
  const wanted = max(START_BYTES, max(<u32>least, min(batch.entryCapacity * 2, 1 << 26)));
  const buffer = largerBuffer(batch.entry, batch.entryLength, wanted);
  if (buffer == 0) return false;
  batch.entry = buffer;
  batch.entryCapacity = wanted;
  return true;
}

/** Whether the gathering batch still takes sessions; else the host seals first. */
export function isBatchOpen(): bool {
  return gathering == 0 || changetype<Batch>(gathering).entryLength < PROPOSAL_BYTES_SOFT;
}

/** Adds a session to the gathering batch. Its writes follow by `addWrite`. */
export function joinBatch(session: Session): void {
  const batch = gatheringBatch();
  if (batch.sessionCount == batch.sessionCapacity) {
    const wanted = max(254, batch.sessionCapacity * 2);
    const buffer = largerBuffer(batch.sessions, batch.sessionCount << 2, wanted << 2);
    if (buffer == 0) unreachable(); // four bytes a connection
    batch.sessions = buffer;
    batch.sessionCapacity = wanted;
  }
  const at = <usize>batch.sessions + OBJECT_HEADER + (<usize>batch.sessionCount << 2);
  store<u32>(at, <u32>changetype<usize>(session));
  batch.sessionCount++;
  runSession = 0;
}

/** Takes back the last `joinBatch`. Requires: no write was added since. */
export function leaveBatch(): void {
  const batch = changetype<Batch>(gathering);
  batch.sessionCount--;
  if (batch.writes == 0) redeemAll(batch);
}

/** Bytes of the request in the table as a RESP array, at most. */
function encodedBytes(): u32 {
  let bytes: u32 = 16;
  for (let i: u32 = 0; i < argumentCount; i++) bytes += argumentLength(i) + 16;
  return bytes;
}

/**
 * Copies the write request just parsed and admitted, at input offsets [from, to).
 *
 * @returns Whether there was memory for it.
 */
export function addWrite(session: Session, from: u32, to: u32): bool {
  const batch = gatheringBatch();
  const inline = isInline(session, from);
  const bytes = inline ? encodedBytes() : to - from;
  if (!reserveEntry(batch, bytes + RUN_HEADER)) return false;
  const base = <usize>batch.entry + OBJECT_HEADER;
  if (runSession != changetype<usize>(session) || runDatabase != session.database) {
    runSession = changetype<usize>(session);
    runDatabase = session.database;
    runAt = batch.entryLength;
    store<u32>(base + runAt, runDatabase);
    store<u32>(base + runAt, 0, 4);
    batch.entryLength += RUN_HEADER;
  }
  const at = base + batch.entryLength;
  let written = bytes;
  if (inline) written = encodeRequest(at);
  else memory.copy(at, inputAt(session, from), bytes);
  batch.entryLength += written;
  store<u32>(base + runAt, load<u32>(base + runAt, 4) + written, 4);
  promise();
  batch.promisedBytes += neededBytes;
  batch.promisedCopies += neededCopies;
  batch.promisedGrowth += neededGrowth;
  batch.writes++;
  return true;
}

// === Keys of the requests ===

/** Rows kept for one batch; requests beyond run without. */
const KEYS_MAX: u32 = 65536;

/** Rows of the gathering batch. */
export function keysAdded(): u32 {
  return gathering == 0 ? 0 : changetype<Batch>(gathering).keyCount;
}

/** Forgets all rows but the first `count`: those of requests that are not deferred. */
export function trimKeys(count: u32): void {
  if (gathering != 0) changetype<Batch>(gathering).keyCount = count;
}

/** Notes the keys of the request in the table, a command of id `id`. */
export function addKeys(id: u32): void {
  const rows = keyRows(id);
  if (rows == 0) return;
  const batch = gatheringBatch();
  const wanted = batch.keyCount + rows;
  if (wanted > batch.keyCapacity) {
    if (wanted > KEYS_MAX) return;
    const capacity = max(256, max(wanted, batch.keyCapacity * 2));
    const buffer = largerBuffer(batch.keys, batch.keyCount * WARM_ROW, capacity * WARM_ROW);
    if (buffer == 0) return; // they run without
    batch.keys = buffer;
    batch.keyCapacity = capacity;
  }
  writeKeyRows(<usize>batch.keys + OBJECT_HEADER + <usize>batch.keyCount * WARM_ROW, id, rows);
  batch.keyCount = wanted;
}

/** Uses the rows of the oldest sealed batch, which is about to be applied. */
export function useBatchKeys(): void {
  const batch = oldestBatch();
  const from = <usize>batch.keys + OBJECT_HEADER;
  useRows(from, from + <usize>batch.keyCount * WARM_ROW);
}

function writeCount(at: usize, type: u8, count: u32): usize {
  store<u8>(at, type);
  const digits = writeUnsigned(at + 1, count);
  store<u16>(at + 1 + digits, 0x0a0d);
  return at + digits + 3;
}

/** Writes the request in the table as a RESP array; bytes written. */
function encodeRequest(at: usize): u32 {
  let p = writeCount(at, 0x2a, argumentCount);
  for (let i: u32 = 0; i < argumentCount; i++) {
    const length = argumentLength(i);
    p = writeCount(p, 0x24, length);
    memory.copy(p, argumentAt(i), length);
    store<u16>(p + length, 0x0a0d);
    p += length + 2;
  }
  return <u32>(p - at);
}

/** Sessions waiting in the gathering batch. */
export function gatheredSessions(): u32 {
  return gathering == 0 ? 0 : changetype<Batch>(gathering).sessionCount;
}

/** Bytes of its entry. */
export function gatheredBytes(): u32 {
  return gathering == 0 ? 0 : changetype<Batch>(gathering).entryLength;
}

/**
 * Closes the gathering batch (an empty one too: it then only expires keys) and
 * writes the entry's header. The host hands the entry over, then drops it.
 *
 * @returns The batch, whose entry is good until `dropEntry`; 0 without memory.
 */
export function sealBatch(timeMs: i64, seed: u64, expireBudget: u32): Batch {
  const batch = gatheringBatch();
  if (!reserveEntry(batch, 0)) return changetype<Batch>(0);
  const at = <usize>batch.entry + OBJECT_HEADER;
  store<i64>(at, timeMs);
  store<u64>(at, seed, 8);
  store<u32>(at, expireBudget, 16);
  store<u32>(at, 0, 20);
  if (newestSealed == 0) oldestSealed = changetype<usize>(batch);
  else changetype<Batch>(newestSealed).next = <u32>changetype<usize>(batch);
  newestSealed = changetype<usize>(batch);
  gathering = 0;
  runSession = 0;
  return batch;
}

/** The oldest sealed batch; 0 = none. */
export function oldestBatch(): Batch {
  return changetype<Batch>(oldestSealed);
}

export function batchSession(batch: Batch, index: u32): Session {
  return changetype<Session>(load<u32>(<usize>batch.sessions + OBJECT_HEADER + (<usize>index << 2)));
}

/** Ends the oldest sealed batch, which has been applied or refused. */
export function dropBatch(): void {
  const batch = changetype<Batch>(oldestSealed);
  oldestSealed = batch.next;
  if (oldestSealed == 0) newestSealed = 0;
  keepPromises(batch.promisedBytes, batch.promisedCopies, batch.promisedGrowth);
  redeemAll(batch);
  if (batch.sessions != 0) free(batch.sessions);
  if (batch.entry != 0) free(batch.entry);
  if (batch.keys != 0) free(batch.keys);
  useRows(0, 0);
  free(changetype<usize>(batch));
}
