/**
 * Policies of eviction, by the names that Redis has for them.
 *
 * @module
 */

/** What `maxmemory-policy` may be, in the order of Redis's error. */
export const EVICTION_POLICIES = [
  "volatile-lru",
  "volatile-lfu",
  "volatile-random",
  "volatile-ttl",
  "allkeys-lru",
  "allkeys-lfu",
  "allkeys-random",
  "noeviction",
] as const;

/** One of {@linkcode EVICTION_POLICIES}. */
export type EvictionPolicy = typeof EVICTION_POLICIES[number];
