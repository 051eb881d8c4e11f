/**
 * Commands whose facts changed between redis-server 7.0, the oracle, and 7.2,
 * whose facts are served.
 *
 * @module
 */

/**
 * Commands that 7.0 does not have: those of hash fields' expiry are of 7.4, and
 * LANE.CLUSTER is no command of Redis.
 */
export const NEW_SINCE_7_2: ReadonlySet<string> = new Set([
  "client|no-touch",
  "client|setinfo",
  "cluster|myshardid",
  "hexpire",
  "hexpireat",
  "hexpiretime",
  "hpersist",
  "hpexpire",
  "hpexpireat",
  "hpexpiretime",
  "hpttl",
  "httl",
  "lane.cluster",
  "lane.cluster|add",
  "lane.cluster|help",
  "lane.cluster|members",
  "lane.cluster|promote",
  "lane.cluster|remove",
  "lane.cluster|transfer",
  "waitaof",
]);

/** Commands with other flags, arity or key specs in 7.0. */
export const CHANGED_IN_7_2: ReadonlySet<string> = new Set([
  "blmove",
  "blpop",
  "brpop",
  "brpoplpush",
  "bzpopmax",
  "bzpopmin",
  "cluster|shards",
  "cluster|slots",
  "command|getkeys",
  "command|getkeysandflags",
  "sinterstore",
  "wait",
  "zrank",
  "zrevrank",
]);

/** Commands documented otherwise in 7.0: deprecated, versions, arguments. */
export const REDOCUMENTED_IN_7_2: ReadonlySet<string> = new Set([
  "client|pause",
  "hscan",
  "psetex",
  "quit",
  "setex",
  "setnx",
  "zrank",
  "zrevrank",
]);
