/**
 * Loading the state from the log's snapshot: at the start, and again when a leader's
 * snapshot takes the place of all that this node had.
 *
 * @module
 */

import type { Core } from "../core/mod.ts";
import type { Engine } from "../engine/mod.ts";

/** What a recovery works with. */
export interface RecoveryParts {
  /** The core. */
  readonly core: Core;
  /** The engine over it. */
  readonly engine: () => Engine;
  /** Resolves when nothing reads the core but its owner. */
  readonly untilUnread: () => Promise<void>;
  /** Told when the state is loaded once more, and when that is done. */
  readonly reloading: (isLoading: boolean) => void;
  /** The node cannot go on. */
  readonly fail: (reason: string) => void;
}

/** See the module. */
export class Recovery {
  readonly #parts: RecoveryParts;
  #isLoading = true;
  #isFirst = true;
  /** Whether the core is empty, and takes pieces. */
  #isReady = false;

  /** Nothing is loaded yet. */
  constructor(parts: RecoveryParts) {
    this.#parts = parts;
  }

  /** Whether the state is being loaded: no request is served. */
  get isLoading(): boolean {
    return this.#isLoading;
  }

  /** A piece of the snapshot's content. */
  piece(piece: Uint8Array): void {
    const { core, fail } = this.#parts;
    if (!this.#isReady) core.beginImport();
    this.#isReady = true;
    if (core.importPiece(piece) !== "bad") return;
    fail("Cannot load the snapshot: its content is not one of this version");
  }

  /** The state is void from now on. Resolves when pieces of a new one may come. */
  async begin(): Promise<void> {
    const { core, engine, reloading, untilUnread } = this.#parts;
    this.#isLoading = true;
    reloading(true);
    engine().pause();
    engine().waits.abandonAll();
    await untilUnread();
    // A log without a snapshot sends no piece, and its entries need an empty state too.
    core.beginImport();
    this.#isReady = true;
    engine().restored(0);
  }

  /**
   * All is loaded.
   *
   * @returns Whether it is for the first time.
   */
  end(): boolean {
    this.#isLoading = false;
    this.#isReady = false;
    if (!this.#isFirst) {
      this.#parts.engine().unpause();
      this.#parts.reloading(false);
      return false;
    }
    this.#isFirst = false;
    return true;
  }
}
