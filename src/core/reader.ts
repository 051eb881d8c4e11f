/**
 * An instance of the core in another Worker, which reads pinned views.
 *
 * It never writes a page: its scratch block and its buffer were made for it by
 * the owner, and are all it changes.
 *
 * @module
 */

import { type CoreExports, instantiateCore } from "./instance.ts";
import { CoreMemory } from "./memory.ts";

/** What a reader's Worker gets from the owner. */
export interface ReaderGrant {
  /** The compiled core. */
  readonly module: WebAssembly.Module;
  /** The owner's memory. */
  readonly memory: WebAssembly.Memory;
  /** Scratch block made by `Core.newScratch`. */
  readonly scratch: number;
  /** Buffer made by `Core.allocateBuffer`. */
  readonly buffer: number;
  /** Bytes of that buffer. */
  readonly bufferBytes: number;
}

/** Reads pinned views of a core owned by another Worker. */
export class CoreReader {
  readonly #exports: CoreExports;
  readonly #memory: CoreMemory;
  readonly #grant: ReaderGrant;

  /** Attaches to the owner's memory. */
  constructor(grant: ReaderGrant) {
    this.#grant = grant;
    this.#memory = new CoreMemory(grant.memory);
    this.#exports = instantiateCore(grant.module, grant.memory);
    this.#exports.attach(grant.scratch);
  }

  /** The content of the snapshot of a pinned view, piece by piece; each good until the next. */
  *snapshot(slot: number): Generator<Uint8Array> {
    const { buffer, bufferBytes } = this.#grant;
    this.#exports.exportBegin(slot);
    for (;;) {
      const bytes = this.#exports.exportFill(buffer, bufferBytes);
      if (bytes === 0) return;
      yield this.#memory.bytes(buffer, bytes);
    }
  }

  /**
   * Walks the trees of a pinned view.
   *
   * @returns 0, or the number of the first broken invariant (core-as/generic/check.ts).
   */
  checkView(slot: number): number {
    return this.#exports.viewCheck(slot);
  }

  /** Ends the view, after the last read of it. */
  releaseView(slot: number): void {
    this.#exports.viewRelease(slot);
  }
}
