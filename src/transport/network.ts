/**
 * The network as the rest of this folder sees it. `sockets.ts` has the system's; the
 * simulator puts one in its place that delays, cuts and loses.
 *
 * Calls and callbacks alone, no promises: in a simulation everything happens in the
 * order that its clock gives.
 *
 * @module
 */

import type { NodeAddress } from "../config/mod.ts";

/** Where a node is reached; port 0 to bind picks a free one. */
export type PeerAddress = NodeAddress;

/** What happens on a connection. */
export interface WireEvents {
  /** Bytes came. They are the receiver's only until it returns. */
  readonly received: (bytes: Uint8Array) => void;
  /** The connection has ended, by the other side or the system; never after `close()`. */
  readonly ended: (reason: string) => void;
}

/** An open connection: bytes in order, both ways. */
export interface Wire {
  /** The other side's address, for log lines. */
  readonly remote: string;
  /** Begins to hand over what comes. Called once, before any `write()`. */
  start(events: WireEvents): void;
  /**
   * Hands `bytes` to the system and calls `then`, later, when it has taken them all;
   * never when the connection ends first. One call at a time; the caller leaves
   * `bytes` alone until then.
   */
  write(bytes: Uint8Array, then: () => void): void;
  /** Ends it. Harmless when it has ended. */
  close(): void;
}

/** What becomes of an attempt to connect: one of the two, once, later. */
export interface DialEvents {
  /** It is open. */
  readonly connected: (wire: Wire) => void;
  /** It failed, for `reason`. */
  readonly failed: (reason: string) => void;
}

/** Who comes to a port. */
export interface ListenEvents {
  /** A connection is open. */
  readonly accepted: (wire: Wire) => void;
  /** Somebody at `remote` did not get as far, for `reason`: no certificate that is taken. */
  readonly refused: (remote: string, reason: string) => void;
}

/** A port that is bound. */
export interface BoundAddress {
  /** The port. */
  readonly port: number;
  /** Accepts no more; connections stay. */
  close(): void;
}

/** Makes connections. */
export interface Network {
  /** Connects to `address`; returns how to give up, after which nothing is called. */
  dial(address: PeerAddress, events: DialEvents): () => void;
  /**
   * Binds `address` and tells who comes.
   *
   * @throws {ListenError} When it cannot be had.
   */
  listen(address: PeerAddress, events: ListenEvents): Promise<BoundAddress>;
}
