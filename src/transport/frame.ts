/**
 * Frames: how bytes between nodes are cut into pieces.
 *
 * ```text
 *   0   4   bytes of the content
 *   4   1   kind
 *   5   3   `LKV`
 *   8   4   CRC-32 of the eight bytes before and of the content
 *   12      content
 * ```
 *
 * Numbers are little-endian. The mark stands beside the length, so that bytes which
 * are no frame are known for it before their length is believed.
 *
 * @module
 */

import { assert, crc32 } from "../base/mod.ts";
import { PEER_FRAME_BYTES_MAX } from "../config/mod.ts";

/** Bytes before a frame's content. */
export const FRAME_HEADER_BYTES = 12;

/** Where the checksum stands. */
export const FRAME_CHECKSUM_AT = 8;

/** `LKV` as it is read together with a kind of zero. */
const MARK = 0x56_4b_4c_00;

/** Kinds of frames, by the number that stands for them. */
const FRAME_KINDS = {
  /** First frame of a connection: who dials whom. */
  hello: 1,
  /** Its answer: what must be proved. */
  challenge: 2,
  /** Proof of the dialling node. */
  proof: 3,
  /** Proof of the other one: messages may come. */
  welcome: 4,
  /** The connection is not taken, and why. */
  refusal: 5,
  /** Sign of life, without content. */
  alive: 6,
  /** A message of Raft. */
  message: 7,
  /** A snapshot that the receiver may want. */
  snapshotOffer: 8,
  /** Where in the snapshot the receiver wants to go on, and what it has. */
  snapshotProgress: 9,
  /** A piece of a snapshot. */
  snapshotChunk: 10,
  /** What has become of a snapshot. */
  snapshotResult: 11,
  /** A client whose requests may follow. */
  channelOpening: 12,
  /** Requests of a client, or a piece of them. */
  requests: 13,
  /** The client has taken replies. */
  repliesTaken: 14,
  /** The client's wait for a key is to end. */
  unblocking: 15,
  /** The client is gone. */
  channelClosing: 16,
  /** Replies to its requests. */
  replies: 17,
  /** A message of pub/sub. */
  publication: 18,
} as const;

/** Name of a kind of frame. */
export type FrameKind = keyof typeof FRAME_KINDS;

/** Names by number. */
const FRAME_KIND_NAMES: ReadonlyMap<number, FrameKind> = new Map(
  Object.entries(FRAME_KINDS).map(([name, number]) => [
    number,
    name as FrameKind,
  ]),
);

/** A frame: its kind and what it holds. */
export interface Frame {
  /** What the content is. */
  readonly kind: FrameKind;
  /** The content. */
  readonly content: Uint8Array;
}

/**
 * Writes the header of a frame of `kind` with `content` to `into` at `at`. Requires:
 * the content is within {@linkcode PEER_FRAME_BYTES_MAX}.
 */
export function writeFrameHeader(
  into: Uint8Array,
  at: number,
  { kind, content }: Frame,
): void {
  assert(content.length <= PEER_FRAME_BYTES_MAX, "a frame is within its bound");
  const view = new DataView(into.buffer, into.byteOffset + at);
  view.setUint32(0, content.length, true);
  view.setUint32(4, MARK | FRAME_KINDS[kind], true);
  const checksum = frameChecksum(into, at, content);
  view.setUint32(FRAME_CHECKSUM_AT, checksum, true);
}

/** What the header at `header[at]` must say of itself and `content`. */
export function frameChecksum(
  header: Uint8Array,
  at: number,
  content: Uint8Array,
): number {
  const start = crc32(header, at, at + FRAME_CHECKSUM_AT);
  return crc32(content, 0, content.length, start);
}

/** The kind that the header's second word names, `undefined` for one that is none. */
export function kindOf(word: number): FrameKind | undefined {
  if ((word & ~0xff) >>> 0 !== MARK) return undefined;
  return FRAME_KIND_NAMES.get(word & 0xff);
}
