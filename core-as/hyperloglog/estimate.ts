// === HyperLogLogs: how many different elements there were ===
//
// Otmar Ertl: "New cardinality estimation algorithms for HyperLogLog sketches"
// (2017), as Redis's hllCount does it, operation for operation: its results are
// equal to the last bit.

import {
  DENSE_BYTES, denseWord, HLL_HEADER, HLL_SPARSE, hllEncoding, readRun, REGISTER_MAX, REGISTERS, runBytes, runLen, runValue,
  WORD_BYTES,
} from "./format";
import { keyScratch } from "../memory/state";

/** Bits of a hash that do not choose the register. */
export const RANK_BITS: u32 = 50;
/** 0.5 / ln 2 */
const ALPHA: f64 = 0.721347520444481703680;

/** Registers by their values: 64 numbers. */
function histogram(): usize {
  return keyScratch();
}

const HISTOGRAM_BYTES: u32 = 256;

function countValue(value: u32, times: u32): void {
  const at = histogram() + (<usize>value << 2);
  store<u32>(at, load<u32>(at) + times);
}

function countWord(word: u32): void {
  countValue(word & REGISTER_MAX, 1);
  countValue((word >> 6) & REGISTER_MAX, 1);
  countValue((word >> 12) & REGISTER_MAX, 1);
  countValue(word >> 18, 1);
}

function valueCount(value: u32): f64 {
  return <f64>load<i32>(histogram() + (<usize>value << 2));
}

/** Count of the last estimate. */
export let estimate: i64 = 0;

/** Estimates the count of the HyperLogLog at `at`; false when its runs are not sound. */
export function estimateHll(at: usize, length: u32): bool {
  memory.fill(histogram(), 0, HISTOGRAM_BYTES);
  if (hllEncoding(at) != HLL_SPARSE) {
    for (let place = at + HLL_HEADER; place < at + DENSE_BYTES; place += WORD_BYTES) countWord(denseWord(place));
  } else {
    const end = at + length;
    let index: u32 = 0;
    for (let run = at + HLL_HEADER; run < end; run += runBytes) {
      readRun(run, end);
      countValue(runValue, runLen);
      index += runLen;
    }
    if (index != REGISTERS) return false;
  }
  estimateHistogram();
  return true;
}

/** Estimates the count for registers of a byte each. */
export function estimateRegisters(registers: usize): void {
  memory.fill(histogram(), 0, HISTOGRAM_BYTES);
  for (let index: usize = 0; index < REGISTERS; index++) countValue(load<u8>(registers + index), 1);
  estimateHistogram();
}

function estimateHistogram(): void {
  const m = <f64>REGISTERS;
  let z = m * tau((m - valueCount(RANK_BITS + 1)) / m);
  for (let value = RANK_BITS; value >= 1; value--) {
    z += valueCount(value);
    z *= 0.5;
  }
  z += m * sigma(valueCount(0) / m);
  const exact = ALPHA * m * m / z;
  const below = floor<f64>(exact);
  estimate = <i64>below + (exact - below >= 0.5 ? 1 : 0);
}

function sigma(start: f64): f64 {
  if (start == 1) return Infinity;
  let x = start;
  let y: f64 = 1;
  let z = x;
  let last: f64;
  do {
    x *= x;
    last = z;
    z += x * y;
    y += y;
  } while (last != z);
  return z;
}

function tau(start: f64): f64 {
  if (start == 0 || start == 1) return 0;
  let x = start;
  let y: f64 = 1;
  let z = 1 - x;
  let last: f64;
  do {
    x = sqrt<f64>(x);
    last = z;
    y *= 0.5;
    z -= (1 - x) * (1 - x) * y;
  } while (last != z);
  return z / 3;
}
