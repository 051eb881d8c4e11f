/**
 * What a node knows about the voters: how far each one's log is known to match
 * the leader's, and how each one voted.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import { committedIndex, type VoteResult, voteResult } from "./quorum.ts";

/** The leader's view of one voter's log. Invariant: `match < next`. */
export class Progress {
  #match: number;
  #next: number;

  /** A voter of whom nothing is known but that its next entry might be `next`. */
  constructor(match: number, next: number) {
    this.#match = match;
    this.#next = next;
    this.#checkInvariants();
  }

  /** Highest index known to be durable at the voter and equal to the leader's. */
  get match(): number {
    return this.#match;
  }

  /** Index of the next entry to send to the voter. */
  get next(): number {
    return this.#next;
  }

  /**
   * The voter acknowledged all up to `index`. Older acknowledgements change nothing.
   *
   * @returns Whether `match` moved.
   */
  maybeUpdate(index: number): boolean {
    if (index <= this.#match) return false;
    this.#match = index;
    this.#next = Math.max(this.#next, index + 1);
    this.#checkInvariants();
    return true;
  }

  #checkInvariants(): void {
    assert(this.#match < this.#next, "match < next");
  }
}

/** Progress and votes of all voters, in ascending order of id. */
export class Tracker {
  readonly #progress = new Map<number, Progress>();
  readonly #votes = new Map<number, boolean>();

  /** Tracks `voters`: node ids, positive, none twice. */
  constructor(voters: readonly number[]) {
    for (const id of voters.toSorted((a, b) => a - b)) {
      assert(id > 0 && !this.#progress.has(id), "voters are distinct ids");
      this.#progress.set(id, new Progress(0, 1));
    }
  }

  /** Ids of all voters, ascending. */
  voters(): number[] {
    return [...this.#progress.keys()];
  }

  /** Whether `id` may vote and be elected. */
  isVoter(id: number): boolean {
    return this.#progress.has(id);
  }

  /** Whether `id` alone is a majority. */
  isSingleton(id: number): boolean {
    return this.#progress.size === 1 && this.#progress.has(id);
  }

  /** The progress of `id`, undefined when it is no voter. */
  progress(id: number): Progress | undefined {
    return this.#progress.get(id);
  }

  /**
   * Starts a term: no votes, nothing known of others' logs, all of the own one
   * up to `lastIndex`.
   */
  reset(ownId: number, lastIndex: number): void {
    this.#votes.clear();
    for (const id of this.#progress.keys()) {
      const match = id === ownId ? lastIndex : 0;
      this.#progress.set(id, new Progress(match, lastIndex + 1));
    }
  }

  /** Highest index that a majority is known to hold. */
  committed(): number {
    const acknowledged: number[] = [];
    for (const progress of this.#progress.values()) {
      acknowledged.push(progress.match);
    }
    return committedIndex(acknowledged);
  }

  /** Notes a voter's answer. The first one in a term stands. */
  recordVote(id: number, granted: boolean): void {
    if (!this.#votes.has(id)) this.#votes.set(id, granted);
  }

  /** How the election stands. Answers of others than voters do not count. */
  voteResult(): VoteResult {
    return voteResult(this.voters().map((id) => this.#votes.get(id)));
  }
}
