/**
 * How a leader is chosen (thesis sections 3.4, 4.2.3 and 9.6).
 *
 * @module
 */

import { isChange } from "./entry.ts";
import { isUpToDate } from "./log_matching.ts";
import type {
  PreVoteRequest,
  PreVoteResponse,
  VoteRequest,
  VoteResponse,
} from "./message.ts";
import { broadcastAppend, startTerm } from "./replication.ts";
import { NO_NODE } from "./role.ts";
import type { RaftState } from "./state.ts";
import type { ElectionKind, Standing } from "./trace.ts";

/** Why a node campaigns: for itself, or since the leader has asked it to. */
export type CampaignReason = "own" | "transfer";

// -- The candidate --

/**
 * Starts an election, unless this node leads already or may not campaign.
 *
 * One that was asked for by the leader goes without pre-votes: nobody doubts that
 * there is going to be an election.
 *
 * @returns Whether an election was started.
 */
export function campaign(raft: RaftState, reason: CampaignReason): boolean {
  const refusal = campaignRefusal(raft);
  const { term } = raft;
  if (refusal !== undefined) {
    raft.trace?.({ event: "campaign-refused", reason: refusal, term });
    return false;
  }
  raft.trace?.({ event: "election-started", term });
  if (raft.config.preVote && reason === "own") startPreVote(raft);
  else startVote(raft, reason);
  return true;
}

function campaignRefusal(
  raft: RaftState,
): "leader" | "unpromotable" | "unapplied-change" | undefined {
  if (raft.role === "leader") return "leader";
  if (!raft.isPromotable()) return "unpromotable";
  return hasUnappliedChange(raft) ? "unapplied-change" : undefined;
}

/**
 * Whether a committed membership change is not applied here. A node that counted the
 * votes of the configuration before it could be elected by a quorum that has no node in
 * common with one of the configuration behind it.
 */
function hasUnappliedChange(raft: RaftState): boolean {
  const { log } = raft;
  const bytesMax = raft.config.applyingBytesMax;
  const high = log.committed + 1;
  let low = log.applied + 1;
  while (low < high) {
    const entries = log.entries(low, high, bytesMax);
    if (entries.some(isChange)) return true;
    low += entries.length;
  }
  return false;
}

function startPreVote(raft: RaftState): void {
  raft.becomePreCandidate();
  requestVotes(raft, "pre-vote", "own");
}

/**
 * The vote for itself leaves through storage: term and vote are on disk
 * before it counts, so a node that crashes cannot vote twice in a term.
 */
function startVote(raft: RaftState, reason: CampaignReason): void {
  raft.becomeCandidate();
  requestVotes(raft, "vote", reason);
}

function requestVotes(
  raft: RaftState,
  kind: ElectionKind,
  reason: CampaignReason,
): void {
  const { id: from } = raft;
  const last = raft.log.lastId();
  const term = kind === "vote" ? raft.term : raft.term + 1;
  for (const to of raft.tracker.voterNodes()) {
    if (to === from) {
      respond(raft, { kind, from }, true, term);
      continue;
    }
    raft.trace?.({ event: "vote-requested", kind, to, last, term: raft.term });
    if (kind === "pre-vote") {
      raft.send({ kind, from, to, term, last });
    } else {
      const isTransfer = reason === "transfer";
      raft.send({ kind, from, to, term, last, isTransfer });
    }
  }
}

/**
 * Counts an answer at a candidate or pre-candidate.
 *
 * A candidate leads when its vote for itself is among those counted, which says that its
 * disk holds the term, even where the others are a quorum. If it led sooner, it could
 * crash, forget the term, be elected for it once more by the same votes, and put other
 * entries where it had put some.
 */
export function stepVoteResponse(
  raft: RaftState,
  message: VoteResponse | PreVoteResponse,
): void {
  const { from, granted } = message;
  const kind = message.kind === "vote-response" ? "vote" : "pre-vote";
  raft.trace?.({
    event: "vote-received",
    kind,
    from,
    granted,
    term: raft.term,
  });
  raft.tracker.recordVote(from, granted);
  const tally = raft.tracker.tallyVotes();
  const { rejected } = tally;
  raft.trace?.({
    event: "votes-counted",
    kind,
    granted: tally.granted,
    rejected,
  });
  if (tally.result === "lost") {
    raft.becomeFollower(raft.term, NO_NODE);
  } else if (tally.result === "won") {
    if (kind === "pre-vote") startVote(raft, "own");
    else if (raft.tracker.votes.get(raft.id) === true) lead(raft);
  }
}

function lead(raft: RaftState): void {
  raft.becomeLeader();
  startTerm(raft);
  broadcastAppend(raft);
}

// -- The voter --

/**
 * Whether this node has heard of a leader so lately that it has promised not to take
 * part in an election (thesis section 4.2.3): removed or cut off nodes cannot disturb
 * the group then.
 */
export function isInLease(raft: RaftState): boolean {
  const { checkQuorum, electionTicks } = raft.config;
  return checkQuorum && raft.leader !== NO_NODE &&
    raft.electionElapsed < electionTicks;
}

/**
 * Answers a request of this term, or a pre-vote of a later one. Whether this node is
 * a voter plays no part: the candidate's configuration, which asks for its vote, may
 * be newer than its own.
 */
export function stepVoteRequest(
  raft: RaftState,
  message: VoteRequest | PreVoteRequest,
): void {
  const granted = mayVoteFor(raft, message);
  const own = standing(raft);
  raft.trace?.({ event: "vote-answered", message, granted, own });
  // A granted pre-vote goes back with the term that was asked for: the asker ignores
  // answers of older terms, and this node may lag behind it.
  respond(raft, message, granted, granted ? message.term : raft.term);
  if (granted && message.kind === "vote") raft.grantVote(message.from);
}

function mayVoteFor(
  raft: RaftState,
  message: VoteRequest | PreVoteRequest,
): boolean {
  const { from, kind, last, term } = message;
  const isFree = raft.vote === from ||
    (raft.vote === NO_NODE && raft.leader === NO_NODE) ||
    (kind === "pre-vote" && term > raft.term);
  return isFree && isUpToDate(raft.log, last);
}

/** Refuses a pre-vote of an older term, so that the asker learns of this one. */
export function refusePreVote(raft: RaftState, message: PreVoteRequest): void {
  const own = standing(raft);
  raft.trace?.({ event: "vote-answered", message, granted: false, own });
  respond(raft, message, false, raft.term);
}

/** Where this node stands, to tell an observer. */
export function standing({ log, vote, term }: RaftState): Standing {
  return { last: log.lastId(), vote, term };
}

function respond(
  raft: RaftState,
  request: { readonly kind: ElectionKind; readonly from: number },
  granted: boolean,
  term: number,
): void {
  const kind = request.kind === "vote" ? "vote-response" : "pre-vote-response";
  raft.send({ kind, from: raft.id, to: request.from, term, granted });
}
