/**
 * Puts frames together from bytes that arrive in pieces of any size.
 *
 * @module
 */

import { PeerError } from "../base/mod.ts";
import {
  PEER_FRAME_BYTES_START,
  PEER_FRAME_BYTES_TRUSTED,
} from "../config/mod.ts";
import {
  type Frame,
  FRAME_CHECKSUM_AT,
  FRAME_HEADER_BYTES,
  frameChecksum,
  type FrameKind,
  kindOf,
} from "./frame.ts";

/**
 * See the module. Memory grows with what has arrived, not with what a header claims; of
 * a node that is proved, it is believed up to a bound.
 */
export class FrameReader {
  /** Content a frame may have; a larger one is refused by its header. */
  #contentBytesMax: number;
  /** What is set aside at once for a content. */
  #startBytes = PEER_FRAME_BYTES_START;
  readonly #header = new Uint8Array(FRAME_HEADER_BYTES);
  readonly #view = new DataView(this.#header.buffer);
  #headerBytes = 0;
  /** Of the frame whose header is whole. */
  #kind: FrameKind | undefined;
  #length = 0;
  #content = new Uint8Array(0);
  #contentBytes = 0;

  /** Takes frames with up to `contentBytesMax` bytes of content. */
  constructor(contentBytesMax: number) {
    this.#contentBytesMax = contentBytesMax;
  }

  /** The sender is proved, and frames with up to `contentBytesMax` bytes of content may come. */
  trust(contentBytesMax: number): void {
    this.#contentBytesMax = contentBytesMax;
    this.#startBytes = PEER_FRAME_BYTES_TRUSTED;
  }

  /** Whether a frame has begun that is not whole. */
  get isInside(): boolean {
    return this.#headerBytes > 0;
  }

  /** Bytes set aside for the frame that is not whole. */
  get heldBytes(): number {
    return this.#content.length;
  }

  /**
   * Takes `bytes`, and hands over every frame they complete; its content is the
   * receiver's own. Where `take` returns false, what follows is left unread.
   *
   * @throws {PeerError} When the bytes are no frames: nothing behind can be read.
   */
  push(bytes: Uint8Array, take: (frame: Frame) => boolean): void {
    let at = 0;
    while (at < bytes.length) {
      at += this.#kind === undefined
        ? this.#takeHeader(bytes, at)
        : this.#takeContent(bytes, at);
      if (this.#kind === undefined || this.#contentBytes < this.#length) {
        continue;
      }
      if (!take(this.#finish(this.#kind))) return;
    }
  }

  /** Takes bytes of a header; returns how many. */
  #takeHeader(bytes: Uint8Array, at: number): number {
    const taken = Math.min(
      FRAME_HEADER_BYTES - this.#headerBytes,
      bytes.length - at,
    );
    this.#header.set(bytes.subarray(at, at + taken), this.#headerBytes);
    this.#headerBytes += taken;
    if (this.#headerBytes === FRAME_HEADER_BYTES) this.#begin();
    return taken;
  }

  #begin(): void {
    const kind = kindOf(this.#view.getUint32(4, true));
    if (kind === undefined) {
      throw new PeerError("garbage", "bytes that are no frame");
    }
    const length = this.#view.getUint32(0, true);
    if (length > this.#contentBytesMax) {
      throw new PeerError(
        "oversized",
        `a frame of ${length} bytes where ${this.#contentBytesMax} may come`,
      );
    }
    this.#kind = kind;
    this.#length = length;
    this.#content = new Uint8Array(Math.min(length, this.#startBytes));
    this.#contentBytes = 0;
  }

  /** Takes bytes of a content; returns how many. */
  #takeContent(bytes: Uint8Array, at: number): number {
    const taken = Math.min(
      this.#length - this.#contentBytes,
      bytes.length - at,
    );
    const end = this.#contentBytes + taken;
    if (end > this.#content.length) this.#grow(end);
    this.#content.set(bytes.subarray(at, at + taken), this.#contentBytes);
    this.#contentBytes = end;
    return taken;
  }

  #grow(least: number): void {
    const doubled = Math.max(least, this.#content.length * 2);
    const grown = new Uint8Array(Math.min(doubled, this.#length));
    grown.set(this.#content.subarray(0, this.#contentBytes));
    this.#content = grown;
  }

  #finish(kind: FrameKind): Frame {
    const content = this.#content;
    const expected = this.#view.getUint32(FRAME_CHECKSUM_AT, true);
    if (frameChecksum(this.#header, 0, content) !== expected) {
      throw new PeerError("checksum", `a damaged frame (${kind})`);
    }
    this.#kind = undefined;
    this.#headerBytes = 0;
    this.#content = new Uint8Array(0);
    return { kind, content };
  }
}
