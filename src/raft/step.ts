/**
 * The one way in for messages: the rules about terms first, then what the role
 * does (thesis figure 3.1, "Rules for Servers").
 *
 * @module
 */

import { unreachable } from "../base/mod.ts";
import { stepVoteResponse } from "./election.ts";
import type { Message, StorageAppendResponse } from "./message.ts";
import { stepAppendResponse } from "./replication.ts";
import { NO_NODE, type RaftState } from "./state.ts";

/** Takes in `message`. Messages that no longer mean anything are ignored. */
export function step(raft: RaftState, message: Message): void {
  switch (message.kind) {
    case "storage-append-response":
      stepStorageAppendResponse(raft, message);
      break;
    case "storage-apply-response":
      raft.log.appliedTo(message.index, message.bytes);
      break;
    case "vote-response":
    case "append-response":
      if (!isCurrent(raft, message.term)) return;
      if (message.kind === "vote-response") {
        if (raft.role === "candidate") stepVoteResponse(raft, message);
      } else if (raft.role === "leader") {
        stepAppendResponse(raft, message);
      }
      break;
    default:
      unreachable(message);
  }
}

/**
 * Applies the rules about terms: a newer term makes this node a follower, a message
 * of an older one is stale.
 */
function isCurrent(raft: RaftState, term: number): boolean {
  if (term > raft.term) raft.becomeFollower(term, NO_NODE);
  return term === raft.term;
}

/** See `StorageAppendResponse.term` for why an older term's response is dropped. */
function stepStorageAppendResponse(
  raft: RaftState,
  message: StorageAppendResponse,
): void {
  if (message.term !== raft.term) return;
  raft.log.stableTo({ index: message.index, term: message.logTerm });
}
