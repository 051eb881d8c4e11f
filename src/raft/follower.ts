/**
 * What a follower does with what its leader sends.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import {
  type AppendResult,
  findConflictByTerm,
  matchAndAppend,
} from "./log_matching.ts";
import type { Append, Heartbeat, SnapshotMessage } from "./message.ts";
import { membersChanged } from "./reconfiguration.ts";
import { hasMember, type Snapshot } from "./snapshot.ts";
import type { RaftState } from "./state.ts";

/** Takes entries, or tells the leader where the logs may match. */
export function stepAppend(raft: RaftState, message: Append): void {
  const { commit, entries, from, previous } = message;
  const { committed } = raft.log;
  if (previous.index < committed) {
    acknowledge(raft, from, committed);
    return;
  }
  const result = matchAndAppend(raft.log, previous, entries, commit);
  if (result.state === "matched") {
    traceAppend(raft, result);
    acknowledge(raft, from, result.lastIndex);
  } else {
    rejectAppend(raft, message);
  }
}

/**
 * The hint is the newest entry that may match: no newer than the one that is missing,
 * nor of a newer term. It cannot lie before the committed part, which does match.
 */
function rejectAppend(raft: RaftState, { from, previous }: Append): void {
  const { id, log, term } = raft;
  const { index } = previous;
  const ownTerm = log.termAt(index) ?? 0;
  raft.trace?.({ event: "append-rejected", from, previous, ownTerm });
  const upTo = Math.min(index, log.lastIndex);
  const hint = findConflictByTerm(log, upTo, previous.term);
  raft.send({
    kind: "append-rejection",
    from: id,
    to: from,
    term,
    index,
    hint,
  });
}

function acknowledge(raft: RaftState, to: number, index: number): void {
  const { id: from, term } = raft;
  raft.send({ kind: "append-response", from, to, term, index });
}

function traceAppend(
  raft: RaftState,
  result: Extract<AppendResult, { state: "matched" }>,
): void {
  const { conflict, newFrom, outcome } = result;
  if (conflict !== undefined) raft.trace?.({ event: "conflict", ...conflict });
  if (outcome === undefined || outcome === "appended") return;
  const isAll = outcome === "replaced";
  raft.trace?.({ event: "unstable-replaced", from: newFrom, isAll });
}

/** Answers a heartbeat. */
export function stepHeartbeat(raft: RaftState, message: Heartbeat): void {
  const { commit, from: to, round } = message;
  raft.log.commitTo(commit);
  const { id: from, term } = raft;
  raft.send({ kind: "heartbeat-response", from, to, term, round });
}

/** Takes the leader's snapshot, unless the log has what is in it. */
export function stepSnapshot(raft: RaftState, message: SnapshotMessage): void {
  const { from, snapshot } = message;
  const isRestored = restore(raft, snapshot);
  const { committed, lastIndex } = raft.log;
  raft.trace?.({ event: "snapshot-handled", snapshot, committed, isRestored });
  acknowledge(raft, from, isRestored ? lastIndex : committed);
}

/**
 * Replaces log and members by `snapshot`.
 *
 * @returns False if nothing had to be replaced, or nothing may be.
 */
function restore(raft: RaftState, snapshot: Snapshot): boolean {
  const { log } = raft;
  assert(raft.role === "follower", "only followers take snapshots");
  if (snapshot.index <= log.committed) return false;
  // Who is no member has nobody to follow, and would never get anything else.
  if (!hasMember(snapshot, raft.id)) {
    raft.trace?.({ event: "snapshot-refused", snapshot });
    return false;
  }
  if (log.matches(snapshot)) {
    raft.trace?.({
      event: "snapshot-restored",
      snapshot,
      log,
      isForward: true,
    });
    log.commitTo(snapshot.index);
    return false;
  }
  raft.trace?.({ event: "snapshot-restoring", snapshot, log });
  log.restore(snapshot);
  raft.restoreMembers(snapshot.confState);
  raft.membersIndex = snapshot.index;
  membersChanged(raft);
  raft.trace?.({ event: "snapshot-restored", snapshot, log, isForward: false });
  return true;
}
