/**
 * As of which time requests read. A key must not be gone for one of them and there for a
 * later one.
 *
 * A node alone reads as of its clock, but no later than the oldest entry on its way: that may
 * prolong a key which is due meanwhile.
 *
 * In a group the log alone says which keys are gone, whatever the clocks of the nodes show.
 * As long as no key is due, the clock is as good. Else requests read as of the last entry
 * applied, and the leader proposes to remove what is due.
 *
 * @module
 */

import { EXPIRY_HURRY_MS } from "../config/mod.ts";
import type { Core } from "../core/mod.ts";
import type { Proposer, ProposerOptions } from "./proposer.ts";

/** What a proposer is told that reads depend on. */
type ReadTimeOptions = Pick<ProposerOptions, "expiriesPerEntry" | "reads">;

/** The time of one engine's reads. */
export class ReadTime {
  readonly #core: Pick<Core, "header" | "nextDueMs">;
  readonly #proposer: Proposer;
  readonly #options: ReadTimeOptions;
  /** When the next key is due as of entry `#index`. */
  #dueMs = Infinity;
  #index = -1;
  #hurriedMs = 0;

  /** Goes by what `core` has applied and what `proposer` has on its way. */
  constructor(
    core: Pick<Core, "header" | "nextDueMs">,
    proposer: Proposer,
    options: ReadTimeOptions,
  ) {
    this.#core = core;
    this.#proposer = proposer;
    this.#options = options;
  }

  /** The time for requests that are served at wall time `nowMs`. */
  at(nowMs: number): number {
    if (this.#options.reads === undefined) {
      return this.#proposer.oldestMs(nowMs);
    }
    const { header } = this.#core;
    const index = header.get("appliedIndex");
    if (index !== this.#index) {
      this.#index = index;
      this.#dueMs = this.#core.nextDueMs();
    }
    if (this.#dueMs > nowMs) return nowMs;
    this.#hurry(nowMs);
    return header.get("appliedTimeMs");
  }

  /** Proposes to remove what is due, if this node leads and nothing else is on its way. */
  #hurry(nowMs: number): void {
    if (Math.abs(nowMs - this.#hurriedMs) < EXPIRY_HURRY_MS) return;
    this.#hurriedMs = nowMs;
    const { expiriesPerEntry } = this.#options;
    queueMicrotask(() => this.#proposer.expire(expiriesPerEntry));
  }
}
