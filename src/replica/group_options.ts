/**
 * What a member of a group is given besides what a node alone is.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import type { GroupMembers } from "./members.ts";
import type { PeerPort } from "./peers.ts";
import type { SnapshotPort } from "./snapshots.ts";

/** Bounds and settings of a member of a group; the same on all nodes. */
export interface GroupOptions {
  /** Name of the group. */
  readonly cluster: string;
  /**
   * Whether an empty directory is that of a new node: not for one that its group knows
   * already, which has lost its directory then.
   */
  readonly mayBegin: boolean;
  /**
   * Whether the log is whole though the node did not stop in order and does not sync
   * each entry: the system went on meanwhile, or an operator says so. See `catch_up.ts`.
   */
  readonly trustsLog: boolean;
  /** Messages of other nodes that wait for a turn, for each lane. At the bound: dropped. */
  readonly incomingMessagesMax: number;
  /** Bytes of entries in those messages, for each lane. At the bound: dropped. */
  readonly incomingBytesMax: number;
  /** Bytes of entries in one message, but at least one entry. */
  readonly appendBytesMax: number;
  /** Messages with entries that one node has not acknowledged. At the bound: it waits. */
  readonly inflightAppendsMax: number;
  /** Bytes of entries in them. */
  readonly inflightBytesMax: number;
  /** How long the news of a commit waits for entries that go to the same node; 0: not at all. */
  readonly commitNewsMs: number;
  /**
   * Bytes of applied entries kept in memory for nodes that lag behind. What is beyond
   * goes, and a node that lacks it needs a snapshot.
   */
  readonly retainedBytesMax: number;
  /**
   * The same while a node that is heard of catches up, by a snapshot or behind one: if the
   * log moved on faster than it does, it would need one snapshot after another.
   */
  readonly catchUpBytesMax: number;
  /** Worst error of a clock's rate; 0.01 = 1 %. See `lease.ts`. */
  readonly leaseDriftMax: number;
  /** The lease's ε in milliseconds. */
  readonly leaseSlackMs: number;
}

/** The outside of a member. */
export interface GroupPorts {
  /** Connections to the other nodes. */
  readonly peers: PeerPort;
  /** The members are these from now on; also called at the start. Never calls back. */
  readonly membersChanged?: (members: GroupMembers) => void;
  /** Memory of `LEASE_PAGE_BYTES` bytes; without it there are no leases. */
  readonly leasePage?: SharedArrayBuffer;
  /** Memory of `PROGRESS_PAGE_BYTES` bytes; without it nobody is told how far others are. */
  readonly progressPage?: SharedArrayBuffer;
  /** The snapshots on disk; without them none is sent or taken in. */
  readonly snapshots?: SnapshotPort;
}

/** Asserts that `options` make sense together. */
export function checkGroupOptions(options: GroupOptions): void {
  assert(options.incomingMessagesMax > 0, "some messages may wait");
  assert(options.appendBytesMax > 0, "entries can be sent");
  assert(options.inflightAppendsMax > 0, "some appends may be in flight");
  assert(options.leaseDriftMax >= 0, "a drift is a bound");
}
