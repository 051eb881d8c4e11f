/**
 * How a leader's entries reach the others and become committed (thesis sections 3.5
 * and 3.6).
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import {
  dataBytes,
  EMPTY_DATA,
  type Entry,
  type EntryId,
  type ProposedEntry,
} from "./entry.ts";
import type { Progress } from "./progress.ts";
import { answerConfirmedReads, releasePostponedReads } from "./read_index.ts";
import { hasMember } from "./snapshot.ts";
import type { RaftState } from "./state.ts";

/**
 * Appends the empty entry with which a leader starts its term, and sends it: entries
 * of earlier terms are committed along with it, never by counting (thesis section
 * 3.6.2).
 */
export function startTerm(raft: RaftState): void {
  appendOwn(raft, { data: EMPTY_DATA });
}

/**
 * Whether the leader takes a proposal of `bytes` more bytes. The first one and
 * empty ones always go, so that a single large proposal cannot be refused for ever.
 */
export function hasRoomFor(raft: RaftState, bytes: number): boolean {
  if (raft.uncommittedBytes === 0 || bytes === 0) return true;
  return raft.uncommittedBytes + bytes <= raft.config.uncommittedBytesMax;
}

/**
 * Appends an entry of this term to the leader's own log. The leader acknowledges
 * it like any voter, once its disk holds it.
 *
 * @returns Index of the entry.
 */
export function appendOwn(raft: RaftState, proposed: ProposedEntry): number {
  assert(raft.role === "leader", "only a leader appends entries of its own");
  const index = raft.log.lastIndex + 1;
  const entry: Entry = { ...proposed, term: raft.term, index };
  raft.uncommittedBytes += entry.data.length;
  raft.log.append([entry]);
  raft.send({
    kind: "append-response",
    from: raft.id,
    to: raft.id,
    term: raft.term,
    index,
  });
  return index;
}

// -- Sending --

/** Sends each other member what it lacks, or the commit index alone. */
export function broadcastAppend(raft: RaftState): void {
  for (const id of raft.tracker.progressMap.keys()) {
    if (id !== raft.id) sendAppend(raft, id);
  }
}

/** Sends `to` an append, an empty one if there is nothing to send. */
export function sendAppend(raft: RaftState, to: number): void {
  maybeSendAppend(raft, to, true);
}

/**
 * Sends `to` one append of entries that it lacks, or a snapshot if they are compacted
 * away, unless it has to wait.
 *
 * @param sendIfEmpty Whether an append without entries is worth sending.
 * @returns Whether anything was sent.
 */
export function maybeSendAppend(
  raft: RaftState,
  to: number,
  sendIfEmpty: boolean,
): boolean {
  const progress = raft.tracker.progress(to);
  if (progress === undefined || progress.isPaused()) return false;
  const index = progress.next - 1;
  const term = raft.log.termAt(index);
  // Even an empty append needs the term of the entry before it.
  if (term === undefined) return maybeSendSnapshot(raft, to, progress);
  const entries = nextEntries(raft, progress);
  if (entries.length === 0 && !sendIfEmpty) return false;
  sendEntries(raft, to, { index, term }, entries);
  progress.updateOnEntriesSend(entries.length, dataBytes(entries));
  progress.updateOnCommitSend(raft.log.committed);
  return true;
}

/**
 * Entries that the node lacks, as many as one append takes. None while its window is
 * full: an empty append still goes out now and then (its answer empties the window if
 * all that was in flight is lost).
 */
function nextEntries(raft: RaftState, progress: Progress): readonly Entry[] {
  const { log } = raft;
  const isFull = progress.state === "replicate" && progress.inflights.isFull();
  if (isFull || progress.next > log.lastIndex) return [];
  const { appendBytesMax } = raft.config;
  return log.entries(progress.next, log.lastIndex + 1, appendBytesMax);
}

function sendEntries(
  raft: RaftState,
  to: number,
  previous: EntryId,
  entries: readonly Entry[],
): void {
  raft.send({
    kind: "append",
    from: raft.id,
    to,
    term: raft.term,
    previous,
    entries,
    commit: raft.log.committed,
  });
}

function maybeSendSnapshot(
  raft: RaftState,
  to: number,
  progress: Progress,
): boolean {
  const { log } = raft;
  if (!progress.recentActive) {
    raft.trace?.({ event: "snapshot-not-sent", to, reason: "inactive" });
    return false;
  }
  const snapshot = log.unstable.snapshot ?? raft.config.snapshot(to);
  // A node refuses a snapshot of a time before it was a member.
  if (snapshot === undefined || !hasMember(snapshot, to)) {
    raft.trace?.({ event: "snapshot-not-sent", to, reason: "unavailable" });
    return false;
  }
  assert(
    snapshot.index >= log.firstIndex - 1,
    "a snapshot holds what is compacted away",
  );
  raft.trace?.({ event: "snapshot-sent", to, snapshot, log, progress });
  progress.becomeSnapshot(snapshot.index);
  raft.trace?.({ event: "replication-paused", to, progress });
  const { id: from, term } = raft;
  raft.send({ kind: "snapshot", from, to, term, snapshot });
  return true;
}

// -- Committing --

/**
 * Commits what a quorum holds, if its newest entry is of the current term. An older
 * entry on a majority may still be replaced (thesis figure 3.7). Lets go of reads that
 * waited for it.
 *
 * @returns Whether the commit index moved.
 */
export function maybeCommit(raft: RaftState): boolean {
  const before = raft.log.committed;
  const index = raft.tracker.committed();
  if (!raft.log.maybeCommit({ index, term: raft.term })) return false;
  releaseUncommitted(raft, before + 1, index);
  releasePostponedReads(raft);
  return true;
}

/** Goes on where other members may be a quorum now. */
export function afterChangeOfQuorum(raft: RaftState): boolean {
  answerConfirmedReads(raft);
  return maybeCommit(raft);
}

/** Entries of earlier terms were never counted. */
function releaseUncommitted(raft: RaftState, low: number, high: number): void {
  if (raft.uncommittedBytes === 0) return;
  for (const entry of raft.log.entries(low, high + 1, Infinity)) {
    if (entry.term === raft.term) raft.uncommittedBytes -= entry.data.length;
  }
  assert(raft.uncommittedBytes >= 0, "what is released was counted");
}
