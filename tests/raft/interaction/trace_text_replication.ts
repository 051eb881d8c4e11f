/**
 * Log lines about the log: how a leader sends it, how a follower takes it.
 *
 * @module
 */

import type { Snapshot } from "../../../src/raft/mod.ts";
import type { TraceEvent } from "../../../src/raft/trace.ts";
import { describeProgress } from "../describe.ts";
import { hex } from "./describe_message.ts";
import type { LogLine } from "./trace_text.ts";

function place({ index, term }: { index: number; term: number }): string {
  return `[index: ${index}, term: ${term}]`;
}

function leaderText(id: string, event: TraceEvent): LogLine | undefined {
  switch (event.event) {
    case "append-refused": {
      const { from, hint, index } = event.message;
      return [
        "DEBUG",
        `${id} received MsgAppResp(rejected, hint: (index ${hint.index}, term ` +
        `${hint.term})) from ${hex(from)} for index ${index}`,
      ];
    }
    case "progress-decreased": {
      const progress = describeProgress(event.progress);
      const to = hex(event.to);
      return ["DEBUG", `${id} decreased progress of ${to} to [${progress}]`];
    }
    case "replication-paused":
      return [
        "DEBUG",
        `${id} paused sending replication messages to ${hex(event.to)} ` +
        `[${describeProgress(event.progress)}]`,
      ];
    case "unreachable":
      return [
        "DEBUG",
        `${id} failed to send message to ${hex(event.from)} because it is ` +
        `unreachable [${describeProgress(event.progress)}]`,
      ];
    default:
      return undefined;
  }
}

function sendingText(id: string, event: TraceEvent): LogLine | undefined {
  const resumed = "resumed sending replication messages to";
  switch (event.event) {
    case "snapshot-sent": {
      const { log, progress, snapshot } = event;
      return [
        "DEBUG",
        `${id} [firstindex: ${log.firstIndex}, commit: ${log.committed}] sent ` +
        `snapshot${place(snapshot)} to ${hex(event.to)} ` +
        `[${describeProgress(progress)}]`,
      ];
    }
    case "snapshot-not-sent": {
      const to = hex(event.to);
      return [
        "DEBUG",
        event.reason === "inactive"
          ? `ignore sending snapshot to ${to} since it is not recently active`
          : `${id} failed to send snapshot to ${to} because snapshot is ` +
            "temporarily unavailable",
      ];
    }
    case "snapshot-overtaken":
      return [
        "DEBUG",
        `${id} recovered from needing snapshot, ${resumed} ${
          hex(event.from)
        } ` +
        `[${describeProgress(event.progress)}]`,
      ];
    case "snapshot-reported":
      return [
        "DEBUG",
        `${id} snapshot ${event.isSent ? "succeeded" : "failed"}, ${resumed} ` +
        `${hex(event.from)} [${describeProgress(event.progress)}]`,
      ];
    default:
      return undefined;
  }
}

function droppedText(
  id: string,
  event: TraceEvent & { readonly event: "proposal-dropped" },
): LogLine {
  const { leader, reason, term, transferee } = event;
  switch (reason) {
    case "no-leader":
      return ["INFO", `${id} no leader at term ${term}; dropping proposal`];
    case "not-forwarded":
      return [
        "INFO",
        `${id} not forwarding to leader ${hex(leader)} at term ${term}; ` +
        "dropping proposal",
      ];
    case "transfer":
      return [
        "DEBUG",
        `${id} [term ${term}] transfer leadership to ${
          hex(transferee)
        } is in ` +
        "progress; dropping proposal",
      ];
    case "too-much":
      return [
        "WARN",
        `${id} appending new entries to log would exceed uncommitted entry ` +
        "size limit; dropping proposal",
      ];
  }
}

function stableText(id: string, event: TraceEvent): LogLine | undefined {
  switch (event.event) {
    case "stable-ignored": {
      const { index, term } = event.id;
      if (event.outcome === "missing") {
        const what = `entry at index ${index} missing from unstable log`;
        return ["INFO", `${what}; ignoring`];
      }
      if (event.outcome === "in-snapshot") {
        const what = `entry at index ${index} matched unstable snapshot`;
        return ["INFO", `${what}; ignoring`];
      }
      return [
        "INFO",
        `entry at (index,term)=(${index},${term}) mismatched with entry at ` +
        `(${index},${event.ownTerm}) in unstable log; ignoring`,
      ];
    }
    case "stable-outdated":
      return [
        "INFO",
        `${id} [term: ${event.term}] ignored entry appends from a ` +
        "MsgStorageAppendResp message with lower term " +
        `[term: ${event.messageTerm}]`,
      ];
    default:
      return undefined;
  }
}

function appendText(id: string, event: TraceEvent): LogLine | undefined {
  switch (event.event) {
    case "append-rejected": {
      const { from, ownTerm, previous } = event;
      return [
        "DEBUG",
        `${id} [logterm: ${ownTerm}, index: ${previous.index}] rejected MsgApp ` +
        `[logterm: ${previous.term}, index: ${previous.index}] from ${
          hex(from)
        }`,
      ];
    }
    case "conflict":
      return [
        "INFO",
        `found conflict at index ${event.index} [existing term: ` +
        `${event.existingTerm}, conflicting term: ${event.conflictingTerm}]`,
      ];
    case "unstable-replaced": {
      const verb = event.isAll ? "replace" : "truncate";
      const where = event.isAll ? "from" : "before";
      return [
        "INFO",
        `${verb} the unstable entries ${where} index ${event.from}`,
      ];
    }
    default:
      return undefined;
  }
}

function restoringText(
  event: TraceEvent & { readonly event: "snapshot-restoring" },
): LogLine {
  const { log, snapshot } = event;
  const { inProgress, length, offset } = log.unstable;
  return [
    "INFO",
    `log [committed=${log.committed}, applied=${log.applied}, applying=` +
    `${log.applying}, unstable.offset=${offset}, unstable.offsetInProgress=` +
    `${inProgress}, len(unstable.Entries)=${length}] starts to restore ` +
    `snapshot ${place(snapshot)}`,
  ];
}

function refusedText(id: string, snapshot: Snapshot): LogLine {
  const { voters, learners } = snapshot.confState;
  const ids = [
    ...voters.map((one) => `voters:${one}`),
    ...learners.map((one) => `learners:${one}`),
  ].join(" ");
  return [
    "WARN",
    `${id} attempted to restore snapshot but it is not in the ConfState ` +
    `${ids}; should never happen`,
  ];
}

function snapshotText(id: string, event: TraceEvent): LogLine | undefined {
  switch (event.event) {
    case "snapshot-restoring":
      return restoringText(event);
    case "snapshot-refused":
      return refusedText(id, event.snapshot);
    case "snapshot-restored": {
      const { isForward, log, snapshot } = event;
      const last = log.lastId();
      const verb = isForward
        ? "fast-forwarded commit to snapshot"
        : "restored snapshot";
      return [
        "INFO",
        `${id} [commit: ${log.committed}, lastindex: ${last.index}, lastterm: ` +
        `${last.term}] ${verb} ${place(snapshot)}`,
      ];
    }
    case "snapshot-handled": {
      const verb = event.isRestored ? "restored" : "ignored";
      return [
        "INFO",
        `${id} [commit: ${event.committed}] ${verb} snapshot ` +
        place(event.snapshot),
      ];
    }
    default:
      return undefined;
  }
}

/** See `logLine()`. */
export function replicationText(
  id: string,
  event: TraceEvent,
): LogLine | undefined {
  if (event.event === "proposal-dropped") return droppedText(id, event);
  if (event.event === "read-dropped") {
    const why = `no leader at term ${event.term}`;
    return ["INFO", `${id} ${why}; dropping index reading msg`];
  }
  return leaderText(id, event) ?? sendingText(id, event) ??
    stableText(id, event) ?? appendText(id, event) ?? snapshotText(id, event);
}
