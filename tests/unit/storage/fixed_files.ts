/**
 * Files that can only be read.
 *
 * @module
 */

import { DiskError } from "../../../src/base/mod.ts";
import type {
  FileSystem,
  ReadableFile,
  StoredFile,
} from "../../../src/storage/mod.ts";

function refuse(): Promise<never> {
  return Promise.reject(new DiskError("EROFS", "These files are fixed"));
}

/** See the module. */
export class FixedFiles implements FileSystem {
  readonly #files: ReadonlyMap<string, Uint8Array>;

  constructor(files: ReadonlyMap<string, Uint8Array>) {
    this.#files = files;
  }

  path(name: string): string {
    return `fixed/${name}`;
  }

  list(): string[] {
    return [...this.#files.keys()].sort();
  }

  size(name: string): number {
    return this.#bytes(name).length;
  }

  read(name: string, offset: number, length: number): Uint8Array {
    return this.#bytes(name).slice(offset, offset + length);
  }

  open(name: string): Promise<ReadableFile> {
    const bytes = this.#bytes(name);
    return Promise.resolve({
      read: (offset, length) =>
        Promise.resolve(bytes.slice(offset, offset + length)),
      close: () => {},
    });
  }

  #bytes(name: string): Uint8Array {
    const bytes = this.#files.get(name);
    if (bytes === undefined) throw new DiskError("ENOENT", `No file "${name}"`);
    return bytes;
  }

  create(): Promise<StoredFile> {
    return refuse();
  }

  writeZeros(): Promise<void> {
    return refuse();
  }

  reuse(): Promise<StoredFile> {
    return refuse();
  }

  renew(): Promise<void> {
    return refuse();
  }

  rename(): Promise<void> {
    return refuse();
  }

  remove(): Promise<void> {
    return refuse();
  }

  syncDirectory(): Promise<void> {
    return refuse();
  }
}
