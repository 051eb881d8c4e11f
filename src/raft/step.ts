/**
 * The one way in for messages: the rules about terms first, then what the role
 * does (thesis figure 3.1, "Rules for Servers").
 *
 * @module
 */

import { campaign, stepVoteRequest, stepVoteResponse } from "./election.ts";
import { stepAppend, stepHeartbeat, stepSnapshot } from "./follower.ts";
import type {
  ForwardedProposal,
  Message,
  ReadIndexResponse,
  TermMessage,
  TimeoutNow,
} from "./message.ts";
import type { Progress } from "./progress.ts";
import { propose } from "./proposal.ts";
import { readIndex, transferLeadership } from "./requests.ts";
import {
  stepAppendRejection,
  stepAppendResponse,
  stepHeartbeatResponse,
} from "./responses.ts";
import type { RaftState } from "./state.ts";
import { stepStorageMessage } from "./storage_responses.ts";
import { isCurrent, isFromLeader } from "./terms.ts";

/**
 * What became of a message: taken in (or ignored, since it is stale), an answer of a
 * node that is no member, or a forwarded proposal that this node does not take either.
 */
export type StepOutcome = "taken" | "unknown-peer" | "proposal-dropped";

/** Takes in `message`. Messages that no longer mean anything are ignored. */
export function step(raft: RaftState, message: Message): StepOutcome {
  switch (message.kind) {
    case "storage-append-response":
    case "storage-apply-response":
      stepStorageMessage(raft, message);
      break;
    case "proposal":
      return stepProposal(raft, message);
    case "read-index":
      readIndex(raft, message.from, message.context);
      break;
    default:
      if (isCurrent(raft, message)) stepCurrent(raft, message);
  }
  return "taken";
}

function stepProposal(
  raft: RaftState,
  message: ForwardedProposal,
): StepOutcome {
  const { state } = propose(raft, message.entry);
  const isTaken = state === "accepted" || state === "refused" ||
    state === "forwarded";
  return isTaken ? "taken" : "proposal-dropped";
}

function stepCurrent(raft: RaftState, message: TermMessage): void {
  if (message.kind === "vote" || message.kind === "pre-vote") {
    stepVoteRequest(raft, message);
  } else if (raft.role === "leader") {
    stepAsLeader(raft, message);
  } else {
    if (isFromLeader(message)) meetLeader(raft, message.from);
    stepAsOther(raft, message);
  }
}

/** There is one leader in a term: whoever hears of it follows. */
function meetLeader(raft: RaftState, leader: number): void {
  if (raft.role === "follower") raft.hearOf(leader);
  else raft.becomeFollower(raft.term, leader);
}

function stepAsLeader(raft: RaftState, message: TermMessage): void {
  const { from } = message;
  if (message.kind === "transfer-leadership") {
    transferLeadership(raft, message.transferee);
    return;
  }
  const progress = raft.tracker.progress(from);
  if (progress === undefined) {
    raft.trace?.({ event: "no-progress", from });
    return;
  }
  stepAnswer(raft, progress, message);
}

function stepAnswer(
  raft: RaftState,
  progress: Progress,
  message: TermMessage,
): void {
  switch (message.kind) {
    case "append-response":
      stepAppendResponse(raft, progress, message);
      break;
    case "append-rejection":
      stepAppendRejection(raft, progress, message);
      break;
    case "heartbeat-response":
      stepHeartbeatResponse(raft, progress, message);
      break;
    default:
  }
}

/** Followers, candidates and pre-candidates. */
function stepAsOther(raft: RaftState, message: TermMessage): void {
  switch (message.kind) {
    case "append":
      stepAppend(raft, message);
      break;
    case "heartbeat":
      stepHeartbeat(raft, message);
      break;
    case "snapshot":
      stepSnapshot(raft, message);
      break;
    case "vote-response":
      if (raft.role === "candidate") stepVoteResponse(raft, message);
      break;
    case "pre-vote-response":
      if (raft.role === "pre-candidate") stepVoteResponse(raft, message);
      break;
    case "timeout-now":
      stepTimeoutNow(raft, message);
      break;
    case "transfer-leadership":
      transferLeadership(raft, message.transferee);
      break;
    case "read-index-response":
      stepReadIndexResponse(raft, message);
      break;
    default:
  }
}

function stepReadIndexResponse(
  raft: RaftState,
  { context, index }: ReadIndexResponse,
): void {
  if (raft.role === "follower") raft.readStates.push({ index, context });
}

/** A request that came late, when the leader had gone on with its log, is void. */
function stepTimeoutNow(raft: RaftState, message: TimeoutNow): void {
  const { from, lastIndex } = message;
  const { role, term } = raft;
  if (role !== "follower" || raft.log.lastIndex > lastIndex) {
    raft.trace?.({ event: "timeout-now-ignored", from, term, role });
    return;
  }
  raft.trace?.({ event: "timeout-now-received", from, term });
  campaign(raft, "transfer");
}
