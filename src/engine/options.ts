/**
 * What an engine is told at its start.
 *
 * @module
 */

import type { AwayPort } from "./away.ts";
import type { Client } from "./client.ts";
import type { ProposerOptions } from "./proposer.ts";
import type { ReplierOptions } from "./replier.ts";

/** Bounds and switches of an engine. */
export interface EngineOptions extends ProposerOptions, ReplierOptions {
  /** Reply bytes a client may leave unread before its requests wait. */
  readonly backlogBytesMax: number;
  /** The way to the leader; undefined for a node alone, and where writes are refused instead. */
  readonly away?: AwayPort | undefined;
  /** Told of clients that take no more messages, as they are being closed or gone; perhaps twice. */
  readonly onLeaving?: (client: Client) => void;
}
