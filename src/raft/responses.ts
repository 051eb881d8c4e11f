/**
 * What a leader learns from the answers of the other members.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import { findConflictByTerm } from "./log_matching.ts";
import type {
  AppendRejection,
  AppendResponse,
  HeartbeatResponse,
} from "./message.ts";
import type { Progress } from "./progress.ts";
import { answerConfirmedReads } from "./read_index.ts";
import {
  broadcastAppend,
  maybeCommit,
  maybeSendAppend,
  sendAppend,
} from "./replication.ts";
import type { RaftState } from "./state.ts";
import { continueTransfer } from "./transfer.ts";

/** A member holds the log up to an index. */
export function stepAppendResponse(
  raft: RaftState,
  progress: Progress,
  message: AppendResponse,
): void {
  const { from, index } = message;
  assert(index <= raft.log.lastIndex, "a member has the leader's log");
  progress.recentActive = true;
  const isNew = progress.maybeUpdate(index);
  // A probe that finds nothing new still ends the probing.
  const endsProbe = progress.state === "probe" && progress.match === index;
  if (!isNew && !endsProbe) return;
  resumeReplication(raft, progress, message);
  if (maybeCommit(raft)) {
    broadcastAppend(raft);
  } else if (from !== raft.id && progress.canBumpCommit(raft.log.committed)) {
    // It may not know the newest commit index, and need not wait for a heartbeat.
    sendAppend(raft, from);
  }
  if (from !== raft.id) {
    // More than one append may fit into the window now.
    while (maybeSendAppend(raft, from, false));
  }
  continueTransfer(raft, from);
}

function resumeReplication(
  raft: RaftState,
  progress: Progress,
  { from, index }: AppendResponse,
): void {
  switch (progress.state) {
    case "probe":
      progress.becomeReplicate();
      break;
    case "snapshot":
      // Whatever snapshot it was that the member holds now: the log goes on behind it.
      if (progress.match + 1 < raft.log.firstIndex) return;
      raft.trace?.({ event: "snapshot-overtaken", from, progress });
      progress.becomeProbe();
      progress.becomeReplicate();
      break;
    case "replicate":
      progress.inflights.freeTo(index);
      break;
  }
}

/**
 * A member's log lacks the entry before those of an append. The next try goes to the
 * newest entry that both logs may have: the member's hint says what it has, and the
 * leader skips what of it cannot be its own.
 */
export function stepAppendRejection(
  raft: RaftState,
  progress: Progress,
  message: AppendRejection,
): void {
  const { from, index, hint } = message;
  progress.recentActive = true;
  raft.trace?.({ event: "append-refused", message });
  const match = hint.term === 0
    ? hint.index
    : findConflictByTerm(raft.log, hint.index, hint.term).index;
  if (!progress.maybeDecrTo(index, match)) return;
  raft.trace?.({ event: "progress-decreased", to: from, progress });
  if (progress.state === "replicate") progress.becomeProbe();
  sendAppend(raft, from);
}

/** A member has heard a heartbeat. */
export function stepHeartbeatResponse(
  raft: RaftState,
  progress: Progress,
  { from, round }: HeartbeatResponse,
): void {
  progress.recentActive = true;
  progress.msgAppFlowPaused = false;
  // An append that fills the window may be lost, and a probe of a node that has
  // everything is not answered by itself: one more goes out, empty if need be.
  if (progress.match < raft.log.lastIndex || progress.state === "probe") {
    sendAppend(raft, from);
  }
  raft.rounds.answer(from, round);
  answerConfirmedReads(raft);
}

/** The owner of this node reports what became of a snapshot that it sent for raft. */
export function reportSnapshot(
  raft: RaftState,
  from: number,
  isSent: boolean,
): void {
  const progress = raft.tracker.progress(from);
  if (progress?.state !== "snapshot") return;
  if (isSent) progress.becomeProbe();
  else progress.abortSnapshot();
  raft.trace?.({ event: "snapshot-reported", from, isSent, progress });
  // Sent: the member's answer comes next. Failed: try again after a heartbeat.
  progress.msgAppFlowPaused = true;
}

/** The owner of this node could not reach another one: appends may be lost. */
export function reportUnreachable(raft: RaftState, from: number): void {
  const progress = raft.tracker.progress(from);
  if (progress === undefined) return;
  if (progress.state === "replicate") progress.becomeProbe();
  raft.trace?.({ event: "unreachable", from, progress });
}

/** The node `from` has lost some of the log that it acknowledged. */
export function reportLost(raft: RaftState, from: number): void {
  if (raft.role !== "leader" || from === raft.id) return;
  raft.tracker.progress(from)?.forget(raft.log.lastIndex + 1);
}
