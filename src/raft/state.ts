/**
 * The state of one node in one group: figure 3.1 of the thesis, and what waits to
 * be sent. What the node does in each role is in `election.ts` and
 * `replication.ts`.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import type { FullRaftConfig } from "./config.ts";
import type { HardState } from "./hard_state.ts";
import { RaftLog } from "./log.ts";
import type { Message } from "./message.ts";
import { restoreConfiguration } from "./restore.ts";
import { ProgressTracker } from "./tracker.ts";

/** What a node does in its term. */
export type Role = "follower" | "candidate" | "leader";

/** No node: nobody was voted for, or no leader is known. */
export const NO_NODE = 0;

/** Mutable state that the functions of this folder share. */
export class RaftState {
  /** This node. */
  readonly id: number;
  /** The log. */
  readonly log: RaftLog;
  /** Progress and votes of the voters. */
  readonly tracker: ProgressTracker;
  /** See `RaftConfig.uncommittedBytesMax`. */
  readonly uncommittedBytesMax: number;
  /** See `Ready.afterAppend`; taken and emptied with each `Ready`. */
  afterAppend: Message[] = [];
  /** See `Ready.messages`; taken and emptied with each `Ready`. */
  messages: Message[] = [];
  /** Bytes of data of entries proposed in this term and not committed. */
  uncommittedBytes = 0;
  /** Ticks since this node last heard of a leader, granted a vote or campaigned. */
  electionElapsed = 0;
  /** Ticks of {@linkcode electionElapsed} after which this node campaigns. */
  electionTimeout = 0;

  readonly #electionTicks: number;
  readonly #random: (bound: number) => number;
  #term: number;
  #vote: number;
  #role: Role = "follower";
  #leader = NO_NODE;

  /** The state of a follower that has just started. */
  constructor(config: FullRaftConfig) {
    this.id = config.id;
    this.log = new RaftLog(config.stable, {
      applied: config.applied,
      applyingBytesMax: config.applyingBytesMax,
    });
    this.log.commitTo(config.hardState.commit);
    this.tracker = trackVoters(config.voters, this.log.lastIndex);
    this.uncommittedBytesMax = config.uncommittedBytesMax;
    this.#electionTicks = config.electionTicks;
    this.#random = config.random;
    this.#term = config.hardState.term;
    this.#vote = config.hardState.vote;
    this.#restart();
    assert(
      this.log.term(this.log.lastIndex) <= this.#term,
      "no entry is newer than the term",
    );
  }

  /** The latest term seen. */
  get term(): number {
    return this.#term;
  }

  /** The node voted for in this term, or {@linkcode NO_NODE}. */
  get vote(): number {
    return this.#vote;
  }

  /** What this node does in this term. */
  get role(): Role {
    return this.#role;
  }

  /** The leader of this term as far as known, or {@linkcode NO_NODE}. */
  get leader(): number {
    return this.#leader;
  }

  /** What has to be on disk before messages of this moment may leave. */
  hardState(): HardState {
    return {
      term: this.#term,
      vote: this.#vote,
      commit: this.log.committed,
    };
  }

  /** Whether this node may campaign. */
  isPromotable(): boolean {
    return this.tracker.isVoter(this.id);
  }

  // -- Changes of role. Each starts the clocks and the trackers anew. --

  /** Follows `leader` (or nobody yet) in `term`, which is not older. */
  becomeFollower(term: number, leader: number): void {
    this.#enterTerm(term);
    this.#role = "follower";
    this.#leader = leader;
    this.#restart();
  }

  /** Stands for election in a new term. The vote for itself is decided, not cast. */
  becomeCandidate(): void {
    assert(this.#role !== "leader", "a leader does not campaign");
    this.#enterTerm(this.#term + 1);
    this.#vote = this.id;
    this.#role = "candidate";
    this.#leader = NO_NODE;
    this.#restart();
  }

  /** Leads the term it was elected in. */
  becomeLeader(): void {
    assert(this.#role === "candidate", "only a candidate becomes leader");
    this.#role = "leader";
    this.#leader = this.id;
    this.#restart();
  }

  #enterTerm(term: number): void {
    assert(term >= this.#term, "the term never goes back");
    if (term === this.#term) return;
    this.#term = term;
    this.#vote = NO_NODE;
  }

  #restart(): void {
    this.electionElapsed = 0;
    this.electionTimeout = this.#electionTicks +
      this.#random(this.#electionTicks);
    this.uncommittedBytes = 0;
    this.tracker.reset(this.id, this.log.lastIndex);
  }
}

/** A tracker of `voters`: node ids, positive. */
function trackVoters(
  voters: readonly number[],
  lastIndex: number,
): ProgressTracker {
  assert(voters.every((id) => id > 0), "node ids are positive");
  const tracker = new ProgressTracker({ messagesMax: 1 });
  const result = restoreConfiguration(tracker, lastIndex, {
    voters,
    votersOutgoing: [],
    learners: [],
    learnersNext: [],
    autoLeave: false,
  });
  assert(result.state === "changed", "voters make a configuration");
  tracker.setConfiguration(result.configuration, result.progress);
  return tracker;
}
