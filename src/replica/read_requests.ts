/**
 * Reads of the serve Worker that wait for an index at which they are linearizable.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import type { RawNode, ReadState } from "../raft/mod.ts";

/** What a request is told. */
export interface ReadAnswers {
  /** Requests up to `id` may read at `index`. */
  readAt(id: number, index: number): void;
  /** Requests up to `id` get no index. */
  refuse(id: number): void;
}

/** How many numbers are between those of lives that begin a millisecond apart, and how many there are. */
const STRIDE = 2 ** 19;
const CONTEXTS = 2 ** 39;

/** The number in front of those of all questions of the life that begins at `wallMs`. */
export function lastContextBefore(wallMs: number): number {
  const at = Math.trunc(wallMs) * STRIDE % CONTEXTS;
  return at < 0 ? at + CONTEXTS : at;
}

/**
 * Asks raft once for all requests that have come since it was asked before: one round of
 * heartbeats serves them all. What was asked for is given up when who leads changes,
 * or after an election timeout, since the question or the answer may be lost.
 *
 * Each question has a number of its own, so that a late answer to an older one, whose
 * index may be too low, is never taken for the answer to a newer one. It may come from an
 * earlier life of this node: a leader answers when it has heard of a majority, and knows
 * nothing of lives.
 */
export class ReadRequests {
  readonly #node: RawNode;
  readonly #answers: ReadAnswers;
  readonly #patienceTicks: number;
  /** Highest id that came. */
  #lastId = 0;
  /** Highest id that raft was asked for. */
  #askedId = 0;
  /** Highest id that was answered. */
  #answeredId = 0;
  #context: number;
  #ticksLeft = 0;

  /**
   * Asks `node`, and gives up after `patienceTicks`; ids go on behind `lastId`, numbers of
   * questions behind `lastContext`.
   */
  constructor(
    node: RawNode,
    answers: ReadAnswers,
    patienceTicks: number,
    lastId = 0,
    lastContext = 0,
  ) {
    this.#node = node;
    this.#answers = answers;
    this.#patienceTicks = patienceTicks;
    this.#context = lastContext;
    this.#lastId = lastId;
    this.#askedId = lastId;
    this.#answeredId = lastId;
  }

  /** Highest id that came. */
  get lastId(): number {
    return this.#lastId;
  }

  /** Requests that are not answered. */
  get open(): number {
    return this.#lastId - this.#answeredId;
  }

  /** Takes request `id`. */
  add(id: number): void {
    assert(id === this.#lastId + 1, "ids of reads rise by one");
    this.#lastId = id;
  }

  /** Asks raft for those that wait, unless a question is on its way. */
  ask(): void {
    if (this.#askedId > this.#answeredId || this.#lastId === this.#askedId) {
      return;
    }
    this.#askedId = this.#lastId;
    this.#ticksLeft = this.#patienceTicks;
    if (!this.#node.readIndex(++this.#context)) this.giveUp();
  }

  /** Takes what raft has answered. */
  take(states: readonly ReadState[]): void {
    for (const { context, index } of states) {
      const isOpen = this.#askedId > this.#answeredId;
      if (!isOpen || context !== this.#context) continue;
      this.#answeredId = this.#askedId;
      this.#answers.readAt(this.#askedId, index);
    }
  }

  /** A tick has passed. */
  tick(): void {
    if (this.#askedId === this.#answeredId) return;
    if (--this.#ticksLeft <= 0) this.giveUp();
  }

  /** Refuses all. */
  refuseAll(): void {
    if (this.#lastId === this.#answeredId) return;
    this.#askedId = this.#lastId;
    this.giveUp();
  }

  /** Refuses what raft was asked for. */
  giveUp(): void {
    if (this.#askedId === this.#answeredId) return;
    this.#answeredId = this.#askedId;
    this.#answers.refuse(this.#askedId);
  }
}
