/**
 * What DEBUG shows of the data (core-as/generic/digest.ts, inspect.ts).
 *
 * @module
 */

import { byteText } from "../base/mod.ts";
import { give } from "./give.ts";
import type { CoreExports } from "./instance.ts";
import type { CoreMemory } from "./memory.ts";

/** A SHA-1 digest. */
const DIGEST_BYTES = 20;

/** Looks into one core's data. */
export class CoreInspector {
  readonly #exports: CoreExports;
  readonly #memory: CoreMemory;

  /** Looks into the data of the owner's instance over `memory`. */
  constructor(exports: CoreExports, memory: CoreMemory) {
    this.#exports = exports;
    this.#memory = memory;
  }

  /** Whether memory has room for the name of a key of `bytes`, which these methods copy. */
  hasRoomFor(bytes: number): boolean {
    const address = this.#exports.allocateBuffer(bytes) >>> 0;
    if (address === 0) return false;
    this.#exports.freeBuffer(address);
    return true;
  }

  /** Digest of all data as DEBUG DIGEST shows it: 20 bytes. */
  digestOfAll(): Uint8Array {
    const digest = this.#exports.digestOfAll() >>> 0;
    return this.#memory.bytes(digest, DIGEST_BYTES).slice();
  }

  /**
   * SHA-1 digest of a key's value as DEBUG DIGEST-VALUE shows it, if there is one.
   * Requires: room for the key.
   */
  digestOfKey(database: number, key: Uint8Array): Uint8Array | undefined {
    return give(this.#memory, this.#exports, key, (address, length) => {
      const digest = this.#exports.digestOfKey(database, address, length) >>> 0;
      return digest === 0
        ? undefined
        : this.#memory.bytes(digest, DIGEST_BYTES).slice();
    });
  }

  /** What DEBUG OBJECT says of a key's value, if there is one. Requires: room for the key. */
  describeKey(database: number, key: Uint8Array): string | undefined {
    return give(this.#memory, this.#exports, key, (address, length) => {
      const bytes = this.#exports.keyTextBytes(database, address, length);
      if (bytes === 0) return undefined;
      const text = this.#memory.bytes(this.#exports.keyText() >>> 0, bytes);
      return byteText(text);
    });
  }
}
