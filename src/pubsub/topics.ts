/**
 * Names of one kind and who listens to each.
 *
 * @module
 */

import type { Listener } from "./listener.ts";

const NOBODY: ReadonlySet<Listener> = new Set();

/** Names of one kind, each with at least one listener. */
export class Topics {
  readonly #listeners = new Map<string, Set<Listener>>();

  /** Names with a listener. */
  get size(): number {
    return this.#listeners.size;
  }

  /** Names with a listener, in the order of their first. */
  names(): Iterable<string> {
    return this.#listeners.keys();
  }

  /** Names with a listener, and who listens. */
  entries(): Iterable<readonly [string, ReadonlySet<Listener>]> {
    return this.#listeners;
  }

  /** Who listens to `name`, in the order of their subscriptions. */
  listeners(name: string): ReadonlySet<Listener> {
    return this.#listeners.get(name) ?? NOBODY;
  }

  /** `listener` listens to `name` from now on. */
  add(name: string, listener: Listener): void {
    const present = this.#listeners.get(name);
    if (present === undefined) this.#listeners.set(name, new Set([listener]));
    else present.add(listener);
  }

  /** `listener` listens to `name` no longer. */
  remove(name: string, listener: Listener): void {
    const present = this.#listeners.get(name);
    present?.delete(listener);
    if (present?.size === 0) this.#listeners.delete(name);
  }
}
