/**
 * Data that came in several frames, put together again.
 *
 * @module
 */

import { assert } from "../base/mod.ts";

/**
 * Collects the parts of one message after another.
 *
 * The first part says how many bytes follow, so the whole is allocated once.
 */
export class PartCollector {
  #whole: Uint8Array | undefined;
  #filled = 0;
  #id = 0;

  /** Whether parts of a message wait for the rest. */
  get isOpen(): boolean {
    return this.#whole !== undefined;
  }

  /** Takes a part of message `id`, not the last; `following` bytes come after it. */
  add(id: number, part: Uint8Array, following: number): void {
    if (this.#whole === undefined) {
      this.#whole = new Uint8Array(part.length + following);
      this.#id = id;
      this.#filled = 0;
    }
    this.#put(id, part);
    assert(
      this.#filled + following === this.#whole.length,
      "each part says how much follows it",
    );
  }

  /**
   * Takes the last part, or the only one.
   *
   * @returns The whole message, in memory of its own.
   */
  finish(id: number, part: Uint8Array): Uint8Array {
    const whole = this.#whole;
    if (whole === undefined) {
      const copy = new Uint8Array(part.length);
      copy.set(part);
      return copy;
    }
    this.#put(id, part);
    assert(this.#filled === whole.length, "the last part completes the whole");
    this.#whole = undefined;
    return whole;
  }

  #put(id: number, part: Uint8Array): void {
    assert(id === this.#id, "parts of two messages do not mix");
    this.#whole!.set(part, this.#filled);
    this.#filled += part.length;
  }
}
