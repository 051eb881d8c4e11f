/**
 * Decisions of a group that may be between two configurations: while it is, a
 * majority of the old voters and a majority of the new ones both have to agree
 * (thesis section 4.3).
 *
 * @module
 */

import { committedIndex, type VoteResult, voteResult } from "./quorum.ts";

/** The voters of a group; ids are positive. A node may be in both sets. */
export interface JointVoters {
  /** Voters of the configuration in force, or of the one being entered. */
  readonly incoming: ReadonlySet<number>;
  /** Voters of the configuration being left. Empty when the group is not joint. */
  readonly outgoing: ReadonlySet<number>;
}

/** Whether decisions need two majorities. */
export function isJoint(voters: JointVoters): boolean {
  return voters.outgoing.size > 0;
}

/** Whether `id` is a voter of either configuration. */
export function isVoterOf(voters: JointVoters, id: number): boolean {
  return voters.incoming.has(id) || voters.outgoing.has(id);
}

/** Ids of the voters of both configurations, ascending, none twice. */
export function voterIds(voters: JointVoters): number[] {
  const ids = new Set([...voters.incoming, ...voters.outgoing]);
  return [...ids].sort((a, b) => a - b);
}

/**
 * The highest index that is safe to call committed.
 *
 * @param acknowledged What a voter has acknowledged, 0 = nothing.
 * @returns `Infinity` for no voters at all.
 */
export function jointCommittedIndex(
  voters: JointVoters,
  acknowledged: (id: number) => number,
): number {
  const incoming = committedIndex(Array.from(voters.incoming, acknowledged));
  if (!isJoint(voters)) return incoming;
  const outgoing = committedIndex(Array.from(voters.outgoing, acknowledged));
  return Math.min(incoming, outgoing);
}

/**
 * The outcome of an election: won when won in both configurations, lost when
 * lost in either.
 *
 * @param votes The answers so far; those of others than voters do not count.
 */
export function jointVoteResult(
  voters: JointVoters,
  votes: ReadonlyMap<number, boolean>,
): VoteResult {
  const answer = (id: number) => votes.get(id);
  const incoming = voteResult(Array.from(voters.incoming, answer));
  const outgoing = voteResult(Array.from(voters.outgoing, answer));
  if (incoming === outgoing) return incoming;
  return incoming === "lost" || outgoing === "lost" ? "lost" : "pending";
}
