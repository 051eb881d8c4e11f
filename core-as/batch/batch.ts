// === Batches: the writes of one event-loop turn ===
//
// Sessions whose requests hold writes join the gathering batch; their write
// requests are copied into its proposal, which becomes one log entry:
//
// ╒═══════════════════ log entry ════════════════════╕
// │ +0   timeMs        i64   the leader's clock        │
// │ +8   seed          u64   randomness of the entry   │
// │ +16  expireBudget  u32   due keys to remove first  │
// │ +20  victimBytes   u32   of the rows of victims    │
// │ +24  endBytes      u32   of the rows of ends       │
// │ +28  wakes         u32   bit 0: somebody waits for │
// │                          a stream outside of the   │
// │                          log; above: see budget.ts │
// │ +32  runs: { database u32, length u32, requests }  │
// │ ...  victims, see eviction.ts, then waits that end,│
// │      see wake.ts: both come before the runs        │
// ╘════════════════════════════════════════════════════╛
//
// A run is one session's write requests in RESP, or a transaction: its database
// then has RUN_TRANSACTION set, and in front of its requests, those that write or
// select a database, stand the bytes of its list of watched keys u32 and this list
// (transactions.ts). On the leader a committed
// batch is applied from the sessions' own bytes, so that reads between the
// writes get their answers in place; everywhere else, and at recovery, from
// the entry. Both run the same requests in the same order.

import { allocate, enlarge, free, KIND_BUFFER, KIND_LEDGER, OBJECT_HEADER, objectSize } from "../memory/heap";
import { header } from "../memory/layout";
import { forgetVictims, sealVictims } from "./eviction";
import { encodedBytes, encodeRequest } from "../request/encode";
import { isRenamed } from "../request/renames";
import { inputAt, isInline, Session } from "../request/session";
import {
  isCrowded, keepPromises, neededBytes, neededCopies, neededDeliveries, neededGrowth, promise, promiseGrowth,
} from "../admission/admission";
import { commandId } from "../run/verdict";
import { ID_SWAPDB, ID_XREADGROUP } from "../generated/commands";
import { admitRemovals, removalCopies } from "../admission/dues";
import { keepDeliveries } from "../admission/deliveries";
import { entryWakes } from "./wakes";
import { redeemAll, returnSince } from "./escrow";
import { countDue } from "../keys/expiry";
import { END_ROW } from "../waits/wake";
import { keyRows, useRows, WARM_ROW, writeKeyRows } from "../keys/warm";

export const ENTRY_HEADER: u32 = 32;
export const RUN_HEADER: u32 = 8;
/** Bit in a run's database: nothing of it runs when a watched key has changed. */
export const RUN_TRANSACTION: u32 = 0x80000000;
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
  /** Of these, SWAPDB. */
  swaps: u32 = 0;
  /** Of these, XREADGROUP. */
  groupReads: u32 = 0;
  /** Promised to its requests, see admission.ts. */
  promisedBytes: u64 = 0;
  promisedCopies: u64 = 0;
  promisedGrowth: u64 = 0;
  /** Of the bytes, for deliveries to those whom it wakes; and what is promised for these besides, when it is sealed. */
  deliveries: u64 = 0;
  deliveriesFree: u64 = 0;
  /** Writes that have run, and what is set aside for those that have not; see escrow.ts. */
  writesRun: u32 = 0;
  depositFirst: u32 = 0;
  depositLast: u32 = 0;
  /** Keys that its entry removes: their number, and about what they give back. */
  victims: u32 = 0;
  victimsFreed: u64 = 0;
  /** Buffer of their rows until the batch is sealed, see eviction.ts. */
  victimsAt: u32 = 0;
  victimsLength: u32 = 0;
  victimsCapacity: u32 = 0;
  /** Whether a write waits for them, so that it must not gather on. */
  isUrgent: u32 = 0;
  /** Buffer of rows that end waits, see wake.ts. */
  ends: u32 = 0;
  endCount: u32 = 0;
  endCapacity: u32 = 0;
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

/** A larger buffer with the `used` bytes of `buffer` (0 = none), which is freed; 0 without memory. */
export function largerBuffer(buffer: u32, used: u32, wanted: u32): u32 {
  // What is small must be had; large entries keep away from what is set aside.
  const before: u64 = buffer == 0 ? 0 : objectSize(buffer);
  const larger = enlarge(buffer, used, wanted, wanted <= START_BYTES ? KIND_LEDGER : KIND_BUFFER);
  if (larger != 0) header.bytesEntries += <u64>objectSize(larger) - before;
  return <u32>larger;
}

/** Frees what `largerBuffer` gave; 0 = nothing. */
export function freeBuffer(buffer: u32): void {
  if (buffer == 0) return;
  header.bytesEntries -= objectSize(buffer);
  free(buffer);
}

/** Makes room for `bytes` more in the batch's entry; whether there was memory for it. */
export function reserveEntry(batch: Batch, bytes: u32): bool {
  const least = <u64>batch.entryLength + bytes + batch.endCount * END_ROW;
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
  if (isCrowded()) return false;
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

/**
 * Copies the write request just parsed and admitted, at input offsets [from, to).
 *
 * @returns Whether there was memory for it.
 */
export function addWrite(session: Session, from: u32, to: u32): bool {
  const batch = gatheringBatch();
  const inline = isRenamed || isInline(session, from);
  const bytes = inline ? encodedBytes() : to - from;
  if (!reserveEntry(batch, bytes + RUN_HEADER)) return false;
  if (runSession != changetype<usize>(session) || runDatabase != session.database) {
    beginRun(batch, session.database);
    runSession = changetype<usize>(session);
    runDatabase = session.database;
  }
  if (inline) lengthenRun(batch, encodeRequest(entryEnd(batch)));
  else addToRun(batch, inputAt(session, from), bytes);
  promiseWrite(batch);
  return true;
}

function entryEnd(batch: Batch): usize {
  return <usize>batch.entry + OBJECT_HEADER + batch.entryLength;
}

/** Requires: room for the header. */
function beginRun(batch: Batch, database: u32): void {
  runAt = batch.entryLength;
  store<u32>(entryEnd(batch), database);
  store<u32>(entryEnd(batch), 0, 4);
  batch.entryLength += RUN_HEADER;
}

function lengthenRun(batch: Batch, bytes: u32): void {
  const header = <usize>batch.entry + OBJECT_HEADER + runAt;
  store<u32>(header, load<u32>(header, 4) + bytes, 4);
  batch.entryLength += bytes;
}

/** Requires: room for `bytes`. */
function addToRun(batch: Batch, at: usize, bytes: u32): void {
  memory.copy(entryEnd(batch), at, bytes);
  lengthenRun(batch, bytes);
}

function promiseWrite(batch: Batch): void {
  promise();
  batch.promisedBytes += neededBytes;
  batch.promisedCopies += neededCopies;
  batch.promisedGrowth += neededGrowth;
  batch.deliveries += neededDeliveries;
  batch.writes++;
  if (commandId == ID_XREADGROUP) {
    batch.groupReads++;
    groupReadsInFlight++;
  }
  if (commandId == ID_SWAPDB) {
    batch.swaps++;
    swapsInFlight++;
  }
}

/** SWAPDB in batches that are not applied. */
export let swapsInFlight: u32 = 0;
/** XREADGROUP likewise, which may wait when an entry behind them is applied. */
export let groupReadsInFlight: u32 = 0;

// === Transactions ===

/** The gathering batch as it was before a transaction was added. */
let markLength: u32 = 0;
let markWrites: u32 = 0;
let markSwaps: u32 = 0;
let markGroupReads: u32 = 0;
let markDeliveries: u64 = 0;
let markDeposit: u32 = 0;
let markBytes: u64 = 0;
let markCopies: u64 = 0;
let markGrowth: u64 = 0;

/**
 * Starts the run of a transaction in `database` that holds if the keys in the list
 * at `watched` are as they were; `addQueued` adds its requests, of at most `bytes`.
 *
 * @returns Whether there was memory for it. If not, `leaveTransaction` follows.
 */
export function beginTransaction(session: Session, watched: usize, watchedBytes: u32, bytes: u32): bool {
  const batch = gatheringBatch();
  markLength = batch.entryLength;
  markWrites = batch.writes;
  markSwaps = batch.swaps;
  markGroupReads = batch.groupReads;
  markDeliveries = batch.deliveries;
  markDeposit = batch.depositLast;
  markBytes = batch.promisedBytes;
  markCopies = batch.promisedCopies;
  markGrowth = batch.promisedGrowth;
  joinBatch(session);
  if (!reserveEntry(batch, RUN_HEADER + 4 + watchedBytes + bytes)) return false;
  beginRun(batch, session.database | RUN_TRANSACTION);
  store<u32>(entryEnd(batch), watchedBytes);
  lengthenRun(batch, 4);
  addToRun(batch, watched, watchedBytes);
  return true;
}

/** Adds the request in [from, to); a write was just admitted. */
export function addQueued(from: usize, to: usize, isWrite: bool): void {
  const batch = gatheringBatch();
  addToRun(batch, from, <u32>(to - from));
  if (isWrite) promiseWrite(batch);
}

/** Ends the transaction, whose strings may be others for those who come behind it, longer by `growth`. */
export function endTransaction(growth: u64): void {
  promiseGrowth(growth);
  gatheringBatch().promisedGrowth += growth;
}

/** Takes back what was added since `beginTransaction`. */
export function leaveTransaction(): void {
  const batch = gatheringBatch();
  batch.entryLength = markLength;
  batch.writes = markWrites;
  swapsInFlight -= batch.swaps - markSwaps;
  batch.swaps = markSwaps;
  groupReadsInFlight -= batch.groupReads - markGroupReads;
  batch.groupReads = markGroupReads;
  batch.deliveries = markDeliveries;
  returnSince(batch, markDeposit);
  keepPromises(batch.promisedBytes - markBytes, batch.promisedCopies - markCopies, batch.promisedGrowth - markGrowth);
  batch.promisedBytes = markBytes;
  batch.promisedCopies = markCopies;
  batch.promisedGrowth = markGrowth;
  runSession = 0;
  batch.sessionCount--;
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

// === Waits that end ===

/** Ends in the gathering batch. */
export function gatheredEnds(): u32 {
  return gathering == 0 ? 0 : changetype<Batch>(gathering).endCount;
}

/** Sessions waiting in the gathering batch. */
export function gatheredSessions(): u32 {
  return gathering == 0 ? 0 : changetype<Batch>(gathering).sessionCount;
}

/** Whether a write waits for the keys that it removes. */
export function isGatheredUrgent(): bool {
  return gathering != 0 && changetype<Batch>(gathering).isUrgent != 0;
}

/** Bytes of its entry. */
export function gatheredBytes(): u32 {
  return gathering == 0 ? 0 : changetype<Batch>(gathering).entryLength;
}

/** Keys and fields that the batch may remove, at most `budget`: those that are due at `timeMs`, as many as memory bears. */
function expiries(batch: Batch, timeMs: i64, budget: u32): u32 {
  const due = budget == 0 ? 0 : countDue(timeMs, budget);
  if (due == 0) return budget;
  const removals = admitRemovals(due);
  batch.promisedCopies += removalCopies;
  return removals == due ? budget : removals;
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
  sealVictims(batch);
  const endBytes = batch.endCount * END_ROW;
  if (endBytes != 0) memory.copy(entryEnd(batch), <usize>batch.ends + OBJECT_HEADER, endBytes);
  batch.entryLength += endBytes;
  const at = <usize>batch.entry + OBJECT_HEADER;
  store<i64>(at, timeMs);
  store<u64>(at, seed, 8);
  store<u32>(at, expiries(batch, timeMs, expireBudget), 16);
  store<u32>(at, batch.victimsLength, 20);
  store<u32>(at, endBytes, 24);
  store<u32>(at, entryWakes(batch), 28);
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
  swapsInFlight -= batch.swaps;
  groupReadsInFlight -= batch.groupReads;
  keepDeliveries(batch.deliveriesFree);
  forgetVictims(batch);
  freeBuffer(batch.sessions);
  freeBuffer(batch.entry);
  freeBuffer(batch.keys);
  freeBuffer(batch.ends);
  useRows(0, 0);
  free(changetype<usize>(batch));
}
