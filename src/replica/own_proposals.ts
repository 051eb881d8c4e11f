/**
 * Which log entries are the serve Worker's own proposals, and how each has ended.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import type { Entry } from "../raft/mod.ts";

/** Proposals of one term whose ids and indexes both rise by one. */
interface Run {
  readonly term: number;
  readonly firstIndex: number;
  readonly firstId: number;
  /** Below `firstId` when the run has no proposals any more. */
  lastId: number;
}

/** Ids from the first to the last. */
export interface IdRange {
  /** The lowest. */
  readonly first: number;
  /** The highest. */
  readonly last: number;
}

/**
 * Tells proposal ids from indexes.
 *
 * Ids rise by one whatever becomes of the proposals. Each id ends in exactly one of
 * three ways: refused (nothing was appended), committed, or lost (it was appended, and
 * this node does not lead any more: it may be committed later, or not).
 *
 * ```text
 *   ids:   reported committed | queued: committed, on their way | open | to come
 * ```
 */
export class OwnProposals {
  /** Runs with ids that are not reported, oldest first; the newest one stays. */
  readonly #runs: Run[] = [];
  #lastId = 0;
  #queuedId = 0;
  #committedId = 0;
  #open = 0;

  /** Highest id that came. */
  get lastId(): number {
    return this.#lastId;
  }

  /** Highest id reported as committed. */
  get committedId(): number {
    return this.#committedId;
  }

  /** Proposals that were appended, and neither reported as committed nor lost. */
  get open(): number {
    return this.#open;
  }

  /** Proposal `id` has become the entry at `index` of `term`. */
  accept(id: number, index: number, term: number): void {
    this.#next(id);
    this.#open++;
    const run = this.#runs.at(-1);
    assert(
      run === undefined || term > run.term ||
        (term === run.term &&
          index > run.firstIndex + run.lastId - run.firstId),
      "entries of later proposals come later in the log",
    );
    if (
      run !== undefined && run.term === term && run.lastId === id - 1 &&
      index - run.firstIndex === id - run.firstId
    ) {
      run.lastId = id;
      return;
    }
    this.#runs.push({ term, firstIndex: index, firstId: id, lastId: id });
  }

  /** Proposal `id` was not appended. */
  refuse(id: number): void {
    this.#next(id);
  }

  #next(id: number): void {
    assert(id === this.#lastId + 1, "proposal ids rise by one");
    this.#lastId = id;
  }

  /** The proposal that `entry` is, 0 when it is none of ours, or was lost. */
  idOf(entry: Entry): number {
    for (let at = 0; at < this.#runs.length; at++) {
      const run = this.#runs[at]!;
      if (entry.term !== run.term || entry.index < run.firstIndex) continue;
      const id = run.firstId + entry.index - run.firstIndex;
      if (id <= run.lastId) return id;
    }
    return 0;
  }

  /**
   * Those of `entries` that are proposals are committed, and will be reported.
   *
   * @returns Their bytes.
   */
  queue(entries: readonly Entry[]): number {
    let bytes = 0;
    for (const entry of entries) {
      const id = this.idOf(entry);
      if (id === 0) continue;
      assert(id > this.#queuedId && id <= this.#lastId, "commits go forward");
      this.#queuedId = id;
      bytes += entry.data.length;
    }
    return bytes;
  }

  /** The serve Worker learns that all up to `id` that were appended are committed. */
  commit(id: number): void {
    assert(id >= this.#committedId && id <= this.#lastId, "commits go forward");
    this.#queuedId = Math.max(this.#queuedId, id);
    for (let at = 0; at < this.#runs.length; at++) {
      const { firstId, lastId } = this.#runs[at]!;
      const first = Math.max(firstId, this.#committedId + 1);
      const last = Math.min(lastId, id);
      if (last >= first) this.#open -= last - first + 1;
    }
    this.#committedId = id;
    while (this.#runs.length > 1 && this.#runs[0]!.lastId <= id) {
      this.#runs.shift();
    }
    assert(this.#open >= 0, "a proposal ends once");
  }

  /**
   * This node leads no more: what is not known to be committed is lost, and none of
   * ours from now on.
   *
   * @returns The ids, in order.
   */
  lose(): readonly IdRange[] {
    const lost: IdRange[] = [];
    for (const run of this.#runs) {
      const first = Math.max(run.firstId, this.#queuedId + 1);
      if (first > run.lastId) continue;
      lost.push({ first, last: run.lastId });
      this.#open -= run.lastId - first + 1;
      run.lastId = first - 1;
    }
    assert(this.#open >= 0, "a proposal ends once");
    return lost;
  }
}
