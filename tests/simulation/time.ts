/**
 * Simulated time: events in the order of their times, on a clock that jumps from one
 * to the next.
 *
 * @module
 */

import { type After, type Clock, ManualClock } from "../../src/base/mod.ts";

interface Event {
  readonly ms: number;
  readonly order: number;
  readonly then: () => void;
  isCancelled: boolean;
}

/** See the module. Events of the same time happen in the order they were asked for. */
export class SimulatedTime {
  /** The clock. */
  readonly clock: Clock;
  readonly #clock = new ManualClock();
  /** A heap by time and order. */
  readonly #events: Event[] = [];
  #order = 0;

  /** Starts at zero. */
  constructor() {
    this.clock = this.#clock;
  }

  /** Timers of this time. */
  readonly after: After = (ms, then) => {
    const event: Event = {
      ms: this.clock.monotonicMs() + Math.max(0, ms),
      order: this.#order++,
      then,
      isCancelled: false,
    };
    this.#add(event);
    return () => event.isCancelled = true;
  };

  /**
   * Lets everything happen that is due within `ms`. Between two events the promises
   * that were settled go on, so that their order does not depend on the machine.
   */
  async run(ms: number): Promise<void> {
    const endMs = this.clock.monotonicMs() + ms;
    await settle();
    for (;;) {
      const event = this.#events[0];
      if (event === undefined || event.ms > endMs) break;
      this.#removeFirst();
      if (event.isCancelled) continue;
      this.#clock.advance(Math.max(0, event.ms - this.clock.monotonicMs()));
      event.then();
      await settle();
    }
    this.#clock.advance(Math.max(0, endMs - this.clock.monotonicMs()));
  }

  #add(event: Event): void {
    const heap = this.#events;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(heap[at]!, heap[parent]!)) return;
      [heap[at], heap[parent]] = [heap[parent]!, heap[at]!];
      at = parent;
    }
  }

  #removeFirst(): void {
    const heap = this.#events;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    heap[0] = last;
    for (let at = 0;;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && isBefore(heap[child]!, heap[least]!)) {
          least = child;
        }
      }
      if (least === at) return;
      [heap[at], heap[least]] = [heap[least]!, heap[at]!];
      at = least;
    }
  }
}

function isBefore(one: Event, other: Event): boolean {
  return one.ms < other.ms || (one.ms === other.ms && one.order < other.order);
}

/** Steps of promises that follow from one event at most; the code under test has shorter chains. */
const SETTLING_STEPS = 32;

async function settle(): Promise<void> {
  for (let step = 0; step < SETTLING_STEPS; step++) await undefined;
}
