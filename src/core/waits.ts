/**
 * Sessions whose last request waits for a key (core-as/waits/wake.ts): until when, how
 * that ends, and who was served.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import { WAIT_ENDS } from "./codes.ts";
import type { SessionAddress } from "./session_address.ts";
import type { CoreExports } from "./instance.ts";
import type { CoreMemory } from "./memory.ts";

/** A session whose wait is over. */
export interface ServedWait {
  /** The session. */
  readonly session: SessionAddress;
  /** Offset in the output of its reply. */
  readonly from: number;
  /** Offset behind it. */
  readonly to: number;
  /** Whether the reply found no room: its client must be closed. */
  readonly hasOverflown: boolean;
}

const NOBODY: readonly ServedWait[] = [];
const SERVED_ROW_BYTES = 12;
const OVERFLOWN_BIT = 1;

/** The waits of one core's sessions. */
export class CoreWaits {
  readonly #exports: CoreExports;
  readonly #memory: CoreMemory;

  /** Waits of the owner's instance over `memory`. */
  constructor(exports: CoreExports, memory: CoreMemory) {
    this.#exports = exports;
    this.#memory = memory;
  }

  /** Wall time in milliseconds at which the session's wait is over, 0 = never. Requires: it waits. */
  deadlineMs(session: SessionAddress): number {
    return this.#exports.waitDeadline(session);
  }

  /**
   * Ends the session's wait. Requires: it waits.
   *
   * @returns "ended": its reply is in the output; "gathered": the gathering batch
   * ends it; "full": there is no memory for that now.
   */
  end(
    session: SessionAddress,
    how: keyof typeof WAIT_ENDS,
  ): "ended" | "gathered" | "full" {
    const ending = this.#exports.waitEnd(session, WAIT_ENDS[how]);
    return ending === 1 ? "ended" : ending === 2 ? "gathered" : "full";
  }

  /**
   * Ends the session's wait because this node leads no more; its reply is in the
   * output. Requires: it waits.
   */
  abandon(session: SessionAddress): void {
    this.#exports.waitAbandon(session);
  }

  /** No waiter of the data is this process's any more, which goes on as `id`, a number of its own. */
  disown(id: bigint): void {
    this.#exports.waitersDisown(id);
  }

  /** All data was loaded back: the session waits as it did. Requires: it waits. */
  goOn(session: SessionAddress): void {
    this.#exports.waitGoOn(session);
  }

  /** Ends the waits of all clients, none of them of this process, by the gathering batch. */
  endOthers(): void {
    const isGathered = this.#exports.waitEndOthers() !== 0;
    assert(isGathered, "the core keeps memory for an entry's header");
  }

  /** Ends of waits in the gathering batch. */
  gathered(): number {
    return this.#exports.batchEnds();
  }

  /** Waiters that are part of the data, and their queues. */
  kept(): number {
    return this.#exports.waitersKept();
  }

  /** Sessions whose waits are over, and which part of the output is theirs; each is told once. */
  served(): readonly ServedWait[] {
    const count = this.#exports.waitServed();
    if (count === 0) return NOBODY;
    const rows = this.#exports.waitServedRows() >>> 0;
    this.#exports.waitClear();
    return Array.from({ length: count }, (_, index) => {
      const row = rows + index * SERVED_ROW_BYTES;
      return {
        session: (this.#memory.u32(row) & ~OVERFLOWN_BIT) >>> 0,
        hasOverflown: (this.#memory.u32(row) & OVERFLOWN_BIT) !== 0,
        from: this.#memory.u32(row + 4),
        to: this.#memory.u32(row + 8),
      };
    });
  }
}
