/**
 * A doorbell: one thread rings, one sleeps until it is rung.
 *
 * Two words of shared memory: a count of rings, and whether the sleeper sleeps.
 * No wake-up is lost: the sleeper takes the count as its ticket *before* it
 * looks at its rings, and sleeps only while the count still is that ticket; the
 * ringer publishes its data before it raises the count. The system call that
 * wakes is left out when nobody sleeps: the sleeper raises its flag before the
 * last look at the count, the ringer looks at the flag after raising the count,
 * both sequentially consistent, so one of the two sees the other.
 *
 * A thread that sleeps in its event loop is dear to wake: a system call, a task and
 * a promise. While it is busy anyway it can attend instead: it takes its flag down,
 * looks for data when it likes, raises the flag, and looks once more.
 *
 * @module
 */

const RINGS = 0;
const SLEEPERS = 1;

/** Bytes of shared memory that a doorbell takes. */
export const DOORBELL_BYTES = 8;

/** One end of a doorbell. */
export class Doorbell {
  readonly #words: Int32Array;

  /** The doorbell in the first bytes of `memory`. */
  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory, 0, 2);
  }

  /** Wakes the sleeper, if it sleeps; else it will not fall asleep on its ticket. */
  ring(): void {
    Atomics.add(this.#words, RINGS, 1);
    if (Atomics.load(this.#words, SLEEPERS) !== 0) {
      Atomics.notify(this.#words, RINGS);
    }
  }

  /** The count so far. Take it before looking for work, then wait on it. */
  ticket(): number {
    return Atomics.load(this.#words, RINGS);
  }

  /** This thread looks for data by itself until {@linkcode rest}: rings need not wake it. */
  attend(): void {
    Atomics.store(this.#words, SLEEPERS, 0);
  }

  /** Rings wake again. What was written before this call is to be looked for behind it. */
  rest(): void {
    Atomics.store(this.#words, SLEEPERS, 1);
  }

  /** Blocks the thread until a ring after `ticket`, or `timeoutMs`. */
  wait(ticket: number, timeoutMs: number): void {
    Atomics.store(this.#words, SLEEPERS, 1);
    Atomics.wait(this.#words, RINGS, ticket, timeoutMs);
    Atomics.store(this.#words, SLEEPERS, 0);
  }

  /**
   * Resolves at a ring after `ticket`, or after `timeoutMs`; the thread goes on. The
   * sleep alone does not keep the event loop alive. `Infinity` spares a timer.
   */
  async waitAsync(ticket: number, timeoutMs: number): Promise<void> {
    Atomics.store(this.#words, SLEEPERS, 1);
    const outcome = Atomics.waitAsync(this.#words, RINGS, ticket, timeoutMs);
    if (outcome.async) await outcome.value;
    Atomics.store(this.#words, SLEEPERS, 0);
  }
}
