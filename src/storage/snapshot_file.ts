/**
 * Snapshot files: content cut into checked blocks; see FORMAT.md.
 *
 * @module
 */

import {
  type FileSystem,
  type StoredFile,
  TEMPORARY,
  tryRemove,
} from "./files.ts";
import {
  addToWhole,
  decodeSnapshotHeader,
  encodeBlock,
  encodeSnapshotFooter,
  encodeSnapshotHeader,
  membersBytesOf,
  SNAPSHOT_FOOTER_BYTES,
  SNAPSHOT_HEADER_BYTES,
  SNAPSHOT_VERSION,
  type SnapshotFooter,
  snapshotHeaderBytes,
  snapshotIndex,
  snapshotName,
  type SnapshotPoint,
  snapshotVersion,
} from "./snapshot_format.ts";
import { damagedSnapshot, SnapshotWalk } from "./snapshot_walk.ts";

/** Bytes written between two syncs, so that the last one is short. */
const SYNC_EVERY_BYTES = 32 * 1024 * 1024;

// -- Writing --

/**
 * Writes a snapshot beside the others, durably, then removes older ones.
 *
 * @returns Bytes of the file.
 * @throws {DiskError} When the system refuses. Snapshots that were there still are.
 */
export async function writeSnapshot(
  files: FileSystem,
  point: SnapshotPoint,
  content: Iterable<Uint8Array>,
): Promise<number> {
  const name = snapshotName(point.index);
  const temporary = name + TEMPORARY;
  try {
    const bytes = await writeFile(files, temporary, point, content);
    await files.rename(temporary, name);
    await files.syncDirectory();
    await removeOlder(files, point.index);
    return bytes;
  } catch (cause) {
    await tryRemove(files, temporary);
    throw cause;
  }
}

async function writeFile(
  files: FileSystem,
  name: string,
  point: SnapshotPoint,
  content: Iterable<Uint8Array>,
): Promise<number> {
  const file = await files.create(name);
  try {
    const header = encodeSnapshotHeader(point);
    await file.append(header);
    const footer = await writeBlocks(file, header.length, content);
    await file.append(encodeSnapshotFooter(footer));
    await file.sync();
    return footer.offset + SNAPSHOT_FOOTER_BYTES;
  } finally {
    file.close();
  }
}

async function writeBlocks(
  file: StoredFile,
  headerBytes: number,
  content: Iterable<Uint8Array>,
): Promise<SnapshotFooter> {
  let offset = headerBytes;
  let unsynced = 0;
  let blocks = 0;
  let whole = 0;
  for (const block of content) {
    const { bytes, crc } = encodeBlock(block);
    await file.append(bytes);
    whole = addToWhole(whole, crc);
    blocks++;
    offset += bytes.length;
    unsynced += bytes.length;
    if (unsynced < SYNC_EVERY_BYTES) continue;
    await file.sync();
    unsynced = 0;
  }
  return { blocks, offset, whole };
}

/**
 * Makes a whole, durable file `name` of another node's the newest snapshot, then removes
 * older ones.
 *
 * @throws {CorruptionError} When it is not one at `point`.
 * @throws {DiskError} When the system refuses.
 */
export async function adoptSnapshot(
  files: FileSystem,
  name: string,
  point: SnapshotPoint,
): Promise<void> {
  const found = readHeader(files, name);
  if (found?.index !== point.index || found.term !== point.term) {
    throw damagedSnapshot(
      files.path(name),
      0,
      "it is not the one that was sent",
    );
  }
  await files.rename(name, snapshotName(point.index));
  await files.syncDirectory();
  await removeOlder(files, point.index);
}

function readHeader(
  files: FileSystem,
  name: string,
): SnapshotPoint | undefined {
  const start = files.read(name, 0, SNAPSHOT_HEADER_BYTES);
  const bytes = snapshotHeaderBytes(membersBytesOf(start));
  return decodeSnapshotHeader(files.read(name, 0, bytes));
}

async function removeOlder(files: FileSystem, index: number): Promise<void> {
  for (const name of files.list()) {
    const other = snapshotIndex(name);
    if (other !== undefined && other < index) await files.remove(name);
  }
}

/** Name under which a snapshot at `index` is kept while it comes from another node. */
export function incomingName(index: number): string {
  return `incoming-${snapshotName(index)}${TEMPORARY}`;
}

/** Removes what interrupted runs left half made. */
export async function removeTemporary(files: FileSystem): Promise<void> {
  for (const name of files.list()) {
    if (name.endsWith(TEMPORARY)) await files.remove(name);
  }
}

// -- Reading --

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
  const index = Math.max(...indexes);
  const name = snapshotName(index);
  const point = readHeader(files, name);
  if (point === undefined) {
    const bytes = files.read(name, 0, SNAPSHOT_HEADER_BYTES);
    const version = snapshotVersion(bytes) ?? SNAPSHOT_VERSION;
    const what = version === SNAPSHOT_VERSION
      ? "the header is damaged"
      : `format version ${version} is not the one that this server reads, ${SNAPSHOT_VERSION}, or the header is damaged,`;
    throw damagedSnapshot(files.path(name), 0, what);
  }
  if (point.index !== index) {
    const what = "the snapshot's index differs from its name";
    throw damagedSnapshot(files.path(name), 8, what);
  }
  return { name, ...point, bytes: files.size(name) };
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
  const walk = new SnapshotWalk(files.path(name), snapshot);
  for (let want = walk.want; want !== undefined; want = walk.want) {
    const block = walk.take(files.read(name, want.offset, want.length));
    if (block !== undefined) yield block;
  }
}

/**
 * Checks the file `name`, which another node has sent, from its first byte to its last.
 *
 * @throws {CorruptionError} When it is damaged, or not the snapshot at `point`.
 * @throws {DiskError} When the system refuses.
 */
export async function checkSnapshot(
  files: FileSystem,
  name: string,
  point: SnapshotPoint,
): Promise<void> {
  const path = files.path(name);
  const found = readHeader(files, name);
  if (found?.index !== point.index || found.term !== point.term) {
    throw damagedSnapshot(path, 0, "it is not the one that was sent");
  }
  const snapshot = { ...found, bytes: files.size(name) };
  const walk = new SnapshotWalk(path, snapshot);
  const file = await files.open(name);
  try {
    for (let want = walk.want; want !== undefined; want = walk.want) {
      walk.take(await file.read(want.offset, want.length));
    }
  } finally {
    file.close();
  }
}
