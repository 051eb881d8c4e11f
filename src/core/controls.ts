/**
 * Switches of the core that no data depends on: what clients may send, and when.
 *
 * @module
 */

import type { CoreExports } from "./instance.ts";

/** What waits while clients are paused, by the numbers of core-as/pause.ts. */
export const PAUSED = {
  /** Nothing. */
  nothing: 0,
  /** Requests that may change data, or tell others of something. */
  writes: 1,
  /** All requests. */
  everything: 2,
} as const;

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

  /** Sets what waits, one of {@linkcode PAUSED}: `Core.serve` stops before it. */
  setPause(mode: number): void {
    this.#exports.sessionsPause(mode);
  }
}
