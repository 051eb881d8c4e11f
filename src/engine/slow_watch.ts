/**
 * Notices commands of the core that took long: for SLOWLOG and LATENCY.
 *
 * A crossing into the core may run many commands. Its time is shared among them
 * by the cost that the core notes, and the command with the largest share is the
 * one to blame. A crossing that the meter did not time is looked at only when the
 * core noted much work. Its start is then the wall time that the core was given,
 * in whole milliseconds: a wall clock that jumps just then makes one wrong entry,
 * and a monotonic one read for every crossing would cost all of them.
 *
 * @module
 */

import type { Clock } from "../base/mod.ts";
import type { Core, CrossedCommand } from "../core/mod.ts";
import type { Client } from "./client.ts";
import { costOf } from "./meter.ts";

/** A command that took long. */
export interface SlowCommand {
  /** Its id: its place in the command table. */
  readonly id: number;
  /** How long it took. */
  readonly us: number;
  /**
   * Its name and arguments, good only during the call; `undefined` when the
   * core has parsed another request meanwhile.
   */
  readonly words: readonly Uint8Array[] | undefined;
}

/** Is told of a command that took long. */
export type SlowListener = (client: Client, command: SlowCommand) => void;

/** Cost above which an untimed crossing is looked at, in units of 50 ns. */
const COST_LOOKED_AT = 2000;
/** What the wall clock can tell, in microseconds. */
const WALL_CLOCK_US = 1000;

/** Watches one engine. */
export class SlowWatch {
  /** A command that took as long is told of, in microseconds. */
  thresholdUs = Infinity;
  readonly #core: Core;
  readonly #clock: Clock;
  readonly #listener: SlowListener;
  readonly #crossed: CrossedCommand = { id: 0, calls: 0, work: 0 };
  /** Wall time in milliseconds at which the next crossing may have begun. */
  #beganMs = 0;

  /** Tells `listener` of commands that `core` ran. */
  constructor(core: Core, clock: Clock, listener: SlowListener) {
    this.#core = core;
    this.#clock = clock;
    this.#listener = listener;
  }

  /** Crossings follow that begin at wall time `nowMs` or later. */
  began(nowMs: number): void {
    this.#beganMs = nowMs;
  }

  /**
   * A crossing for `client` took `us`.
   *
   * @param isDrained Whether it went on until no whole request was left.
   */
  timed(client: Client, us: number, isDrained: boolean): void {
    if (us >= WALL_CLOCK_US) this.#beganMs += us / 1000;
    if (us >= this.thresholdUs) this.#blame(client, us, isDrained);
  }

  /** As {@linkcode timed}, of a crossing that nobody timed and that was not drained. */
  untimed(client: Client): void {
    if (this.thresholdUs === Infinity) return;
    if (this.#cost() < COST_LOOKED_AT) return;
    const nowMs = this.#clock.wallMs();
    const us = (nowMs - this.#beganMs) * 1000;
    this.#beganMs = nowMs;
    if (us >= this.thresholdUs) this.#blame(client, us, false);
  }

  /** Cost of all commands of the last crossing. */
  #cost(): number {
    const { header } = this.#core;
    const count = header.crossed;
    let cost = 0;
    for (let index = 0; index < count; index++) {
      header.readCrossed(index, this.#crossed);
      cost += costOf(this.#crossed);
    }
    return cost;
  }

  #blame(client: Client, crossingUs: number, isDrained: boolean): void {
    const { header } = this.#core;
    const crossed = this.#crossed;
    let most = 0;
    let id = -1;
    for (let index = 0; index < header.crossed; index++) {
      header.readCrossed(index, crossed);
      const cost = costOf(crossed) / crossed.calls;
      if (cost < most) continue;
      most = cost;
      id = crossed.id;
    }
    if (id < 0) return;
    const us = crossingUs * most / this.#cost();
    if (us < this.thresholdUs) return;
    const core = this.#core;
    // A cut request behind the last whole one has taken its place in the table.
    const isCut = isDrained && core.pending(client.session) > 0;
    const words = core.requestCommand() === id && !isCut
      ? core.requestWords()
      : undefined;
    this.#listener(client, { id, us: Math.round(us), words });
  }
}
