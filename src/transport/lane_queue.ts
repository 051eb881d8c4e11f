/**
 * Messages that wait on a lane, within its bounds.
 *
 * @module
 */

import type { LaneBounds } from "./lane.ts";
import type { DropReason, LaneCounts } from "./statistics.ts";

/** See the module. What does not fit is dropped and counted: Raft sends again. */
export class LaneQueue {
  readonly #bounds: LaneBounds;
  readonly #counts: LaneCounts;
  /** Waiting from `#first` on; those before it are gone. */
  #messages: Uint8Array[] = [];
  #first = 0;

  /** Holds what `bounds` allows; `counts` tell how much it holds. */
  constructor(bounds: LaneBounds, counts: LaneCounts) {
    this.#bounds = bounds;
    this.#counts = counts;
  }

  /** Whether it has as many messages as it may. */
  get isFull(): boolean {
    return this.#counts.waiting >= this.#bounds.messages;
  }

  /** Whether `message` waits now. One beyond the bound of bytes may wait alone, if a frame can hold it. */
  push(message: Uint8Array): boolean {
    const counts = this.#counts;
    if (this.isFull) return this.drop("full");
    if (message.length > this.#bounds.messageBytes) return this.drop("bytes");
    const isBeyond = counts.waitingBytes + message.length > this.#bounds.bytes;
    if (isBeyond && counts.waiting > 0) return this.drop("bytes");
    this.#messages.push(message);
    counts.waiting++;
    counts.waitingBytes += message.length;
    return true;
  }

  /** Takes out the oldest, and counts it as sent. */
  shift(): Uint8Array | undefined {
    const message = this.#messages[this.#first];
    if (message === undefined) return undefined;
    this.#counts.waiting--;
    this.#counts.waitingBytes -= message.length;
    this.#counts.sent++;
    this.#counts.sentBytes += message.length;
    this.#forgetFirst();
    return message;
  }

  #forgetFirst(): void {
    this.#first++;
    if (this.#first * 2 < this.#messages.length) return;
    this.#messages = this.#messages.slice(this.#first);
    this.#first = 0;
  }

  /** Drops one that is not in the queue; false, as `push()` says of it. */
  drop(reason: DropReason): false {
    this.#counts.dropped[reason]++;
    return false;
  }

  /** Drops all that wait. */
  clear(reason: DropReason): void {
    this.#counts.dropped[reason] += this.#counts.waiting;
    this.#counts.waiting = 0;
    this.#counts.waitingBytes = 0;
    this.#messages = [];
    this.#first = 0;
  }
}
