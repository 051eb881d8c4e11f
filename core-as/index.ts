// === The module's exports: what src/core calls ===
//
// Times, indexes and counts cross as f64, so that the host needs no BigInt on a
// request's way; addresses and lengths as i32. Nothing throws: a trap means a
// broken invariant, and the host stops the node.

import {
  allocate, birthEpoch, free, initialiseHeap, KIND_BUFFER, KIND_LEDGER, OBJECT_HEADER,
} from "./memory/heap";
import { HEADER, header, MAGIC } from "./memory/layout";
import { initialiseSlots } from "./text/crc16";
import { attachScratch, SCRATCH_BYTES, setTime } from "./memory/state";
import { hasRoomForView, relieve } from "./admission/admission";
import {
  closeSession, FLAG_FAILED, FLAG_MULTI, openSession, reserveInput, Session, setInputLimit,
} from "./request/session";
import {
  applyStep, beginBatch, finishHostTurn, queueChecked, serve, stepNeedsHost,
} from "./run/execute";
import { dropTransaction, isDirty } from "./run/transactions";
import { commandId } from "./run/verdict";
import { Batch, gatheredBytes, gatheredSessions, isGatheredUrgent, oldestBatch, sealBatch } from "./batch/batch";
import { argumentCount, argumentTable } from "./request/parser";
import { hasLostRows, rowsLength } from "./run/monitor";
import { clearOutput, hasOverflown, outputLength, outputStart } from "./request/reply";
import { beginCrossing, endCrossing } from "./request/statistics";
import { collectViews, pinView, releaseView, vacuum } from "./tree/views";
import { pendingPages, reclaim } from "./tree/reclaim";
import { nextDueMs } from "./keys/expiry";
import { checkAll, checkedAt, checkView } from "./generic/check";
import { digestAll } from "./generic/state_digest";
import { digestDataset } from "./generic/digest";
import { describeKey, descriptionAddress, keyDigest } from "./generic/inspect";
import { nameProcess } from "./waits/waiters";
import { beginExport, exportNext } from "./snapshot/export";
import { makeCrc64Tables } from "./rdb/crc64";

export { batchEnds, waitAbandon, waitClear, waitDeadline, waitEnd, waitEndOthers, waitersDisown, waitersKept, waitGoOn, waitServed, waitServedRows } from "./waits/waits";
export { batchAbandon } from "./run/abandon";
export {
  awayAddress, awayBytes, awayEnd, awayInput, awayMayWait, awayReplies, watchedAddress, watchedBytes, watchedLoad,
} from "./run/away";
export { sessionStay, setElsewhere as elsewhereSet } from "./run/elsewhere";
export { entryApply, entryFollow } from "./run/follow";
export { importBegin, importFill } from "./snapshot/load";
export { eventsAddress, eventsBytes, eventsClear, eventsMissing, eventsNote } from "./run/event_rows";

// === Life of an instance ===

/** Prepares zeroed memory; the owner's instance calls it once. */
export function initialise(hashKey0: u64, hashKey1: u64): void {
  assert(header.magic == 0 && __data_end <= HEADER); // constants end below the header
  header.magic = MAGIC;
  header.hashKey0 = hashKey0;
  header.hashKey1 = hashKey1;
  nameProcess(hashKey0 ^ rotl(hashKey1, 32) | 1);
  header.epoch = birthEpoch;
  header.hashListpackEntries = 128;
  header.hashListpackValue = 64;
  header.zsetListpackEntries = 128;
  header.zsetListpackValue = 64;
  header.streamNodeEntries = 100;
  header.setIntsetEntries = 512;
  header.setListpackEntries = 128;
  header.setListpackValue = 64;
  header.listListpackSize = -2;
  header.evictionSamples = 5;
  header.lfuLogFactor = 10;
  header.lfuDecayTime = 1;
  makeCrc64Tables();
  initialiseHeap();
  initialiseSlots();
}

/** Room for the scratch of one instance; made by the owner. */
export function newScratch(): usize {
  return allocate(SCRATCH_BYTES, KIND_BUFFER);
}

/** Makes this instance use `scratch`. */
export function attach(scratch: usize): void {
  assert(header.magic == MAGIC);
  attachScratch(scratch);
}

/** Address of the header, whose fields src/core/header.ts names. */
export function headerAddress(): usize {
  return HEADER;
}

// === Buffers of the host ===

function allocateBytes(size: u32, kind: u32): usize {
  const object = allocate(size + OBJECT_HEADER, kind);
  return object == 0 ? 0 : object + OBJECT_HEADER;
}

/** Address of `size` bytes, or 0 when memory is full. */
export function allocateBuffer(size: u32): usize {
  return allocateBytes(size, KIND_BUFFER);
}

/** The same for what one call is given, from the reserve if need be. */
export function allocateLedger(size: u32): usize {
  return allocateBytes(size, KIND_LEDGER);
}

export function freeBuffer(address: usize): void {
  free(address - OBJECT_HEADER);
}

// === Sessions ===

export function sessionOpen(owner: u32): usize {
  return changetype<usize>(openSession(owner));
}

export function sessionClose(session: usize): void {
  dropTransaction(changetype<Session>(session));
  closeSession(changetype<Session>(session));
}

/** Address to read at least `bytes` to, or 0: close the connection. */
export function sessionReserve(session: usize, bytes: u32): usize {
  return reserveInput(changetype<Session>(session), bytes);
}

/** Bytes that fit at the address `sessionReserve` gave. */
export function sessionRoom(session: usize): u32 {
  return changetype<Session>(session).capacity - changetype<Session>(session).end;
}

/** Notes that `bytes` were read to that address. */
export function sessionReceived(session: usize, bytes: u32): void {
  changetype<Session>(session).end += bytes;
  assert(changetype<Session>(session).end <= changetype<Session>(session).capacity);
}

/** Bytes received and not yet served. */
export function sessionPending(session: usize): u32 {
  return changetype<Session>(session).end - changetype<Session>(session).start;
}

export function sessionServe(session: usize, timeMs: f64): u32 {
  beginCrossing();
  const code = serve(changetype<Session>(session), <i64>timeMs);
  endCrossing();
  return code;
}

/** Ends the host's turn on the request that `sessionServe` handed it. */
export function sessionFinish(session: usize): void {
  finishHostTurn(changetype<Session>(session));
}

export function sessionFlags(session: usize): u32 {
  return changetype<Session>(session).flags;
}

export function sessionSetFlags(session: usize, flags: u32): void {
  changetype<Session>(session).flags = flags;
}

export function sessionProtocol(session: usize): u32 {
  return changetype<Session>(session).protocol;
}

export function sessionSetProtocol(session: usize, version: u32): void {
  changetype<Session>(session).protocol = version;
}

export function sessionDatabase(session: usize): u32 {
  return changetype<Session>(session).database;
}

export function sessionSetDatabase(session: usize, database: u32): void {
  changetype<Session>(session).database = database;
}

export function sessionLastCommand(session: usize): u32 {
  return changetype<Session>(session).lastCommand;
}

/** Bytes of the input buffer, for CLIENT LIST. */
export function sessionInputBytes(session: usize): u32 {
  return changetype<Session>(session).capacity;
}

/** Sets `client-query-buffer-limit`. */
export function sessionLimitInput(bytes: f64): void {
  setInputLimit(bytes);
}

/** Sets what CLIENT PAUSE lets wait: 0 = nothing, 1 = writes, 2 = everything. */
export { setPause as sessionsPause } from "./run/pause";

/** Sets what this node may answer: 0 = everything, 1 = all but writes, 2 = nothing about data. */
export { setReadsWait as readsWaitSet, setRole as roleSet } from "./run/role";

/** Sets what becomes of writes where this node does not lead: 0 = refused, 1 = the leader runs them, 2 = none took them in time. */
export { setWritesGo as writesGoSet } from "./run/role";

// === Keys of a slot ===

export { slotKey, slotKeyBytes, slotKeyCount, slotWalk } from "./keys/slots";

// === Names of commands ===

export { hideCommand as commandHide, nameCommand as commandName } from "./request/renames";

// === What ran, for MONITOR ===

export { clearRows as monitorClear, rowsStart as monitorRows, setMonitored as monitorSet } from "./run/monitor";

export function monitorBytes(): u32 {
  return rowsLength;
}

/** Whether rows were lost. */
export function monitorHasLost(): bool {
  return hasLostRows;
}

// === A session's transaction ===

/** Queues the request that the host was asked about, and answers it. */
export function transactionQueue(session: usize): void {
  queueChecked(changetype<Session>(session));
}

/** The host refused that request: EXEC will fail. */
export function transactionRefuse(session: usize): void {
  changetype<Session>(session).flags |= FLAG_FAILED;
  finishHostTurn(changetype<Session>(session));
}

/** Ends the transaction, if there is one, and forgets what is watched. */
export function transactionDrop(session: usize): void {
  dropTransaction(changetype<Session>(session));
}

/** Requests queued; -1 = no transaction. */
export function transactionCount(session: usize): i32 {
  return changetype<Session>(session).flags & FLAG_MULTI ? changetype<Session>(session).queueCount : -1;
}

/** Bytes of the buffers of queue and watched keys. */
export function transactionBytes(session: usize): u32 {
  return changetype<Session>(session).queueCapacity + changetype<Session>(session).watchedCapacity;
}

/** Whether a watched key has changed. */
export function transactionIsDirty(session: usize): bool {
  return isDirty(changetype<Session>(session));
}

// === Requests of restricted sessions ===

export {
  sessionGrants, sessionLook, sessionPermit, sessionTurnEnd, transactionLength, transactionLook, transactionMark, transactionMarked,
} from "./run/permits";

// === The request handed to the host ===

export function requestCommand(): i32 {
  return commandId;
}

export function requestArguments(): u32 {
  return argumentCount;
}

/** Address of the table of { address u32, length u32 }. */
export function requestTable(): usize {
  return argumentTable();
}

// === Output ===

export function outputAddress(): usize {
  return outputStart();
}

export function outputBytes(): u32 {
  return outputLength();
}

export function outputClear(): void {
  clearOutput();
}

export function outputOverflown(): bool {
  return hasOverflown;
}

// === Batches ===

export function batchGathered(): u32 {
  return gatheredSessions();
}

/** Whether a write waits for what it evicts. */
export function batchIsUrgent(): bool {
  return isGatheredUrgent();
}

/** Evicts what is above the limit though no write asks for room; whether something is to be sealed. */
export function batchRelieve(timeMs: f64): bool {
  setTime(<i64>timeMs);
  return relieve();
}

/** Bytes of its log entry. */
export function batchGatheredBytes(): u32 {
  return gatheredBytes();
}

/** Seals the gathering batch; whether there was memory for its entry. */
export function batchSeal(timeMs: f64, seed: f64, expireBudget: u32): bool {
  sealed = changetype<usize>(sealBatch(<i64>timeMs, <u64>seed, expireBudget));
  return sealed != 0;
}

let sealed: usize = 0;

/** Address of the log entry of the batch just sealed. */
export function batchEntry(): usize {
  return <usize>changetype<Batch>(sealed).entry + OBJECT_HEADER;
}

export function batchEntryBytes(): u32 {
  return changetype<Batch>(sealed).entryLength;
}

/** Starts applying the oldest sealed batch as log entry `index`. */
export function batchBegin(index: f64): void {
  assert(changetype<usize>(oldestBatch()) != 0);
  beginBatch(<u64>index);
}

/**
 * Applies one session's requests; the session, or 0 when the batch is done. Its lowest
 * bit is set when it has bytes that are not served, the next one when its transaction
 * waits for the host to run the request in the table.
 */
export function batchStep(): usize {
  beginCrossing();
  const session = applyStep();
  endCrossing();
  const at = changetype<usize>(session);
  if (at == 0) return 0;
  return at | (session.start == session.end ? 0 : 1) | (stepNeedsHost ? 2 : 0) | (session.waiter == 0 ? 0 : 4);
}

/** Time in milliseconds of the earliest expiry, or Infinity. */
export function nextDue(): f64 {
  const due = nextDueMs();
  return due == i64.MAX_VALUE ? Infinity : <f64>due;
}

// === Views and upkeep ===

export function viewPin(timeMs: f64): i32 {
  collectViews();
  return hasRoomForView() ? pinView(<i64>timeMs) : -1;
}

export function viewRelease(slot: u32): void {
  releaseView(slot);
}

/** Frees up to `budget` objects that nothing reaches; whether more wait. */
export function upkeep(budget: u32): bool {
  const retired = vacuum(budget);
  return reclaim(budget) || retired;
}

export function reclaimPending(): u32 {
  collectViews();
  return pendingPages;
}

// === Snapshots ===

/** Starts writing the pinned view; any attached instance may. */
export function exportBegin(slot: u32): void {
  beginExport(slot);
}

/** Fills the buffer at `address`; bytes written, 0 at the end. */
export function exportFill(address: usize, capacity: u32): u32 {
  return exportNext(address, capacity);
}

// === Proofs ===

/** Walks every invariant: 0, or the number of the first broken one (check.ts). */
export function check(): u32 {
  return checkAll();
}

/** Walks the trees of a pinned view; any attached instance may. */
export function viewCheck(slot: u32): u32 {
  return checkView(slot);
}

/** Address at which `check` found what it reported. */
export function checkAddress(): usize {
  return checkedAt;
}

/** Sum over all keys; equal for equal data. */
export function digest(digestSeed: u64, withVersions: bool): u64 {
  return digestAll(digestSeed, withVersions);
}

// === For DEBUG ===

/** Address of the 20 bytes of the digest of all data, good until the next call. */
export function digestOfAll(): usize {
  return digestDataset();
}

/** Address of the 20 bytes of a value's digest, good until the next call; 0 = no such key. */
export function digestOfKey(database: u32, key: usize, keyLen: u32): usize {
  return keyDigest(database, key, keyLen);
}

/** Bytes of the text about a key that is then at `keyText`; 0 = no such key. */
export function keyTextBytes(database: u32, key: usize, keyLen: u32): u32 {
  return describeKey(database, key, keyLen);
}

/** Where `keyTextBytes` left its text, good until the next call. */
export function keyText(): usize {
  return descriptionAddress();
}
