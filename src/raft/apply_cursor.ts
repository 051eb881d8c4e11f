/**
 * How far committed entries have been handed to the state machine, and how far it
 * has got with them.
 *
 * @module
 */

import { assert } from "../base/mod.ts";

/**
 * Two positions and the bytes between them. Invariant: `applied <= applying`.
 *
 * The bound on bytes spans everything handed out and not reported as applied, not
 * each portion alone: a slow state machine cannot pile up portions.
 */
export class ApplyCursor {
  readonly #bytesMax: number;
  #applied: number;
  #applying: number;
  #bytes = 0;
  #isPaused = false;

  /** Everything up to `applied` is done. */
  constructor(applied: number, bytesMax: number) {
    assert(bytesMax > 0, "some bytes can be applied");
    this.#applied = applied;
    this.#applying = applied;
    this.#bytesMax = bytesMax;
  }

  /** Highest index reported as applied. */
  get applied(): number {
    return this.#applied;
  }

  /** Highest index handed out. */
  get applying(): number {
    return this.#applying;
  }

  /** Whether nothing may be handed out until more is reported as applied. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Bytes that may still be handed out; positive unless paused. */
  get roomBytes(): number {
    return this.#bytesMax - this.#bytes;
  }

  /**
   * Entries up to `index`, of `bytes`, were handed out, where those up to
   * `applicable` might have been had there been room. That they were not means that
   * the next one does not fit.
   */
  accept(index: number, bytes: number, applicable: number): void {
    assert(index >= this.#applying, "entries are handed out in order");
    this.#applying = index;
    this.#bytes += bytes;
    this.#isPaused = this.#bytes >= this.#bytesMax || index < applicable;
  }

  /**
   * The state machine has everything up to `index`, `bytes` more. A snapshot may have
   * brought it beyond `index` meanwhile.
   */
  appliedTo(index: number, bytes: number): void {
    assert(index <= this.#applying, "only what was handed out is applied");
    this.#applied = Math.max(this.#applied, index);
    this.#bytes -= bytes;
    assert(this.#bytes >= 0, "only what was handed out is applied");
    this.#isPaused = this.#bytes >= this.#bytesMax;
  }

  /** The state machine is that of a snapshot up to `index`. */
  restoredTo(index: number): void {
    this.#applied = Math.max(this.#applied, index);
    this.#applying = Math.max(this.#applying, index);
  }
}
