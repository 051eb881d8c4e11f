/**
 * What happens with time, which only `RawNode.tick()` lets pass.
 *
 * @module
 */

import { campaign } from "./election.ts";
import { broadcastHeartbeat } from "./heartbeat.ts";
import { NO_NODE } from "./role.ts";
import type { RaftState } from "./state.ts";
import { abortTransfer } from "./transfer.ts";

/** Lets one tick pass. */
export function tick(raft: RaftState): void {
  if (raft.quietTicks > 0) raft.quietTicks--;
  if (raft.role === "leader") tickLeader(raft);
  else tickElection(raft);
}

function tickElection(raft: RaftState): void {
  raft.electionElapsed++;
  const isOver = raft.electionElapsed >= raft.electionTimeout;
  if (!isOver || raft.quietTicks > 0 || !raft.isPromotable()) return;
  raft.electionElapsed = 0;
  campaign(raft, "own");
}

function tickLeader(raft: RaftState): void {
  const { checkQuorum, electionTicks, heartbeatTicks } = raft.config;
  raft.heartbeatElapsed++;
  raft.electionElapsed++;
  if (raft.electionElapsed >= electionTicks) {
    raft.electionElapsed = 0;
    if (checkQuorum) checkQuorumActive(raft);
    // A transfer that takes so long has failed: the leader goes on.
    if (raft.transferee !== NO_NODE) abortTransfer(raft, "timeout");
  }
  if (raft.role !== "leader" || raft.heartbeatElapsed < heartbeatTicks) return;
  raft.heartbeatElapsed = 0;
  broadcastHeartbeat(raft);
}

/**
 * A leader that has not heard of a quorum for an election timeout may be cut off from
 * the rest, which may have another leader (thesis section 6.2).
 */
function checkQuorumActive(raft: RaftState): void {
  if (!raft.tracker.quorumActive()) {
    raft.trace?.({ event: "quorum-inactive" });
    raft.becomeFollower(raft.term, NO_NODE);
  }
  for (const [id, progress] of raft.tracker.progressMap) {
    if (id !== raft.id) progress.recentActive = false;
  }
}
