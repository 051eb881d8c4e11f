/**
 * A thread of a node: what comes for it waits while it is stopped, and is lost when it
 * has ended.
 *
 * @module
 */

import type { EventQueue } from "../kernel/events.ts";

/** See the module. */
export class Thread {
  readonly #events: EventQueue;
  /** Milliseconds of its clock in one of the world. */
  readonly #rate: () => number;
  #waiting: (() => void)[] = [];
  #isStopped = false;
  #hasEnded = false;

  /** A thread that runs, by a clock of `rate`. */
  constructor(events: EventQueue, rate: () => number) {
    this.#events = events;
    this.#rate = rate;
  }

  /** Whether it will never run again. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Runs `then` as soon as it runs. */
  run(then: () => void): void {
    if (this.#hasEnded) return;
    if (this.#isStopped) this.#waiting.push(then);
    else then();
  }

  /** Runs `then` in `ms` of its own clock; returns how to prevent it. */
  readonly after = (ms: number, then: () => void): () => void => {
    let isCancelled = false;
    // It may be due, and wait for the thread to go on, when it is cancelled.
    const fire = () => {
      if (!isCancelled) then();
    };
    const event = this.#events.after(
      ms / this.#rate(),
      () => this.run(fire),
    );
    return () => {
      isCancelled = true;
      event.cancel();
    };
  };

  /** Runs nothing until {@linkcode goOn}. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Goes on with what waits, in order. */
  goOn(): void {
    if (!this.#isStopped) return;
    this.#isStopped = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const then of waiting) this.#events.after(0, () => this.run(then));
  }

  /** It runs nothing any more. */
  end(): void {
    this.#hasEnded = true;
    this.#waiting = [];
  }
}
