/**
 * How a leader shows that it is alive (thesis section 3.4).
 *
 * @module
 */

import type { RaftState } from "./state.ts";

/**
 * Starts a round: one heartbeat to each other member.
 *
 * A heartbeat carries the commit index only as far as the receiver's log is known to
 * match: what lies behind may not be the leader's.
 *
 * @returns The round's number.
 */
export function broadcastHeartbeat(raft: RaftState): number {
  const round = raft.rounds.begin();
  for (const [to, progress] of raft.tracker.progressMap) {
    if (to === raft.id) continue;
    const commit = Math.min(progress.match, raft.log.committed);
    raft.send({
      kind: "heartbeat",
      from: raft.id,
      to,
      term: raft.term,
      commit,
      round,
    });
    progress.updateOnCommitSend(commit);
  }
  return round;
}
