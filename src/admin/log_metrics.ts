/**
 * Metrics of the log: proposals, the WAL, snapshots.
 *
 * @module
 */

import {
  each,
  type MetricRow,
  ofServe,
  one,
  oneHistogram,
} from "./metric_row.ts";

const PROPOSAL_ROWS: readonly MetricRow[] = [
  {
    name: "lanekv_entry_bytes",
    help: "Bytes of each log entry proposed.",
    type: "histogram",
    read: ofServe(({ entryBytes }) => oneHistogram(entryBytes)),
  },
  {
    name: "lanekv_entry_clients",
    help: "Clients whose writes share a log entry.",
    type: "histogram",
    read: ofServe(({ entryClients }) => oneHistogram(entryClients)),
  },
  {
    name: "lanekv_entries_in_flight",
    help: "Log entries proposed and not yet applied.",
    type: "gauge",
    read: ofServe(({ entriesInFlight }) => one(entriesInFlight)),
  },
  {
    name: "lanekv_raft_term",
    help: "Term of the raft group.",
    type: "gauge",
    read: ({ raft }) => one(raft.get("term")),
  },
  {
    name: "lanekv_commit_index",
    help: "Index of the last entry committed.",
    type: "gauge",
    read: ({ raft }) => one(raft.get("committedIndex")),
  },
  {
    name: "lanekv_applied_index",
    help: "Index of the last entry applied.",
    type: "gauge",
    read: ofServe(({ appliedIndex }) => one(appliedIndex)),
  },
  {
    name: "lanekv_ring_stalls_total",
    help: "Turns in which the ring to the serve Worker was full.",
    type: "counter",
    read: ({ raft }) => one(raft.get("stallsOnServeRing")),
  },
];

const WAL_ROWS: readonly MetricRow[] = [
  {
    name: "lanekv_wal_flush_duration_seconds",
    help:
      "Time of each flush of the WAL until it is reported, its fsync included.",
    type: "histogram",
    read: ({ raft }) => oneHistogram(raft.facts("flushUs", 1e-6)),
  },
  {
    name: "lanekv_wal_sync_duration_seconds",
    help: "Time of each fsync of the WAL, with the write before it.",
    type: "histogram",
    read: ({ raft }) => oneHistogram(raft.facts("syncUs", 1e-6)),
  },
  {
    name: "lanekv_wal_flush_entries",
    help: "Log entries in each flush.",
    type: "histogram",
    read: ({ raft }) => oneHistogram(raft.facts("batchEntries", 1)),
  },
  {
    name: "lanekv_wal_flush_bytes",
    help: "Bytes of entries in each flush.",
    type: "histogram",
    read: ({ raft }) => oneHistogram(raft.facts("batchBytes", 1)),
  },
  {
    name: "lanekv_wal_since_snapshot_bytes",
    help: "Bytes of the WAL behind the last snapshot.",
    type: "gauge",
    read: ({ raft }) => one(raft.get("walBytesSinceSnapshot")),
  },
  {
    name: "lanekv_log_memory_bytes",
    help: "Bytes of log entries that the raft Worker keeps in memory.",
    type: "gauge",
    read: ({ raft }) => one(raft.get("logBytesInMemory")),
  },
];

const SNAPSHOT_ROWS: readonly MetricRow[] = [
  {
    name: "lanekv_snapshots_total",
    help: "Snapshots by result.",
    type: "counter",
    read: ofServe(({ snapshots }) =>
      each("result", { ok: snapshots.taken, error: snapshots.failed })
    ),
  },
  {
    name: "lanekv_snapshot_running",
    help: "Whether a snapshot is being taken.",
    type: "gauge",
    read: ofServe(({ snapshots }) => one(snapshots.isRunning ? 1 : 0)),
  },
  {
    name: "lanekv_snapshot_index",
    help: "Log index of the last snapshot of this run.",
    type: "gauge",
    read: ofServe(({ snapshots }) => one(snapshots.index)),
  },
  {
    name: "lanekv_snapshot_bytes",
    help: "Bytes of its file.",
    type: "gauge",
    read: ofServe(({ snapshots }) => one(snapshots.bytes)),
  },
  {
    name: "lanekv_snapshot_duration_seconds",
    help: "How long it took.",
    type: "gauge",
    read: ofServe(({ snapshots }) => one(snapshots.seconds)),
  },
  {
    name: "lanekv_snapshot_timestamp_seconds",
    help: "When it ended, seconds since 1970.",
    type: "gauge",
    read: ofServe(({ snapshots }) => one(snapshots.endedSeconds)),
  },
];

/** Rows about the log. */
export const LOG_METRICS: readonly MetricRow[] = [
  ...PROPOSAL_ROWS,
  ...WAL_ROWS,
  ...SNAPSHOT_ROWS,
];
