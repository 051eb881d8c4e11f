/**
 * How a node's members change (thesis chapter 4): when the entry that says so is
 * applied, not when it is appended.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import { type ConfChange, LEAVE_JOINT } from "./change.ts";
import { encodeConfChange } from "./change_codec.ts";
import type { ConfState } from "./configuration.ts";
import { changeMembers } from "./membership.ts";
import { propose } from "./proposal.ts";
import {
  afterChangeOfQuorum,
  broadcastAppend,
  maybeSendAppend,
} from "./replication.ts";
import { NO_NODE } from "./role.ts";
import type { RaftState } from "./state.ts";
import { abortTransfer } from "./transfer.ts";

/**
 * Makes the change of the entry at `index`, which is being applied. Nothing is done if a
 * snapshot has brought newer members meanwhile.
 *
 * @returns The members from now on.
 */
export function applyChange(
  raft: RaftState,
  index: number,
  change: ConfChange,
): ConfState {
  if (index <= raft.membersIndex) return raft.tracker.confState();
  raft.membersIndex = index;
  const result = changeMembers(raft.tracker, raft.log.lastIndex, change);
  assert(
    result.state === "changed",
    `a committed change can be made: ${"reason" in result && result.reason}`,
  );
  raft.tracker.setConfiguration(result.configuration, result.progress);
  return membersChanged(raft);
}

/**
 * Goes on with members that are new: a leader that is none of them steps down if it
 * is told to, another one looks whether more is committed now.
 *
 * @returns The members.
 */
export function membersChanged(raft: RaftState): ConfState {
  const { tracker } = raft;
  const { configuration } = tracker;
  raft.trace?.({ event: "configured", configuration });
  const confState = tracker.confState();
  if (raft.role !== "leader") return confState;
  if (tracker.progress(raft.id)?.isLearner ?? true) {
    if (raft.config.stepDownOnRemoval) raft.becomeFollower(raft.term, NO_NODE);
    return confState;
  }
  if (confState.voters.length > 0) replicateToMembers(raft);
  return confState;
}

function replicateToMembers(raft: RaftState): void {
  if (afterChangeOfQuorum(raft)) {
    broadcastAppend(raft);
  } else {
    // New members need not wait for a heartbeat or a proposal.
    for (const id of raft.tracker.progressMap.keys()) {
      if (id !== raft.id) maybeSendAppend(raft, id, false);
    }
  }
  const { transferee } = raft;
  if (transferee !== NO_NODE && !raft.tracker.isVoter(transferee)) {
    abortTransfer(raft, "no-voter");
  }
}

/**
 * Entries up to `index`, of `bytes`, are applied. The leader leaves a joint
 * configuration by itself then, if the change said so.
 */
export function appliedTo(raft: RaftState, index: number, bytes: number): void {
  raft.log.appliedTo(index, bytes);
  leaveJointIfDue(raft);
}

/** The snapshot of `index` is on disk, and the state machine is the one in it. */
export function appliedSnapshot(raft: RaftState, index: number): void {
  raft.log.snapshotStableTo(index);
  leaveJointIfDue(raft);
}

/**
 * The proposal is empty, so it is never refused for its size; while leadership is
 * being transferred it is, and tried again with each entry applied.
 */
function leaveJointIfDue(raft: RaftState): void {
  const { configuration } = raft.tracker;
  if (!configuration.autoLeave || raft.role !== "leader") return;
  if (raft.log.applied < raft.pendingChangeIndex) return;
  const data = encodeConfChange(LEAVE_JOINT);
  const { state } = propose(raft, { kind: "change", data });
  const isInitiated = state === "accepted" || state === "refused";
  raft.trace?.({ event: "auto-leave", configuration, isInitiated });
}
