/**
 * Files: the one file of this folder that touches the operating system.
 *
 * Everything above works on {@linkcode FileSystem}, so that tests can put a disk
 * in its place that loses what was not synced.
 *
 * @module
 */

import { DirectoryError, DiskError } from "../base/mod.ts";

/** An open file, written at its end. */
export interface StoredFile {
  /** Writes all of `bytes` at the end. */
  append(bytes: Uint8Array): void;
  /** Makes what was written durable; other work goes on meanwhile. */
  sync(): Promise<void>;
  /** Makes what was written durable. */
  syncNow(): void;
  /** Cuts the file to `bytes` and goes on writing there. */
  truncate(bytes: number): void;
  /** Closes the file. */
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
  /** Opens a file for writing at its end; makes it if it is not there. */
  open(name: string): StoredFile;
  /** Gives a file another name, replacing what has it. */
  rename(from: string, to: string): void;
  /** Removes a file. */
  remove(name: string): void;
  /** Makes creations, renames and removals durable. */
  syncDirectory(): void;
}

function code(cause: unknown): string {
  if (cause instanceof Error && "code" in cause) return String(cause.code);
  return cause instanceof Error ? cause.name : "EUNKNOWN";
}

/** Runs `action`; what the system refuses becomes a {@linkcode DiskError}. */
function guard<T>(what: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw failure(what, cause);
  }
}

function failure(what: string, cause: unknown): DiskError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DiskError(code(cause), `Cannot ${what}: ${reason}`, { cause });
}

class SystemFile implements StoredFile {
  readonly #file: Deno.FsFile;
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
    this.#file = guard(`open "${path}"`, () => {
      const file = Deno.openSync(path, {
        read: true,
        write: true,
        create: true,
      });
      file.seekSync(0, Deno.SeekMode.End);
      return file;
    });
  }

  append(bytes: Uint8Array): void {
    guard(`write "${this.#path}"`, () => {
      let at = 0;
      while (at < bytes.length) at += this.#file.writeSync(bytes.subarray(at));
    });
  }

  async sync(): Promise<void> {
    try {
      await this.#file.syncData();
    } catch (cause) {
      throw failure(`sync "${this.#path}"`, cause);
    }
  }

  syncNow(): void {
    guard(`sync "${this.#path}"`, () => this.#file.syncDataSync());
  }

  truncate(bytes: number): void {
    guard(`truncate "${this.#path}"`, () => {
      this.#file.truncateSync(bytes);
      this.#file.seekSync(bytes, Deno.SeekMode.Start);
    });
  }

  close(): void {
    this.#file.close();
  }
}

/** Name of the file whose lock says that a process owns the directory. */
const LOCK = "LOCK";

/** A directory that only this process uses, until disposed of. */
export class DirectoryLock {
  readonly #file: Deno.FsFile;

  /**
   * Makes the directory if needed and locks it.
   *
   * @throws {DirectoryError} When it cannot be used, or another process uses it.
   */
  constructor(directory: string) {
    try {
      Deno.mkdirSync(directory, { recursive: true });
      const path = `${directory}/${LOCK}`;
      this.#file = Deno.openSync(path, { write: true, create: true });
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const message = `Cannot use directory "${directory}": ${reason}`;
      throw new DirectoryError(directory, message, { cause });
    }
    if (this.#file.tryLockSync(true)) return;
    this.#file.close();
    throw new DirectoryError(
      directory,
      `Cannot use directory "${directory}": another process has locked it`,
    );
  }

  /** Gives the directory up. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}

/** A real directory. Its user holds a {@linkcode DirectoryLock}. */
export class SystemFiles implements FileSystem {
  readonly #directory: string;

  /** The files of `directory`. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** @inheritdoc */
  path(name: string): string {
    return `${this.#directory}/${name}`;
  }

  /** @inheritdoc */
  list(): string[] {
    return guard(
      `list "${this.#directory}"`,
      () => Array.from(Deno.readDirSync(this.#directory), ({ name }) => name),
    ).sort();
  }

  /** @inheritdoc */
  size(name: string): number {
    const path = this.path(name);
    return guard(`look at "${path}"`, () => Deno.statSync(path).size);
  }

  /** @inheritdoc */
  read(name: string, offset: number, length: number): Uint8Array {
    const path = this.path(name);
    return guard(`read "${path}"`, () => {
      using file = Deno.openSync(path);
      file.seekSync(offset, Deno.SeekMode.Start);
      const bytes = new Uint8Array(length);
      let filled = 0;
      while (filled < length) {
        const count = file.readSync(bytes.subarray(filled));
        if (count === null) break;
        filled += count;
      }
      return bytes.subarray(0, filled);
    });
  }

  /** @inheritdoc */
  open(name: string): StoredFile {
    return new SystemFile(this.path(name));
  }

  /** @inheritdoc */
  rename(from: string, to: string): void {
    guard(
      `rename "${this.path(from)}"`,
      () => Deno.renameSync(this.path(from), this.path(to)),
    );
  }

  /** @inheritdoc */
  remove(name: string): void {
    guard(
      `remove "${this.path(name)}"`,
      () => Deno.removeSync(this.path(name)),
    );
  }

  /** @inheritdoc */
  syncDirectory(): void {
    guard(`sync "${this.#directory}"`, () => {
      using directory = Deno.openSync(this.#directory);
      directory.syncSync();
    });
  }
}
