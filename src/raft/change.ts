/**
 * Changes of a group's membership, as leaders propose them and logs hold them.
 *
 * @module
 */

/** What happens to one node: the thesis's AddServer and RemoveServer, and more. */
export type NodeChangeKind =
  /** Becomes a voter, from whatever it was. */
  | "add-node"
  /** Leaves the group. */
  | "remove-node"
  /** Raft does nothing; the entry carries news about the node in its context. */
  | "update-node"
  /** Becomes a learner, from whatever it was. */
  | "add-learner-node";

/** A change of one node. */
export interface NodeChange {
  /** What happens to it. */
  readonly kind: NodeChangeKind;
  /** The node's id; a change of node 0 is skipped. */
  readonly nodeId: number;
}

/**
 * How a change goes through:
 *
 * - `auto`: at once if it is of one node (thesis section 4.1), else as
 *   `joint-implicit`.
 * - `joint-implicit`: through a joint configuration (thesis section 4.3), which the
 *   leader leaves by itself as soon as it is applied.
 * - `joint-explicit`: through a joint configuration, which is left when a change
 *   that is empty is proposed.
 */
export type ChangeTransition = "auto" | "joint-implicit" | "joint-explicit";

/** A change of any number of nodes: version 2 of etcd's changes. */
export interface ConfChange {
  /** How it goes through. */
  readonly transition: ChangeTransition;
  /** What happens, in this order. */
  readonly changes: readonly NodeChange[];
  /** Bytes of the proposer, which raft only carries. */
  readonly context: Uint8Array;
}

/** A change of one node, always made at once: version 1 of etcd's changes. */
export interface ConfChangeV1 extends NodeChange {
  /** See {@linkcode ConfChange.context}. */
  readonly context: Uint8Array;
}

const NO_CONTEXT: Uint8Array = new Uint8Array(0);

/** The change that leaves a joint configuration. */
export const LEAVE_JOINT: ConfChange = {
  transition: "auto",
  changes: [],
  context: NO_CONTEXT,
};

/** The general form of a change of one node. */
export function fromV1(change: ConfChangeV1): ConfChange {
  const { kind, nodeId, context } = change;
  return { transition: "auto", changes: [{ kind, nodeId }], context };
}

/** Whether `change` leaves a joint configuration: it is empty but for its context. */
export function leavesJoint(change: ConfChange): boolean {
  return change.transition === "auto" && change.changes.length === 0;
}

/**
 * Whether `change` goes through a joint configuration.
 *
 * @returns Undefined if it is made at once; else whether the leader leaves the
 * joint configuration by itself.
 */
export function entersJoint(
  change: ConfChange,
): { readonly autoLeave: boolean } | undefined {
  if (change.transition === "auto" && change.changes.length <= 1) {
    return undefined;
  }
  return { autoLeave: change.transition !== "joint-explicit" };
}
