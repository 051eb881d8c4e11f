/**
 * How a replica waits in a simulation: its next turn is an event.
 *
 * @module
 */

import type { Doorbell } from "../../../src/link/mod.ts";
import type { DiskWork, WaitPolicy } from "../../../src/replica/waiting.ts";
import type { Thread } from "./thread.ts";

/** So that what is due at a time is due by the clock then, in spite of its fractions. */
const LATE_MS = 0.001;

/** See the module. */
export class EventWait implements WaitPolicy {
  readonly #thread: Thread;
  /** Time until a thread runs that has something to do. */
  readonly #delayMs: () => number;
  readonly #turned: () => void;
  #wake: () => void = () => {};
  /** Ends of disk work, and arrivals, that wake whoever waits. */
  readonly #watched = new WeakSet<Promise<void>>();

  /** `turned` is called after each turn. */
  constructor(thread: Thread, delayMs: () => number, turned: () => void) {
    this.#thread = thread;
    this.#delayMs = delayMs;
    this.#turned = turned;
  }

  /** The doorbell was rung. */
  ring(): void {
    this.#wake();
  }

  /** See {@linkcode WaitPolicy}. */
  wait(
    bell: Doorbell,
    ticket: number,
    timeoutMs: number,
    { arrival, background, flushing }: DiskWork,
  ): Promise<void> {
    this.#turned();
    return new Promise((resolve) => {
      let isAwake = false;
      const wake = () => {
        if (isAwake) return;
        isAwake = true;
        cancel();
        this.#thread.after(this.#delayMs(), resolve);
      };
      const cancel = this.#thread.after(timeoutMs + LATE_MS, wake);
      this.#wake = wake;
      if (bell.ticket() !== ticket) wake();
      this.#watch(arrival);
      this.#watch(background);
      this.#watch(flushing);
    });
  }

  /** None is offered again when it has ended. */
  #watch(end: Promise<void> | undefined): void {
    if (end === undefined || this.#watched.has(end)) return;
    this.#watched.add(end);
    void end.then(() => this.#wake());
  }
}
