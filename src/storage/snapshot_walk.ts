/**
 * The way through a snapshot file, block by block; who walks reads the bytes.
 *
 * @module
 */

import { assert, CorruptionError, crc32 } from "../base/mod.ts";
import { SNAPSHOT_BLOCK_BYTES_MAX } from "../config/mod.ts";
import {
  addToWhole,
  BLOCK_PREFIX_BYTES,
  encodeSnapshotFooter,
  SNAPSHOT_FOOTER_BYTES,
  snapshotHeaderBytes,
  type SnapshotPoint,
} from "./snapshot_format.ts";

/** Bytes of a file. */
interface Range {
  /** Where they begin. */
  readonly offset: number;
  /** How many there are. */
  readonly length: number;
}

/** A block whose prefix has been read. */
interface Block extends Range {
  /** Its checksum. */
  readonly crc: number;
}

/** What is wrong `at` an offset of the snapshot file at `path`. */
export function damagedSnapshot(
  path: string,
  offset: number,
  what: string,
): CorruptionError {
  return new CorruptionError(
    path,
    offset,
    `Cannot load the snapshot: ${what} in "${path}" at offset ${offset}; restore the file from a copy of this node's directory, or remove the directory and let the cluster bring it back`,
  );
}

/** Asks for the bytes of a file one after another, from behind its header to its end. */
export class SnapshotWalk {
  readonly #path: string;
  readonly #bytes: number;
  #offset: number;
  #block: Block | undefined;
  #blocks = 0;
  #whole = 0;
  #isDone = false;

  /** The way through the file at `path`, of `bytes`, which begins as `point` says. */
  constructor(path: string, point: SnapshotPoint & { readonly bytes: number }) {
    this.#path = path;
    this.#bytes = point.bytes;
    this.#offset = snapshotHeaderBytes(point.members?.length ?? 0);
  }

  /** What is to be read next, fewer bytes at the end of the file; undefined behind it. */
  get want(): Range | undefined {
    if (this.#isDone) return undefined;
    return this.#block ??
      { offset: this.#offset, length: SNAPSHOT_FOOTER_BYTES };
  }

  /**
   * Takes the bytes of {@linkcode want}.
   *
   * @returns The content of a block, when they are that.
   * @throws {CorruptionError} When they are damaged.
   */
  take(bytes: Uint8Array): Uint8Array | undefined {
    assert(!this.#isDone, "nothing is read behind the end");
    if (this.#block !== undefined) return this.#takeBlock(this.#block, bytes);
    this.#takePrefix(bytes);
    return undefined;
  }

  #takePrefix(prefix: Uint8Array): void {
    if (prefix.length < BLOCK_PREFIX_BYTES) {
      throw this.#damage("the end is missing");
    }
    const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.length);
    const length = view.getUint32(0, true);
    if (length === 0) return this.#takeFooter(prefix);
    if (length > SNAPSHOT_BLOCK_BYTES_MAX) {
      throw this.#damage("a block is damaged");
    }
    const offset = this.#offset + BLOCK_PREFIX_BYTES;
    this.#block = { offset, length, crc: view.getUint32(4, true) };
  }

  #takeBlock({ crc, length, offset }: Block, bytes: Uint8Array): Uint8Array {
    if (bytes.length !== length || crc32(bytes) !== crc) {
      throw this.#damage("a block is damaged");
    }
    this.#whole = addToWhole(this.#whole, crc);
    this.#blocks++;
    this.#offset = offset + length;
    this.#block = undefined;
    return bytes;
  }

  #takeFooter(bytes: Uint8Array): void {
    const footer = encodeSnapshotFooter({
      blocks: this.#blocks,
      offset: this.#offset,
      whole: this.#whole,
    });
    const isGood = bytes.length === footer.length &&
      bytes.every((byte, at) => byte === footer[at]) &&
      this.#offset + SNAPSHOT_FOOTER_BYTES === this.#bytes;
    if (!isGood) throw this.#damage("the end is damaged");
    this.#isDone = true;
  }

  #damage(what: string): CorruptionError {
    return damagedSnapshot(this.#path, this.#offset, what);
  }
}
