/**
 * How a leader's entries become committed (thesis sections 3.5 and 3.6).
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import { EMPTY_DATA, type Entry } from "./entry.ts";
import type { AppendResponse } from "./message.ts";
import type { RaftState } from "./state.ts";

/**
 * Appends the empty entry with which a leader starts its term: entries of earlier
 * terms are committed along with it, never by counting (thesis section 3.6.2).
 */
export function startTerm(raft: RaftState): void {
  appendOwn(raft, EMPTY_DATA);
}

/**
 * Whether the leader takes a proposal of `bytes` more bytes. The first one and
 * empty ones always go, so that a single large proposal cannot be refused for ever.
 */
export function hasRoomFor(raft: RaftState, bytes: number): boolean {
  if (raft.uncommittedBytes === 0 || bytes === 0) return true;
  return raft.uncommittedBytes + bytes <= raft.uncommittedBytesMax;
}

/**
 * Appends an entry of this term to the leader's own log. The leader acknowledges
 * it like any voter, once its disk holds it.
 *
 * @returns Index of the entry.
 */
export function appendOwn(raft: RaftState, data: Uint8Array): number {
  assert(raft.role === "leader", "only a leader appends entries of its own");
  const index = raft.log.lastIndex + 1;
  const entry: Entry = { term: raft.term, index, data };
  raft.uncommittedBytes += data.length;
  raft.log.append([entry]);
  raft.afterAppend.push({
    kind: "append-response",
    from: raft.id,
    to: raft.id,
    term: raft.term,
    index,
  });
  return index;
}

/** Notes at the leader how far a voter's log is durable. */
export function stepAppendResponse(
  raft: RaftState,
  message: AppendResponse,
): void {
  const progress = raft.tracker.progress(message.from);
  if (progress === undefined) return;
  assert(message.index <= raft.log.lastIndex, "a voter has the leader's log");
  if (progress.maybeUpdate(message.index)) maybeCommit(raft);
}

/**
 * Commits what a majority holds, if its newest entry is of the current term. An
 * older entry on a majority may still be replaced (thesis figure 3.7).
 *
 * @returns Whether the commit index moved.
 */
function maybeCommit(raft: RaftState): boolean {
  const before = raft.log.committed;
  const index = raft.tracker.committed();
  if (!raft.log.maybeCommit({ index, term: raft.term })) return false;
  releaseUncommitted(raft, before + 1, index);
  return true;
}

function releaseUncommitted(raft: RaftState, low: number, high: number): void {
  if (raft.uncommittedBytes === 0) return;
  let bytes = 0;
  for (const entry of raft.log.entries(low, high + 1, Infinity)) {
    bytes += entry.data.length;
  }
  // Entries of earlier terms were never counted.
  raft.uncommittedBytes = Math.max(0, raft.uncommittedBytes - bytes);
}
