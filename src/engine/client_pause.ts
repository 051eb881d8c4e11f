/**
 * CLIENT PAUSE: clients whose next request waits for a time, while data stays as
 * it is.
 *
 * Source: https://redis.io/commands/client-pause/
 *
 * @module
 */

import type { Clock } from "../base/mod.ts";
import { type CoreControls, PAUSED } from "../core/mod.ts";
import type { Client } from "./client.ts";

/** What waits: `writes` = what may change data or tell others of something. */
export type PauseMode = "writes" | "everything";

/** What a pause does to the engine. */
export interface PauseEffects {
  /** Goes on with a client that waited. */
  readonly release: (client: Client) => void;
  /** Whether data has to stay as it is: nothing expires. */
  readonly still: (isStill: boolean) => void;
}

/** The pause of one engine's clients. */
export class ClientPause {
  readonly #controls: Pick<CoreControls, "setPause">;
  readonly #clock: Clock;
  readonly #effects: PauseEffects;
  /** Clients that wait, in the order in which they came to. */
  #waiting = new Set<Client>();
  #mode: PauseMode | undefined;
  /** Monotonic time of its end. */
  #endMs = 0;

  /** Tells `controls` what waits. */
  constructor(
    controls: Pick<CoreControls, "setPause">,
    clock: Clock,
    effects: PauseEffects,
  ) {
    this.#controls = controls;
    this.#clock = clock;
    this.#effects = effects;
  }

  /** Pauses for `ms` from now. Of several pauses the longest and the strictest holds. */
  pause(mode: PauseMode, ms: number): void {
    const endMs = this.#clock.monotonicMs() + ms;
    const isStricter = mode === "everything" || this.#mode === undefined;
    this.#endMs = this.#mode === undefined
      ? endMs
      : Math.max(this.#endMs, endMs);
    if (isStricter) this.#mode = mode;
    this.#controls.setPause(PAUSED[this.#mode!]);
    this.#effects.still(true);
    this.tick();
  }

  /** Ends all pauses: who waited goes on, in order, when the request that runs now is done. */
  unpause(): void {
    if (this.#mode === undefined) return;
    this.#mode = undefined;
    this.#controls.setPause(PAUSED.nothing);
    this.#effects.still(false);
    const waiting = this.#waiting;
    this.#waiting = new Set();
    queueMicrotask(() => {
      for (const client of waiting) this.#effects.release(client);
    });
  }

  /** Ends a pause whose time is over. */
  tick(): void {
    if (this.#mode === undefined) return;
    if (this.#clock.monotonicMs() >= this.#endMs) this.unpause();
  }

  /** `client` waits until the end. */
  hold(client: Client): void {
    this.#waiting.add(client);
  }

  /** Whether `client` waits. */
  holds(client: Client): boolean {
    return this.#waiting.has(client);
  }

  /** Clients that wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** `client` is gone. */
  leave(client: Client): void {
    this.#waiting.delete(client);
  }
}
