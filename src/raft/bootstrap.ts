/**
 * How a group begins whose members are entries of its log.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import { type ConfChange, type ConfChangeV1, fromV1 } from "./change.ts";
import { encodeConfChange } from "./change_codec.ts";
import { EMPTY_DATA, type Entry } from "./entry.ts";
import { applyChange } from "./reconfiguration.ts";
import { NO_NODE } from "./role.ts";
import type { RaftState } from "./state.ts";

/**
 * Starts the log of a new group with one committed entry a voter, the same on all nodes
 * that start with the same `voters`. They are members at once, so that the group can
 * elect a leader; applied again when the entries are, they change nothing.
 *
 * Requires: the log is empty, and `voters` are distinct and in the same order
 * everywhere.
 */
export function bootstrap(raft: RaftState, voters: readonly number[]): void {
  assert(voters.length > 0, "a group has a voter");
  assert(raft.log.lastIndex === 0, "only an empty log begins");
  raft.becomeFollower(1, NO_NODE);
  const changes = voters.map(addVoter);
  raft.log.append(changes.map(toEntry));
  raft.log.commitTo(voters.length);
  changes.forEach((change, at) => applyChange(raft, at + 1, change));
}

function addVoter(nodeId: number): ConfChange {
  const change: ConfChangeV1 = {
    kind: "add-node",
    nodeId,
    context: EMPTY_DATA,
  };
  return fromV1(change);
}

function toEntry(change: ConfChange, at: number): Entry {
  const data = encodeConfChange(change);
  return { term: 1, index: at + 1, kind: "change-v1", data };
}
