/**
 * The rules about terms, which come before everything that a role does (thesis
 * sections 3.3 and 4.2.3).
 *
 * @module
 */

import { isInLease, refusePreVote, standing } from "./election.ts";
import type {
  Append,
  Heartbeat,
  SnapshotMessage,
  TermMessage,
} from "./message.ts";
import { NO_NODE } from "./role.ts";
import type { RaftState } from "./state.ts";

/** Applies the rules about terms; whether `message` still has to be looked at. */
export function isCurrent(raft: RaftState, message: TermMessage): boolean {
  if (ignoresVote(raft, message)) return false;
  if (message.term < raft.term) {
    meetOlderTerm(raft, message);
    return false;
  }
  if (message.term > raft.term) meetNewerTerm(raft, message);
  return true;
}

/**
 * Whether `message` asks for a vote that this node has promised not to give. One that
 * the leader itself has asked for does not break the promise.
 */
function ignoresVote(raft: RaftState, message: TermMessage): boolean {
  const { kind, term } = message;
  if (kind !== "vote" && kind !== "pre-vote") return false;
  if (kind === "vote" && message.isTransfer) return false;
  const leaseTicks = term > raft.term && isInLease(raft)
    ? raft.config.electionTicks - raft.electionElapsed
    : 0;
  const ticksLeft = Math.max(leaseTicks, raft.quietTicks);
  if (ticksLeft === 0) return false;
  const own = standing(raft);
  raft.trace?.({ event: "vote-ignored", message, own, ticksLeft });
  return true;
}

/**
 * A newer term makes this node a follower, unless the message only asks about a term
 * that nobody has entered yet.
 */
function meetNewerTerm(raft: RaftState, message: TermMessage): void {
  const { kind, term } = message;
  if (kind === "pre-vote") return;
  // Granted, it says nothing about the voter's term.
  if (kind === "pre-vote-response" && message.granted) return;
  raft.trace?.({ event: "higher-term", message, term: raft.term });
  raft.becomeFollower(term, isFromLeader(message) ? message.from : NO_NODE);
}

/** Whether only the leader of its term can have sent `message`. */
export function isFromLeader(
  message: TermMessage,
): message is Append | Heartbeat | SnapshotMessage {
  return message.kind === "append" || message.kind === "heartbeat" ||
    message.kind === "snapshot";
}

/**
 * A message of an older term is stale. The sender is told so where it might be stuck
 * otherwise: a leader whose messages are not answered, since this node went on to a
 * later term alone and its votes are ignored by the others; and a pre-candidate.
 */
function meetOlderTerm(raft: RaftState, message: TermMessage): void {
  const { checkQuorum, preVote } = raft.config;
  const { from: to, kind } = message;
  const { id: from, term } = raft;
  const isOfLeader = kind === "heartbeat" || kind === "append";
  if (isOfLeader && (checkQuorum || preVote)) {
    raft.send({ kind: "append-response", from, to, term, index: 0 });
  } else if (kind === "pre-vote") {
    refusePreVote(raft, message);
  } else {
    raft.trace?.({ event: "lower-term", message, term });
  }
}
