/**
 * What all connections of a transport share.
 *
 * @module
 */

import type { After, Clock, LogLevel, Random } from "../base/mod.ts";
import type { Identity } from "./handshake.ts";
import { NONCE_BYTES } from "./handshake_messages.ts";
import type { Network } from "./network.ts";
import type { Prover } from "./prover.ts";
import type { TransportCounts } from "./statistics.ts";

/** See the module. */
export interface TransportParts {
  /** This node. */
  readonly own: Identity;
  /** Makes connections: `systemNetwork()` but in simulations. */
  readonly network: Network;
  /** Proves that the node knows the cluster's secret: `makeProver()` but in simulations. */
  readonly prover: Prover;
  /** Timers. */
  readonly after: After;
  /** Measures spans. */
  readonly clock: Clock;
  /** Draws nonces and pauses. */
  readonly random: Random;
  /** Prints a line for people. */
  readonly log: (level: LogLevel, line: string) => void;
  /** All counts. */
  readonly counts: TransportCounts;
}

/** A number to be used once. */
export function drawNonce(random: Random): Uint8Array {
  const nonce = new Uint8Array(NONCE_BYTES);
  const view = new DataView(nonce.buffer);
  for (let at = 0; at < NONCE_BYTES; at += 4) view.setUint32(at, random.u32());
  return nonce;
}
