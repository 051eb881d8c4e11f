/**
 * Numbers that the core and the host tell each other.
 *
 * @module
 */

/** Why `Core.serve` stopped. */
export const SERVED = {
  /** All complete requests are answered. */
  idle: 0,
  /** Requests from the first write on are in the gathering batch. */
  deferred: 1,
  /** The next request is the host's. */
  host: 2,
  /** A protocol error was answered; the connection must close. */
  broken: 3,
  /** Enough for one call. */
  yield: 4,
  /** The gathering batch is full: seal it, then serve again. */
  full: 5,
  /** The next request of the transaction under way is the host's; then serve again. */
  hostQueued: 6,
  /** The host says whether the next request may be queued. */
  check: 7,
  /** The next request waits until clients are paused no more. */
  paused: 9,
  /** The request waits for a key. */
  waits: 8,
  /** The host says whether the session's user may run the next request. */
  ask: 10,
  /** The host says whether the next request is for another node. */
  elsewhere: 13,
  /** The next request reads, and waits until reads may see the state. */
  gated: 11,
  /** Requests from the next one on are for the leader. */
  away: 12,
} as const;

/** How a session's wait ends without a key. */
export const WAIT_ENDS = {
  /** Its time is over: the reply is null. */
  timeout: 0,
  /** CLIENT UNBLOCK … ERROR. */
  error: 1,
  /** The client is gone: no reply. */
  gone: 2,
} as const;

/** Bits of a session's flags. */
export const SESSION_FLAGS = {
  /** The client may run any command. */
  authenticated: 1,
  /** Reads leave access times alone. */
  noTouch: 2,
  /** CLIENT REPLY OFF. */
  silent: 4,
  /** CLIENT REPLY SKIP came just before: this request's reply is dropped. */
  skip: 8,
  /** CLIENT REPLY SKIP runs: the next request's reply will be dropped. */
  skipNext: 16,
  /** Between MULTI and EXEC. */
  multi: 32,
  /** A request was refused since MULTI: EXEC fails. */
  failed: 64,
  /** Listens in RESP2: few commands may run. */
  confined: 256,
  /** Uses Redis's own names of commands, whatever they were renamed to. */
  ownNames: 1 << 21,
  /** Which keys it reads is told. */
  tracking: 512,
  /** For the next request or transaction, `tracking` says the opposite. */
  caching: 1024,
  /** Its user may not do everything: requests run when they are permitted. */
  restricted: 1 << 22,
  /** Its reads may be answered though this node does not lead. */
  replicaReads: 1 << 23,
  /** Watches the commands of others: it is never paused, and may not ask for data. */
  monitor: 1 << 20,
} as const;
