/**
 * What a node's own disk and state machine report.
 *
 * @module
 */

import type { StorageAppendResponse, StorageMessage } from "./message.ts";
import { appliedSnapshot, appliedTo } from "./reconfiguration.ts";
import type { RaftState } from "./state.ts";

/** Takes in a report. */
export function stepStorageMessage(
  raft: RaftState,
  message: StorageMessage,
): void {
  if (message.kind === "storage-apply-response") {
    appliedTo(raft, message.index, message.bytes);
    return;
  }
  if (message.index > 0) stepStableEntries(raft, message);
  // What a snapshot holds is committed, whatever the term.
  if (message.snapshotIndex > 0) appliedSnapshot(raft, message.snapshotIndex);
}

/** See `StorageAppendResponse.term` for why an older term's entries do not count. */
function stepStableEntries(
  raft: RaftState,
  message: StorageAppendResponse,
): void {
  const { term } = raft;
  if (message.term !== term) {
    const messageTerm = message.term;
    raft.trace?.({ event: "stable-outdated", messageTerm, term });
    return;
  }
  const id = { index: message.index, term: message.logTerm };
  const ownTerm = raft.log.termAt(id.index);
  const outcome = raft.log.stableTo(id);
  if (outcome === "stable") return;
  raft.trace?.({ event: "stable-ignored", id, outcome, ownTerm });
}
