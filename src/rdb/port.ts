/**
 * The connection to the server that is loaded: bytes out, bytes in.
 *
 * @module
 */

/** A connection, or its twin in tests. */
export interface ServerPort {
  /** Sends all of `bytes`, which stay as they are until then. */
  write(bytes: Uint8Array): Promise<void>;
  /** Reads into `target`; how many bytes, null at the end. Throws when none come for too long. */
  read(target: Uint8Array): Promise<number | null>;
  /** Ends the connection. */
  close(): void;
}
