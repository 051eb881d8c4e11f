/**
 * What stands for the beginning of a log.
 *
 * @module
 */

import type { ConfState } from "./configuration.ts";
import type { EntryId } from "./entry.ts";

/**
 * The state machine and the membership after all entries up to one. Made by a
 * node's owner; raft carries it to nodes whose next entry is compacted away
 * (thesis chapter 5).
 */
export interface Snapshot extends EntryId {
  /** The members after the entry at `index`. */
  readonly confState: ConfState;
  /**
   * The state machine, or what its owner finds it by. Raft never looks inside.
   */
  readonly data: Uint8Array;
}

/**
 * Whether the node `id` is a member as of `snapshot`. Outgoing voters that are to become
 * learners are in `votersOutgoing` as well.
 */
export function hasMember({ confState }: Snapshot, id: number): boolean {
  return confState.voters.includes(id) || confState.learners.includes(id) ||
    confState.votersOutgoing.includes(id);
}
