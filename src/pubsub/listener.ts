/**
 * Who listens: a connection as the registry sees it.
 *
 * @module
 */

import type { Protocol } from "../resp/mod.ts";

/** A connection that may subscribe. */
export interface Listener {
  /** Number of CLIENT ID. */
  readonly id: number;
  /** RESP version that it speaks now. */
  readonly protocol: Protocol;
  /** Takes a message. Nobody may change `bytes`, which many listeners share. */
  receive(bytes: Uint8Array): void;
}

/** What may be subscribed to. Names are text of one character a byte. */
export type TopicKind =
  /** A channel of PUBLISH. */
  | "channel"
  /** A glob pattern over channels of PUBLISH. */
  | "pattern"
  /** A channel of SPUBLISH. */
  | "shard-channel";
