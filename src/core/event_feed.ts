/**
 * What the core noted since it was last asked. While nobody listens, asking costs a
 * test of a number of the host's own.
 *
 * @module
 */

import { type CoreEvent, readEvents } from "./events.ts";
import type { CoreExports } from "./instance.ts";
import type { CoreMemory } from "./memory.ts";

/** What of the core a feed needs. */
export type FeedExports = Pick<
  CoreExports,
  | "eventsNote"
  | "eventsAddress"
  | "eventsBytes"
  | "eventsMissing"
  | "eventsClear"
>;

/** Notes of one core. */
export class EventFeed {
  /** Notes lost at the core's bound since the start. */
  lost = 0;
  readonly #memory: CoreMemory;
  readonly #exports: FeedExports;
  #mask = 0;

  /** The notes in `memory` of the core with `exports`. */
  constructor(memory: CoreMemory, exports: FeedExports) {
    this.#memory = memory;
    this.#exports = exports;
  }

  /** What is noted: bits of `EVENT_CLASSES`. */
  get mask(): number {
    return this.#mask;
  }

  /** Sets what is noted from now on. */
  set mask(bits: number) {
    this.#mask = bits;
    this.#exports.eventsNote(bits);
  }

  /**
   * Takes what was noted since the last call, in order; `undefined` for nothing. Where
   * notes were lost, all databases count as emptied, so that no copy of a key outlives it.
   */
  take(): readonly CoreEvent[] | undefined {
    if (this.#mask === 0) return undefined;
    const bytes = this.#exports.eventsBytes();
    const missing = this.#exports.eventsMissing();
    if (bytes === 0 && missing === 0) return undefined;
    const events = readEvents(
      this.#memory,
      this.#exports.eventsAddress() >>> 0,
      bytes,
    );
    if (missing !== 0) events.push({ kind: "emptied" });
    this.lost += missing;
    this.#exports.eventsClear();
    return events;
  }
}
