/**
 * Which log entries are the serve Worker's own proposals.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import type { Entry } from "../raft/mod.ts";

/**
 * Tells proposal ids from indexes.
 *
 * Invariant: within the term they were proposed in, proposals hold consecutive
 * indexes, as their ids are consecutive.
 */
export class OwnProposals {
  #term = 0;
  #firstIndex = 0;
  #firstId = 1;
  #lastId = 0;
  #committedId = 0;

  /** Highest id taken. */
  get lastId(): number {
    return this.#lastId;
  }

  /** Highest id committed. */
  get committedId(): number {
    return this.#committedId;
  }

  /** Proposals taken and not committed. */
  get open(): number {
    return this.#lastId - this.#committedId;
  }

  /** Proposal `id` has become the entry at `index` of `term`. */
  accept(id: number, index: number, term: number): void {
    assert(id === this.#lastId + 1, "proposal ids rise by one");
    if (term !== this.#term) {
      this.#term = term;
      this.#firstIndex = index;
      this.#firstId = id;
    }
    assert(
      index - this.#firstIndex === id - this.#firstId,
      "proposals of a term hold consecutive indexes",
    );
    this.#lastId = id;
  }

  /** The proposal that `entry` is, 0 when it is none of ours. */
  idOf(entry: Entry): number {
    if (entry.term !== this.#term || entry.index < this.#firstIndex) return 0;
    const id = this.#firstId + entry.index - this.#firstIndex;
    return id <= this.#lastId ? id : 0;
  }

  /** The serve Worker learns that all up to `id` are committed. */
  commit(id: number): void {
    assert(id >= this.#committedId && id <= this.#lastId, "commits go forward");
    this.#committedId = id;
  }
}
