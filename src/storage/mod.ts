/**
 * What must survive: the write-ahead log and snapshots, in files.
 *
 * ```text
 *   LOCK                        held by the process that owns the directory
 *   wal-<sequence>.log          segments of the log
 *   snapshot-<index>.snap       the newest snapshot
 *   identity                    whose directory it is, for a member of a group
 *   nodes                       directories of the other members that it has met
 * ```
 *
 * The formats are in FORMAT.md. This folder knows entries and hard states, not
 * what entries mean.
 *
 * @module
 */

export type { FileSystem, ReadableFile, StoredFile } from "./files.ts";
export {
  checkAlone,
  claimDirectory,
  type DirectoryIdentity,
  type NodeIdentity,
} from "./identity.ts";
export { KnownNodes } from "./known_nodes.ts";
export { readEntries, type RecoveredWal, recoverWal } from "./recovery.ts";
export {
  adoptSnapshot,
  checkSnapshot,
  findSnapshot,
  type FoundSnapshot,
  incomingName,
  readSnapshot,
  removeTemporary,
  writeSnapshot,
} from "./snapshot_file.ts";
export type { SnapshotPoint } from "./snapshot_format.ts";
export { tryRemove } from "./files.ts";
export { DirectoryLock, SystemFiles } from "./system_files.ts";
export { Wal, type WalOptions } from "./wal.ts";
export type { RecoveredSegment } from "./wal_reader.ts";
