/**
 * The bytes of a snapshot file; see FORMAT.md. Reader and writer share this file.
 *
 * @module
 */

import { assert, crc32 } from "../base/mod.ts";
import {
  SNAPSHOT_BLOCK_BYTES_MAX,
  SNAPSHOT_MEMBERS_BYTES_MAX,
} from "../config/mod.ts";
import { getU64, setU64 } from "./wal_format.ts";

/** Version of the format of snapshots. */
export const SNAPSHOT_VERSION = 3;

/** First bytes of every snapshot; its version follows. */
const MAGIC = new Uint8Array([0x4c, 0x4b, 0x56, 0x53, 0x4e, 0x41, 0x50]);

/** Bytes of the header. */
export const SNAPSHOT_HEADER_BYTES = 32;

/** Bytes before a block: its length and checksum. */
export const BLOCK_PREFIX_BYTES = 8;

/** Bytes of the footer. */
export const SNAPSHOT_FOOTER_BYTES = 24;

/** Where in the log a snapshot stands. */
export interface SnapshotPoint {
  /** Index of the last entry it holds. */
  readonly index: number;
  /** Term of that entry. */
  readonly term: number;
  /**
   * The members of the group as of that entry, in bytes that this folder does not look
   * into; for a node alone there are none.
   */
  readonly members?: Uint8Array;
}

/** Bytes of a header that says `membersBytes` of members follow it. */
export function snapshotHeaderBytes(membersBytes: number): number {
  return SNAPSHOT_HEADER_BYTES + (membersBytes === 0 ? 0 : membersBytes + 4);
}

/** What stands at the end of a snapshot. */
export interface SnapshotFooter {
  /** How many blocks there are, modulo 2^32. */
  readonly blocks: number;
  /** Offset of the footer. */
  readonly offset: number;
  /** Checksum of the blocks' checksums, in order. */
  readonly whole: number;
}

/** File name of the snapshot at `index`. */
export function snapshotName(index: number): string {
  return `snapshot-${index.toString(16).padStart(16, "0")}.snap`;
}

/** Index in a file name, or `undefined`. */
export function snapshotIndex(name: string): number | undefined {
  const match = /^snapshot-([0-9a-f]{16})\.snap$/.exec(name);
  return match === null ? undefined : Number.parseInt(match[1]!, 16);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The bytes of a header. */
export function encodeSnapshotHeader(point: SnapshotPoint): Uint8Array {
  const members = point.members ?? new Uint8Array(0);
  assert(
    members.length <= SNAPSHOT_MEMBERS_BYTES_MAX,
    "a group is not too large",
  );
  const bytes = new Uint8Array(snapshotHeaderBytes(members.length));
  const view = viewOf(bytes);
  bytes.set(MAGIC);
  bytes[7] = SNAPSHOT_VERSION;
  setU64(view, 8, point.index);
  setU64(view, 16, point.term);
  view.setUint32(24, members.length, true);
  view.setUint32(28, crc32(bytes, 0, 28), true);
  if (members.length === 0) return bytes;
  bytes.set(members, SNAPSHOT_HEADER_BYTES);
  const end = SNAPSHOT_HEADER_BYTES + members.length;
  view.setUint32(end, crc32(bytes, SNAPSHOT_HEADER_BYTES, end), true);
  return bytes;
}

/** Version of the snapshot that starts with `bytes`; `undefined` if it is none. */
export function snapshotVersion(bytes: Uint8Array): number | undefined {
  const isSnapshot = bytes.length > MAGIC.length &&
    MAGIC.every((byte, at) => bytes[at] === byte);
  return isSnapshot ? bytes[MAGIC.length] : undefined;
}

/** Bytes of the members behind the header that starts with `bytes`. */
export function membersBytesOf(bytes: Uint8Array): number {
  if (bytes.length < SNAPSHOT_HEADER_BYTES) return 0;
  return Math.min(
    viewOf(bytes).getUint32(24, true),
    SNAPSHOT_MEMBERS_BYTES_MAX,
  );
}

/** Reads a header, whole with its members; `undefined` for bytes that are none. */
export function decodeSnapshotHeader(
  bytes: Uint8Array,
): SnapshotPoint | undefined {
  if (bytes.length < SNAPSHOT_HEADER_BYTES) return undefined;
  if (snapshotVersion(bytes) !== SNAPSHOT_VERSION) return undefined;
  const view = viewOf(bytes);
  if (view.getUint32(28, true) !== crc32(bytes, 0, 28)) return undefined;
  const point = { index: getU64(view, 8), term: getU64(view, 16) };
  const membersBytes = view.getUint32(24, true);
  if (membersBytes === 0) return point;
  const end = SNAPSHOT_HEADER_BYTES + membersBytes;
  if (bytes.length < end + 4) return undefined;
  const crc = crc32(bytes, SNAPSHOT_HEADER_BYTES, end);
  if (view.getUint32(end, true) !== crc) return undefined;
  return { ...point, members: bytes.slice(SNAPSHOT_HEADER_BYTES, end) };
}

/** A block with its prefix, and its checksum. */
export function encodeBlock(
  block: Uint8Array,
): { readonly bytes: Uint8Array; readonly crc: number } {
  assert(block.length > 0, "a block holds something");
  assert(block.length <= SNAPSHOT_BLOCK_BYTES_MAX, "a block is not too long");
  const bytes = new Uint8Array(BLOCK_PREFIX_BYTES + block.length);
  bytes.set(block, BLOCK_PREFIX_BYTES);
  const crc = crc32(bytes, BLOCK_PREFIX_BYTES);
  const view = viewOf(bytes);
  view.setUint32(0, block.length, true);
  view.setUint32(4, crc, true);
  return { bytes, crc };
}

/** `whole`, going on with a block whose checksum is `crc`. */
export function addToWhole(whole: number, crc: number): number {
  const bytes = new Uint8Array(4);
  viewOf(bytes).setUint32(0, crc, true);
  return crc32(bytes, 0, 4, whole);
}

/** The bytes of a footer. */
export function encodeSnapshotFooter(footer: SnapshotFooter): Uint8Array {
  const bytes = new Uint8Array(SNAPSHOT_FOOTER_BYTES);
  const view = viewOf(bytes);
  view.setUint32(4, footer.blocks, true);
  setU64(view, 8, footer.offset);
  view.setUint32(16, footer.whole, true);
  view.setUint32(20, crc32(bytes, 0, 20), true);
  return bytes;
}
