/**
 * Text of the things that scenario files print, in the words of etcd's raft.
 *
 * @module
 */

import type { NodeChange } from "../../src/raft/change.ts";
import type { Configuration } from "../../src/raft/configuration.ts";
import { type JointVoters, voterIds } from "../../src/raft/joint_quorum.ts";
import type { Progress, ProgressState } from "../../src/raft/progress.ts";
import type { VoteResult } from "../../src/raft/quorum.ts";
import type { ProgressMap } from "../../src/raft/tracker.ts";

/** What a voter has acknowledged, undefined when nothing is known. */
export type Acknowledged = (id: number) => number | undefined;

const VOTE_RESULTS: Readonly<Record<VoteResult, string>> = {
  pending: "VotePending",
  won: "VoteWon",
  lost: "VoteLost",
};

/** States of a progress. */
export const PROGRESS_STATES: Readonly<Record<ProgressState, string>> = {
  probe: "StateProbe",
  replicate: "StateReplicate",
  snapshot: "StateSnapshot",
};

const CHANGE_LETTERS: Readonly<Record<NodeChange["kind"], string>> = {
  "add-node": "v",
  "add-learner-node": "l",
  "remove-node": "r",
  "update-node": "u",
};

/** The outcome of an election. */
export function describeVoteResult(result: VoteResult): string {
  return VOTE_RESULTS[result];
}

/** A log index; the one of an empty quorum has no bound. */
export function describeIndex(index: number): string {
  return index === Infinity ? "∞" : `${index}`;
}

/** Node ids as a set: `(1 2 3)`. */
export function describeIds(ids: Iterable<number>): string {
  return `(${[...ids].sort((a, b) => a - b).join(" ")})`;
}

/**
 * A chart of what voters acknowledged: the longer a bar, the more voters are behind.
 */
export function describeQuorum(
  voters: readonly number[],
  acknowledged: Acknowledged,
): string {
  if (voters.length === 0) return "<empty majority quorum>";
  const indexes = voters.map((id) => acknowledged(id) ?? 0);
  const ids = voters.toSorted((a, b) => a - b);
  const width = voters.length;
  let text = `${" ".repeat(width)}    idx\n`;
  for (const id of ids) {
    const index = acknowledged(id);
    const bar = indexes.filter((other) => other < (index ?? 0)).length;
    const chart = index === undefined ? "?" : `${"x".repeat(bar)}>`;
    const number = `${index ?? 0}`.padStart(5);
    text += `${chart.padEnd(width + 1)} ${number}    (id=${id})\n`;
  }
  return text;
}

/** The chart of the voters of both configurations. */
export function describeJointQuorum(
  voters: JointVoters,
  acknowledged: Acknowledged,
): string {
  return describeQuorum(voterIds(voters), acknowledged);
}

/** Who belongs to a group: `voters=(1 2)&&(1) learners=(3) autoleave`. */
export function describeConfiguration(configuration: Configuration): string {
  const { voters, learners, learnersNext, autoLeave } = configuration;
  let text = `voters=${describeIds(voters.incoming)}`;
  if (voters.outgoing.size > 0) text += `&&${describeIds(voters.outgoing)}`;
  if (learners.size > 0) text += ` learners=${describeIds(learners)}`;
  if (learnersNext.size > 0) {
    text += ` learners_next=${describeIds(learnersNext)}`;
  }
  return autoLeave ? `${text} autoleave` : text;
}

/** What a leader believes of a node. */
export function describeProgress(progress: Progress): string {
  const { state, match, next, inflights } = progress;
  const words = [PROGRESS_STATES[state], `match=${match}`, `next=${next}`];
  if (progress.isLearner) words.push("learner");
  if (progress.isPaused()) words.push("paused");
  if (progress.pendingSnapshot > 0) {
    words.push(`pendingSnap=${progress.pendingSnapshot}`);
  }
  if (!progress.recentActive) words.push("inactive");
  if (inflights.count > 0) {
    const full = inflights.isFull() ? "[full]" : "";
    words.push(`inflight=${inflights.count}${full}`);
  }
  return words.join(" ");
}

/** A line for each member. */
export function describeProgressMap(progress: ProgressMap): string {
  return [...progress].sort(([a], [b]) => a - b)
    .map(([id, one]) => `${id}: ${describeProgress(one)}\n`).join("");
}

/** Node changes as scenario files write them: `v1 l2 r3 u4`. */
export function describeNodeChanges(changes: readonly NodeChange[]): string {
  return changes.map(({ kind, nodeId }) => `${CHANGE_LETTERS[kind]}${nodeId}`)
    .join(" ");
}

/** What {@linkcode parseNodeChanges} finds. */
export type ParsedChanges =
  | { readonly changes: readonly NodeChange[] }
  | { readonly problem: string };

/** Reads node changes such as `v1 l2 r3 u4`. */
export function parseNodeChanges(text: string): ParsedChanges {
  const changes: NodeChange[] = [];
  const trimmed = text.trim();
  for (const word of trimmed === "" ? [] : trimmed.split(" ")) {
    if (word.length < 2) return { problem: `unknown token ${word}` };
    const found = Object.entries(CHANGE_LETTERS)
      .find(([, letter]) => letter === word[0]);
    if (found === undefined) return { problem: `unknown input: ${word}` };
    const digits = word.slice(1);
    if (!/^\d+$/.test(digits)) {
      const problem = `strconv.ParseUint: parsing ${
        JSON.stringify(digits)
      }: invalid syntax`;
      return { problem };
    }
    const kind = found[0] as NodeChange["kind"];
    changes.push({ kind, nodeId: Number(digits) });
  }
  return { changes };
}
