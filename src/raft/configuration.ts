/**
 * Who belongs to a group, as values that never change.
 *
 * @module
 */

import type { JointVoters } from "./joint_quorum.ts";

/**
 * The members of a group at one moment (thesis chapter 4).
 *
 * Invariants: `learners` holds none of the voters; `learnersNext` holds only
 * outgoing voters; `learnersNext` and `autoLeave` are empty and false unless the group
 * is joint.
 */
export interface Configuration {
  /** Whose majorities decide. */
  readonly voters: JointVoters;
  /** Nodes that replicate the log and are not counted (thesis section 4.2.1). */
  readonly learners: ReadonlySet<number>;
  /**
   * Voters of the outgoing configuration that become learners when it is left:
   * until then their vote counts, and a node is never both.
   */
  readonly learnersNext: ReadonlySet<number>;
  /** Whether the leader leaves the joint configuration by itself. */
  readonly autoLeave: boolean;
}

/** The configuration without members, from which the first one is made. */
export const EMPTY_CONFIGURATION: Configuration = {
  voters: { incoming: new Set(), outgoing: new Set() },
  learners: new Set(),
  learnersNext: new Set(),
  autoLeave: false,
};

/** A {@linkcode Configuration} in the form in which snapshots hold it: ids, ascending. */
export interface ConfState {
  /** Voters of the incoming configuration. */
  readonly voters: readonly number[];
  /** Voters of the outgoing configuration; empty when the group is not joint. */
  readonly votersOutgoing: readonly number[];
  /** See {@linkcode Configuration.learners}. */
  readonly learners: readonly number[];
  /** See {@linkcode Configuration.learnersNext}. */
  readonly learnersNext: readonly number[];
  /** See {@linkcode Configuration.autoLeave}. */
  readonly autoLeave: boolean;
}

/** `ids`, ascending. */
export function ascending(ids: Iterable<number>): number[] {
  return [...ids].sort((a, b) => a - b);
}

/** The form of `configuration` for snapshots. */
export function confStateOf(configuration: Configuration): ConfState {
  const { voters, learners, learnersNext, autoLeave } = configuration;
  return {
    voters: ascending(voters.incoming),
    votersOutgoing: ascending(voters.outgoing),
    learners: ascending(learners),
    learnersNext: ascending(learnersNext),
    autoLeave,
  };
}

/** Whether `a` and `b` describe the same configuration. */
export function sameConfState(a: ConfState, b: ConfState): boolean {
  return a.autoLeave === b.autoLeave && sameIds(a.voters, b.voters) &&
    sameIds(a.votersOutgoing, b.votersOutgoing) &&
    sameIds(a.learners, b.learners) &&
    sameIds(a.learnersNext, b.learnersNext);
}

function sameIds(a: readonly number[], b: readonly number[]): boolean {
  const others = ascending(b);
  return a.length === b.length &&
    ascending(a).every((id, at) => id === others[at]);
}
