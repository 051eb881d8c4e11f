/**
 * Metrics of the process and its threads.
 *
 * @module
 */

import { each, type MetricRow, one } from "./metric_row.ts";
import { DENO_VERSION } from "./process.ts";

const STATES = ["recovering", "serving", "stopping"] as const;

/** Rows about the process. */
export const NODE_METRICS: readonly MetricRow[] = [
  {
    name: "lanekv_build_info",
    help: "Always 1; the labels tell what runs.",
    type: "gauge",
    read: ({ version }) => [{
      labels: { version, deno: DENO_VERSION },
      value: 1,
    }],
  },
  {
    name: "lanekv_state",
    help: "1 for the state that the node is in.",
    type: "gauge",
    read: (facts) =>
      STATES.map((state) => ({
        labels: { state },
        value: facts.state === state ? 1 : 0,
      })),
  },
  {
    name: "lanekv_worker_answering",
    help: "Whether the Worker answered this scrape; 0: its numbers are old.",
    type: "gauge",
    read: ({ group, isServeAnswering }) =>
      each("worker", {
        serve: isServeAnswering ? 1 : 0,
        ...(group && { raft: group.isRaftAnswering ? 1 : 0 }),
      }),
  },
  {
    name: "lanekv_event_loop_gap_seconds",
    help: "How late each thread got to its work.",
    type: "histogram",
    read: ({ serve, raft, loopGapSeconds }) => [
      { labels: { worker: "main" }, histogram: loopGapSeconds },
      ...(serve === undefined ? [] : [
        { labels: { worker: "serve" }, histogram: serve.loopGapSeconds },
        {
          labels: { worker: "snapshot" },
          histogram: serve.snapshotLoopGapSeconds,
        },
      ]),
      {
        labels: { worker: "raft" },
        histogram: raft.facts("loopGapUs", 1e-6),
      },
    ],
  },
  {
    name: "process_resident_memory_bytes",
    help: "Resident memory of the process.",
    type: "gauge",
    read: ({ residentBytes }) => one(residentBytes),
  },
  {
    name: "process_cpu_seconds_total",
    help: "Processor time of all threads of the process.",
    type: "counter",
    read: ({ processorSeconds }) => each("mode", { ...processorSeconds }),
  },
  {
    name: "process_start_time_seconds",
    help: "Wall time of the start, seconds since 1970.",
    type: "gauge",
    read: ({ startedSeconds }) => one(startedSeconds),
  },
];
