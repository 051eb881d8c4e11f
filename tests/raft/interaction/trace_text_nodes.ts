/**
 * Log lines about a node itself: its start, its role, its members, and messages of
 * other terms.
 *
 * @module
 */

import type { ConfChange } from "../../../src/raft/change.ts";
import type { Role } from "../../../src/raft/mod.ts";
import type { TraceEvent } from "../../../src/raft/trace.ts";
import { describeConfiguration } from "../describe.ts";
import { hex } from "./describe_message.ts";
import type { LogLine } from "./trace_text.ts";
import { typeOf } from "./wire.ts";

const ROLE_WORDS: Readonly<Record<Role, string>> = {
  follower: "follower",
  "pre-candidate": "pre-candidate",
  candidate: "candidate",
  leader: "leader",
};

const CHANGE_TYPES = {
  "add-node": "ConfChangeAddNode",
  "remove-node": "ConfChangeRemoveNode",
  "update-node": "ConfChangeUpdateNode",
  "add-learner-node": "ConfChangeAddLearnerNode",
} as const;

const TRANSITIONS = {
  auto: "ConfChangeTransitionAuto",
  "joint-implicit": "ConfChangeTransitionJointImplicit",
  "joint-explicit": "ConfChangeTransitionJointExplicit",
} as const;

/** A change as the text form of its protobuf message. */
function changeText(change: ConfChange, isV1: boolean): string {
  const changes = change.changes.map(({ kind, nodeId }) =>
    `type:${CHANGE_TYPES[kind]} node_id:${nodeId}`
  );
  if (isV1) return changes[0]!;
  const words = changes.map((one) => ` changes:{${one}}`);
  return `transition:${TRANSITIONS[change.transition]}${words.join("")}`;
}

function membersText(id: string, event: TraceEvent): LogLine | undefined {
  switch (event.event) {
    case "configured": {
      const members = describeConfiguration(event.configuration);
      return ["INFO", `${id} switched to configuration ${members}`];
    }
    case "change-refused": {
      const members = describeConfiguration(event.configuration);
      const change = changeText(event.change, event.isV1);
      return [
        "INFO",
        `${id} ignoring conf change ${change} at config ${members}: ${event.reason}`,
      ];
    }
    case "auto-leave": {
      const members = describeConfiguration(event.configuration);
      const text =
        `initiating automatic transition out of joint configuration ${members}`;
      return event.isInitiated
        ? ["INFO", text]
        : ["DEBUG", `not ${text}: raft proposal dropped`];
    }
    default:
      return undefined;
  }
}

function startedText(
  id: string,
  event: TraceEvent & { readonly event: "started" },
): LogLine {
  const { log, term, voters } = event;
  const last = log.lastId();
  return [
    "INFO",
    `newRaft ${id} [peers: [${voters.map(hex).join(",")}], term: ${term}, ` +
    `commit: ${log.committed}, applied: ${log.applied}, ` +
    `lastindex: ${last.index}, lastterm: ${last.term}]`,
  ];
}

function termText(id: string, event: TraceEvent): LogLine | undefined {
  switch (event.event) {
    case "higher-term":
    case "lower-term": {
      const { message } = event;
      const isHigher = event.event === "higher-term";
      const verb = isHigher ? "received" : "ignored";
      const order = isHigher ? "higher" : "lower";
      return [
        "INFO",
        `${id} [term: ${event.term}] ${verb} a ${
          typeOf(message)
        } message with ` +
        `${order} term from ${hex(message.from)} [term: ${message.term}]`,
      ];
    }
    case "no-progress":
      return ["DEBUG", `${id} no progress available for ${hex(event.from)}`];
    default:
      return undefined;
  }
}

/** See `logLine()`. */
export function nodeText(id: string, event: TraceEvent): LogLine | undefined {
  switch (event.event) {
    case "started":
      return startedText(id, event);
    case "became":
      return [
        "INFO",
        `${id} became ${ROLE_WORDS[event.role]} at term ${event.term}`,
      ];
    case "quorum-inactive":
      return [
        "WARN",
        `${id} stepped down to follower since quorum is not active`,
      ];
    case "leader-forgotten":
      return [
        "INFO",
        `${id} forgetting leader ${hex(event.leader)} at term ${event.term}`,
      ];
    case "forget-refused":
      return ["ERROR", "ignoring MsgForgetLeader due to ReadOnlyLeaseBased"];
    default:
      return membersText(id, event) ?? termText(id, event);
  }
}
