/**
 * What operators and tests look at.
 *
 * @module
 */

import type { HardState } from "./hard_state.ts";
import type { ProgressState } from "./progress.ts";
import type { SoftState } from "./ready.ts";
import type { RaftState } from "./state.ts";

/** A node's numbers at one moment. */
export interface RaftStatus extends HardState, SoftState {
  /** Highest index reported as applied. */
  readonly applied: number;
  /** Index of the newest entry. */
  readonly lastIndex: number;
  /** The node that this leader is handing over to, 0 = none. */
  readonly transferee: number;
  /** Number of the newest round of heartbeats that this node sent; 0 = none. */
  readonly newestRound: number;
  /**
   * The newest round that a quorum has answered in this term, 0 = none: this node led
   * when the round was sent. What a lease starts from.
   */
  readonly confirmedRound: number;
}

/** What a leader knows of a member at one moment. */
export interface MemberStatus {
  /** The member's node id. */
  readonly id: number;
  /** How the leader sends to it. */
  readonly state: ProgressState;
  /** Highest index known to be durable there. */
  readonly match: number;
  /** Index of the next entry to send. */
  readonly next: number;
  /** Whether it is a learner. */
  readonly isLearner: boolean;
  /** Whether appends to it wait. */
  readonly isPaused: boolean;
  /** Whether anything was heard of it lately; with `checkQuorum`. */
  readonly isActive: boolean;
  /** Index of the snapshot on its way to it, 0 = none. */
  readonly pendingSnapshot: number;
  /** Appends in flight to it. */
  readonly inflightAppends: number;
  /** Whether no further append may be in flight. */
  readonly isWindowFull: boolean;
  /** The newest round of heartbeats that it has answered in this term. */
  readonly answeredRound: number;
}

/** The numbers of `raft`. */
export function statusOf(raft: RaftState): RaftStatus {
  const { leader, log, role, rounds, tracker, transferee } = raft;
  return {
    ...raft.hardState(),
    leader,
    role,
    applied: log.applied,
    lastIndex: log.lastIndex,
    transferee,
    newestRound: rounds.newest,
    confirmedRound: role === "leader"
      ? rounds.confirmed(tracker.configuration.voters)
      : 0,
  };
}

/** What a leader knows of the members, in ascending order of id. */
export function membersOf(raft: RaftState): readonly MemberStatus[] {
  return Array.from(raft.tracker.progressMap, ([id, progress]) => ({
    id,
    state: progress.state,
    match: progress.match,
    next: progress.next,
    isLearner: progress.isLearner,
    isPaused: progress.isPaused(),
    isActive: progress.recentActive,
    pendingSnapshot: progress.pendingSnapshot,
    inflightAppends: progress.inflights.count,
    isWindowFull: progress.inflights.isFull(),
    answeredRound: raft.rounds.answeredBy(id),
  }));
}
