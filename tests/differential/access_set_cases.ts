/**
 * Requests for `access_cases.ts` about sets and HyperLogLogs.
 *
 * @module
 */

/** With `K`, `O` and `N` as there. */
export const SET_REQUESTS: readonly string[] = [
  "SADD K m0",
  "SADD K m9",
  "SADD N m0",
  "SREM K m0",
  "SREM K m9",
  "SCARD K",
  "SISMEMBER K m0",
  "SMISMEMBER K m0 m9",
  "SMEMBERS K",
  "SSCAN K 0",
  "SSCAN K 0 JUNK",
  "SRANDMEMBER K",
  "SRANDMEMBER K 2",
  "SRANDMEMBER K 0",
  "SPOP K",
  "SPOP K 0",
  "SPOP K 100",
  "SMOVE K O m0",
  "SMOVE K N m0",
  "SMOVE K O m9",
  "SMOVE K K m0",
  "SMOVE N K m0",
  "SINTER K O",
  "SINTER N K",
  "SINTER K N O",
  "SINTERCARD 2 K O",
  "SINTERCARD 2 N K",
  "SUNION K O",
  "SUNION N K",
  "SDIFF K O",
  "SDIFF K K",
  "SDIFF N K",
  "SINTERSTORE N K O",
  "SINTERSTORE K O N",
  "SINTERSTORE K K O",
  "SUNIONSTORE N K O",
  "SUNIONSTORE K O N",
  "SDIFFSTORE N K O",
  "SDIFFSTORE K O O",
];

/** With `K`, `O` and `N` as there. */
export const HYPERLOGLOG_REQUESTS: readonly string[] = [
  "PFADD K a",
  "PFADD K new",
  "PFADD N a",
  "PFCOUNT K",
  "PFCOUNT K O",
  "PFCOUNT N K",
  "PFMERGE K O",
  "PFMERGE N K O",
  "PFMERGE K N",
  "PFDEBUG ENCODING K",
  "PFDEBUG TODENSE K",
];
