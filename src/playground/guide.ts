/**
 * What a newcomer is told about a group that runs.
 *
 * @module
 */

import type { NodePlan } from "./node_plan.ts";
import { LOOPBACK } from "./ports.ts";

/** A node that runs. */
export interface GuideNode extends NodePlan {
  /** Its process. */
  readonly pid: number;
}

/** What the guide tells of. */
export interface GuideFacts {
  /** All nodes. */
  readonly nodes: readonly GuideNode[];
  /** The one that leads. */
  readonly leader: GuideNode;
  /** The term in which it does. */
  readonly term: number;
  /** Directory of all data. */
  readonly dir: string;
  /** Whether it is removed at the end. */
  readonly isTemporary: boolean;
  /** How long an ended node stays away, in seconds; 0 = for good. */
  readonly backAfterSeconds: number;
}

/** How a node is spoken to. */
export function clientCommand({ port }: NodePlan): string {
  return `redis-cli -p ${port}`;
}

/** How long an ended node stays away, as the end of a sentence. */
export function returnText(backAfterSeconds: number): string {
  return backAfterSeconds === 0
    ? "it stays away"
    : `it comes back in ${backAfterSeconds} s`;
}

function nodeLine(node: GuideNode): string {
  const page = `http://${LOOPBACK}:${node.adminPort}/metrics`;
  const command = clientCommand(node).padEnd(18);
  return `  node ${node.id}   ${command}   process ${node.pid}   ${page}`;
}

/** The lines that tell how to connect, and what to try. */
export function guideLines(facts: GuideFacts): string[] {
  const { leader, nodes, term } = facts;
  const other = nodes.find(({ id }) => id !== leader.id) ?? leader;
  const fate = facts.isTemporary
    ? "removed at the end; --dir=DIR keeps what is in DIR"
    : "kept";
  return [
    "",
    ...nodes.map(nodeLine),
    "",
    `Node ${leader.id} leads in term ${term}. Data: ${facts.dir} (${fate})`,
    "",
    "Write and read at any node:",
    "",
    `  ${clientCommand(leader)} set hello world`,
    `  ${clientCommand(other)} get hello`,
    "",
    `End the leader, and see here which node follows it (${
      returnText(facts.backAfterSeconds)
    }):`,
    "",
    `  kill -9 ${leader.pid}`,
    "",
    "Ctrl-C ends all.",
    "",
  ];
}
