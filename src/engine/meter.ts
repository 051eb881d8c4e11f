/**
 * How long requests take, and which commands the time went to.
 *
 * A clock costs as much as a command, so not everything is timed. In every
 * `UPKEEP_INTERVAL_MS` the first {@linkcode EXACT_PER_INTERVAL} crossings into
 * the core are; of the others one in `SAMPLE`, chosen at random and
 * counted that many times. A server with little to do is measured exactly, a
 * busy one by a sample that is still thousands a second.
 *
 * The time of a crossing is shared among the commands that ran in it by their
 * cost as the core notes it.
 *
 * @module
 */

import { type Clock, Histogram } from "../base/mod.ts";
import type { CoreHeader, CrossedCommand } from "../core/mod.ts";
import { type Client, UNTIMED } from "./client.ts";

/** Crossings that are timed exactly between two calls of `tick`. */
const EXACT_PER_INTERVAL = 500;
/** Of further ones, one in `SAMPLE` is timed. */
const SAMPLE_BITS = 5;
const SAMPLE = 1 << SAMPLE_BITS;
/** Sixteenths of a microsecond are told apart. */
const UNITS_PER_US = 16;

/** Cost of any call in the core's unit of work, about 50 ns. */
const CALL_COST = 2;

/** What a command cost a crossing in all its calls, in units of about 50 ns. */
export function costOf({ calls, work }: CrossedCommand): number {
  return calls * CALL_COST + work;
}

/** Measures one engine. Times are in microseconds unless named otherwise. */
export class Meter {
  /** From arrival to reply, of chunks of requests that were answered at once. */
  readonly readUs = new Histogram(UNITS_PER_US);
  /** The same of chunks with writes. */
  readonly writeUs = new Histogram(UNITS_PER_US);
  /** Bytes of each log entry. */
  readonly entryBytes = new Histogram(1);
  /** Clients in each log entry. */
  readonly entryClients = new Histogram(1);
  /** Bytes received from clients. */
  bytesIn = 0;
  /** Bytes sent to clients. */
  bytesOut = 0;
  readonly #clock: Clock;
  readonly #header: CoreHeader;
  /** By command id, made when one first runs. */
  readonly #commandUs: (Histogram | undefined)[] = [];
  readonly #crossed: CrossedCommand = { id: 0, calls: 0, work: 0 };
  #exactLeft = EXACT_PER_INTERVAL;
  /** State of the sampler. */
  #seed = 1;
  /** How often the crossing under way counts. */
  #times = 1;

  /** Measures by `clock` what the core of `header` runs. */
  constructor(clock: Clock, header: CoreHeader) {
    this.#clock = clock;
    this.#header = header;
  }

  /** Refills what is timed exactly. */
  tick(): void {
    this.#exactLeft = EXACT_PER_INTERVAL;
  }

  /** How often what was started last counts. */
  get times(): number {
    return this.#times;
  }

  /** Monotonic time in milliseconds before a crossing, or {@linkcode UNTIMED}. */
  start(): number {
    if (this.#exactLeft > 0) {
      this.#exactLeft--;
      this.#times = 1;
      return this.#clock.monotonicMs();
    }
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) | 0;
    if (this.#seed >>> (32 - SAMPLE_BITS) !== 0) return UNTIMED;
    this.#times = SAMPLE;
    return this.#clock.monotonicMs();
  }

  /** A timed crossing has served a chunk, or a part of one; how long it took. */
  served(startMs: number): number {
    const us = this.#usSince(startMs);
    if (this.#charge(us)) this.readUs.add(us, this.#times);
    return us;
  }

  /** A timed crossing has applied a client's writes; how long it took. */
  applied(startMs: number): number {
    const us = this.#usSince(startMs);
    this.#charge(us);
    return us;
  }

  /** The writes of `clients` are answered. */
  answered(clients: readonly Client[]): void {
    let nowMs = UNTIMED;
    for (const { wroteMs, wroteTimes } of clients) {
      if (wroteMs === UNTIMED) continue;
      if (nowMs === UNTIMED) nowMs = this.#clock.monotonicMs();
      this.writeUs.add(Math.max(0, (nowMs - wroteMs) * 1000), wroteTimes);
    }
  }

  #usSince(startMs: number): number {
    return Math.max(0, (this.#clock.monotonicMs() - startMs) * 1000);
  }

  /** Shares `us` among the commands of the last crossing; whether there were any. */
  #charge(us: number): boolean {
    const header = this.#header;
    const crossed = this.#crossed;
    const count = header.crossed;
    let cost = 0;
    for (let index = 0; index < count; index++) {
      header.readCrossed(index, crossed);
      cost += costOf(crossed);
    }
    for (let index = 0; index < count; index++) {
      header.readCrossed(index, crossed);
      const { id, calls } = crossed;
      const usPerCall = us * costOf(crossed) / (cost * calls);
      this.#timesOf(id).add(usPerCall, calls * this.#times);
    }
    return count > 0;
  }

  #timesOf(commandId: number): Histogram {
    return this.#commandUs[commandId] ??= new Histogram(UNITS_PER_US);
  }

  /** Times of one call each of command `commandId`; `undefined` when it never ran. */
  commandUs(commandId: number): Histogram | undefined {
    return this.#commandUs[commandId];
  }

  /** Forgets what INFO shows. */
  reset(): void {
    this.#commandUs.length = 0;
    this.bytesIn = 0;
    this.bytesOut = 0;
  }
}
