/**
 * How a leader is chosen (thesis section 3.4).
 *
 * @module
 */

import type { VoteResponse } from "./message.ts";
import { startTerm } from "./replication.ts";
import { NO_NODE, type RaftState } from "./state.ts";

/**
 * Starts an election, unless this node leads already or may not campaign.
 *
 * The vote for itself leaves through storage: term and vote are on disk
 * before it counts, so a node that crashes cannot vote twice in a term.
 *
 * @returns Whether an election was started.
 */
export function campaign(raft: RaftState): boolean {
  if (raft.role === "leader" || !raft.isPromotable()) return false;
  raft.becomeCandidate();
  raft.afterAppend.push({
    kind: "vote-response",
    from: raft.id,
    to: raft.id,
    term: raft.term,
    granted: true,
  });
  return true;
}

/** Lets one tick pass at a node that is not leader. */
export function tickElection(raft: RaftState): void {
  raft.electionElapsed++;
  if (!raft.isPromotable() || raft.electionElapsed < raft.electionTimeout) {
    return;
  }
  raft.electionElapsed = 0;
  campaign(raft);
}

/** Counts a vote at a candidate. */
export function stepVoteResponse(raft: RaftState, message: VoteResponse): void {
  raft.tracker.recordVote(message.from, message.granted);
  switch (raft.tracker.tallyVotes().result) {
    case "won":
      raft.becomeLeader();
      startTerm(raft);
      break;
    case "lost":
      raft.becomeFollower(raft.term, NO_NODE);
      break;
    case "pending":
      break;
  }
}
