// === Access: what a key's record keeps of its uses ===
//
// 24 bits that mean what the policy of eviction asks for, as in Redis; a change of
// the policy leaves the old bits to be read in the new way.
//
// ╒═══════════════════════════════════════════════════════════════╕
// │ LFU policies   minutes u16 << 8 | counter u8                    │
// │ all others     seconds since 1970 modulo 2^24 of the last use   │
// ╘═══════════════════════════════════════════════════════════════╛
//
// The counter grows with the logarithm of the uses and falls as time goes by:
// https://redis.io/docs/latest/develop/reference/eviction/. Each node has its
// own, and nothing that the log decides depends on them.

import { header } from "../memory/layout";
import { nowMs, scramble } from "../memory/state";

export const EVICT_LRU: u32 = 1;
export const EVICT_LFU: u32 = 2;
export const EVICT_TTL: u32 = 4;
export const EVICT_RANDOM: u32 = 8;
/** Only keys with an expiry. */
export const EVICT_VOLATILE: u32 = 16;

const ACCESS_MASK: u32 = 0xffffff;
export const ACCESS_MAX: i64 = ACCESS_MASK;
const MINUTES_MASK: u32 = 0xffff;
const COUNTER_MAX: u32 = 255;
/** Counter of a new key, so that it is not the first to go. */
const COUNTER_START: u32 = 5;

/** Draws of the counters: no part of the log's randomness. */
let draws: u64 = 0;

/** Whether records keep counters instead of times. */
export function countsUses(): bool {
  return (header.evictionPolicy & EVICT_LFU) != 0;
}

/** Access of a key that is used now, by time. */
export function accessNow(): u32 {
  return <u32>(nowMs / 1000) & ACCESS_MASK;
}

function minutesNow(): u32 {
  return <u32>(nowMs / 60000) & MINUTES_MASK;
}

/** Access of a key that is made now. */
export function accessCreated(): u32 {
  return countsUses() ? counterAccess(COUNTER_START) : accessNow();
}

/** Access of a key whose counter is `counter` now. */
export function counterAccess(counter: u32): u32 {
  return (minutesNow() << 8) | counter;
}

/** The counter in `access`, less what time has taken from it. */
export function counterOf(access: u32): u32 {
  const counter = access & COUNTER_MAX;
  const decay = header.lfuDecayTime;
  if (decay == 0) return counter;
  const now = minutesNow();
  const then = access >>> 8;
  const elapsed = now >= then ? now - then : MINUTES_MASK - then + now;
  const periods = elapsed / decay;
  return periods > counter ? 0 : counter - periods;
}

/** `access` of a key that is used once more: the higher its counter, the less likely it grows. */
export function accessUsed(access: u32): u32 {
  let counter = counterOf(access);
  if (counter < COUNTER_MAX) {
    const above = counter > COUNTER_START ? counter - COUNTER_START : 0;
    const odds = <u64>above * header.lfuLogFactor + 1;
    if (scramble(++draws) % odds == 0) counter++;
  }
  return counterAccess(counter);
}

/** Seconds since the use that `time` tells, as Redis reckons when its clock has turned over. */
export function idleSecondsOf(time: u32): i64 {
  const access = <i64>time;
  const clock = <i64>accessNow();
  return clock >= access ? clock - access : clock + ACCESS_MAX - access;
}
