/**
 * Where snapshots that are sent come from, and where those that arrive are kept.
 *
 * @module
 */

import type { SnapshotMessage } from "../raft/mod.ts";

/** The bytes of a snapshot that is sent. */
export interface SnapshotSource {
  /** How many there are. */
  readonly bytes: number;
  /**
   * Bytes `[offset, offset + length)`. Rejects with an operating error when they cannot
   * be read: the snapshot has failed.
   */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** They are not needed any more, whatever has become of the snapshot. A read may be under way. */
  close(): void;
}

/** A snapshot for a peer. */
export interface OutgoingSnapshot {
  /** Tells it from all others, so that the peer can go on with what it kept. */
  readonly id: string;
  /**
   * The message of Raft that it belongs to; the peer gets it when it has the whole. Its
   * own data only name the snapshot.
   */
  readonly message: SnapshotMessage;
  /** Its bytes. */
  readonly source: SnapshotSource;
}

/**
 * What has become of a snapshot for a peer:
 *
 * - `taken`: it is durable there.
 * - `unwanted`: the peer does not need it.
 * - `failed`: it could not be read here, or kept there, or made no progress.
 * - `full`: too many snapshots wait for the peer.
 * - `removed`: the peer was removed.
 */
export type SnapshotFate =
  | "taken"
  | "unwanted"
  | "failed"
  | "full"
  | "removed";

/**
 * Where a snapshot that arrives is kept. Calls come one after another. They reject with
 * an operating error when the snapshot cannot be kept: it has failed.
 */
export interface SnapshotSink {
  /** Bytes of it that are kept already, from the first on. */
  readonly keptBytes: number;
  /** Keeps `bytes` behind those before. */
  write(offset: number, bytes: Uint8Array): Promise<void>;
  /** All bytes were written: checks the whole, and makes it durable. */
  finish(): Promise<void>;
  /** Nothing more comes. What is kept may be gone on with in another sink. */
  close(): void;
}

/** A snapshot that a peer offers. */
export interface IncomingSnapshot {
  /** Tells it from all others. */
  readonly id: string;
  /** Bytes of the whole. */
  readonly bytes: number;
  /** The message of Raft that it belongs to. */
  readonly message: SnapshotMessage;
}

/** Opens where a snapshot is to be kept; `undefined` when it is not wanted. Rejects as a sink does. */
export type OpenSnapshotSink = (
  offer: IncomingSnapshot,
) => Promise<SnapshotSink | undefined>;
