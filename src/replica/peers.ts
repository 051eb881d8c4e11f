/**
 * What a replica needs of the connections to the other nodes of its group.
 *
 * @module
 */

import type { PeerMessage } from "../raft/mod.ts";
import type { NodePorts } from "../transport/mod.ts";

/** Sends messages; the lanes of `src/transport` are behind it, or a simulated network. */
export interface PeerPort {
  /**
   * Sends each message to the node that it names, in order for each node and lane. Never
   * blocks, and never calls back: what has no room is dropped, as the network may lose it.
   */
  send(messages: readonly PeerMessage[]): void;
  /** Whether messages can be sent to node `id`; false for this node itself. */
  isConnected(id: number): boolean;
  /** What node `id` has said of its other ports. */
  portsOf(id: number): NodePorts;
}
