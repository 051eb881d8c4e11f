/**
 * The raft Worker of a shard: drives `src/raft`, owns the WAL, and talks to the
 * serve Worker through rings.
 *
 * @module
 */

export {
  RaftToServe,
  type RaftToServeKind,
  ServeToRaft,
  type ServeToRaftKind,
} from "./messages.ts";
export {
  HISTOGRAM_BUCKETS,
  type HistogramName,
  RaftStatistics,
  type StatisticName,
  STATISTICS_BYTES,
} from "./statistics.ts";
