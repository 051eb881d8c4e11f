/**
 * Contents of the frames of a handshake; see `peer.proto`.
 *
 * @module
 */

import { PEER_NAME_BYTES_MAX } from "../config/mod.ts";
import { type Lane, LANES } from "./lane.ts";
import { PROOF_BYTES } from "./prover.ts";
import { FieldReader, FieldWriter, malformed } from "./protobuf.ts";

/** Bytes of a random number used once. */
export const NONCE_BYTES = 32;

/** Bytes of the longest name of a `PeerProblem`, and more. */
const PROBLEM_BYTES = 32;

/** Who dials whom. */
export interface Hello {
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
}

/** Content of a hello. */
export function encodeHello(hello: Hello): Uint8Array {
  return new FieldWriter()
    .u64(1, hello.version)
    .text(2, hello.cluster)
    .u64(3, hello.from)
    .u64(4, hello.to)
    .u64(5, LANES.indexOf(hello.lane))
    .text(6, hello.instance)
    .bytes(7, hello.nonce)
    .finish();
}

/**
 * Reads a hello. One of another version is read as far as its version.
 *
 * @throws {PeerError} When it is malformed.
 */
export function decodeHello(
  content: Uint8Array,
  version: number,
): Hello | { readonly version: number } {
  const reader = new FieldReader(content);
  const hello = {
    version: 0,
    cluster: "",
    from: 0,
    to: 0,
    lane: LANES[0] as Lane,
    instance: "",
    nonce: new Uint8Array(0),
  };
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) {
      hello.version = reader.u64();
      if (hello.version !== version) return { version: hello.version };
    } else if (field === 2) hello.cluster = reader.text(PEER_NAME_BYTES_MAX);
    else if (field === 3) hello.from = reader.u64();
    else if (field === 4) hello.to = reader.u64();
    else if (field === 5) hello.lane = LANES[reader.below(LANES.length)]!;
    else if (field === 6) hello.instance = reader.text(PEER_NAME_BYTES_MAX);
    else if (field === 7) hello.nonce = reader.bytes(NONCE_BYTES).slice();
    else throw reader.unknown();
  }
  if (hello.nonce.length !== NONCE_BYTES) throw malformed("a short nonce");
  if (hello.from === 0 || hello.to === 0) throw malformed("a node without id");
  return hello;
}

/** Content of a challenge (its nonce), a proof or a welcome (their tags). */
export function encodeBytes(bytes: Uint8Array): Uint8Array {
  return new FieldWriter().bytes(1, bytes).finish();
}

function decodeBytes(content: Uint8Array, length: number): Uint8Array {
  const reader = new FieldReader(content);
  if (reader.next() !== 1) throw reader.unknown();
  const bytes = reader.bytes(length).slice();
  if (bytes.length !== length) throw malformed("too few bytes");
  if (reader.next() !== 0) throw reader.unknown();
  return bytes;
}

/** The nonce of a challenge. Throws a `PeerError` when it is malformed. */
export function decodeNonce(content: Uint8Array): Uint8Array {
  return decodeBytes(content, NONCE_BYTES);
}

/** The tag of a proof or a welcome. Throws a `PeerError` when it is malformed. */
export function decodeTag(content: Uint8Array): Uint8Array {
  return decodeBytes(content, PROOF_BYTES);
}

/** Content of a refusal. */
export function encodeRefusal(problem: string): Uint8Array {
  return new FieldWriter().text(1, problem).finish();
}

/** The problem that a refusal names. Throws a `PeerError` when it is malformed. */
export function decodeRefusal(content: Uint8Array): string {
  const reader = new FieldReader(content);
  if (reader.next() !== 1) throw reader.unknown();
  const problem = reader.text(PROBLEM_BYTES);
  if (reader.next() !== 0) throw reader.unknown();
  return problem;
}
