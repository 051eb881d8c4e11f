/**
 * The main thread's line to a Worker for facts.
 *
 * One question is open at a time, and nobody waits long for its answer: while
 * the Worker is busy, who asks gets the newest answer it has given.
 *
 * @module
 */

import { FACTS_WAIT_MS } from "../config/mod.ts";

/** What the line knows. */
export interface HeardFacts<Facts> {
  /** The newest answer; `undefined` when there was none. */
  readonly facts: Facts | undefined;
  /** Whether it is the answer to this question. */
  readonly isAnswering: boolean;
}

/** Asks one Worker. */
export class FactsLine<Facts> {
  readonly #ask: () => void;
  #newest: Facts | undefined;
  #open: PromiseWithResolvers<void> | undefined;

  /** Asks by `ask`; {@linkcode answered} takes what comes back. */
  constructor(ask: () => void) {
    this.#ask = ask;
  }

  /** The Worker has answered. */
  answered(facts: Facts): void {
    this.#newest = facts;
    this.#open?.resolve();
    this.#open = undefined;
  }

  /** Asks, and waits a while for the answer. */
  async hear(waitMs = FACTS_WAIT_MS): Promise<HeardFacts<Facts>> {
    if (this.#open === undefined) {
      this.#open = Promise.withResolvers();
      this.#ask();
    }
    const { promise } = this.#open;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const isAnswering = await Promise.race([
      promise.then(() => true),
      new Promise<boolean>((resolve) => {
        timer = setTimeout(() => resolve(false), waitMs);
      }),
    ]);
    clearTimeout(timer);
    return { facts: this.#newest, isAnswering };
  }
}
