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
 * A member of a group has connections to others as well:
 *
 * ```text
 *   peers ─► PeerInbox ─► RawNode ─► messages at once ──────────────► peers
 *                           │  ▲ ──► AppendLane ─► those that promise ─► peers
 *                           ▼  │
 *   ring ◄─ HandOver ◄─ committed, LEADERSHIP, REFUSED, LOST, READ_AT
 *   lease page ◄─ LeaseKeeper
 * ```
 *
 * Invariants:
 *
 * 1. COMMITTED leaves when the fsync policy's promise holds, never before.
 * 2. Nothing accepted is dropped: it is committed, or LOST with the leadership, or the
 *    node says FAILED and stops. A proposal ends in one way.
 * 3. A turn never waits; only `loop.ts` does, and `feed.ts` before there is a loop.
 *
 * @module
 */

export { type ChangeKind, encodeChange } from "./changes.ts";
export type { GroupOptions, GroupPorts } from "./group_options.ts";
export { LEASE_PAGE_BYTES, LeaseReader } from "./lease_page.ts";
export { decodeMembers, type GroupMembers, idsOf } from "./members.ts";
export { RaftToServe, ServeToRaft } from "./messages.ts";
export { replicaOptions } from "./node_options.ts";
export {
  type MemberProgress,
  PROGRESS_PAGE_BYTES,
  ProgressReader,
} from "./progress_page.ts";
export type { ReplicaOptions } from "./options.ts";
export type { PeerPort } from "./peers.ts";
export { Replica } from "./replica.ts";
export { type Connect, type GroupConnection, runShard } from "./run.ts";
export type { FromRaft, ToRaft } from "./start.ts";
export {
  HISTOGRAM_BUCKETS,
  type HistogramName,
  RaftStatistics,
  STATISTIC_NAMES,
  type StatisticName,
  STATISTICS_BYTES,
} from "./statistics.ts";
