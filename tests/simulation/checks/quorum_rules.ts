/**
 * What majorities are, by counting: on purpose nothing of the code that is tested.
 *
 * @module
 */

import type { ConfState } from "../../../src/raft/mod.ts";

/** Whether those of whom `counts` holds are a quorum of `members`. */
export function isQuorum(
  members: ConfState,
  counts: (id: number) => boolean,
): boolean {
  return isMajority(members.voters, counts) &&
    (members.votersOutgoing.length === 0 ||
      isMajority(members.votersOutgoing, counts));
}

/**
 * Whether any two quorums of `a` and `b` have a node in common, for configurations that
 * follow each other: they share one of their halves, or differ in at most one voter.
 */
export function mayFollow(a: ConfState, b: ConfState): boolean {
  const halves = (members: ConfState) =>
    members.votersOutgoing.length === 0
      ? [members.voters]
      : [members.voters, members.votersOutgoing];
  return halves(a).some((one) =>
    halves(b).some((other) => differences(one, other) <= 1)
  );
}

function isMajority(
  voters: readonly number[],
  counts: (id: number) => boolean,
): boolean {
  return voters.filter(counts).length * 2 > voters.length;
}

function differences(a: readonly number[], b: readonly number[]): number {
  return a.filter((id) => !b.includes(id)).length +
    b.filter((id) => !a.includes(id)).length;
}
