/**
 * Connections between the nodes of a cluster: four lanes to each peer, each with a TCP
 * connection and a bounded queue of its own.
 *
 * A connection carries messages one way, from the node that dialled it; two nodes keep
 * four each way. Nothing here knows what a message means, but which lane it takes.
 *
 * @module
 */

export { Acceptor } from "./acceptor.ts";
export type { Connection, FrameSource } from "./connection.ts";
export type { Frame } from "./frame.ts";
export type { Guest } from "./guest.ts";
export { NO_PORTS } from "./handshake.ts";
export type { NodePorts } from "./handshake_messages.ts";
export { type Lane, LANE_BOUNDS } from "./lane.ts";
export { LaneLink } from "./lane_link.ts";
export type {
  BoundAddress,
  DialEvents,
  ListenEvents,
  Network,
  PeerAddress,
  Wire,
  WireEvents,
} from "./network.ts";
export type { TransportParts } from "./parts.ts";
export { malformed } from "./protobuf.ts";
export { BOOL, BYTES, choice, MessageType, text, U64 } from "./schema.ts";
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
export { countsOf, noCounts } from "./statistics.ts";
