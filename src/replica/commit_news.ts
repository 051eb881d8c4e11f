/**
 * Appends that tell other nodes of commits, and nothing else.
 *
 * Under load the next entries follow within milliseconds and tell the same, so such an
 * append waits for them. What it would cost otherwise: a message, its answer and a write
 * to each other node's log, for every batch.
 *
 * @module
 */

import type { Append, PeerMessage } from "../raft/mod.ts";

/** What was sent last to a node. */
interface Sent {
  readonly term: number;
  /** Index of the last entry. */
  readonly index: number;
}

function lastIndex({ entries, previous }: Append): number {
  return previous.index + entries.length;
}

/** See the module. A node that hears of no entries hears of commits by heartbeats too. */
export class CommitNews {
  readonly #delayMs: number;
  readonly #sent = new Map<number, Sent>();
  /** What waits, by the node it goes to: one for each. */
  readonly #waiting = new Map<number, Append>();
  #dueMs = Infinity;

  /** Lets an append wait for `delayMs`; 0: not at all. */
  constructor(delayMs: number) {
    this.#delayMs = delayMs;
  }

  /** Monotonic time at which what waits is to leave. */
  get dueMs(): number {
    return this.#dueMs;
  }

  /** Those of `messages` that leave now; the others wait, in place of older ones. */
  sift(messages: readonly PeerMessage[], nowMs: number): PeerMessage[] {
    if (this.#delayMs === 0) return [...messages];
    return messages.filter((message) =>
      message.kind !== "append" || !this.#mayWait(message, nowMs)
    );
  }

  #mayWait(append: Append, nowMs: number): boolean {
    const { entries, term, to } = append;
    const sent = this.#sent.get(to);
    const index = lastIndex(append);
    if (
      entries.length > 0 || sent?.term !== term || sent.index !== index
    ) {
      // It tells of all commits so far, whatever becomes of it.
      this.#sent.set(to, { term, index });
      this.#waiting.delete(to);
      if (this.#waiting.size === 0) this.#dueMs = Infinity;
      return false;
    }
    if (this.#waiting.size === 0) this.#dueMs = nowMs + this.#delayMs;
    this.#waiting.set(to, append);
    return true;
  }

  /** What is due at `nowMs`, and of `term`: what an earlier leader said is of no use. */
  take(nowMs: number, term: number): readonly PeerMessage[] {
    if (nowMs < this.#dueMs) return [];
    const due = [...this.#waiting.values()].filter((append) =>
      append.term === term
    );
    this.#waiting.clear();
    this.#dueMs = Infinity;
    return due;
  }
}
