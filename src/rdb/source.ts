/**
 * Bytes that an RDB file is read from: the file, or bytes in memory for tests.
 *
 * @module
 */

/** What can be read at any offset. */
export interface ByteSource {
  /** The name that messages show. */
  readonly name: string;
  /** Bytes of the whole. */
  readonly size: number;
  /**
   * Reads up to `target.length` bytes at `offset`; how many, 0 at the end.
   *
   * @throws {DiskError} When the system refuses, or the file is not what it was.
   */
  readAt(offset: number, target: Uint8Array): number;
}
