/**
 * The group of nodes as commands about it see it.
 *
 * @module
 */

/** A node of the group. */
export interface ClusterNode {
  /** Its id, from 1. */
  readonly id: number;
  /** Name or address that clients reach it at; empty = the one that a client came to. */
  readonly host: string;
  /** Port for clients; 0 = not known. */
  readonly clientPort: number;
  /** Port for clients that speak TLS; 0 = not known, or none. */
  readonly tlsPort: number;
  /** Port for other nodes; 0 = it takes none. */
  readonly peerPort: number;
  /** Whether it votes, and may lead. */
  readonly isVoter: boolean;
  /**
   * Wall time in milliseconds since when this node is connected to it, 0 = it is not.
   * Of this node itself, when it started.
   */
  readonly connectedMs: number;
}

/** What this node knows of its group. A node alone is a group of one, which it leads. */
export interface ClusterView {
  /** Whether clients of Redis Cluster are served: `--cluster-protocol`. */
  readonly isEnabled: boolean;
  /** Name of the group. */
  readonly name: string;
  /** This node's id. */
  readonly ownId: number;
  /** The term. */
  readonly term: number;
  /** Who leads, as far as this node knows; 0 = nobody. */
  readonly leaderId: number;
  /** The same, or who was the last known to lead; 0 = nobody so far. */
  readonly lastLeaderId: number;
  /** Index of the last entry that this node has applied. */
  readonly appliedIndex: number;
  /** All members, this node among them, by rising id. */
  readonly nodes: readonly ClusterNode[];
  /**
   * Index up to which node `id` has the log; `undefined`: not known. Only the leader
   * knows of others.
   */
  heldIndex(id: number): number | undefined;
}

/** Whether this node leads. */
export function isLeading(view: ClusterView): boolean {
  return view.leaderId === view.ownId;
}
