/**
 * Switches of the core that no data depends on: what clients may send, and when.
 *
 * @module
 */

import type { CoreExports } from "./instance.ts";

/** The switches of one core. */
export class CoreControls {
  readonly #exports: CoreExports;

  /** Switches of the owner's instance. */
  constructor(exports: CoreExports) {
    this.#exports = exports;
  }

  /** Sets the bytes that a request may have before it is whole; then there is no input room. */
  setInputLimit(bytes: number): void {
    this.#exports.sessionLimitInput(bytes);
  }
}
