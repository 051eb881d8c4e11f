// === Sparse HyperLogLogs: raising a register ===
//
// Redis's hllSparseSet: the run that covers the register is split, neighbours of
// one value are joined again, and what gets too long or too high becomes dense.

import { keyScratch } from "../memory/state";
import {
  HLL_DENSE, HLL_HEADER, hllEncoding, invalidateCount, raiseDense, readRun, RUN_VALUE_MAX, runBytes, runLen, runValue, VALUES_MAX,
  writeDense, writeValues, writeZeros, DENSE_BYTES,
} from "./format";

/**
 * Longest sparse string: Redis's default of `hll-sparse-max-bytes`. It decides
 * about bytes that replicas must have alike, so it is no node's own choice.
 */
const SPARSE_BYTES_MAX: u32 = 3000;
/** Bytes by which one register can make a string longer. */
export const GROWTH_BYTES: u32 = 3;

/** The string being edited: in a buffer with room for `GROWTH_BYTES` more, or dense in scratch. */
export let workAt: usize = 0;
export let workLen: u32 = 0;

/** Edits the `length` bytes at `at`. */
export function beginWork(at: usize, length: u32): void {
  workAt = at;
  workLen = length;
}

export const RAISED: i32 = 1;
export const UNCHANGED: i32 = 0;
export const UNSOUND: i32 = -1;

/** Raises register `index` to `value`: RAISED, UNCHANGED or UNSOUND. */
export function raiseRegister(index: u32, value: u32): i32 {
  if (hllEncoding(workAt) == HLL_DENSE) return raiseDense(workAt, index, value) ? RAISED : UNCHANGED;
  return value > RUN_VALUE_MAX ? raiseInDense(index, value) : raiseSparse(index, value);
}

/** Makes what is edited dense, if it is sound. */
export function makeDense(): bool {
  if (hllEncoding(workAt) == HLL_DENSE) return true;
  if (!writeDense(workAt, workLen, keyScratch())) return false;
  beginWork(keyScratch(), DENSE_BYTES);
  return true;
}

function raiseInDense(index: u32, value: u32): i32 {
  if (!makeDense()) return UNSOUND;
  const isRaised = raiseDense(workAt, index, value);
  assert(isRaised);
  return RAISED;
}

/** Run before the one that `findRun` found, the first register of that, and the register after it. */
let before: usize = 0;
let first: u32 = 0;

/** The run that covers a register, read; 0 when there is none. */
function findRun(index: u32): usize {
  const end = workAt + workLen;
  before = workAt + HLL_HEADER;
  first = 0;
  for (let run = before; run < end; run += runBytes) {
    readRun(run, end);
    if (index < first + runLen) return run;
    before = run;
    first += runLen;
  }
  return 0;
}

/** Bytes of the runs that take the place of one: at most 2 and 1 and 2. */
let pieces: u64 = 0;

function raiseSparse(index: u32, value: u32): i32 {
  const run = findRun(index);
  if (run == 0) return UNSOUND;
  if (runValue >= value) return UNCHANGED;
  const oldBytes = runBytes;
  const bytes = splitRun(index, value);
  const end = workAt + workLen;
  if (run + oldBytes > end) return UNSOUND;
  if (bytes > oldBytes && workLen + bytes - oldBytes > SPARSE_BYTES_MAX) return raiseInDense(index, value);
  memory.copy(run + bytes, run + oldBytes, end - run - oldBytes);
  workLen += bytes - oldBytes;
  store8(run, pieces, bytes);
  joinRuns();
  invalidateCount(workAt);
  return RAISED;
}

function store8(at: usize, word: u64, bytes: u32): void {
  for (let i: u32 = 0; i < bytes; i++) store<u8>(at + i, <u8>(word >> <u64>(i << 3)));
}

/** Puts the runs that replace the one just found to `pieces`; their bytes. */
function splitRun(index: u32, value: u32): u32 {
  const at = keyScratch();
  const under = index - first;
  const after = first + runLen - 1 - index;
  let bytes: u32 = 0;
  if (under != 0) bytes += writePart(at, under);
  bytes += writeValues(at + bytes, value, 1);
  if (after != 0) bytes += writePart(at + bytes, after);
  pieces = load<u64>(at);
  return bytes;
}

function writePart(at: usize, length: u32): u32 {
  return runValue == 0 ? writeZeros(at, length) : writeValues(at, runValue, length);
}

/** Runs that are looked at for neighbours of one value. */
const JOINED_RUNS: u32 = 5;

/** Joins runs of one value, from the one before the change on. */
function joinRuns(): void {
  let run = before;
  let left = JOINED_RUNS;
  while (run < workAt + workLen && left-- != 0) {
    const end = workAt + workLen;
    readRun(run, end);
    const value = runValue;
    const length = runLen;
    const bytes = runBytes;
    if (value != 0 && run + 1 < end) {
      readRun(run + 1, end);
      if (runValue == value && length + runLen <= VALUES_MAX) {
        writeValues(run + 1, value, length + runLen);
        memory.copy(run, run + 1, end - run - 1);
        workLen--;
        continue;
      }
    }
    run += bytes;
  }
}
