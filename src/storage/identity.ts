/**
 * Whose directory it is: the node's id and its group's, in a file that is made once.
 * See FORMAT.md.
 *
 * A node that has lost its directory has forgotten its votes and what it has
 * acknowledged, and must not go on under its old id. So an id belongs to one directory for
 * ever, and the other way round.
 *
 * @module
 */

import { assert, CorruptionError, crc32, DirectoryError } from "../base/mod.ts";
import { type FileSystem, TEMPORARY } from "./files.ts";
import { snapshotIndex } from "./snapshot_format.ts";
import { getU64, segmentSequence, setU64, viewOf } from "./wal_format.ts";

/** Name of the file. */
const IDENTITY_NAME = "identity";

/** First bytes of the file; its version follows. */
const MAGIC = new Uint8Array([0x4c, 0x4b, 0x56, 0x4e, 0x4f, 0x44, 0x45]);

const VERSION = 2;

/** Bytes before the group's name: magic, version, node, directory, length. */
const PREFIX_BYTES = 28;

/** Who a node is. */
export interface NodeIdentity {
  /** Name of the group, the same on all its nodes. */
  readonly cluster: string;
  /** The node's id in it. */
  readonly node: number;
}

/** Who the node of a directory is. */
export interface DirectoryIdentity extends NodeIdentity {
  /** Random number of the directory, a safe integer: another one stands for another disk. */
  readonly directory: number;
}

/** The bytes of the file. */
function encodeIdentity(identity: DirectoryIdentity): Uint8Array {
  const name = new TextEncoder().encode(identity.cluster);
  const bytes = new Uint8Array(PREFIX_BYTES + name.length + 4);
  const view = viewOf(bytes);
  bytes.set(MAGIC);
  bytes[7] = VERSION;
  setU64(view, 8, identity.node);
  setU64(view, 16, identity.directory);
  view.setUint32(24, name.length, true);
  bytes.set(name, PREFIX_BYTES);
  const end = PREFIX_BYTES + name.length;
  view.setUint32(end, crc32(bytes, 0, end), true);
  return bytes;
}

/** Reads the file; undefined for bytes that are none. */
function decodeIdentity(
  bytes: Uint8Array,
): DirectoryIdentity | undefined {
  if (bytes.length < PREFIX_BYTES + 4) return undefined;
  if (MAGIC.some((byte, at) => bytes[at] !== byte)) return undefined;
  const view = viewOf(bytes);
  const end = PREFIX_BYTES + view.getUint32(24, true);
  if (bytes[7] !== VERSION || bytes.length !== end + 4) return undefined;
  if (view.getUint32(end, true) !== crc32(bytes, 0, end)) return undefined;
  return {
    cluster: new TextDecoder().decode(bytes.subarray(PREFIX_BYTES, end)),
    node: getU64(view, 8),
    directory: getU64(view, 16),
  };
}

/**
 * The identity of a directory; undefined where there is none: it is new, or of a node
 * alone.
 *
 * @throws {CorruptionError} When the file is damaged.
 */
export function readIdentity(files: FileSystem): DirectoryIdentity | undefined {
  if (!files.list().includes(IDENTITY_NAME)) return undefined;
  const size = files.size(IDENTITY_NAME);
  const identity = decodeIdentity(files.read(IDENTITY_NAME, 0, size));
  if (identity !== undefined) return identity;
  const path = files.path(IDENTITY_NAME);
  throw new CorruptionError(
    path,
    0,
    `Cannot tell whose directory it is: "${path}" is damaged; restore it from a copy, or remove the node from its group and the directory, and let it join under a new id`,
  );
}

/**
 * Makes sure that the directory is that of `wanted`.
 *
 * @param begin A random number for the directory if it may be a new one, which is then
 * made `wanted`'s; undefined when the node is known to its group already.
 * @throws {DirectoryError} When it is somebody else's, or was lost.
 * @throws {CorruptionError} When the file is damaged.
 * @throws {DiskError} When the system refuses.
 */
export async function claimDirectory(
  files: FileSystem,
  wanted: NodeIdentity,
  begin: number | undefined,
): Promise<DirectoryIdentity> {
  const found = readIdentity(files);
  if (found !== undefined) {
    if (found.node === wanted.node && found.cluster === wanted.cluster) {
      // Its name may not be durable yet, if the process that gave it was killed.
      await files.syncDirectory();
      return found;
    }
    throw refusal(
      files,
      `it belongs to ${describe(found)}, and this is ${describe(wanted)}`,
    );
  }
  if (hasLog(files)) {
    throw refusal(files, "it holds the log of a node that is alone");
  }
  if (begin === undefined) {
    throw refusal(
      files,
      `it is empty, and ${
        describe(wanted)
      } had a log: a node that has lost its log has forgotten what it promised; remove it from the group and let it join under a new id`,
    );
  }
  const identity = { ...wanted, directory: begin };
  await writeIdentity(files, identity);
  return identity;
}

/**
 * Makes sure that the directory is not one of a member of a group.
 *
 * @throws {DirectoryError} When it is.
 */
export function checkAlone(files: FileSystem): void {
  const found = readIdentity(files);
  if (found === undefined) return;
  throw refusal(
    files,
    `it belongs to ${describe(found)}, and this node is alone`,
  );
}

function refusal(files: FileSystem, reason: string): DirectoryError {
  const path = files.path(".");
  return new DirectoryError(
    path,
    `Cannot use the directory "${path}": ${reason}`,
  );
}

function describe({ cluster, node }: NodeIdentity): string {
  return `node ${node} of the cluster "${cluster}"`;
}

function hasLog(files: FileSystem): boolean {
  return files.list().some((name) =>
    segmentSequence(name) !== undefined || snapshotIndex(name) !== undefined
  );
}

async function writeIdentity(
  files: FileSystem,
  identity: DirectoryIdentity,
): Promise<void> {
  assert(identity.node > 0, "node ids are positive");
  const temporary = IDENTITY_NAME + TEMPORARY;
  const file = await files.create(temporary);
  try {
    await file.append(encodeIdentity(identity));
    await file.sync();
  } finally {
    file.close();
  }
  await files.rename(temporary, IDENTITY_NAME);
  await files.syncDirectory();
}
