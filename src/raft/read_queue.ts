/**
 * Reads that wait at a leader until it is sure that it still leads.
 *
 * @module
 */

/** Who wants to read. */
export interface ReadRequest {
  /** Node id of the reader. */
  readonly from: number;
  /** The reader's own number for the request, of no meaning here. */
  readonly context: number;
}

/** A read that has its index, and waits for a round of heartbeats. */
export interface WaitingRead extends ReadRequest {
  /** The leader's commit index when the request came. */
  readonly index: number;
  /** The round that proves that the node led then. */
  readonly round: number;
}

/** An index at which this node may read. */
export interface ReadState {
  /** The read waits until entries up to here are applied. */
  readonly index: number;
  /** The number that the request came with. */
  readonly context: number;
}

/**
 * Requests in the order in which they came. A request's own number plays no part: two
 * requests with the same one are two requests (a repeated one must not be confirmed by
 * answers to the first).
 *
 * Invariant: rounds never fall from front to back.
 */
export class ReadQueue {
  readonly #readsMax: number;
  #postponed: ReadRequest[] = [];
  #waiting: WaitingRead[] = [];

  /** An empty queue of at most `readsMax` reads. */
  constructor(readsMax: number) {
    this.#readsMax = readsMax;
  }

  /** Whether no further read may be added. */
  get isFull(): boolean {
    return this.#postponed.length + this.#waiting.length >= this.#readsMax;
  }

  /** Keeps a read back until the leader knows how much is committed. */
  postpone(request: ReadRequest): void {
    this.#postponed.push(request);
  }

  /** The reads kept back, which then are not any more. */
  takePostponed(): readonly ReadRequest[] {
    const taken = this.#postponed;
    this.#postponed = [];
    return taken;
  }

  /** Adds a read that waits for its round. */
  wait(read: WaitingRead): void {
    this.#waiting.push(read);
  }

  /** The reads whose round is `round` or an earlier one, which then wait no more. */
  takeConfirmed(round: number): readonly WaitingRead[] {
    const later = this.#waiting.findIndex((read) => read.round > round);
    return this.#waiting.splice(0, later === -1 ? Infinity : later);
  }

  /** Forgets all reads, for another term or role. */
  clear(): void {
    this.#postponed = [];
    this.#waiting = [];
  }
}
