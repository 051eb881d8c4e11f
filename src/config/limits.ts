/**
 * Every bound of the server that is not the core's own, with its policy.
 *
 * @module
 */

import { assert } from "../base/mod.ts";

/** Each ring between the serve and raft Workers. Full: the writer keeps its message and retries. */
export const RING_BYTES = 8 * 1024 * 1024;

/** Sealed batches on their way through the log. At the bound: the next one gathers. */
export const BATCHES_IN_FLIGHT_MAX = 2;

/** Replies a client has not read. At the bound: its requests wait until they are read. */
export const BACKLOG_BYTES_MAX = 1024 * 1024;

/** Due keys that one entry of client writes removes; the rest waits for the next entry. */
export const EXPIRIES_PER_ENTRY = 20;

/** Due keys that one entry of the engine's own removes. */
export const EXPIRIES_PER_TICK = 1000;

/** Objects freed between two looks at the sockets. */
export const UPKEEP_OBJECTS = 512;

/** Bytes of a snapshot's content between two looks at the Worker's messages. */
export const SNAPSHOT_PIECE_BYTES = 256 * 1024;

assert(BATCHES_IN_FLIGHT_MAX >= 1, "a batch may be in flight");
assert(
  SNAPSHOT_PIECE_BYTES * 4 <= RING_BYTES,
  "a ring holds several pieces of a snapshot",
);
