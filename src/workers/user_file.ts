/**
 * The file of users.
 *
 * @module
 */

import { byteText, textBytes } from "../base/mod.ts";
import type { UserFilePort } from "../commands/mod.ts";
import { type FileSystem, SystemFiles } from "../storage/mod.ts";

/** Ends the name of the file while it is written. */
const UNFINISHED = ".tmp";

/** A file of users in a directory. */
class UserFile implements UserFilePort {
  /** Its path, as the operator gave it. */
  readonly path: string;
  readonly #files: FileSystem;
  readonly #name: string;
  /** Ends when the file has been written as often as was asked. */
  #written: Promise<void> = Promise.resolve();

  /** The file `name` of `files`, which operators know as `path`. */
  constructor(path: string, files: FileSystem, name: string) {
    this.path = path;
    this.#files = files;
    this.#name = name;
  }

  /** @inheritdoc */
  read(): string {
    const bytes = this.#files.size(this.#name);
    return byteText(this.#files.read(this.#name, 0, bytes));
  }

  /** @inheritdoc */
  write(text: string): Promise<void> {
    const bytes = textBytes(text);
    const write = () => this.#replace(bytes);
    const written = this.#written.then(write, write);
    this.#written = written;
    return written;
  }

  async #replace(bytes: Uint8Array): Promise<void> {
    const temporary = `${this.#name}${UNFINISHED}`;
    const file = await this.#files.create(temporary);
    try {
      await file.append(bytes);
      await file.sync();
    } finally {
      file.close();
    }
    await this.#files.rename(temporary, this.#name);
    await this.#files.syncDirectory();
  }
}

/** The file at `path`; `undefined` for an empty path. */
export function openUserFile(path: string): UserFile | undefined {
  if (path === "") return undefined;
  const slash = path.lastIndexOf("/");
  const directory = slash < 0 ? "." : path.slice(0, Math.max(slash, 1));
  return new UserFile(path, new SystemFiles(directory), path.slice(slash + 1));
}
