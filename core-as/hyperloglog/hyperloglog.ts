// === HyperLogLog ===
//
// Commands of the group "hyperloglog"; https://redis.io/commands/?group=hyperloglog.
// The values are strings (hyperloglog/format.ts). A PFCOUNT of one key shows what is
// cached in it, and else counts, but leaves the key as it is: it is a read, which
// no log tells the replicas of.
//
// ╒════════ use of textScratch ═════════╕
// │ +0      REGISTERS × u8   a merge     │
// │ +16384  the sparse string edited     │
// ╘═══════════════════════════════════════╛

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { isWord } from "../request/arguments";
import {
  editString, ENCODING_RAW, expiryOf, loadString, openKey, replaceString, stringAt, stringLen, TYPE_STRING, typeOf,
  notifyOpen,
} from "../keys/keyspace";
import { readKey } from "../keys/lookup";
import {
  cachedCount, DENSE_BYTES, denseRegister, denseWord, EMPTY_BYTES, HLL_DENSE, HLL_HEADER, HLL_SPARSE, hllEncoding, invalidateCount, isHll,
  raiseDense, readRun, REGISTER_MAX, REGISTERS, runBytes, runLen, runValue, WORD_BYTES, WORD_REGISTERS, writeDense, writeEmpty,
} from "./format";
import { beginWork, GROWTH_BYTES, makeDense, RAISED, raiseRegister, UNSOUND, workAt, workLen } from "./sparse";
import { estimate, estimateHll, estimateRegisters, RANK_BITS } from "./estimate";
import {
  beginError, emitText, emitUpToNul, endError, insertBulk, outputLength, reserveOutput, advanceOutput, replyArray, replyError,
  replyFlag, replyInteger, replyOk, replyStatus, replyWrongType,
} from "../request/reply";
import { addWork, keyScratch, textScratch } from "../memory/state";
import { writeInteger } from "../text/integers";
import { murmur64 } from "../text/murmur";
import { ON_STRING } from "../keys/events";

const HASH_SEED: u64 = 0xadc83b19;
const SCRATCH_SPARSE: usize = 16384;
const SCRATCH_SPARSE_BYTES: u32 = 16384;

/** Whether the record holds a HyperLogLog, then in `stringAt`; else answers the error. */
function loadHll(record: usize): bool {
  if (typeOf(record) != TYPE_STRING) {
    replyWrongType();
    return false;
  }
  loadString(record);
  if (isHll(stringAt, stringLen)) return true;
  replyError("WRONGTYPE Key is not a valid HyperLogLog string value.");
  return false;
}

function replyCorrupted(): void {
  replyError("INVALIDOBJ Corrupted HLL object detected");
}

// === The string that a write edits ===

/** Copies the string loaded to where it is edited; false when no sound one is so long. */
function copyToWork(): bool {
  if (stringLen + GROWTH_BYTES > SCRATCH_SPARSE_BYTES) return false;
  const to = textScratch() + SCRATCH_SPARSE;
  memory.copy(to, stringAt, stringLen);
  beginWork(to, stringLen);
  return true;
}

function startEmpty(): void {
  const to = textScratch() + SCRATCH_SPARSE;
  writeEmpty(to);
  beginWork(to, EMPTY_BYTES);
}

/** Makes the open key what was edited. */
function storeWork(record: usize): void {
  const expiry = record == 0 ? -1 : expiryOf(record);
  memory.copy(replaceString(record != 0, workLen, ENCODING_RAW, expiry), workAt, workLen);
}

// === PFADD ===

let elementIndex: u32 = 0;
let elementRank: u32 = 0;

/** The register that argument `argument` raises, and to what. */
function hashElement(argument: u32): void {
  const hash = murmur64(argumentAt(argument), argumentLength(argument), HASH_SEED);
  elementIndex = <u32>(hash & (REGISTERS - 1));
  const rest = (hash >> 14) | (<u64>1 << RANK_BITS);
  elementRank = <u32>ctz(rest) + 1;
}

/** PFADD to the dense one in `stringAt`, in place: only what raises a register makes it a write. */
function addToDense(): void {
  let at: usize = 0;
  for (let i: u32 = 2; i < argumentCount; i++) {
    hashElement(i);
    if (at == 0) {
      if (denseRegister(stringAt, elementIndex) >= elementRank) continue;
      at = editString(true, DENSE_BYTES);
    }
    raiseDense(at, elementIndex, elementRank);
  }
  if (at != 0) {
    invalidateCount(at);
    notifyOpen(ON_STRING, "pfadd");
  }
  replyFlag(at != 0);
}

/** PFADD to what is edited; `isNew` counts as a change. */
function addToWork(record: usize): void {
  let changed = record == 0;
  let result = RAISED;
  for (let i: u32 = 2; i < argumentCount && result != UNSOUND; i++) {
    hashElement(i);
    result = raiseRegister(elementIndex, elementRank);
    if (result == RAISED) changed = true;
  }
  // As in Redis, what was raised before something unsound was met stays.
  if (changed && result != UNSOUND) invalidateCount(workAt);
  if (changed) storeWork(record);
  if (result == UNSOUND) return replyCorrupted();
  if (changed) notifyOpen(ON_STRING, "pfadd");
  replyFlag(changed);
  addWork(argumentCount);
}

/** `PFADD key [element ...]` */
export function pfaddCommand(): void {
  const record = openKey(argumentAt(1), argumentLength(1));
  if (record != 0 && !loadHll(record)) return;
  if (record != 0 && hllEncoding(stringAt) == HLL_DENSE) {
    addToDense();
    return;
  }
  if (record == 0) {
    startEmpty();
  } else if (!copyToWork()) {
    replyCorrupted();
    return;
  }
  addToWork(record);
}

// === Merges ===

function raise(registers: usize, index: u32, value: u32): void {
  const at = registers + index;
  if (load<u8>(at) < <u8>value) store<u8>(at, <u8>value);
}

function mergeDense(registers: usize): void {
  let at = stringAt + HLL_HEADER;
  for (let index: u32 = 0; index < REGISTERS; index += WORD_REGISTERS) {
    const word = denseWord(at);
    raise(registers, index, word & REGISTER_MAX);
    raise(registers, index + 1, (word >> 6) & REGISTER_MAX);
    raise(registers, index + 2, (word >> 12) & REGISTER_MAX);
    raise(registers, index + 3, word >> 18);
    at += WORD_BYTES;
  }
}

/** Raises the registers to those of the one in `stringAt`; false when its runs are not sound. */
function mergeLoaded(registers: usize): bool {
  if (hllEncoding(stringAt) == HLL_DENSE) {
    mergeDense(registers);
    addWork(REGISTERS / 16);
    return true;
  }
  const end = stringAt + stringLen;
  let index: u32 = 0;
  for (let run = stringAt + HLL_HEADER; run < end; run += runBytes) {
    readRun(run, end);
    if (runValue != 0) {
      if (index + runLen > REGISTERS) return false;
      for (let i: u32 = 0; i < runLen; i++) raise(registers, index + i, runValue);
    }
    index += runLen;
  }
  addWork(stringLen / 16);
  return index == REGISTERS;
}

let hasDense: bool = false;

/** Merges the keys from argument `first` on; false after answering an error. */
function mergeKeys(first: u32): bool {
  const registers = textScratch();
  memory.fill(registers, 0, REGISTERS);
  hasDense = false;
  for (let i = first; i < argumentCount; i++) {
    const record = readKey(argumentAt(i), argumentLength(i));
    if (record == 0) continue;
    if (!loadHll(record)) return false;
    if (hllEncoding(stringAt) == HLL_DENSE) hasDense = true;
    if (mergeLoaded(registers)) continue;
    replyCorrupted();
    return false;
  }
  return true;
}

/** `PFCOUNT key [key ...]` */
export function pfcountCommand(): void {
  if (argumentCount > 2) {
    if (!mergeKeys(1)) return;
    estimateRegisters(textScratch());
    replyInteger(estimate);
    return;
  }
  const record = readKey(argumentAt(1), argumentLength(1));
  if (record == 0) {
    replyInteger(0);
    return;
  }
  if (!loadHll(record)) return;
  if (cachedCount(stringAt) >= 0) {
    replyInteger(cachedCount(stringAt));
    return;
  }
  addWork(REGISTERS / 16);
  if (estimateHll(stringAt, stringLen)) replyInteger(estimate);
  else replyCorrupted();
}

/** Makes the open key ready to be edited, dense if one that was merged is. */
function openTarget(record: usize): bool {
  if (record == 0) {
    startEmpty();
  } else {
    loadString(record);
    if (!copyToWork()) return false;
  }
  return !hasDense || makeDense();
}

/** `PFMERGE destkey [sourcekey ...]` */
export function pfmergeCommand(): void {
  if (!mergeKeys(1)) return;
  const record = openKey(argumentAt(1), argumentLength(1));
  if (!openTarget(record)) {
    replyCorrupted();
    return;
  }
  const registers = textScratch();
  for (let index: u32 = 0; index < REGISTERS; index++) {
    const value = load<u8>(registers + index);
    if (value != 0) raiseRegister(index, value);
  }
  invalidateCount(workAt);
  storeWork(record);
  notifyOpen(ON_STRING, "pfadd");
  replyOk();
}

// === PFDEBUG ===

/** Makes the open key dense, if it is not; false after answering an error. */
function convertOpen(record: usize): bool {
  if (hllEncoding(stringAt) == HLL_DENSE) return true;
  if (!writeDense(stringAt, stringLen, keyScratch())) {
    replyCorrupted();
    return false;
  }
  beginWork(keyScratch(), DENSE_BYTES);
  storeWork(record);
  return true;
}

function replyRegisters(): void {
  const record = openKey(argumentAt(2), argumentLength(2));
  loadString(record);
  replyArray(REGISTERS);
  for (let index: u32 = 0; index < REGISTERS; index++) replyInteger(denseRegister(stringAt, index));
  addWork(REGISTERS / 4);
}

function emitNumber(value: u32): void {
  const out = reserveOutput(12);
  if (out != 0) advanceOutput(writeInteger(out, value));
}

function replyRuns(): void {
  const from = outputLength();
  const end = stringAt + stringLen;
  let run = stringAt + HLL_HEADER;
  while (run < end) {
    readRun(run, end);
    emitText(runValue != 0 ? "v:" : runBytes == 2 ? "Z:" : "z:");
    if (runValue != 0) {
      emitNumber(runValue);
      emitText(",");
    }
    emitNumber(runLen);
    run += runBytes;
    if (run < end) emitText(" ");
  }
  insertBulk(from);
  addWork(stringLen);
}

/** `PFDEBUG GETREG | DECODE | ENCODING | TODENSE key` */
export function pfdebugCommand(): void {
  const record = openKey(argumentAt(2), argumentLength(2));
  if (record == 0) {
    replyError("ERR The specified key does not exist");
    return;
  }
  if (!loadHll(record)) return;
  const isSparse = hllEncoding(stringAt) == HLL_SPARSE;
  if (isWord(1, "getreg")) {
    if (convertOpen(record)) replyRegisters();
  } else if (isWord(1, "decode")) {
    if (isSparse) replyRuns();
    else replyError("ERR HLL encoding is not sparse");
  } else if (isWord(1, "encoding")) {
    replyStatus(isSparse ? "sparse" : "dense");
  } else if (isWord(1, "todense")) {
    if (convertOpen(record)) replyFlag(isSparse);
  } else {
    beginError();
    emitText("ERR Unknown PFDEBUG subcommand '");
    emitUpToNul(argumentAt(1), argumentLength(1));
    emitText("'");
    endError();
  }
}
