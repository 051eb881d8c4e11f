/**
 * Log lines about elections and transfers of leadership.
 *
 * @module
 */

import type {
  ElectionKind,
  Standing,
  TraceEvent,
} from "../../../src/raft/trace.ts";
import { describeRole } from "./describe_ready.ts";
import { hex } from "./describe_message.ts";
import type { LogLine } from "./trace_text.ts";

const REQUESTS: Readonly<Record<ElectionKind, string>> = {
  vote: "MsgVote",
  "pre-vote": "MsgPreVote",
};

function standingText({ last, vote }: Standing): string {
  return `[logterm: ${last.term}, index: ${last.index}, vote: ${hex(vote)}]`;
}

function requestText(
  id: string,
  verb: string,
  event: TraceEvent & { readonly event: "vote-ignored" | "vote-answered" },
): string {
  const { message, own } = event;
  const { from, kind, last } = message;
  return `${id} ${standingText(own)} ${verb} ${REQUESTS[kind]} ` +
    `${verb === "cast" ? "for" : "from"} ${hex(from)} ` +
    `[logterm: ${last.term}, index: ${last.index}] at term ${own.term}`;
}

function refusedText(
  id: string,
  event: TraceEvent & { readonly event: "campaign-refused" },
): LogLine {
  switch (event.reason) {
    case "leader":
      return ["DEBUG", `${id} ignoring MsgHup because already leader`];
    case "unpromotable":
      return ["WARN", `${id} is unpromotable and can not campaign`];
    case "unapplied-change":
      return [
        "WARN",
        `${id} cannot campaign at term ${event.term} since there are still ` +
        "pending configuration changes to apply",
      ];
  }
}

function voteText(id: string, event: TraceEvent): LogLine | undefined {
  switch (event.event) {
    case "vote-requested": {
      const { kind, last, term, to } = event;
      return [
        "INFO",
        `${id} [logterm: ${last.term}, index: ${last.index}] sent ` +
        `${REQUESTS[kind]} request to ${hex(to)} at term ${term}`,
      ];
    }
    case "vote-ignored": {
      const left = `remaining ticks: ${event.ticksLeft}`;
      const text = requestText(id, "ignored", event);
      return ["INFO", `${text}: lease is not expired (${left})`];
    }
    case "vote-answered": {
      const verb = event.granted ? "cast" : "rejected";
      return ["INFO", requestText(id, verb, event)];
    }
    case "vote-received": {
      const rejection = event.granted ? "" : "rejection ";
      return [
        "INFO",
        `${id} received ${REQUESTS[event.kind]}Resp ${rejection}from ` +
        `${hex(event.from)} at term ${event.term}`,
      ];
    }
    case "votes-counted":
      return [
        "INFO",
        `${id} has received ${event.granted} ${
          REQUESTS[event.kind]
        }Resp votes ` +
        `and ${event.rejected} vote rejections`,
      ];
    default:
      return undefined;
  }
}

function ignoredTransferText(
  id: string,
  event: TraceEvent & { readonly event: "transfer-ignored" },
): LogLine {
  const { reason, term } = event;
  const to = hex(event.to);
  switch (reason) {
    case "same":
      return [
        "INFO",
        `${id} [term ${term}] transfer leadership to ${to} is in progress, ` +
        `ignores request to same node ${to}`,
      ];
    case "self":
      return [
        "DEBUG",
        `${id} is already leader. Ignored transferring leadership to self`,
      ];
    case "learner":
      return ["DEBUG", `${id} is learner. Ignored transferring leadership`];
    case "no-leader":
      return [
        "INFO",
        `${id} no leader at term ${term}; dropping leader transfer msg`,
      ];
  }
}

function transferText(id: string, event: TraceEvent): LogLine | undefined {
  switch (event.event) {
    case "transfer-started":
      return [
        "INFO",
        `${id} [term ${event.term}] starts to transfer leadership to ${
          hex(event.to)
        }`,
      ];
    case "transfer-ignored":
      return ignoredTransferText(id, event);
    case "transfer-aborted":
      if (event.reason !== "replaced") return undefined;
      return [
        "INFO",
        `${id} [term ${event.term}] abort previous transferring leadership to ${
          hex(event.to)
        }`,
      ];
    case "timeout-now-sent": {
      const to = hex(event.to);
      return [
        "INFO",
        event.isImmediate
          ? `${id} sends MsgTimeoutNow to ${to} immediately as ${to} already ` +
            "has up-to-date log"
          : `${id} sent MsgTimeoutNow to ${to} after received MsgAppResp`,
      ];
    }
    default:
      return undefined;
  }
}

/** See `logLine()`. */
export function electionText(
  id: string,
  event: TraceEvent,
): LogLine | undefined {
  switch (event.event) {
    case "election-started":
      return ["INFO", `${id} is starting a new election at term ${event.term}`];
    case "campaign-refused":
      return refusedText(id, event);
    case "timeout-now-received":
      return [
        "INFO",
        `${id} [term ${event.term}] received MsgTimeoutNow from ` +
        `${hex(event.from)} and starts an election to get leadership.`,
      ];
    case "timeout-now-ignored":
      return [
        "DEBUG",
        `${id} [term ${event.term} state ${
          describeRole(event.role)
        }] ignored ` +
        `MsgTimeoutNow from ${hex(event.from)}`,
      ];
    default:
      return voteText(id, event) ?? transferText(id, event);
  }
}
