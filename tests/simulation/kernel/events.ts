/**
 * The order of everything that happens in a simulation: a queue of events by time, on a
 * clock that jumps from one to the next. Nothing here waits for a promise, so a run takes
 * no longer than its own work.
 *
 * @module
 */

/** Something that is to happen. */
export class Event {
  /** When. */
  readonly ms: number;
  /** Place among those of the same time. */
  readonly order: number;
  #run: (() => void) | undefined;

  /** Lets `run` happen at `ms`. */
  constructor(ms: number, order: number, run: () => void) {
    this.ms = ms;
    this.order = order;
    this.#run = run;
  }

  /** Whether it will not happen any more. */
  get isCancelled(): boolean {
    return this.#run === undefined;
  }

  /** It does not happen, unless it has. */
  cancel(): void {
    this.#run = undefined;
  }

  /** It happens. */
  happen(): void {
    this.#run?.();
  }
}

/** See the module. Events of the same time happen in the order they were asked for. */
export class EventQueue {
  /** A heap by time and order. */
  readonly #heap: Event[] = [];
  #order = 0;
  #nowMs = 0;

  /** Simulated time. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Lets `run` happen in `ms`, unless it is cancelled; a negative time counts as none. */
  after(ms: number, run: () => void): Event {
    const at = this.#nowMs + Math.max(0, ms);
    const event = new Event(at, this.#order++, run);
    this.#add(event);
    return event;
  }

  /** Lets everything happen that is due up to `untilMs`. */
  runUntil(untilMs: number, isDone: () => boolean = () => false): void {
    while (!isDone()) if (!this.step(untilMs)) break;
  }

  /**
   * Lets the next event happen that is due up to `untilMs`.
   *
   * @returns False if there is none: it is `untilMs` then.
   */
  step(untilMs: number): boolean {
    for (;;) {
      const event = this.#heap[0];
      if (event === undefined || event.ms > untilMs) {
        this.#nowMs = Math.max(this.#nowMs, untilMs);
        return false;
      }
      this.#removeFirst();
      if (event.isCancelled) continue;
      this.#nowMs = event.ms;
      event.happen();
      return true;
    }
  }

  #add(event: Event): void {
    const heap = this.#heap;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(event, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = event;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    const { length } = heap;
    if (length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      if (child + 1 < length && isBefore(heap[child + 1]!, heap[child]!)) {
        child++;
      }
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(one: Event, other: Event): boolean {
  return one.ms < other.ms || (one.ms === other.ms && one.order < other.order);
}
