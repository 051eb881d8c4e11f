/**
 * Directives that show what nodes hold.
 *
 * @module
 */

import type { MemberStatus } from "../../../src/raft/mod.ts";
import { PROGRESS_STATES } from "../describe.ts";
import type { ScenarioCase } from "../scenario_file.ts";
import { describeEntries } from "./describe_message.ts";
import { describeRole } from "./describe_ready.ts";
import type { Environment } from "./environment.ts";
import type { ScenarioNode } from "./node.ts";
import { firstNumber } from "./words.ts";

/** Shows the log on a node's disk. */
export function raftLog({ output }: Environment, node: ScenarioNode): void {
  const entries = node.entries();
  const { firstIndex, lastIndex } = node.stable;
  output.write(
    entries.length > 0
      ? describeEntries(entries)
      : `log is empty: first index=${firstIndex}, last index=${lastIndex}`,
  );
}

function raftState({ nodes, output }: Environment): void {
  for (const { id, raft } of nodes) {
    const { leader, role, term } = raft.status();
    const { incoming, outgoing } = raft.configuration.voters;
    const isVoter = incoming.has(id) || outgoing.has(id);
    const kind = isVoter ? "(Voter)" : "(Non-Voter)";
    const where = `Term:${term} Lead:${leader}`;
    output.line(`${id}: ${describeRole(role)} ${kind} ${where}`);
  }
}

function describeMember(member: MemberStatus): string {
  const { id, inflightAppends, match, next, pendingSnapshot, state } = member;
  const words = [PROGRESS_STATES[state], `match=${match}`, `next=${next}`];
  if (member.isLearner) words.push("learner");
  if (member.isPaused) words.push("paused");
  if (pendingSnapshot > 0) words.push(`pendingSnap=${pendingSnapshot}`);
  if (!member.isActive) words.push("inactive");
  if (inflightAppends > 0) {
    const full = member.isWindowFull ? "[full]" : "";
    words.push(`inflight=${inflightAppends}${full}`);
  }
  return `${id}: ${words.join(" ")}`;
}

/** Only a leader knows anything of the others. */
function status({ output }: Environment, { raft }: ScenarioNode): void {
  if (raft.status().role !== "leader") return;
  for (const member of raft.members()) output.line(describeMember(member));
}

type Inspect = (environment: Environment, scenario: ScenarioCase) => void;

/** The directives by name. */
export const inspectors: Readonly<Record<string, Inspect>> = {
  "raft-log": (environment, scenario) =>
    raftLog(environment, environment.node(firstNumber(scenario))),
  "raft-state": raftState,
  status: (environment, scenario) =>
    status(environment, environment.node(firstNumber(scenario))),
};
