/**
 * The WAL of `src/storage` as a replica writes it.
 *
 * @module
 */

import type { Entry, HardState } from "../raft/mod.ts";
import type { FileSystem, Wal } from "../storage/mod.ts";
import type { LogWriter } from "./log_writer.ts";

/** A {@linkcode LogWriter} over a {@linkcode Wal}. */
export class WalWriter implements LogWriter {
  readonly #wal: Wal;
  readonly #files: FileSystem;

  /** Writes to `wal`, whose segments are in `files`. */
  constructor(wal: Wal, files: FileSystem) {
    this.#wal = wal;
    this.#files = files;
  }

  /** See {@linkcode LogWriter}. */
  get bytesSinceSnapshot(): number {
    return this.#wal.bytesSinceSnapshot;
  }

  /** See {@linkcode LogWriter}. */
  append(entries: readonly Entry[], hardState?: HardState): void {
    this.#wal.append(entries, hardState);
  }

  /** See {@linkcode LogWriter}. */
  flush(isSync: boolean): Promise<void> {
    return this.#wal.flush(isSync);
  }

  /**
   * See {@linkcode LogWriter}. The sync has a handle of its own: Deno refuses to write
   * by a handle while another operation of it is in flight. Only the newest segment can
   * hold unsynced bytes, since the WAL syncs each before it begins the next.
   */
  async sync(): Promise<void> {
    const newest = this.#files.list().filter((name) => name.startsWith("wal-"))
      .at(-1);
    if (newest === undefined) return;
    const file = this.#files.open(newest);
    try {
      await file.sync();
    } finally {
      file.close();
    }
  }

  /** See {@linkcode LogWriter}. */
  trim(index: number): void {
    this.#wal.trim(index);
  }
}
