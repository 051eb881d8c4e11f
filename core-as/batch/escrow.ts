// === Escrow: runs of chunks set aside for large objects of writes in flight ===
//
// Between its admission and its turn a write waits for the log, while
// connections go on to use memory. That enough is free in all is not enough for
// a large object: its chunks must be neighbours. So they are set aside when the
// write is admitted and given back just before it runs:
//
//   behind all that was ever used   counted only: buffers stay away from there
//   where that does not suffice     a run that is really taken, so that there is
//                                   a hole of its size when the write runs

import { allocate, chunksFor, free, KIND_BUFFER, KIND_LEDGER, OBJECT_HEADER, promiseChunks, releaseChunksPromised } from "../memory/heap";
import { Batch } from "./batch";

@unmanaged
class Deposit {
  objectHeader: u64 = 0;
  next: u32 = 0;
  /** Which of the batch's writes it is for. */
  ordinal: u32 = 0;
  /** The run taken; 0 = chunks are only counted. */
  run: u32 = 0;
  chunks: u32 = 0;
}

/**
 * Sets `bytes` in one piece aside for the next write of `batch`.
 *
 * @returns Whether there was such a piece. What a write that is then not added
 * leaves goes with the batch.
 */
export function setAside(batch: Batch, bytes: u32): bool {
  const chunks = chunksFor(bytes);
  const isCounted = promiseChunks(chunks);
  const run = isCounted ? <usize>0 : allocate(bytes + OBJECT_HEADER, KIND_BUFFER);
  if (!isCounted && run == 0) return false;
  const at = allocate(<u32>offsetof<Deposit>(), KIND_LEDGER);
  if (at == 0) unreachable(); // 32 bytes, within the reserve
  const deposit = changetype<Deposit>(at);
  deposit.next = 0;
  deposit.ordinal = batch.writes;
  deposit.run = <u32>run;
  deposit.chunks = isCounted ? chunks : 0;
  if (batch.depositLast == 0) batch.depositFirst = <u32>at;
  else changetype<Deposit>(batch.depositLast).next = <u32>at;
  batch.depositLast = <u32>at;
  return true;
}

function release(deposit: Deposit): void {
  if (deposit.run != 0) free(deposit.run);
  else releaseChunksPromised(deposit.chunks);
  free(changetype<usize>(deposit));
}

function releaseFirst(batch: Batch): void {
  const first = changetype<Deposit>(batch.depositFirst);
  batch.depositFirst = first.next;
  if (first.next == 0) batch.depositLast = 0;
  release(first);
}

/** Gives back what was set aside for `batch` behind `last`, which was the last deposit then; 0 = none was. */
export function returnSince(batch: Batch, last: u32): void {
  let at = last == 0 ? batch.depositFirst : changetype<Deposit>(last).next;
  while (at != 0) {
    const deposit = changetype<Deposit>(at);
    at = deposit.next;
    release(deposit);
  }
  batch.depositLast = last;
  if (last == 0) batch.depositFirst = 0;
  else changetype<Deposit>(last).next = 0;
}

/** Gives back what was set aside for the next write of `batch`, which is about to run. */
export function redeem(batch: Batch): void {
  const ordinal = batch.writesRun++;
  while (batch.depositFirst != 0 && changetype<Deposit>(batch.depositFirst).ordinal <= ordinal) releaseFirst(batch);
}

/** Gives back everything set aside for a batch that is over. */
export function redeemAll(batch: Batch): void {
  while (batch.depositFirst != 0) releaseFirst(batch);
}
