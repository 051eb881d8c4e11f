/**
 * INFO's section about this node's part in its group.
 *
 * @module
 */

import type { InfoFields } from "../admin/mod.ts";
import type { ReadCounts } from "../engine/mod.ts";
import type { RaftStatistics } from "../replica/mod.ts";

/** The fields; `nodeId` is undefined for a node alone, which has no `reads` to count. */
export function groupInfo(
  nodeId: number | undefined,
  raft: RaftStatistics,
  reads: Readonly<ReadCounts> | undefined,
): InfoFields {
  const common = [
    ["raft_term", raft.get("term")],
    ["raft_committed_index", raft.get("committedIndex")],
  ] as const;
  if (nodeId === undefined) return [["raft_node_id", 0], ...common];
  return [
    ["raft_node_id", nodeId],
    ["raft_leader", raft.get("leader")],
    ["raft_leading", raft.get("isLeading")],
    ["raft_leader_changes", raft.get("leaderChanges")],
    ...common,
    ["raft_log_whole", raft.get("isLogWhole")],
    ["raft_proposals_refused", raft.get("proposalsRefused")],
    ["raft_proposals_lost", raft.get("proposalsLost")],
    ["raft_received_dropped", raft.get("peerMessagesDropped")],
    ["read_lease_hits", reads?.hits ?? 0],
    ["read_lease_misses", reads?.misses ?? 0],
    ["read_index_rounds", reads?.rounds ?? 0],
    ["reads_refused", reads?.refusals ?? 0],
  ];
}
