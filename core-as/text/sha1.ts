// === SHA-1, for digests that Redis shows ===
//
// FIPS 180-4. The sum, the open block and the schedule lie in scratch; one sum
// is made at a time.

import { textScratch } from "../memory/state";

export const SHA1_BYTES: u32 = 20;

const PLACE: usize = 8192;
const BLOCK: usize = 64;
const SCHEDULE: usize = 128;
const BLOCK_BYTES: u32 = 64;
const LENGTH_AT: u32 = 56;

let filled: u32 = 0;
let total: u64 = 0;

/** Starts a sum. */
export function startSha1(): void {
  const sum = textScratch() + PLACE;
  store<u32>(sum, 0x67452301);
  store<u32>(sum, 0xefcdab89, 4);
  store<u32>(sum, 0x98badcfe, 8);
  store<u32>(sum, 0x10325476, 12);
  store<u32>(sum, 0xc3d2e1f0, 16);
  filled = 0;
  total = 0;
}

/** Adds `length` bytes at `at`. */
export function addSha1(at: usize, length: u32): void {
  const block = textScratch() + PLACE + BLOCK;
  total += length;
  while (length != 0) {
    const taken = min(length, BLOCK_BYTES - filled);
    memory.copy(block + filled, at, taken);
    filled += taken;
    at += taken;
    length -= taken;
    if (filled < BLOCK_BYTES) return;
    addBlock(block);
    filled = 0;
  }
}

/** Ends the sum and writes its 20 bytes to `out`. */
export function endSha1(out: usize): void {
  const block = textScratch() + PLACE + BLOCK;
  const bits = total << 3;
  store<u8>(block + filled, 0x80);
  filled++;
  if (filled > LENGTH_AT) {
    memory.fill(block + filled, 0, BLOCK_BYTES - filled);
    addBlock(block);
    filled = 0;
  }
  memory.fill(block + filled, 0, LENGTH_AT - filled);
  store<u64>(block, bswap(bits), LENGTH_AT);
  addBlock(block);
  const sum = textScratch() + PLACE;
  for (let word: usize = 0; word < 20; word += 4) store<u32>(out + word, bswap(load<u32>(sum + word)));
}

function fillSchedule(schedule: usize, block: usize): void {
  for (let t: usize = 0; t < 64; t += 4) store<u32>(schedule + t, bswap(load<u32>(block + t)));
  for (let t: usize = 64; t < 320; t += 4) {
    const at = schedule + t;
    store<u32>(at, rotl(load<u32>(at - 12) ^ load<u32>(at - 32) ^ load<u32>(at - 56) ^ load<u32>(at - 64), 1));
  }
}

function addBlock(block: usize): void {
  const sum = textScratch() + PLACE;
  const schedule = sum + SCHEDULE;
  fillSchedule(schedule, block);
  let a = load<u32>(sum);
  let b = load<u32>(sum, 4);
  let c = load<u32>(sum, 8);
  let d = load<u32>(sum, 12);
  let e = load<u32>(sum, 16);
  for (let t: u32 = 0; t < 80; t++) {
    let mixed: u32;
    if (t < 20) mixed = (b & c | ~b & d) + 0x5a827999;
    else if (t < 40) mixed = (b ^ c ^ d) + 0x6ed9eba1;
    else if (t < 60) mixed = (b & c | b & d | c & d) + 0x8f1bbcdc;
    else mixed = (b ^ c ^ d) + 0xca62c1d6;
    const next = rotl(a, 5) + mixed + e + load<u32>(schedule + (<usize>t << 2));
    e = d;
    d = c;
    c = rotl(b, 30);
    b = a;
    a = next;
  }
  store<u32>(sum, load<u32>(sum) + a);
  store<u32>(sum, load<u32>(sum, 4) + b, 4);
  store<u32>(sum, load<u32>(sum, 8) + c, 8);
  store<u32>(sum, load<u32>(sum, 12) + d, 12);
  store<u32>(sum, load<u32>(sum, 16) + e, 16);
}
