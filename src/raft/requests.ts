/**
 * What clients and operators ask of a node that only its leader can do, or only a
 * follower.
 *
 * @module
 */

import { leaderReadIndex } from "./read_index.ts";
import { NO_NODE } from "./role.ts";
import type { RaftState } from "./state.ts";
import { startTransfer } from "./transfer.ts";

/**
 * Starts a transfer, or asks the leader to.
 *
 * @returns False when no leader is known.
 */
export function transferLeadership(
  raft: RaftState,
  transferee: number,
): boolean {
  const { id: from, leader: to, role, term } = raft;
  if (role === "leader") {
    startTransfer(raft, transferee);
    return true;
  }
  if (role !== "follower") return false;
  if (to === NO_NODE) {
    const reason = "no-leader";
    raft.trace?.({ event: "transfer-ignored", reason, to: transferee, term });
    return false;
  }
  raft.send({ kind: "transfer-leadership", from, to, term, transferee });
  return true;
}

/**
 * Starts a read, or asks the leader for an index to read at.
 *
 * @returns False when no leader is known or too many reads wait: nothing will be heard
 * of the request.
 */
export function readIndex(
  raft: RaftState,
  from: number,
  context: number,
): boolean {
  const { leader, role, term } = raft;
  if (role === "leader") return leaderReadIndex(raft, { from, context });
  if (role !== "follower") return false;
  if (leader === NO_NODE) {
    raft.trace?.({ event: "read-dropped", term });
    return false;
  }
  raft.send({ kind: "read-index", from, to: leader, context });
  return true;
}

/**
 * Lets a follower forget its leader, so that it grants pre-votes and votes to others.
 *
 * @returns Whether it did; not where voters' promises to the leader hold its lease.
 */
export function forgetLeader(raft: RaftState): boolean {
  const { leader, role, term } = raft;
  if (role !== "follower") return false;
  if (raft.config.reads === "lease") {
    raft.trace?.({ event: "forget-refused" });
    return false;
  }
  if (leader === NO_NODE) return false;
  raft.trace?.({ event: "leader-forgotten", leader, term });
  raft.forgetLeader();
  return true;
}
