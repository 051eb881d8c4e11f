/**
 * What a node knows about the members of its group: who they are, how far each
 * one's log is known to match the leader's, and how each one voted.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import {
  ascending,
  type Configuration,
  type ConfState,
  confStateOf,
  EMPTY_CONFIGURATION,
} from "./configuration.ts";
import type { InflightsOptions } from "./inflights.ts";
import {
  isJoint,
  isVoterOf,
  jointCommittedIndex,
  jointVoteResult,
  voterIds,
} from "./joint_quorum.ts";
import { Progress } from "./progress.ts";
import type { VoteResult } from "./quorum.ts";

/** The progress of all members by id. */
export type ProgressMap = ReadonlyMap<number, Progress>;

/** How an election stands, and the answers that made it so. */
export interface Tally {
  /** Members with a vote that gave it. */
  readonly granted: number;
  /** Members with a vote that refused. */
  readonly rejected: number;
  /** The outcome. */
  readonly result: VoteResult;
}

/** The configuration, and progress and votes of its members. */
export class ProgressTracker {
  /** Bounds of the window of each member's {@linkcode Progress}. */
  readonly inflights: InflightsOptions;

  #configuration: Configuration = EMPTY_CONFIGURATION;
  #progress: ProgressMap = new Map();
  #votes = new Map<number, boolean>();

  /** Tracks nobody yet. */
  constructor(inflights: InflightsOptions) {
    this.inflights = inflights;
  }

  /** Who belongs to the group. */
  get configuration(): Configuration {
    return this.#configuration;
  }

  /** Progress of all members, learners too, in ascending order of id. */
  get progressMap(): ProgressMap {
    return this.#progress;
  }

  /** The votes of the current election, by node id. */
  get votes(): ReadonlyMap<number, boolean> {
    return this.#votes;
  }

  /**
   * Takes over what a `Changer` has made. `progress` belongs to the tracker from
   * now on.
   */
  setConfiguration(configuration: Configuration, progress: ProgressMap): void {
    this.#configuration = configuration;
    this.#progress = new Map(
      ascending(progress.keys()).map((id) => [id, progress.get(id)!]),
    );
    this.#checkInvariants();
  }

  // -- Members --

  /** The configuration as snapshots hold it. */
  confState(): ConfState {
    return confStateOf(this.#configuration);
  }

  /** Ids of all voters, of both configurations if joint, ascending. */
  voterNodes(): number[] {
    return voterIds(this.#configuration.voters);
  }

  /** Ids of the learners, ascending, without voters that are still to become some. */
  learnerNodes(): number[] {
    return ascending(this.#configuration.learners);
  }

  /** Whether the vote of `id` counts. */
  isVoter(id: number): boolean {
    return isVoterOf(this.#configuration.voters, id);
  }

  /** Whether one voter alone decides. */
  isSingleton(): boolean {
    const { voters } = this.#configuration;
    return voters.incoming.size === 1 && !isJoint(voters);
  }

  // -- Progress --

  /** The progress of `id`, undefined when it is no member. */
  progress(id: number): Progress | undefined {
    return this.#progress.get(id);
  }

  /**
   * Starts a term or a role: no votes, nothing known of others' logs, all of the own
   * one up to `lastIndex`.
   */
  reset(ownId: number, lastIndex: number): void {
    this.resetVotes();
    const progress = new Map<number, Progress>();
    for (const [id, { isLearner }] of this.#progress) {
      const match = id === ownId ? lastIndex : 0;
      const next = lastIndex + 1;
      const { inflights } = this;
      progress.set(id, new Progress({ inflights, match, next, isLearner }));
    }
    this.#progress = progress;
  }

  /** Highest index that the voters' majorities are known to hold. */
  committed(): number {
    return jointCommittedIndex(
      this.#configuration.voters,
      (id) => this.#progress.get(id)?.match ?? 0,
    );
  }

  /**
   * Whether the voters heard of since their `recentActive` was cleared are a
   * quorum. The caller keeps its own one set.
   */
  quorumActive(): boolean {
    const active = new Map<number, boolean>();
    for (const [id, { isLearner, recentActive }] of this.#progress) {
      if (!isLearner) active.set(id, recentActive);
    }
    return jointVoteResult(this.#configuration.voters, active) === "won";
  }

  // -- Votes --

  /** Forgets all votes. */
  resetVotes(): void {
    this.#votes = new Map();
  }

  /** Notes an answer. The first one of a node stands. */
  recordVote(id: number, granted: boolean): void {
    if (!this.#votes.has(id)) this.#votes.set(id, granted);
  }

  /** How the election stands. Answers of others than voters do not count. */
  tallyVotes(): Tally {
    let granted = 0;
    let rejected = 0;
    for (const id of this.voterNodes()) {
      const vote = this.#votes.get(id);
      if (vote === true) granted++;
      else if (vote === false) rejected++;
    }
    const { voters } = this.#configuration;
    return { granted, rejected, result: jointVoteResult(voters, this.#votes) };
  }

  #checkInvariants(): void {
    const { learners } = this.#configuration;
    for (const id of [...this.voterNodes(), ...learners]) {
      assert(this.#progress.has(id), "every member has a progress");
    }
  }
}
