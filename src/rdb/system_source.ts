/**
 * A file of the operating system as a {@linkcode ByteSource}.
 *
 * @module
 */

import { DiskError } from "../base/mod.ts";
import type { ByteSource } from "./source.ts";

function failure(action: string, path: string, cause: unknown): DiskError {
  const code = cause instanceof Error && "code" in cause
    ? String(cause.code)
    : "EUNKNOWN";
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DiskError(code, `Cannot ${action} ${path}: ${reason}`, { cause });
}

/** An open file that must not change while it is read. */
export class SystemSource implements ByteSource {
  /** Its path. */
  readonly name: string;
  /** Its size when it was opened. */
  readonly size: number;
  readonly #file: Deno.FsFile;
  readonly #changedMs: number | undefined;

  /** Opens the file at `path`. Throws a DiskError when it cannot be read. */
  constructor(path: string) {
    this.name = path;
    try {
      this.#file = Deno.openSync(path, { read: true });
    } catch (cause) {
      throw failure("open", path, cause);
    }
    const { isFile, size, mtime } = this.#file.statSync();
    if (!isFile) {
      this.close();
      throw new DiskError("EINVAL", `Cannot read ${path}: it is no file`);
    }
    this.size = size;
    this.#changedMs = mtime?.getTime();
  }

  readAt(offset: number, target: Uint8Array): number {
    try {
      this.#file.seekSync(offset, Deno.SeekMode.Start);
      return this.#file.readSync(target) ?? 0;
    } catch (cause) {
      throw failure("read", this.name, cause);
    }
  }

  /** Throws a DiskError when the file is not the one that was opened. */
  checkUnchanged(): void {
    const { size, mtime } = this.#file.statSync();
    if (size === this.size && mtime?.getTime() === this.#changedMs) return;
    throw new DiskError(
      "ESTALE",
      `${this.name} was written to while it was read: import a copy of it`,
    );
  }

  /** Closes the file. */
  close(): void {
    this.#file.close();
  }
}
