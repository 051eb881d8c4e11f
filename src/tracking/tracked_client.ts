/**
 * A client that keeps copies of keys, and what it has asked for.
 *
 * @module
 */

import type { Protocol } from "../resp/mod.ts";

/** A connection that messages may go to. */
export interface Recipient {
  /** RESP version that it speaks now. */
  readonly protocol: Protocol;
  /** Whether it listens to anything: only then RESP2 has messages. */
  readonly isSubscribed: boolean;
  /** Takes a message. Nobody may change `bytes`, which many share. */
  receive(bytes: Uint8Array): void;
}

/** Which keys a client is told about. */
export type TrackingMode =
  /** Those it has read. */
  | "default"
  /** Those it has read right after saying so. */
  | "optin"
  /** Those it has read, but for what it excludes right before. */
  | "optout"
  /** Those with its prefixes, whoever reads them. */
  | "bcast";

/** What CLIENT TRACKING ON asks for. */
export interface TrackingOptions {
  /** See {@linkcode TrackingMode}. */
  readonly mode: TrackingMode;
  /** Client that the messages go to instead; 0 = none. */
  readonly redirect: number;
  /** Prefixes of mode `bcast`, none = all keys. Text of one character a byte. */
  readonly prefixes: readonly string[];
  /** Whether its own changes are kept from it. */
  readonly isNoLoop: boolean;
}

/** A client's tracking as it is now. */
export interface ClientTracking extends TrackingOptions {
  /** Whether the client that the messages go to was found gone. */
  readonly isBroken: boolean;
}
