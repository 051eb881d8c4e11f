/**
 * The raft Worker of a shard: drives `src/raft`, owns the WAL, and talks to the
 * serve Worker through rings.
 *
 * ```text
 *   ring ─► Inbox ─► RawNode ─► AppendLane ─► WAL
 *                      │  ▲         │
 *                      ▼  └─────────┘ durable
 *   ring ◄─ HandOver ◄─ committed
 * ```
 *
 * Invariants:
 *
 * 1. COMMITTED leaves when the fsync policy's promise holds, never before.
 * 2. Nothing accepted is dropped: it is committed, or the node says FAILED and stops.
 * 3. A turn never waits; only `loop.ts` does, and `feed.ts` before there is a loop.
 *
 * @module
 */

export { RaftToServe, ServeToRaft } from "./messages.ts";
export type { ReplicaOptions } from "./options.ts";
export { runShard } from "./run.ts";
export type { FromRaft, ToRaft } from "./start.ts";
export {
  HISTOGRAM_BUCKETS,
  type HistogramName,
  RaftStatistics,
  STATISTIC_NAMES,
  type StatisticName,
  STATISTICS_BYTES,
} from "./statistics.ts";
