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
  #bytes = 0;

  /** Holds what `bounds` allows. */
  constructor(bounds: LaneBounds, counts: LaneCounts) {
    this.#bounds = bounds;
    this.#counts = counts;
  }

  /** Messages that wait. */
  get length(): number {
    return this.#messages.length - this.#first;
  }

  /** Bytes of them. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether it has as many messages as it may. */
  get isFull(): boolean {
    return this.length >= this.#bounds.messages;
  }

  /** Whether `message` waits now. One beyond the bound of bytes may wait alone, if a frame can hold it. */
  push(message: Uint8Array): boolean {
    if (this.isFull) return this.drop("full");
    if (message.length > this.#bounds.messageBytes) return this.drop("bytes");
    const isBeyond = this.#bytes + message.length > this.#bounds.bytes;
    if (isBeyond && this.length > 0) return this.drop("bytes");
    this.#messages.push(message);
    this.#bytes += message.length;
    return true;
  }

  /** Takes out the oldest, and counts it as sent. */
  shift(): Uint8Array | undefined {
    const message = this.#messages[this.#first];
    if (message === undefined) return undefined;
    this.#bytes -= message.length;
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
    this.#counts.dropped[reason] += this.length;
    this.#messages = [];
    this.#first = 0;
    this.#bytes = 0;
  }
}
