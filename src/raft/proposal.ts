/**
 * Entries that clients and operators want in the log.
 *
 * @module
 */

import { type ConfChange, leavesJoint } from "./change.ts";
import { decodeConfChange } from "./change_codec.ts";
import { EMPTY_DATA, isChange, type ProposedEntry } from "./entry.ts";
import { isJoint } from "./joint_quorum.ts";
import { changeMembers } from "./membership.ts";
import { appendOwn, broadcastAppend, hasRoomFor } from "./replication.ts";
import { NO_NODE } from "./role.ts";
import type { RaftState } from "./state.ts";

/** What became of a proposal. */
export type ProposalResult =
  | {
    /** The entry is in the leader's log. It is committed when `Ready.committed` has it. */
    readonly state: "accepted";
    /** Its index. */
    readonly index: number;
    /** Its term. Another entry at `index` means that it was lost. */
    readonly term: number;
  }
  | {
    /** A membership change may not be made now. An empty entry took its place. */
    readonly state: "refused";
    /** Why, in etcd's words. */
    readonly reason: string;
  }
  | {
    /** The entry is on its way to the leader; nothing more will be heard of it. */
    readonly state: "forwarded";
    /** The leader. */
    readonly leader: number;
  }
  | {
    /** This node does not lead, or is no member any more; nothing was appended. */
    readonly state: "not-leader";
    /** The leader as far as known, 0 = none. */
    readonly leader: number;
  }
  | {
    /** The leader is handing over; nothing was appended. */
    readonly state: "transferring";
    /** Who is going to lead. */
    readonly to: number;
  }
  | {
    /** Too many bytes wait to be committed; nothing was appended. */
    readonly state: "too-much-uncommitted";
  };

/** Takes a proposal: appends it at a leader, hands it on at a follower. */
export function propose(
  raft: RaftState,
  proposed: ProposedEntry,
): ProposalResult {
  const { leader, role } = raft;
  if (role === "leader") return proposeAsLeader(raft, proposed);
  if (role !== "follower" || leader === NO_NODE) return drop(raft, "no-leader");
  if (raft.config.disableProposalForwarding) return drop(raft, "not-forwarded");
  const { id: from } = raft;
  raft.send({ kind: "proposal", from, to: leader, entry: proposed });
  return { state: "forwarded", leader };
}

function drop(
  raft: RaftState,
  reason: "no-leader" | "not-forwarded",
): ProposalResult {
  const { leader, term, transferee } = raft;
  raft.trace?.({ event: "proposal-dropped", reason, leader, term, transferee });
  return { state: "not-leader", leader };
}

function proposeAsLeader(
  raft: RaftState,
  proposed: ProposedEntry,
): ProposalResult {
  const { id, leader, term, transferee } = raft;
  // Removed while it led: what it appended might never be committed by the others.
  if (raft.tracker.progress(id) === undefined) {
    return { state: "not-leader", leader: NO_NODE };
  }
  const dropped = { event: "proposal-dropped", leader, term, transferee };
  if (transferee !== NO_NODE) {
    raft.trace?.({ ...dropped, event: "proposal-dropped", reason: "transfer" });
    return { state: "transferring", to: transferee };
  }
  const reason = isChange(proposed) ? refusal(raft, proposed) : undefined;
  const entry = reason === undefined ? proposed : { data: EMPTY_DATA };
  if (!hasRoomFor(raft, entry.data.length)) {
    raft.trace?.({ ...dropped, event: "proposal-dropped", reason: "too-much" });
    return { state: "too-much-uncommitted" };
  }
  const index = appendOwn(raft, entry);
  if (isChange(entry)) raft.pendingChangeIndex = index;
  broadcastAppend(raft);
  if (reason !== undefined) return { state: "refused", reason };
  return { state: "accepted", index, term };
}

/** Why a membership change may not be made now. */
function refusal(
  raft: RaftState,
  proposed: ProposedEntry,
): string | undefined {
  const change = decodeConfChange(proposed.data);
  // A forwarded proposal holds what another node has made of it.
  if (change === undefined) return "not a conf change";
  const reason = checkChange(raft, change);
  if (reason === undefined || raft.config.disableChangeValidation) {
    return undefined;
  }
  const { configuration } = raft.tracker;
  const isV1 = proposed.kind === "change-v1";
  raft.trace?.({
    event: "change-refused",
    change,
    isV1,
    configuration,
    reason,
  });
  return reason;
}

/**
 * One change at a time: the next one may be proposed when the one before it is
 * applied, so that any quorum before and any after have a node in common (thesis
 * section 4.1). The index that is compared lies behind all changes of earlier terms too.
 */
function checkChange(raft: RaftState, change: ConfChange): string | undefined {
  const pending = raft.pendingChangeIndex;
  const { applied } = raft.log;
  const isInJoint = isJoint(raft.tracker.configuration.voters);
  const leaves = leavesJoint(change);
  if (pending > applied) {
    return `possible unapplied conf change at index ${pending} (applied to ${applied})`;
  }
  if (isInJoint && !leaves) return "must transition out of joint config first";
  if (!isInJoint && leaves) {
    return "not in joint state; refusing empty conf change";
  }
  // No change lies between this one and the members, so it will be applied to these:
  // one that cannot be made then would stop every node, again and again.
  const result = changeMembers(raft.tracker, raft.log.lastIndex, change);
  return result.state === "refused" ? result.reason : undefined;
}
