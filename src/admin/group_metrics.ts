/**
 * Metrics of a member of a group: who leads, what reads see, proposals that came to
 * nothing. A node alone shows none of them.
 *
 * @module
 */

import type { ReadCounts } from "../engine/mod.ts";
import type { NodeFacts } from "./facts.ts";
import {
  each,
  type MetricRow,
  ofMember,
  one,
  type Sample,
} from "./metric_row.ts";

function ofReads(
  read: (counts: Readonly<ReadCounts>) => readonly Sample[],
): (facts: NodeFacts) => readonly Sample[] {
  return ({ serve }) => serve?.reads === undefined ? [] : read(serve.reads);
}

/** Rows about this node's part in its group. */
export const GROUP_METRICS: readonly MetricRow[] = [
  {
    name: "lanekv_raft_leader",
    help: "Id of the node that leads; 0: none is known.",
    type: "gauge",
    read: ofMember("leader"),
  },
  {
    name: "lanekv_raft_leading",
    help: "Whether this node serves as the leader.",
    type: "gauge",
    read: ofMember("isLeading"),
  },
  {
    name: "lanekv_raft_leader_changes_total",
    help: "Times that this node heard of another leader than before.",
    type: "counter",
    read: ofMember("leaderChanges"),
  },
  {
    name: "lanekv_raft_log_whole",
    help:
      "Whether the log lacks nothing acknowledged, so that the node may vote.",
    type: "gauge",
    read: ofMember("isLogWhole"),
  },
  {
    name: "lanekv_proposals_refused_total",
    help: "Log entries proposed that were appended nowhere.",
    type: "counter",
    read: ofMember("proposalsRefused"),
  },
  {
    name: "lanekv_proposals_lost_total",
    help: "Log entries whose fate this node did not learn as the leader.",
    type: "counter",
    read: ofMember("proposalsLost"),
  },
  {
    name: "lanekv_read_lease_total",
    help: "Chunks of requests that found a lease, clients that found none.",
    type: "counter",
    read: ofReads(({ hits, misses }) =>
      each("result", { hit: hits, miss: misses })
    ),
  },
  {
    name: "lanekv_read_index_rounds_total",
    help: "Times that the log was asked what waiting reads may see.",
    type: "counter",
    read: ofReads(({ rounds }) => one(rounds)),
  },
  {
    name: "lanekv_reads_refused_total",
    help: "Clients whose reads were refused after the longest wait.",
    type: "counter",
    read: ofReads(({ refusals }) => one(refusals)),
  },
];
