/**
 * Contents of the frames that carry a snapshot; see `peer.proto`.
 *
 * @module
 */

import { PEER_NAME_BYTES_MAX, SNAPSHOT_CHUNK_BYTES } from "../config/mod.ts";
import { FieldReader, FieldWriter, malformed } from "./protobuf.ts";

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

/** What the receiver has. */
export interface SnapshotProgress {
  /** See {@linkcode SnapshotOffer.attempt}. */
  readonly attempt: number;
  /** Bytes that it keeps, from the first on. */
  readonly offset: number;
}

/** A piece of a snapshot. */
export interface SnapshotChunk {
  /** See {@linkcode SnapshotOffer.attempt}. */
  readonly attempt: number;
  /** Where it begins. */
  readonly offset: number;
  /** Its bytes, at least one. */
  readonly data: Uint8Array;
}

/** What may become of a snapshot; its place is its number. */
const RESULTS = ["failed", "taken", "unwanted"] as const;

/** What has become of a snapshot. */
export interface SnapshotResult {
  /** See {@linkcode SnapshotOffer.attempt}. */
  readonly attempt: number;
  /** `taken`: it is durable there. `unwanted`: the receiver needs it no more. */
  readonly result: typeof RESULTS[number];
}

/** Content of an offer. */
export function encodeOffer(offer: SnapshotOffer): Uint8Array {
  return new FieldWriter().u64(1, offer.attempt).text(2, offer.id)
    .u64(3, offer.bytes).bytes(4, offer.message).finish();
}

/** Reads an offer. Throws a `PeerError` when it is malformed. */
export function decodeOffer(content: Uint8Array): SnapshotOffer {
  const reader = new FieldReader(content);
  const offer = { attempt: 0, id: "", bytes: 0, message: new Uint8Array(0) };
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) offer.attempt = reader.u64();
    else if (field === 2) offer.id = reader.text(PEER_NAME_BYTES_MAX);
    else if (field === 3) offer.bytes = reader.u64();
    else if (field === 4) offer.message = reader.bytes().slice();
    else throw reader.unknown();
  }
  if (offer.id === "") throw malformed("a snapshot without an id");
  return offer;
}

/** Content of a progress. */
export function encodeProgress(progress: SnapshotProgress): Uint8Array {
  return new FieldWriter().u64(1, progress.attempt).u64(2, progress.offset)
    .finish();
}

/** Reads a progress. Throws a `PeerError` when it is malformed. */
export function decodeProgress(content: Uint8Array): SnapshotProgress {
  const reader = new FieldReader(content);
  const progress = { attempt: 0, offset: 0 };
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) progress.attempt = reader.u64();
    else if (field === 2) progress.offset = reader.u64();
    else throw reader.unknown();
  }
  return progress;
}

/** Content of a chunk. */
export function encodeChunk(chunk: SnapshotChunk): Uint8Array {
  return new FieldWriter().u64(1, chunk.attempt).u64(2, chunk.offset)
    .bytes(3, chunk.data).finish();
}

/** Reads a chunk; its data are a view of `content`. Throws a `PeerError` when it is malformed. */
export function decodeChunk(content: Uint8Array): SnapshotChunk {
  const reader = new FieldReader(content);
  let [attempt, offset] = [0, 0];
  let data: Uint8Array = new Uint8Array(0);
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) attempt = reader.u64();
    else if (field === 2) offset = reader.u64();
    else if (field === 3) data = reader.bytes(SNAPSHOT_CHUNK_BYTES);
    else throw reader.unknown();
  }
  if (data.length === 0) throw malformed("an empty piece");
  return { attempt, offset, data };
}

/** Content of a result. */
export function encodeResult({ attempt, result }: SnapshotResult): Uint8Array {
  return new FieldWriter().u64(1, attempt).u64(2, RESULTS.indexOf(result))
    .finish();
}

/** Reads a result. Throws a `PeerError` when it is malformed. */
export function decodeResult(content: Uint8Array): SnapshotResult {
  const reader = new FieldReader(content);
  let [attempt, result] = [0, 0];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) attempt = reader.u64();
    else if (field === 2) result = reader.below(RESULTS.length);
    else throw reader.unknown();
  }
  return { attempt, result: RESULTS[result]! };
}
