// === PFSELFTEST: registers and estimates against what must come out ===
//
// As Redis's, with fewer elements: 100,000 take a few milliseconds, and nobody
// else is served meanwhile.

import { allocate, free, KIND_BUFFER, OBJECT_HEADER } from "../memory/heap";
import {
  DENSE_BYTES, denseRegister, EMPTY_BYTES, HLL_DENSE, HLL_HEADER, HLL_SPARSE, hllEncoding, raiseDense, REGISTER_MAX, REGISTERS, writeEmpty,
} from "./format";
import { beginWork, raiseRegister, UNSOUND, workAt, workLen } from "./sparse";
import { estimate, estimateHll, RANK_BITS } from "./estimate";
import { murmur64 } from "../text/murmur";
import { replyError, replyOk, replyOutOfMemory } from "../request/reply";
import { addWork } from "../memory/state";

const ROUNDS: u32 = 10;
const ELEMENTS: u64 = 100000;
const HASH_SEED: u64 = 0xadc83b19;
/** Room for a sparse one, longer than any becomes. */
const SPARSE_ROOM: u32 = 4096;

// Layout of the buffer: a dense one; then what its registers should be, or a sparse
// one; then an element.
const EXPECTED: usize = DENSE_BYTES;
const ELEMENT: usize = EXPECTED + REGISTERS;
const BUFFER_BYTES: u32 = DENSE_BYTES + REGISTERS + 8;
if (SPARSE_ROOM > REGISTERS) ERROR("No room for a sparse one");

function clearDense(at: usize): void {
  memory.fill(at, 0, DENSE_BYTES);
  writeEmpty(at);
  memory.fill(at + HLL_HEADER, 0, DENSE_BYTES - HLL_HEADER);
  store<u8>(at, HLL_DENSE, 4);
}

/** Whether every register keeps what it was raised to, whatever its neighbours are. */
function testRegisters(at: usize): bool {
  let random: u64 = 1;
  for (let round: u32 = 0; round < ROUNDS; round++) {
    clearDense(at);
    for (let index: u32 = 0; index < REGISTERS; index++) {
      random = random * 6364136223846793005 + 1442695040888963407;
      const value = <u32>(random >> 58) & REGISTER_MAX;
      store<u8>(at + EXPECTED + index, <u8>value);
      raiseDense(at, index, value);
    }
    for (let index: u32 = 0; index < REGISTERS; index++) {
      if (denseRegister(at, index) != <u32>load<u8>(at + EXPECTED + index)) return false;
    }
  }
  return true;
}

/** Whether the estimate is as near to `count` as it must be: six times the standard error. */
function isNear(count: u64): bool {
  const error = abs(estimate - <i64>count);
  const limit = count == 10 ? 1 : <i64>ceil(1.04 / sqrt<f64>(REGISTERS) * 6 * <f64>count);
  return error <= limit;
}

/** Whether dense and sparse estimates agree, and are near to what was added. */
function testEstimates(at: usize): bool {
  clearDense(at);
  writeEmpty(at + EXPECTED);
  beginWork(at + EXPECTED, EMPTY_BYTES);
  let checkpoint: u64 = 1;
  for (let count: u64 = 1; count <= ELEMENTS; count++) {
    store<u64>(at + ELEMENT, count);
    const hash = murmur64(at + ELEMENT, 8, HASH_SEED);
    const index = <u32>(hash & (REGISTERS - 1));
    const rank = <u32>ctz((hash >> 14) | (<u64>1 << RANK_BITS)) + 1;
    raiseDense(at, index, rank);
    const isSparse = hllEncoding(workAt) == HLL_SPARSE;
    if (isSparse && raiseRegister(index, rank) == UNSOUND) return false;
    if (count != checkpoint) continue;
    checkpoint *= 10;
    if (!estimateHll(at, DENSE_BYTES) || !isNear(count)) return false;
    const dense = estimate;
    if (hllEncoding(workAt) != HLL_SPARSE) continue;
    if (!estimateHll(workAt, workLen) || estimate != dense) return false;
  }
  return true;
}

/** `PFSELFTEST` */
export function pfselftestCommand(): void {
  const buffer = allocate(BUFFER_BYTES + OBJECT_HEADER, KIND_BUFFER);
  if (buffer == 0) return replyOutOfMemory();
  const at = buffer + OBJECT_HEADER;
  if (!testRegisters(at)) replyError("ERR TESTFAILED A register is not what it was raised to");
  else if (!testEstimates(at)) replyError("ERR TESTFAILED An estimate is too far off");
  else replyOk();
  free(buffer);
  addWork(<u32>ELEMENTS);
}
