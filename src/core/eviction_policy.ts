/**
 * The bits that policies of eviction are in the core's header (core-as/keys/access.ts).
 *
 * @module
 */

import type { EvictionPolicy } from "../config/mod.ts";

const LRU = 1;
const LFU = 2;
const TTL = 4;
const RANDOM = 8;
const VOLATILE = 16;

/** Bits of each policy. */
export const EVICTION_BITS: Readonly<Record<EvictionPolicy, number>> = {
  "noeviction": 0,
  "allkeys-lru": LRU,
  "allkeys-lfu": LFU,
  "allkeys-random": RANDOM,
  "volatile-lru": LRU | VOLATILE,
  "volatile-lfu": LFU | VOLATILE,
  "volatile-random": RANDOM | VOLATILE,
  "volatile-ttl": TTL | VOLATILE,
};
