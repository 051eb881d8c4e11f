/**
 * The invariants between a configuration and the progress of its members.
 *
 * @module
 */

import type { Configuration } from "./configuration.ts";
import { isJoint, voterIds } from "./joint_quorum.ts";
import type { Progress } from "./progress.ts";

/**
 * What is wrong with `configuration`, undefined if nothing. An empty one is fine:
 * the first configuration is made of it.
 */
export function configurationProblem(
  configuration: Configuration,
  progress: ReadonlyMap<number, Pick<Progress, "isLearner">>,
): string | undefined {
  const { voters, learners, learnersNext, autoLeave } = configuration;
  for (const id of [...voterIds(voters), ...learners, ...learnersNext]) {
    if (!progress.has(id)) return `no progress for ${id}`;
  }
  for (const id of learnersNext) {
    if (!voters.outgoing.has(id)) {
      return `${id} is in LearnersNext, but not Voters[1]`;
    }
    if (progress.get(id)!.isLearner) {
      return `${id} is in LearnersNext, but is already marked as learner`;
    }
  }
  for (const id of learners) {
    if (voters.outgoing.has(id)) return `${id} is in Learners and Voters[1]`;
    if (voters.incoming.has(id)) return `${id} is in Learners and Voters[0]`;
    if (!progress.get(id)!.isLearner) {
      return `${id} is in Learners, but is not marked as learner`;
    }
  }
  if (isJoint(voters)) return undefined;
  if (learnersNext.size > 0) {
    return "cfg.LearnersNext must be nil when not joint";
  }
  return autoLeave ? "AutoLeave must be false when not joint" : undefined;
}
