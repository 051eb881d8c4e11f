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

/** A WAL segment. Full: a new one is begun; a snapshot removes old ones. */
export const SEGMENT_BYTES = 64 * 1024 * 1024;

/** Proposals taken from the ring and not committed. At the bound: the ring is not read. */
export const PROPOSED_BYTES_MAX = 64 * 1024 * 1024;

/** Committed entries on their way to the serve Worker. At the bound: no more are taken out of the log. */
export const APPLYING_BYTES_MAX = 16 * 1024 * 1024;

/** One tick of Raft's logical clock. */
export const RAFT_TICK_MS = 100;

/** Ticks without a leader before a voter campaigns, at least. */
export const ELECTION_TICKS = 10;
