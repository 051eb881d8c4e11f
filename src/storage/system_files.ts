/**
 * Files of the operating system: the one file of this folder that touches it.
 *
 * @module
 */

import { DirectoryError, DiskError } from "../base/mod.ts";
import { ZEROS_BYTES } from "../config/mod.ts";
import {
  type FileSystem,
  type ReadableFile,
  type StoredFile,
  TEMPORARY,
} from "./files.ts";

function code(cause: unknown): string {
  if (cause instanceof Error && "code" in cause) return String(cause.code);
  return cause instanceof Error ? cause.name : "EUNKNOWN";
}

function failure(what: string, cause: unknown): DiskError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DiskError(code(cause), `Cannot ${what}: ${reason}`, { cause });
}

/** Runs `action`; what the system refuses becomes a {@linkcode DiskError}. */
function guard<T>(what: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw failure(what, cause);
  }
}

/** The same for an action that takes its time. */
async function guardAsync<T>(
  what: string,
  action: () => Promise<T>,
): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw failure(what, cause);
  }
}

/**
 * What holds the calling thread up instead of running in another one. It spares two
 * changes of thread, about 30 µs a call, but a disk that stalls stops the caller too.
 */
export interface Blocking {
  /** Appends to open files. */
  readonly writes: boolean;
  /** Syncs of open files. */
  readonly syncs: boolean;
}

const NEVER: Blocking = { writes: false, syncs: false };

function writeAllSync(file: Deno.FsFile, bytes: Uint8Array): void {
  let at = 0;
  while (at < bytes.length) {
    const count = file.writeSync(bytes.subarray(at));
    if (count === 0) throw new Error("nothing was written");
    at += count;
  }
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  let at = 0;
  while (at < bytes.length) {
    const count = await file.write(bytes.subarray(at));
    if (count === 0) throw new Error("nothing was written");
    at += count;
  }
}

async function readAt(
  file: Deno.FsFile,
  offset: number,
  length: number,
): Promise<Uint8Array> {
  await file.seek(offset, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = await file.read(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

class SystemFile implements StoredFile {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  /**
   * Another handle to sync by: Deno refuses to write by a handle while another
   * operation of it is in flight. It is opened before anything is written, so that the
   * system reports every failed write-back to it.
   */
  readonly #syncFile: Deno.FsFile;
  readonly #blocking: Blocking;

  constructor(
    path: string,
    file: Deno.FsFile,
    syncFile: Deno.FsFile,
    blocking: Blocking,
  ) {
    this.#blocking = blocking;
    // Errors name the file as it will be found.
    this.#path = path.endsWith(TEMPORARY)
      ? path.slice(0, -TEMPORARY.length)
      : path;
    this.#file = file;
    this.#syncFile = syncFile;
  }

  static open(
    path: string,
    isNew: boolean,
    blocking: Blocking,
  ): Promise<SystemFile> {
    const what = isNew ? "create" : "open";
    return guardAsync(`${what} "${path}"`, async () => {
      const options = { write: true, create: isNew, truncate: isNew };
      const file = await Deno.open(path, options);
      try {
        const syncFile = await Deno.open(path, { write: true });
        return new SystemFile(path, file, syncFile, blocking);
      } catch (cause) {
        file.close();
        throw cause;
      }
    });
  }

  append(bytes: Uint8Array, paddingBytes = 0): Promise<void> {
    return guardAsync(
      `write "${this.#path}"`,
      async () => {
        if (this.#blocking.writes) writeAllSync(this.#file, bytes);
        else await writeAll(this.#file, bytes);
        if (paddingBytes === 0) return;
        // Only a number of the process: no disk is asked.
        this.#file.seekSync(-paddingBytes, Deno.SeekMode.Current);
      },
    );
  }

  reserve(bytes: number): Promise<void> {
    return guardAsync(`extend "${this.#path}"`, async () => {
      const { size } = await this.#file.stat();
      if (size < bytes) await this.#file.truncate(bytes);
    });
  }

  sync(): Promise<void> {
    return guardAsync(
      `sync "${this.#path}"`,
      async () => {
        if (this.#blocking.syncs) this.#syncFile.syncDataSync();
        else await this.#syncFile.syncData();
      },
    );
  }

  close(): void {
    this.#file.close();
    this.#syncFile.close();
  }
}

function syncDirectoryNow(path: string): void {
  using directory = Deno.openSync(path);
  directory.syncSync();
}

/** Makes a directory and those above it, durably. */
function makeDirectory(directory: string): void {
  const names = directory.split("/");
  for (let count = 1; count <= names.length; count++) {
    const path = names.slice(0, count).join("/");
    if (path === "" || exists(path)) continue;
    Deno.mkdirSync(path, { recursive: true });
    syncDirectoryNow(`${path}/..`);
  }
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
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
      makeDirectory(directory);
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
  readonly #blocking: Blocking;

  /**
   * The files of `directory`. Operations are `blocking` only for a caller that has
   * nothing else to do meanwhile.
   */
  constructor(directory: string, blocking = NEVER) {
    this.#directory = directory;
    this.#blocking = blocking;
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
      const rest = Math.max(0, file.statSync().size - offset);
      const bytes = new Uint8Array(Math.min(length, rest));
      let filled = 0;
      while (filled < bytes.length) {
        const count = file.readSync(bytes.subarray(filled));
        if (count === null) break;
        filled += count;
      }
      return bytes.subarray(0, filled);
    });
  }

  /** @inheritdoc */
  open(name: string): Promise<ReadableFile> {
    const path = this.path(name);
    return guardAsync(`open "${path}"`, async () => {
      const file = await Deno.open(path);
      return {
        read: (offset, length) =>
          guardAsync(`read "${path}"`, () => readAt(file, offset, length)),
        close: () => file.close(),
      };
    });
  }

  /** @inheritdoc */
  create(name: string): Promise<StoredFile> {
    return SystemFile.open(this.path(name), true, this.#blocking);
  }

  /** @inheritdoc */
  writeZeros(name: string, bytes: number): Promise<void> {
    const path = this.path(name);
    return guardAsync(`prepare "${path}"`, async () => {
      const options = { write: true, create: true, truncate: true };
      using file = await Deno.open(path, options);
      const zeros = new Uint8Array(Math.min(bytes, ZEROS_BYTES));
      for (let at = 0; at < bytes; at += zeros.length) {
        await writeAll(file, zeros.subarray(0, bytes - at));
        await file.syncData();
      }
    });
  }

  /** @inheritdoc */
  reuse(name: string): Promise<StoredFile> {
    return SystemFile.open(this.path(name), false, this.#blocking);
  }

  /** @inheritdoc */
  renew(name: string, offset: number, length: number): Promise<void> {
    const path = this.path(name);
    const bytes = this.read(name, offset, length);
    return guardAsync(`renew "${path}"`, async () => {
      using file = await Deno.open(path, { write: true });
      await file.seek(offset, Deno.SeekMode.Start);
      await writeAll(file, bytes);
      await file.sync();
    });
  }

  /** @inheritdoc */
  rename(from: string, to: string): Promise<void> {
    return guardAsync(
      `rename "${this.path(from)}"`,
      () => Deno.rename(this.path(from), this.path(to)),
    );
  }

  /** @inheritdoc */
  remove(name: string): Promise<void> {
    return guardAsync(
      `remove "${this.path(name)}"`,
      () => Deno.remove(this.path(name)),
    );
  }

  /** @inheritdoc */
  syncDirectory(): Promise<void> {
    return guardAsync(`sync "${this.#directory}"`, async () => {
      using directory = await Deno.open(this.#directory);
      await directory.sync();
    });
  }
}
