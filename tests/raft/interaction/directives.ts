/**
 * What each directive of an interaction scenario does.
 *
 * @module
 */

import type { ChangeTransition } from "../../../src/raft/change.ts";
import type { ProposalResult } from "../../../src/raft/mod.ts";
import { parseNodeChanges } from "../describe.ts";
import type { ScenarioCase } from "../scenario_file.ts";
import { addNodes } from "./add_nodes.ts";
import type { Environment, Recipient } from "./environment.ts";
import { inspectors, raftLog } from "./inspect.ts";
import { ELECTION_TICKS, HEARTBEAT_TICKS, type ScenarioNode } from "./node.ts";
import { LOG_LEVEL_PROBLEM, parseLogLevel } from "./output.ts";
import {
  DirectiveError,
  firstNumber,
  nodeIds,
  plainWords,
  toBoolean,
  toNumber,
  valuedWords,
  valueOf,
} from "./words.ts";
import { letterOf, toWire } from "./wire.ts";
import { describeMessage } from "./describe_message.ts";

/** Carries a directive out. */
export type Directive = (
  environment: Environment,
  scenario: ScenarioCase,
) => void;

function firstNode(
  environment: Environment,
  scenario: ScenarioCase,
): ScenarioNode {
  return environment.node(firstNumber(scenario));
}

function twoNodes(
  environment: Environment,
  scenario: ScenarioCase,
): readonly [ScenarioNode, ScenarioNode] {
  const [from, to, ...others] = nodeIds(scenario);
  if (from === undefined || to === undefined || others.length > 0) {
    throw new DirectiveError("must specify exactly two node indexes");
  }
  return [environment.node(from), environment.node(to)];
}

function checkProposal({ state }: ProposalResult): void {
  const isTaken = state === "accepted" || state === "refused" ||
    state === "forwarded";
  if (!isTaken) throw new DirectiveError("raft proposal dropped");
}

// -- Proposals --

const propose: Directive = (environment, scenario) => {
  const [, data, ...others] = plainWords(scenario);
  if (data === undefined || others.length > 0) {
    throw new DirectiveError("expected exactly one key with no vals");
  }
  const { raft } = firstNode(environment, scenario);
  checkProposal(raft.propose(new TextEncoder().encode(data)));
};

const TRANSITIONS: Readonly<Record<string, ChangeTransition>> = {
  auto: "auto",
  implicit: "joint-implicit",
  explicit: "joint-explicit",
};

const proposeChange: Directive = (environment, scenario) => {
  let isV1 = false;
  let transition: ChangeTransition | undefined = "auto";
  for (const [key, value] of valuedWords(scenario)) {
    if (key === "v1") {
      isV1 = toBoolean(value);
    } else if (key === "transition") {
      transition = TRANSITIONS[value];
      if (transition === undefined) {
        throw new DirectiveError(`unknown transition ${value}`);
      }
    } else {
      throw new DirectiveError(`unknown command ${key}`);
    }
  }
  const parsed = parseNodeChanges(scenario.input);
  if ("problem" in parsed) throw new DirectiveError(parsed.problem);
  const { changes } = parsed;
  const { raft } = firstNode(environment, scenario);
  const context = new Uint8Array(0);
  if (!isV1) {
    checkProposal(raft.proposeChange({ transition, changes, context }));
    return;
  }
  const [change, ...others] = changes;
  if (change === undefined || others.length > 0 || transition !== "auto") {
    throw new DirectiveError(
      "v1 conf change can only have one operation and no transition",
    );
  }
  checkProposal(raft.proposeChangeV1({ ...change, context }));
};

// -- Time --

const tick = (ticks: number): Directive => (environment, scenario) => {
  const { raft } = firstNode(environment, scenario);
  for (let count = 0; count < ticks; count++) raft.tick();
};

// -- Messages --

const deliver: Directive = (environment, scenario) => {
  const recipients: Recipient[] = nodeIds(scenario)
    .map((id) => ({ id, isDrop: false }));
  let type: string | undefined;
  for (const [key, value] of valuedWords(scenario)) {
    if (key === "type") {
      type = value;
    } else if (key === "drop") {
      const id = toNumber(value);
      if (recipients.some((one) => one.id === id)) {
        throw new DirectiveError(`can't both deliver and drop msgs to ${id}`);
      }
      recipients.push({ id, isDrop: true });
    }
  }
  const count = environment.deliver(type, recipients);
  if (count === 0) environment.output.line("no messages");
};

const sendSnapshot: Directive = (environment, scenario) => {
  const [from, to] = twoNodes(environment, scenario);
  const message = {
    kind: "snapshot",
    from: from.id,
    to: to.id,
    term: from.raft.term,
    snapshot: from.newestSnapshot(),
  } as const;
  environment.letters.push(letterOf(message));
  environment.output.write(describeMessage(toWire(message)));
};

// -- Work --

/** Does `work` for each node named, with a heading if there are several. */
const forEachNode = (
  heading: string,
  work: (environment: Environment, node: ScenarioNode) => void,
): Directive =>
(environment, scenario) => {
  const nodes = nodeIds(scenario).map((id) => environment.node(id));
  for (const node of nodes) {
    if (nodes.length === 1) {
      work(environment, node);
      continue;
    }
    environment.output.line(`> ${node.id} ${heading}`);
    environment.output.indent(() => work(environment, node));
  }
};

const stabilize: Directive = (environment, scenario) => {
  const { output } = environment;
  const before = output.level;
  for (const [key, value] of valuedWords(scenario)) {
    if (key === "log-level") setLogLevel(environment, value);
  }
  const ids = nodeIds(scenario);
  const nodes = ids.length === 0
    ? environment.nodes
    : ids.map((id) => environment.node(id));
  environment.stabilize(nodes);
  // What a quiet run printed is gone: it was never kept.
  output.level = before;
};

function setLogLevel({ output }: Environment, name: string): void {
  const level = parseLogLevel(name);
  if (level === undefined) throw new DirectiveError(LOG_LEVEL_PROBLEM);
  output.level = level;
}

const compact: Directive = (environment, scenario) => {
  const [id, index] = nodeIds(scenario);
  if (id === undefined || index === undefined) {
    throw new DirectiveError("compact wants a node and an index");
  }
  const node = environment.node(id);
  if (index < node.stable.firstIndex) {
    throw new DirectiveError(
      "requested index is unavailable due to compaction",
    );
  }
  node.compact(index);
  raftLog(environment, node);
};

// -- Directives that etcd's files do not have --

/** `read-index NODE CONTEXT` asks for an index to read at. */
const readIndex: Directive = (environment, scenario) => {
  const [id, context] = nodeIds(scenario);
  if (id === undefined || context === undefined) {
    throw new DirectiveError("read-index wants a node and a number");
  }
  const { raft } = environment.node(id);
  if (!raft.readIndex(context)) throw new DirectiveError("raft read dropped");
};

/** `report-snapshot FROM TO sent=BOOL` tells what became of a snapshot. */
const reportSnapshot: Directive = (environment, scenario) => {
  const [from, to] = twoNodes(environment, scenario);
  from.raft.reportSnapshot(to.id, toBoolean(valueOf(scenario, "sent")));
};

/**
 * `restart NODE [keep=COUNT]` crashes a node and starts it from its disk, which has got
 * the first COUNT of the appends that waited for it. Messages under way stay so.
 */
const restart: Directive = (environment, scenario) => {
  const node = firstNode(environment, scenario);
  const [word] = valuedWords(scenario);
  const kept = word?.[0] === "keep" ? toNumber(word[1]) : 0;
  environment.restart(node, kept);
};

/** `tick NODE COUNT` lets time pass. */
const tickOften: Directive = (environment, scenario) => {
  const [id, ticks] = nodeIds(scenario);
  if (id === undefined || ticks === undefined) {
    throw new DirectiveError("tick wants a node and a number");
  }
  const { raft } = environment.node(id);
  for (let count = 0; count < ticks; count++) raft.tick();
};

/** All directives by name. */
export const DIRECTIVES: Readonly<Record<string, Directive>> = {
  ...inspectors,
  // A place for a breakpoint of a debugger.
  "_breakpoint": () => {},
  "add-nodes": addNodes,
  "campaign": (environment, scenario) => {
    firstNode(environment, scenario).raft.campaign();
  },
  compact,
  "deliver-msgs": deliver,
  "forget-leader": (environment, scenario) => {
    firstNode(environment, scenario).raft.forgetLeader();
  },
  "log-level": (environment, scenario) => {
    setLogLevel(environment, plainWords(scenario)[0] ?? "");
  },
  "process-append-thread": forEachNode(
    "processing append thread",
    (environment, node) => environment.processAppend(node),
  ),
  "process-apply-thread": forEachNode(
    "processing apply thread",
    (environment, node) => environment.processApply(node),
  ),
  "process-ready": forEachNode(
    "handling Ready",
    (environment, node) => environment.processReady(node),
  ),
  propose,
  "propose-conf-change": proposeChange,
  "read-index": readIndex,
  "report-snapshot": reportSnapshot,
  "report-unreachable": (environment, scenario) => {
    const [from, to] = twoNodes(environment, scenario);
    from.raft.reportUnreachable(to.id);
  },
  restart,
  "send-snapshot": sendSnapshot,
  "set-randomized-election-timeout": (environment, scenario) => {
    const timeout = toNumber(valueOf(scenario, "timeout"));
    firstNode(environment, scenario).raft.setElectionTimeout(timeout);
  },
  stabilize,
  tick: tickOften,
  "tick-election": tick(ELECTION_TICKS),
  "tick-heartbeat": tick(HEARTBEAT_TICKS),
  "transfer-leadership": (environment, scenario) => {
    const from = environment.node(toNumber(valueOf(scenario, "from")));
    const to = environment.node(toNumber(valueOf(scenario, "to")));
    from.raft.transferLeadership(to.id);
  },
};
