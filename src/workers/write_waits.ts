/**
 * Clients that wait until members of the group have their writes.
 *
 * The raft Worker writes what members have to a page, and rings when it changes while
 * somebody waits.
 *
 * @module
 */

import { type After, assert, type Clock } from "../base/mod.ts";
import type { Holders, HoldersOutcome, HoldersWait } from "../commands/mod.ts";
import { TIMER_MS_MAX } from "../config/mod.ts";
import type { ProgressReader } from "../replica/mod.ts";

/** What {@linkcode WriteWaits} look at. */
export interface WriteWaitsParts {
  /** This node's id in its group; undefined for a node alone. */
  readonly nodeId: number | undefined;
  /** How far the members are. */
  readonly progress: Pick<ProgressReader, "read" | "setWanted">;
  /** The clock. */
  readonly clock: Clock;
  /** The timer. */
  readonly after: After;
}

/** One client's wait. */
interface Wait {
  readonly index: number;
  readonly isEnough: (holders: Holders) => boolean;
  readonly settle: (outcome: HoldersOutcome) => void;
  cancel: (() => void) | undefined;
}

/** See the module. A client waits once at most, so there are no more waits than clients. */
export class WriteWaits {
  readonly #parts: WriteWaitsParts;
  readonly #waits = new Set<Wait>();

  /** Nobody waits. */
  constructor(parts: WriteWaitsParts) {
    this.#parts = parts;
  }

  /** Who has the log up to `index`, which this node has applied. */
  holders(index: number): Holders {
    const { nodeId, progress } = this.#parts;
    // A node alone applies nothing before its log has it.
    if (nodeId === undefined) return { own: true, others: 0 };
    const holders = progress.read().filter(({ heldIndex }) =>
      heldIndex !== undefined && heldIndex >= index
    );
    const own = holders.some(({ id }) => id === nodeId);
    return { own, others: holders.length - (own ? 1 : 0) };
  }

  /** Waits for at most `ms`, 0 = for ever, until `index` has enough holders. */
  wait(
    index: number,
    isEnough: (holders: Holders) => boolean,
    ms: number,
  ): HoldersWait {
    const { promise, resolve } = Promise.withResolvers<HoldersOutcome>();
    const wait: Wait = { index, isEnough, settle: resolve, cancel: undefined };
    this.#waits.add(wait);
    this.#parts.progress.setWanted(true);
    if (ms > 0) this.#arm(wait, this.#parts.clock.monotonicMs() + ms);
    // What changed before the raft Worker was asked to ring would not be heard of.
    this.look();
    return {
      outcome: promise,
      end: (how) =>
        this.#end(wait, how === "error" ? "unblocked" : this.holders(index)),
    };
  }

  #arm(wait: Wait, deadlineMs: number): void {
    const { after, clock } = this.#parts;
    const leftMs = Math.max(0, deadlineMs - clock.monotonicMs());
    wait.cancel = after(Math.min(leftMs, TIMER_MS_MAX), () => {
      if (clock.monotonicMs() < deadlineMs) this.#arm(wait, deadlineMs);
      else this.#end(wait, this.holders(wait.index));
    });
  }

  #end(wait: Wait, outcome: HoldersOutcome): void {
    if (!this.#waits.delete(wait)) return;
    wait.cancel?.();
    wait.settle(outcome);
    if (this.#waits.size === 0) this.#parts.progress.setWanted(false);
  }

  /** Ends the waits that have enough holders. The raft Worker may have rung. */
  look(): void {
    for (const wait of this.#waits) {
      const holders = this.holders(wait.index);
      if (wait.isEnough(holders)) this.#end(wait, holders);
    }
  }

  /** This node leads no more: it is not told any more what others have. */
  endAll(): void {
    for (const wait of this.#waits) this.#end(wait, "demoted");
    assert(this.#waits.size === 0, "nobody waits where nobody leads");
  }
}
