/**
 * Units on their way to the log's file, and what follows when each is written.
 *
 * @module
 */

import { assert } from "../../../src/base/mod.ts";
import {
  canWait,
  type Entry,
  type Message,
  type Ready,
} from "../../../src/raft/mod.ts";
import type { LogUnit } from "./port.ts";

/** Entries for the state machine, and what to tell the core when they are in. */
export interface Portion {
  /** The entries. */
  readonly entries: readonly Entry[];
  /** Messages of the node to itself. */
  readonly afterApply: readonly Message[];
}

/** A unit, and what follows. */
export interface Appending extends LogUnit {
  /** To be delivered when it is written. */
  readonly afterAppend: readonly Message[];
  /** To be applied then. */
  readonly portion: Portion | undefined;
}

/** See the module. */
export class AppendLane {
  readonly #merges: boolean;
  readonly #queue: Appending[] = [];
  /** The append that waits for the next one. */
  #waiting: Appending | undefined;

  /** An empty lane; `merges` says whether appends that may wait do. */
  constructor(merges: boolean) {
    this.#merges = merges;
  }

  /**
   * Takes the append of `ready`. What is returned has to be written now; undefined if it
   * waits for the next one.
   */
  add(ready: Ready, portion: Portion | undefined): Appending | undefined {
    const { snapshot, entries } = ready;
    const mustSync = ready.mustSync || snapshot !== undefined;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    const append: Appending = {
      snapshot,
      entries,
      mustSync,
      hardState: ready.hardState ?? waiting?.hardState,
      afterAppend: [...(waiting?.afterAppend ?? []), ...ready.afterAppend],
      portion,
    };
    if (this.#merges && portion === undefined && canWait(ready)) {
      this.#waiting = append;
      return undefined;
    }
    this.#queue.push(append);
    return append;
  }

  /** The oldest of those to be written is. */
  shift(): Appending {
    const append = this.#queue.shift();
    assert(append !== undefined, "only what was handed out is written");
    return append;
  }
}
