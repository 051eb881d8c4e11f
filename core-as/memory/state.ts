// === What a running command works with ===
//
// Private to an instance. `scratch` is a block that the writer allocates for
// each instance before it attaches; cursors and short-lived bytes lie there, so
// that instances over one memory never meet.

/** Bytes of a cursor, see cursor.ts. */
export const CURSOR_BYTES: usize = 128;
/** Scratch layout: eight cursors, then bytes for numbers and routines. */
export const SCRATCH_BYTES: u32 = 128 * 1024;
const SCRATCH_TEXT: usize = CURSOR_BYTES * 8;

let scratch: usize = 0;

/** Time that the running command sees: the entry's for writes, milliseconds. */
export let nowMs: i64 = 0;
/** Random seed of the running entry, advanced by `nextRandom`. */
let seed: u64 = 0;
/** Log index of the running entry: the version stamped on what it writes. */
export let writeVersion: u64 = 0;
/** Index of the database in use. */
export let databaseIndex: u32 = 0;
/** Protocol of the reply: 2 or 3. */
export let protocol: u32 = 2;

export function attachScratch(address: usize): void {
  scratch = address + 8;
}

/** Cursor on the key that a command writes; keyspace.ts moves it. */
export function keyCursor(): usize {
  return scratch;
}

/** Cursor of the due-time tree; expiry.ts moves it. */
export function dueCursor(): usize {
  return scratch + CURSOR_BYTES;
}

/** Cursors for the elements of collections; each command uses them as it likes. */
export function elementCursor(): usize {
  return scratch + CURSOR_BYTES * 2;
}

export function otherCursor(): usize {
  return scratch + CURSOR_BYTES * 3;
}

/** Cursor for walks that read other keys (SCAN, KEYS, digests). */
export function walkCursor(): usize {
  return scratch + CURSOR_BYTES * 4;
}

/** Cursors 0 to 2 for check.ts, which may run between the steps of any walk. */
export function checkCursor(index: u32): usize {
  return scratch + CURSOR_BYTES * (5 + index);
}

/** Places of descents that are walked together, 8 KiB; see warm.ts. */
export function warmScratch(): usize {
  return scratch + SCRATCH_TEXT + 49152;
}

/** Rows of keys looked ahead for, 48 KiB; see ahead.ts. */
export function aheadScratch(): usize {
  return warmScratch() + 8192;
}

/** Scratch bytes for numbers and text, 32 KiB; a callee may overwrite them. */
export function textScratch(): usize {
  return scratch + SCRATCH_TEXT;
}

/** A second area, 16 KiB, for callers whose callees use `textScratch`. */
export function keyScratch(): usize {
  return scratch + SCRATCH_TEXT + 32768;
}

export function setTime(timeMs: i64): void {
  nowMs = timeMs;
}

export function setEntry(version: u64, timeMs: i64, entrySeed: u64): void {
  writeVersion = version;
  nowMs = timeMs;
  seed = entrySeed;
}

export function useDatabase(index: u32): void {
  databaseIndex = index;
}

export function useProtocol(version: u32): void {
  protocol = version;
}

/** Numbers for reads that run between the writes of an entry: they must not change what those draw. */
let otherSeed: u64 = 0;

/** Exchanges the entry's random sequence and one that is no part of the log. */
export function swapSeeds(): void {
  const entrySeed = seed;
  seed = otherSeed;
  otherSeed = entrySeed;
}

const GOLDEN: u64 = 0x9e3779b97f4a7c15;

/** Next number of the entry's random sequence (splitmix64). */
export function nextRandom(): u64 {
  seed += GOLDEN;
  return scramble(seed);
}

/**
 * A number below `bound` of another sequence, the one that `start` begins: for
 * those who may stop early, on one server and not on others. Requires: bound > 0.
 */
export function randomAt(start: u64, index: u32, bound: u64): u64 {
  return scramble(start + (<u64>index + 1) * GOLDEN) % bound;
}

/** The finish of splitmix64. */
export function scramble(value: u64): u64 {
  let z = value;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/** A number below `bound`. Requires: bound > 0. */
export function randomBelow(bound: u64): u64 {
  return nextRandom() % bound;
}

// === Work ===

/** Work since `forgetWork` beyond what every command costs. */
export let work: u32 = 0;

/** Notes `units` of work, about 50 ns each, so that long commands are timed alone. */
export function addWork(units: u32): void {
  work += units;
}

/** A new slice of requests begins. */
export function forgetWork(): void {
  work = 0;
}
