/**
 * Snapshot files: content cut into checked blocks; see FORMAT.md.
 *
 * @module
 */

import { CorruptionError } from "../base/mod.ts";
import { crc32c } from "./crc32c.ts";
import type { FileSystem } from "./files.ts";
import { getU64, setU64 } from "./wal_format.ts";

const MAGIC = "LKVSNAP1";
const HEADER_BYTES = 32;
const BLOCK_PREFIX_BYTES = 8;
const FOOTER_BYTES = 24;
/** Longest block that a reader accepts. */
const BLOCK_BYTES_MAX = 64 * 1024 * 1024;
/** Bytes written between two syncs, so that the last one is short. */
const SYNC_EVERY_BYTES = 32 * 1024 * 1024;

/** Where in the log a snapshot stands. */
export interface SnapshotPoint {
  /** Index of the last entry it holds. */
  readonly index: number;
  /** Term of that entry. */
  readonly term: number;
}

/** File name of the snapshot at `index`. */
export function snapshotName(index: number): string {
  return `snapshot-${index.toString(16).padStart(16, "0")}.snap`;
}

function snapshotIndex(name: string): number | undefined {
  const match = /^snapshot-([0-9a-f]{16})\.snap$/.exec(name);
  return match === null ? undefined : Number.parseInt(match[1]!, 16);
}

function header(point: SnapshotPoint): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(MAGIC));
  setU64(view, 8, point.index);
  setU64(view, 16, point.term);
  view.setUint32(28, crc32c(bytes, 0, 28), true);
  return bytes;
}

/**
 * Writes a snapshot beside the others, durably, then removes older ones.
 *
 * @returns Bytes of the file.
 */
export async function writeSnapshot(
  files: FileSystem,
  point: SnapshotPoint,
  content: Iterable<Uint8Array>,
): Promise<number> {
  const name = snapshotName(point.index);
  const temporary = `${name}.tmp`;
  const file = files.open(temporary);
  file.truncate(0);
  let whole = 0;
  let bytes = HEADER_BYTES;
  let unsynced = 0;
  let blocks = 0;
  try {
    file.append(header(point));
    for (const block of content) {
      const prefix = new Uint8Array(BLOCK_PREFIX_BYTES);
      const view = new DataView(prefix.buffer);
      const crc = crc32c(block);
      view.setUint32(0, block.length, true);
      view.setUint32(4, crc, true);
      whole = crc32c(prefix, 4, 8, whole);
      file.append(prefix);
      file.append(block);
      blocks++;
      bytes += BLOCK_PREFIX_BYTES + block.length;
      unsynced += block.length;
      if (unsynced >= SYNC_EVERY_BYTES) {
        await file.sync();
        unsynced = 0;
      }
    }
    file.append(footer(blocks, bytes, whole));
    bytes += FOOTER_BYTES;
    await file.sync();
  } finally {
    file.close();
  }
  files.rename(temporary, name);
  files.syncDirectory();
  removeOthers(files, point.index);
  return bytes;
}

function footer(blocks: number, bytes: number, whole: number): Uint8Array {
  const footer = new Uint8Array(FOOTER_BYTES);
  const view = new DataView(footer.buffer);
  view.setUint32(4, blocks, true);
  setU64(view, 8, bytes);
  view.setUint32(16, whole, true);
  view.setUint32(20, crc32c(footer, 0, 20), true);
  return footer;
}

/** Removes snapshots older than `index` and what an interrupted one left. */
function removeOthers(files: FileSystem, index: number): void {
  for (const name of files.list()) {
    const other = snapshotIndex(name);
    if (other !== undefined && other < index) files.remove(name);
  }
}

/** Removes what an interrupted snapshot left. */
export function removeTemporary(files: FileSystem): void {
  for (const name of files.list()) {
    if (name.endsWith(".snap.tmp")) files.remove(name);
  }
}

/** A snapshot that is there, checked only as far as its header. */
export interface FoundSnapshot extends SnapshotPoint {
  /** Its file. */
  readonly name: string;
  /** Bytes of its file. */
  readonly bytes: number;
}

/**
 * The newest snapshot, or `undefined`.
 *
 * @throws {CorruptionError} When its header is damaged.
 */
export function findSnapshot(files: FileSystem): FoundSnapshot | undefined {
  const indexes = files.list().flatMap((name) => snapshotIndex(name) ?? []);
  if (indexes.length === 0) return undefined;
  const name = snapshotName(Math.max(...indexes));
  const bytes = files.read(name, 0, HEADER_BYTES);
  const isGood = bytes.length === HEADER_BYTES &&
    new TextDecoder().decode(bytes.subarray(0, 8)) === MAGIC;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (!isGood || view.getUint32(28, true) !== crc32c(bytes, 0, 28)) {
    throw damagedSnapshot(files, name, 0, "the header is damaged");
  }
  return {
    name,
    index: getU64(view, 8),
    term: getU64(view, 16),
    bytes: files.size(name),
  };
}

function damagedSnapshot(
  files: FileSystem,
  name: string,
  offset: number,
  what: string,
): CorruptionError {
  const path = files.path(name);
  return new CorruptionError(
    path,
    offset,
    `Cannot load the snapshot: ${what} in "${path}" at offset ${offset}; restore the file from a copy of this node's directory`,
  );
}

/**
 * The content of a snapshot, block by block, each checked before it is given.
 *
 * @throws {CorruptionError} At the first block, or the end, that is damaged.
 */
export function* readSnapshot(
  files: FileSystem,
  snapshot: FoundSnapshot,
): Generator<Uint8Array> {
  const { name } = snapshot;
  let offset = HEADER_BYTES;
  let whole = 0;
  let blocks = 0;
  for (;;) {
    const prefix = files.read(name, offset, FOOTER_BYTES);
    const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.length);
    if (prefix.length < BLOCK_PREFIX_BYTES) {
      throw damagedSnapshot(files, name, offset, "the end is missing");
    }
    const length = view.getUint32(0, true);
    if (length === 0) {
      checkFooter(files, snapshot, prefix, offset, blocks, whole);
      return;
    }
    const start = offset + BLOCK_PREFIX_BYTES;
    const block = length > BLOCK_BYTES_MAX
      ? new Uint8Array(0)
      : files.read(name, start, length);
    if (block.length !== length || crc32c(block) !== view.getUint32(4, true)) {
      throw damagedSnapshot(files, name, offset, "a block is damaged");
    }
    whole = crc32c(prefix, 4, 8, whole);
    blocks++;
    yield block;
    offset = start + length;
  }
}

function checkFooter(
  files: FileSystem,
  snapshot: FoundSnapshot,
  bytes: Uint8Array,
  offset: number,
  blocks: number,
  whole: number,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isGood = bytes.length === FOOTER_BYTES &&
    offset + FOOTER_BYTES === snapshot.bytes &&
    view.getUint32(20, true) === crc32c(bytes, 0, 20) &&
    view.getUint32(4, true) === blocks &&
    getU64(view, 8) === offset &&
    view.getUint32(16, true) === whole;
  if (!isGood) {
    throw damagedSnapshot(files, snapshot.name, offset, "the end is damaged");
  }
}
