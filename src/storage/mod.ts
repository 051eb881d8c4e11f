/**
 * What must survive: the write-ahead log and snapshots, in files.
 *
 * ```text
 *   LOCK                        held by the process that owns the directory
 *   wal-<sequence>.log          segments of the log
 *   snapshot-<index>.snap       the newest snapshot
 * ```
 *
 * The formats are in FORMAT.md. This folder knows entries and hard states, not
 * what entries mean.
 *
 * @module
 */

export { crc32c } from "./crc32c.ts";
export {
  DirectoryLock,
  type FileSystem,
  type StoredFile,
  SystemFiles,
} from "./files.ts";
export {
  readEntries,
  type RecoveredSegment,
  type RecoveredWal,
} from "./recovery.ts";
export {
  findSnapshot,
  type FoundSnapshot,
  readSnapshot,
  removeTemporary,
  type SnapshotPoint,
  writeSnapshot,
} from "./snapshot_file.ts";
export { Wal, type WalOptions } from "./wal.ts";
