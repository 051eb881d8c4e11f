/**
 * The window of appends that a leader has sent to one follower and that the
 * follower has not acknowledged.
 *
 * @module
 */

import { assert } from "../base/mod.ts";

/** Bounds of an {@linkcode Inflights} window. */
export interface InflightsOptions {
  /** Messages in flight, beyond which the window is full; at least 1. */
  readonly messagesMax: number;
  /**
   * Bytes of entry data in flight, from which on the window is full. The message
   * that reaches the bound is still let in, so one large entry can be sent.
   *
   * @default {Infinity}
   */
  readonly bytesMax?: number;
}

interface Inflight {
  /** Index of the message's last entry. */
  readonly index: number;
  /** Bytes of data in its entries. */
  readonly bytes: number;
}

/** Slots of a ring at first; it grows as the window fills. */
const FIRST_SLOTS = 8;

/**
 * Messages in order of their last index, as a ring.
 *
 * Invariants: `count <= messagesMax`; `bytes` is the sum over the messages held;
 * indexes never fall.
 */
export class Inflights {
  readonly #messagesMax: number;
  readonly #bytesMax: number;
  #slots: (Inflight | undefined)[] = [];
  #start = 0;
  #count = 0;
  #bytes = 0;

  /** An empty window. */
  constructor({ messagesMax, bytesMax = Infinity }: InflightsOptions) {
    assert(messagesMax >= 1, "one message may be in flight");
    assert(bytesMax > 0, "some bytes may be in flight");
    this.#messagesMax = messagesMax;
    this.#bytesMax = bytesMax;
  }

  /** Number of messages in flight. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of data of the messages in flight. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether no further message may be added. */
  isFull(): boolean {
    return this.#count === this.#messagesMax || this.#bytes >= this.#bytesMax;
  }

  /** Adds a message of `bytes` of data that ends with `index`. Requires: not full. */
  add(index: number, bytes: number): void {
    assert(!this.isFull(), "a message is sent only into a window with room");
    assert(index >= this.#lastIndex(), "messages are sent in order");
    assert(bytes >= 0, "a size is not negative");
    if (this.#count === this.#slots.length) this.#grow();
    this.#slots[this.#slot(this.#count)] = { index, bytes };
    this.#count++;
    this.#bytes += bytes;
  }

  /** Frees every message whose last index is at most `index`. */
  freeTo(index: number): void {
    while (this.#count > 0) {
      const oldest = this.#slots[this.#start]!;
      if (oldest.index > index) return;
      this.#slots[this.#start] = undefined;
      this.#start = this.#slot(1);
      this.#count--;
      this.#bytes -= oldest.bytes;
    }
    assert(this.#bytes === 0, "an empty window holds no bytes");
  }

  /** Frees all. */
  reset(): void {
    this.#slots = [];
    this.#start = 0;
    this.#count = 0;
    this.#bytes = 0;
  }

  /** Adds the messages of `other`, in order. Requires: room for all of them. */
  addAll(other: Inflights): void {
    for (let at = 0; at < other.#count; at++) {
      const { index, bytes } = other.#slots[other.#slot(at)]!;
      this.add(index, bytes);
    }
  }

  /** Slot of the message `after` messages behind the oldest one. */
  #slot(after: number): number {
    return (this.#start + after) % this.#slots.length;
  }

  #lastIndex(): number {
    if (this.#count === 0) return 0;
    return this.#slots[this.#slot(this.#count - 1)]!.index;
  }

  #grow(): void {
    const slots: (Inflight | undefined)[] = [];
    for (let at = 0; at < this.#count; at++) {
      slots.push(this.#slots[this.#slot(at)]);
    }
    const wanted = Math.max(FIRST_SLOTS, 2 * this.#count);
    slots.length = Math.min(this.#messagesMax, wanted);
    this.#slots = slots;
    this.#start = 0;
  }
}
