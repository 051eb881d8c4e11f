/**
 * Files as the rest of this folder sees them. `system_files.ts` has the real ones;
 * tests put a disk in their place that loses what was not synced.
 *
 * What only looks at the disk blocks the thread, and is for the time before and
 * after a log is written. What changes the disk, or reads on while it is used, is
 * asynchronous: a disk that stalls stops nothing else.
 *
 * Every method but `path` throws or rejects with `DiskError` when the system refuses.
 *
 * @module
 */

/** Ends the name of a file that is not whole yet. */
export const TEMPORARY = ".tmp";

/** An open file, written from its start on. */
export interface StoredFile {
  /**
   * Hands `bytes` to the system, behind what was appended before. The next call writes
   * over the last `paddingBytes` of them. One call at a time; the caller leaves `bytes`
   * alone until it has ended.
   */
  append(bytes: Uint8Array, paddingBytes?: number): Promise<void>;
  /** Makes the file at least `bytes` long; what it grows by reads as zeros. */
  reserve(bytes: number): Promise<void>;
  /**
   * Makes durable what was appended before the call, and the length. Appends may go on
   * meanwhile.
   */
  sync(): Promise<void>;
  /** Closes the file. Requires: nothing is in flight. */
  close(): void;
}

/** An open file that is only read. */
export interface ReadableFile {
  /** Bytes `[offset, offset + length)`, fewer at its end. One call at a time. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Closes it. A read may be under way, which fails then. */
  close(): void;
}

/** A directory of files, by name. */
export interface FileSystem {
  /** Path of `name`, for messages. */
  path(name: string): string;
  /** Names of the files, sorted. */
  list(): string[];
  /** Bytes of a file. */
  size(name: string): number;
  /** Bytes `[offset, offset + length)` of a file, fewer at its end. */
  read(name: string, offset: number, length: number): Uint8Array;
  /** Opens a file to be read; its bytes stay readable when it is renamed or removed. */
  open(name: string): Promise<ReadableFile>;
  /** Makes a file, empty whatever it held before. */
  create(name: string): Promise<StoredFile>;
  /**
   * Makes a file of `bytes` zeros that are on disk, and not only promised by it. It
   * never holds the caller up.
   */
  writeZeros(name: string, bytes: number): Promise<void>;
  /** Opens a file to be written over, with all that it holds. */
  reuse(name: string): Promise<StoredFile>;
  /**
   * Makes bytes `[offset, offset + length)` of a file durable by writing them once more:
   * the system may hold what it failed to sync for synced.
   */
  renew(name: string, offset: number, length: number): Promise<void>;
  /** Gives a file another name, replacing what has it. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file. */
  remove(name: string): Promise<void>;
  /** Makes creations, renames and removals durable. */
  syncDirectory(): Promise<void>;
}

/** Gives the disk back what a file took that could not be written, if the disk lets it. */
export async function tryRemove(
  files: FileSystem,
  name: string,
): Promise<void> {
  try {
    if (files.list().includes(name)) await files.remove(name);
  } catch {
    // The failure before is the one to report; the next start removes the file.
  }
}
