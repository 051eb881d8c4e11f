/**
 * Contents of the frames of a handshake; see `peer.proto`.
 *
 * @module
 */

import { PEER_ADDRESS_BYTES_MAX, PEER_NAME_BYTES_MAX } from "../config/mod.ts";
import { type Lane, LANES } from "./lane.ts";
import { PROOF_BYTES } from "./prover.ts";
import { FieldReader } from "./protobuf.ts";
import {
  bytes,
  choice,
  MessageType,
  NODE_ID,
  TCP_PORT,
  text,
  U64,
} from "./schema.ts";

/** Bytes of a random number used once. */
export const NONCE_BYTES = 32;

/** Bytes of the longest name of a `PeerProblem`, and more. */
const PROBLEM_BYTES = 32;

/** Ports of a node that others have no other way to know; 0 = not known, or none. */
export interface NodePorts {
  /** For clients. */
  readonly clientPort: number;
  /** For clients that speak TLS. */
  readonly tlsPort: number;
  /** For what other nodes forward. */
  readonly forwardPort: number;
}

/** Who dials whom, and where the node that dials can be reached. */
export interface Hello extends NodePorts {
  /** Version of the protocol. */
  readonly version: number;
  /** Name of the cluster. */
  readonly cluster: string;
  /** Node that dials. */
  readonly from: number;
  /** Node that it means to reach. */
  readonly to: number;
  /** What the connection is for. */
  readonly lane: Lane;
  /** Tells two data directories of one node apart. */
  readonly instance: string;
  /** Random, {@linkcode NONCE_BYTES} long. */
  readonly nonce: Uint8Array;
  /** `HOST:PORT` where the node that dials listens for others; empty = not known. */
  readonly address: string;
}

/** First frame of a connection. */
export const HELLO: MessageType<Hello> = new MessageType<Hello>({
  version: [1, U64],
  cluster: [2, text(PEER_NAME_BYTES_MAX)],
  from: [3, NODE_ID],
  to: [4, NODE_ID],
  lane: [5, choice<Lane>(LANES)],
  instance: [6, text(PEER_NAME_BYTES_MAX)],
  nonce: [7, bytes(NONCE_BYTES, NONCE_BYTES)],
  clientPort: [8, TCP_PORT],
  forwardPort: [9, TCP_PORT],
  tlsPort: [10, TCP_PORT],
  address: [11, text(PEER_ADDRESS_BYTES_MAX)],
});

/** The version that a hello names; what follows it may be of any form. */
export function versionOf(hello: Uint8Array): number {
  const reader = new FieldReader(hello);
  return reader.next() === 1 ? reader.u64() : 0;
}

/** Answer to a hello. */
export const CHALLENGE = new MessageType<{ readonly nonce: Uint8Array }>({
  nonce: [1, bytes(NONCE_BYTES, NONCE_BYTES)],
});

/** Proof of either side: content of a proof, and of a welcome. */
export const PROOF = new MessageType<{ readonly tag: Uint8Array }>({
  tag: [1, bytes(PROOF_BYTES, PROOF_BYTES)],
});

/** A connection is not taken; the problem is a `PeerProblem`, if it comes from a node. */
export const REFUSAL = new MessageType<{ readonly problem: string }>({
  problem: [1, text(PROBLEM_BYTES)],
});
