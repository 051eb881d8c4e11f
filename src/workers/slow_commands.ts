/**
 * Commands that took long, from the core and from the host: into the slow log
 * and the latency monitor.
 *
 * @module
 */

import type { Clock } from "../base/mod.ts";
import {
  COMMANDS,
  findRow,
  type LatencyMonitor,
  type SlowLog,
} from "../commands/mod.ts";
import type { Client, SlowCommand } from "../engine/mod.ts";

const encoder = new TextEncoder();

/** Hears of every command that took long on one shard. */
export class SlowCommands {
  readonly #clock: Clock;
  readonly #slowLog: SlowLog;
  readonly #latency: LatencyMonitor;

  /** Writes to `slowLog` and `latency` by the wall time of `clock`. */
  constructor(clock: Clock, slowLog: SlowLog, latency: LatencyMonitor) {
    this.#clock = clock;
    this.#slowLog = slowLog;
    this.#latency = latency;
  }

  /** Microseconds from which on somebody wants to hear; `Infinity` = never. */
  get thresholdUs(): number {
    const { thresholdUs } = this.#slowLog;
    const { thresholdMs } = this.#latency;
    return Math.min(
      thresholdUs < 0 ? Infinity : thresholdUs,
      thresholdMs === 0 ? Infinity : thresholdMs * 1000,
    );
  }

  /** A command of the core took long. */
  ranInCore(client: Client, { id, us, words }: SlowCommand): void {
    const { name } = COMMANDS[id]!;
    this.#add(client, name, words ?? [encoder.encode(name)], us);
  }

  /** The host's command `name`, with `|` before a subcommand, took `us`. */
  ranInHost(
    client: Client,
    name: string,
    words: readonly Uint8Array[],
    us: number,
  ): void {
    this.#add(client, name, words, Math.round(us));
  }

  #add(
    client: Client,
    name: string,
    words: readonly Uint8Array[],
    microseconds: number,
  ): void {
    const seconds = Math.floor(this.#clock.wallMs() / 1000);
    const { address, name: clientName } = client;
    this.#slowLog.maybeAdd({
      words,
      microseconds,
      seconds,
      address,
      clientName,
    });
    const isFast = findRow(name)?.flags.includes("fast") ?? false;
    const event = isFast ? "fast-command" : "command";
    this.#latency.maybeAdd(event, microseconds / 1000, seconds);
  }
}
