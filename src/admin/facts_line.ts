/**
 * The main thread's line to the serve Worker for facts.
 *
 * One question is open at a time, and nobody waits long for its answer: while
 * the serve Worker is busy, who asks gets the newest answer it has given.
 *
 * @module
 */

import { FACTS_WAIT_MS } from "../config/mod.ts";
import type { ServeFacts } from "./facts.ts";

/** What the line knows. */
export interface HeardFacts {
  /** The newest answer; `undefined` when there was none. */
  readonly facts: ServeFacts | undefined;
  /** Whether it is the answer to this question. */
  readonly isAnswering: boolean;
}

/** Asks one serve Worker. */
export class FactsLine {
  readonly #ask: () => void;
  #newest: ServeFacts | undefined;
  #open: PromiseWithResolvers<void> | undefined;

  /** Asks by `ask`; {@linkcode answered} takes what comes back. */
  constructor(ask: () => void) {
    this.#ask = ask;
  }

  /** The serve Worker has answered. */
  answered(facts: ServeFacts): void {
    this.#newest = facts;
    this.#open?.resolve();
    this.#open = undefined;
  }

  /** Asks, and waits a while for the answer. */
  async hear(waitMs = FACTS_WAIT_MS): Promise<HeardFacts> {
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
