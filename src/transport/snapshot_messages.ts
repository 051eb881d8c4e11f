/**
 * Contents of the frames that carry a snapshot; see `peer.proto`.
 *
 * @module
 */

import { PEER_NAME_BYTES_MAX, SNAPSHOT_CHUNK_BYTES } from "../config/mod.ts";
import { BYTES, bytes, choice, MessageType, text, U64 } from "./schema.ts";

/** A snapshot that the receiver may want. */
export interface SnapshotOffer {
  /** Number of the attempt, rising on a connection; all that follows repeats it. */
  readonly attempt: number;
  /** Tells the snapshot from all others: what is kept of it may be gone on with. */
  readonly id: string;
  /** Bytes of the whole. */
  readonly bytes: number;
  /** The message of Raft that the snapshot belongs to. */
  readonly message: Uint8Array;
}

/** See {@linkcode SnapshotOffer}. */
export const OFFER: MessageType<SnapshotOffer> = new MessageType<SnapshotOffer>(
  {
    attempt: [1, U64],
    id: [2, text(PEER_NAME_BYTES_MAX)],
    bytes: [3, U64],
    message: [4, BYTES],
  },
);

/** What the receiver has. */
export interface SnapshotProgress {
  /** See {@linkcode SnapshotOffer.attempt}. */
  readonly attempt: number;
  /** Bytes that it keeps, from the first on. */
  readonly offset: number;
}

/** See {@linkcode SnapshotProgress}. */
export const PROGRESS: MessageType<SnapshotProgress> = new MessageType<
  SnapshotProgress
>({ attempt: [1, U64], offset: [2, U64] });

/** A piece of a snapshot. */
export interface SnapshotChunk {
  /** See {@linkcode SnapshotOffer.attempt}. */
  readonly attempt: number;
  /** Where it begins. */
  readonly offset: number;
  /** Its bytes, at least one. */
  readonly data: Uint8Array;
}

/** See {@linkcode SnapshotChunk}. */
export const CHUNK: MessageType<SnapshotChunk> = new MessageType<SnapshotChunk>(
  {
    attempt: [1, U64],
    offset: [2, U64],
    data: [3, bytes(1, SNAPSHOT_CHUNK_BYTES)],
  },
);

/** What may become of a snapshot; its place is its number. */
const RESULTS = ["failed", "taken", "unwanted"] as const;

/** What has become of a snapshot. */
export interface SnapshotResult {
  /** See {@linkcode SnapshotOffer.attempt}. */
  readonly attempt: number;
  /** `taken`: it is durable there. `unwanted`: the receiver needs it no more. */
  readonly result: typeof RESULTS[number];
}

/** See {@linkcode SnapshotResult}. */
export const RESULT: MessageType<SnapshotResult> = new MessageType<
  SnapshotResult
>({ attempt: [1, U64], result: [2, choice(RESULTS)] });
