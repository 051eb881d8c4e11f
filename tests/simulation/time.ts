/**
 * Simulated time for code that waits for promises as well as for events.
 *
 * @module
 */

import type { After, Clock } from "../../src/base/mod.ts";
import { EventQueue } from "./kernel/events.ts";
import { apart, runPromises } from "./kernel/promises.ts";

/** Wall time at the beginning, in milliseconds since 1970. */
const WALL_START_MS = 1_700_000_000_000;

/** See the module. */
export class SimulatedTime {
  /** What happens when. */
  readonly events: EventQueue;
  /** The clock. */
  readonly clock: Clock;

  /** Time by `events`. */
  constructor(events = new EventQueue()) {
    this.events = events;
    this.clock = {
      monotonicMs: () => events.nowMs,
      wallMs: () => Math.floor(WALL_START_MS + events.nowMs),
    };
  }

  /** Timers of this time. */
  readonly after: After = (ms, then) => {
    const event = this.events.after(ms, then);
    return () => event.cancel();
  };

  /** Lets everything happen that is due within `ms`. */
  run(ms: number): Promise<void> {
    return this.runUntil(this.events.nowMs + ms);
  }

  /**
   * Lets everything happen that is due up to `untilMs`, or until `isDone`. Between two
   * events promises go on until none is left to, so that their order does not depend on
   * the machine.
   */
  runUntil(
    untilMs: number,
    isDone: () => boolean = () => false,
  ): Promise<void> {
    return apart(() => {
      runPromises();
      while (!isDone() && this.events.step(untilMs)) runPromises();
    });
  }
}
