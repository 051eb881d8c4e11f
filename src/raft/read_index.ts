/**
 * Linearizable reads without log entries (thesis section 6.4): a leader notes its commit
 * index, makes sure by a round of heartbeats that it still leads, and only then lets the
 * read see the state machine at that index.
 *
 * @module
 */

import { broadcastHeartbeat } from "./heartbeat.ts";
import type { ReadRequest } from "./read_queue.ts";
import type { RaftState } from "./state.ts";

/** Takes a read at the leader; false when too many wait. */
export function leaderReadIndex(raft: RaftState, read: ReadRequest): boolean {
  if (raft.reads.isFull) return false;
  // A new leader does not know how much its predecessors committed until an entry of
  // its own term is (thesis section 6.4, step 1).
  if (!raft.hasCommittedInTerm()) {
    raft.reads.postpone(read);
  } else if (raft.config.reads === "lease") {
    answerRead(raft, read, raft.log.committed);
  } else {
    const index = raft.log.committed;
    const round = broadcastHeartbeat(raft);
    raft.reads.wait({ ...read, index, round });
    answerConfirmedReads(raft);
  }
  return true;
}

/** Goes on with reads that waited for the first commit of the term. */
export function releasePostponedReads(raft: RaftState): void {
  if (!raft.hasCommittedInTerm()) return;
  for (const read of raft.reads.takePostponed()) leaderReadIndex(raft, read);
}

/**
 * Answers the reads whose round a quorum has answered. In a group of one voter that is
 * so at once.
 */
export function answerConfirmedReads(raft: RaftState): void {
  const { voters } = raft.tracker.configuration;
  const round = raft.rounds.confirmed(voters);
  for (const read of raft.reads.takeConfirmed(round)) {
    answerRead(raft, read, read.index);
  }
}

function answerRead(raft: RaftState, read: ReadRequest, index: number): void {
  const { from, context } = read;
  if (from === raft.id) {
    raft.readStates.push({ index, context });
    return;
  }
  raft.send({
    kind: "read-index-response",
    from: raft.id,
    to: from,
    term: raft.term,
    index,
    context,
  });
}
