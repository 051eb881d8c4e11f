/**
 * What waits to be sent on a connection, in turns.
 *
 * @module
 */

import type { Frame, FrameSource, LaneCounts } from "../transport/mod.ts";

/** Something to send, in one frame or several. */
export interface Outgoing {
  /** Its next frame; `undefined` when there is nothing to send any more. */
  next(): Frame | undefined;
  /** Whether another one follows. */
  readonly hasMore: boolean;
}

/** See the module: what has more to send goes behind all others. */
export class Outbox implements FrameSource {
  /** Waiting from `#first` on. */
  #items: Outgoing[] = [];
  #first = 0;
  readonly #counts: LaneCounts;

  /** Counts in `counts` what is taken out. */
  constructor(counts: LaneCounts) {
    this.#counts = counts;
  }

  /** Adds one. */
  push(item: Outgoing): void {
    this.#items.push(item);
  }

  /** Adds a frame. */
  pushFrame(kind: Frame["kind"], content: Uint8Array): void {
    this.push({ next: () => ({ kind, content }), hasMore: false });
  }

  /** Takes out the next frame. */
  next(): Frame | undefined {
    for (;;) {
      const item = this.#items[this.#first];
      if (item === undefined) return undefined;
      this.#forgetFirst();
      const frame = item.next();
      if (frame === undefined) continue;
      if (item.hasMore) this.push(item);
      this.#counts.sent++;
      this.#counts.sentBytes += frame.content.length;
      return frame;
    }
  }

  #forgetFirst(): void {
    this.#first++;
    if (this.#first * 2 < this.#items.length) return;
    this.#items = this.#items.slice(this.#first);
    this.#first = 0;
  }

  /** Drops all. */
  clear(): void {
    this.#items = [];
    this.#first = 0;
  }
}
