import {
  jointCommittedIndex,
  jointVoteResult,
  type JointVoters,
  voterIds,
} from "../../src/raft/joint_quorum.ts";
import { committedIndex, voteResult } from "../../src/raft/quorum.ts";
import {
  type Acknowledged,
  describeIndex,
  describeJointQuorum,
  describeQuorum,
  describeVoteResult,
} from "./describe.ts";
import type { ScenarioCase } from "./scenario_file.ts";
import { testScenarios } from "./scenarios.ts";

/** Ids, in the order in which a directive names them. */
interface Voters {
  readonly ids: readonly number[];
  /** The second configuration, undefined when there is none at all. */
  readonly joint: readonly number[] | undefined;
}

function toNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`not a number: ${text}`);
  return Number(text);
}

function valuesOf(scenario: ScenarioCase, name: string): string[] {
  const known = ["cfg", "cfgj", "idx", "votes"];
  const unknown = scenario.arguments.find(({ key }) => !known.includes(key));
  if (unknown !== undefined) throw new Error(`unknown arg ${unknown.key}`);
  return scenario.arguments.filter(({ key }) => key === name)
    .flatMap(({ values }) => values);
}

function votersOf(scenario: ScenarioCase): Voters {
  const ids = valuesOf(scenario, "cfg").map(toNumber);
  const joint = valuesOf(scenario, "cfgj");
  if (joint.length === 0) return { ids, joint: undefined };
  if (joint.length === 1 && joint[0] === "zero") return { ids, joint: [] };
  return { ids, joint: joint.map(toNumber) };
}

function toVoters(
  incoming: readonly number[],
  outgoing: readonly number[],
): JointVoters {
  return { incoming: new Set(incoming), outgoing: new Set(outgoing) };
}

/** Gives each voter, in the order of first mention, one of `values`; `_` is none. */
function assign(
  { ids, joint = [] }: Voters,
  values: readonly string[],
): ReadonlyMap<number, string> {
  const order = [...new Set([...ids, ...joint])];
  const pairs = order.map((id, at) => [id, values[at] ?? "_"] as const);
  return new Map(pairs.filter(([, value]) => value !== "_"));
}

function mismatch(voters: Voters, input: readonly number[]): string {
  const ids = voterIds(toVoters(voters.ids, voters.joint ?? []));
  if (ids.length === input.length) return "";
  const set = ids.map((id) => `${id}:{}`).join(" ");
  return `error: mismatched input (explicit or _) for voters map[${set}]: [${
    input.join(" ")
  }]`;
}

// -- committed --

function majorityIndex(
  ids: readonly number[],
  acknowledged: Acknowledged,
): number {
  const distinct = [...new Set(ids)];
  return committedIndex(distinct.map((id) => acknowledged(id) ?? 0));
}

function jointIndex(
  incoming: readonly number[],
  outgoing: readonly number[],
  acknowledged: Acknowledged,
): number {
  const voters = toVoters(incoming, outgoing);
  return jointCommittedIndex(voters, (id) => acknowledged(id) ?? 0);
}

/** The definition: the highest index that a majority has reached. */
function plainIndex(
  ids: readonly number[],
  acknowledged: Acknowledged,
): number {
  const distinct = [...new Set(ids)];
  if (distinct.length === 0) return Infinity;
  const candidates = distinct.map((id) => acknowledged(id) ?? 0);
  const reached = candidates.filter((index) =>
    candidates.filter((other) => other >= index).length * 2 > distinct.length
  );
  return Math.max(0, ...reached);
}

/** Other ways to the same result that come to another one: a line each. */
function majorityDoubts(
  ids: readonly number[],
  acknowledged: Acknowledged,
): string {
  const index = majorityIndex(ids, acknowledged);
  const line = (other: number, via: string) =>
    other === index ? "" : `${describeIndex(other)} <-- ${via}`;
  let doubts = line(
    plainIndex(ids, acknowledged),
    "via alternative computation\n",
  );
  doubts += line(jointIndex(ids, [], acknowledged), "via zero-joint quorum\n");
  doubts += line(jointIndex(ids, ids, acknowledged), "via self-joint quorum\n");
  for (const id of new Set(ids)) {
    const own = acknowledged(id) ?? 0;
    if (own === 0 || own >= index) continue;
    // Who is behind what is committed has no say in it.
    for (const lower of [own - 1, 0]) {
      const overlaid: Acknowledged = (one) =>
        one === id ? lower : acknowledged(one);
      const to = lower === 0 ? "0" : `${own}`;
      doubts += line(
        majorityIndex(ids, overlaid),
        `overlaying ${id}->${to}`,
      );
    }
  }
  return doubts;
}

function runCommitted(scenario: ScenarioCase): string {
  const voters = votersOf(scenario);
  const values = valuesOf(scenario, "idx");
  const input = values.map((value) => value === "_" ? 0 : toNumber(value));
  const problem = mismatch(voters, input);
  if (problem !== "") return problem;
  const assigned = assign(voters, values);
  const acknowledged: Acknowledged = (id) => {
    const value = assigned.get(id);
    return value === undefined ? undefined : toNumber(value);
  };
  const { ids, joint } = voters;
  if (joint === undefined) {
    const index = describeIndex(majorityIndex(ids, acknowledged));
    return describeQuorum([...new Set(ids)], acknowledged) +
      majorityDoubts(ids, acknowledged) + index;
  }
  const index = jointIndex(ids, joint, acknowledged);
  const swapped = jointIndex(joint, ids, acknowledged);
  const doubt = swapped === index
    ? ""
    : `${describeIndex(swapped)} <-- via symmetry\n`;
  return describeJointQuorum(toVoters(ids, joint), acknowledged) + doubt +
    describeIndex(index);
}

// -- vote --

const ANSWERS: Readonly<Record<string, number>> = { _: 0, n: 1, y: 2 };

function runVote(scenario: ScenarioCase): string {
  const voters = votersOf(scenario);
  const values = valuesOf(scenario, "votes");
  const input = values.map((value) => {
    const answer = ANSWERS[value];
    if (answer === undefined) throw new Error(`unknown vote: ${value}`);
    return answer;
  });
  const problem = mismatch(voters, input);
  if (problem !== "") return problem;
  const votes = new Map(
    [...assign(voters, values)].map(([id, value]) => [id, value === "y"]),
  );
  const { ids, joint } = voters;
  if (joint === undefined) {
    const distinct = [...new Set(ids)];
    return describeVoteResult(voteResult(distinct.map((id) => votes.get(id))));
  }
  const result = jointVoteResult(toVoters(ids, joint), votes);
  const swapped = jointVoteResult(toVoters(joint, ids), votes);
  const doubt = swapped === result
    ? ""
    : `${describeVoteResult(swapped)} <-- via symmetry\n`;
  return doubt + describeVoteResult(result);
}

/**
 * - `committed cfg=(IDS) [cfgj=(IDS)] idx=(INDEXES)`: what is committed.
 * - `vote cfg=(IDS) [cfgj=(IDS)] votes=(y|n|_, …)`: how an election stands.
 *
 * `cfgj=zero` is a joint configuration whose second half is empty.
 */
testScenarios("quorum", () => (scenario) => {
  switch (scenario.command) {
    case "committed":
      return runCommitted(scenario);
    case "vote":
      return runVote(scenario);
    default:
      throw new Error(`unknown command: ${scenario.command}`);
  }
});
