/**
 * Connections between the nodes of a cluster: four lanes to each peer, each with a TCP
 * connection and a bounded queue of its own.
 *
 * A connection carries messages one way, from the node that dialled it; two nodes keep
 * four each way. Nothing here knows what a message means, but which lane it takes.
 *
 * @module
 */

export type { NodePorts } from "./handshake.ts";
export type { Lane } from "./lane.ts";
export { laneOf, type PlainMessage } from "./message_codec.ts";
export type {
  BoundAddress,
  DialEvents,
  ListenEvents,
  Network,
  PeerAddress,
  Wire,
  WireEvents,
} from "./network.ts";
export { makeProver, type Prover } from "./prover.ts";
export {
  Transport,
  type TransportEvents,
  type TransportOptions,
} from "./transport.ts";
export { type PeerCertificates, systemNetwork } from "./sockets.ts";
export type {
  IncomingSnapshot,
  OpenSnapshotSink,
  OutgoingSnapshot,
  SnapshotFate,
  SnapshotSink,
  SnapshotSource,
} from "./snapshot_ports.ts";
export type {
  DropReason,
  LaneCounts,
  PeerCounts,
  TransportCounts,
} from "./statistics.ts";
