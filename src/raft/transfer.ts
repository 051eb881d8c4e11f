/**
 * How a leader hands over to another voter (thesis section 3.10).
 *
 * @module
 */

import { sendAppend } from "./replication.ts";
import { NO_NODE } from "./role.ts";
import type { RaftState } from "./state.ts";
import type { AbortReason } from "./trace.ts";

/**
 * Starts to hand over to `to`, once its log is complete; until then, and until an
 * election timeout has passed, the leader takes no proposals.
 */
export function startTransfer(raft: RaftState, to: number): void {
  const progress = raft.tracker.progress(to);
  const reason = refusal(raft, to);
  if (progress === undefined || reason !== undefined) {
    if (reason === undefined) return;
    const { term } = raft;
    raft.trace?.({ event: "transfer-ignored", reason, to, term });
    return;
  }
  if (raft.transferee !== NO_NODE) abortTransfer(raft, "replaced");
  if (to === raft.id) return ignoreOwn(raft);
  raft.trace?.({ event: "transfer-started", to, term: raft.term });
  raft.electionElapsed = 0;
  raft.transferee = to;
  if (progress.match === raft.log.lastIndex) {
    sendTimeoutNow(raft, to, true);
  } else {
    sendAppend(raft, to);
  }
}

function refusal(
  raft: RaftState,
  to: number,
): "learner" | "same" | undefined {
  if (raft.tracker.progress(to)?.isLearner === true) return "learner";
  return raft.transferee === to ? "same" : undefined;
}

function ignoreOwn(raft: RaftState): void {
  const { id: to, term } = raft;
  raft.trace?.({ event: "transfer-ignored", reason: "self", to, term });
}

/** Gives the transfer under way up; the node may campaign all the same. */
export function abortTransfer(raft: RaftState, reason: AbortReason): void {
  const { transferee: to, term } = raft;
  raft.transferee = NO_NODE;
  raft.trace?.({ event: "transfer-aborted", to, term, reason });
}

/** The node `from` has acknowledged more of the log. */
export function continueTransfer(raft: RaftState, from: number): void {
  if (from !== raft.transferee) return;
  if (raft.tracker.progress(from)?.match !== raft.log.lastIndex) return;
  sendTimeoutNow(raft, from, false);
}

function sendTimeoutNow(
  raft: RaftState,
  to: number,
  isImmediate: boolean,
): void {
  const { id: from, term } = raft;
  const { lastIndex } = raft.log;
  raft.send({ kind: "timeout-now", from, to, term, lastIndex });
  raft.trace?.({ event: "timeout-now-sent", to, isImmediate });
}
