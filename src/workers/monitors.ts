/**
 * Clients that watch the commands of all others: MONITOR.
 *
 * Source: https://redis.io/commands/monitor/
 *
 * @module
 */

import { assert, type Clock, type Logger } from "../base/mod.ts";
import type { HostMonitors } from "../commands/mod.ts";
import { SESSION_FLAGS } from "../core/mod.ts";
import type { Client, Engine } from "../engine/mod.ts";

/** Address of the server's own clients, which nobody is to see. */
const LOCAL_ADDRESS = "";

const encoder = new TextEncoder();
const LINE_END = encoder.encode("\r\n");

/** What is needed of the engine. */
export type MonitoredEngine = Pick<Engine, "clients" | "core" | "push">;

/** Who watches on one shard. */
export class Monitors implements HostMonitors {
  readonly #engine: () => MonitoredEngine;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #watching = new Map<number, Client>();

  /** Nobody watches the clients of `engine` yet. */
  constructor(
    engine: () => MonitoredEngine,
    clock: Clock,
    logger: Logger,
  ) {
    this.#engine = engine;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** @inheritdoc */
  add({ id }: { readonly id: number }): void {
    const client = this.#engine().clients.get(id);
    assert(client !== undefined, "who asks to watch is connected");
    this.#mark(client, true);
    this.#watching.set(id, client);
    if (this.#watching.size === 1) this.#listen(true);
  }

  /** @inheritdoc */
  remove({ id }: { readonly id: number }): void {
    const client = this.#watching.get(id);
    if (client === undefined) return;
    this.#watching.delete(id);
    if (!client.isGone) this.#mark(client, false);
    if (this.#watching.size === 0) this.#listen(false);
  }

  /** @inheritdoc */
  has({ id }: { readonly id: number }): boolean {
    return this.#watching.has(id);
  }

  /** Whether anyone watches: else nothing need be described. */
  get isWatched(): boolean {
    return this.#watching.size > 0;
  }

  #mark({ session }: Client, isMonitor: boolean): void {
    const { core } = this.#engine();
    const flags = core.flags(session) & ~SESSION_FLAGS.monitor;
    const bit = isMonitor ? SESSION_FLAGS.monitor : 0;
    core.setFlags(session, flags | bit);
  }

  #listen(isOn: boolean): void {
    this.#engine().core.controls.setMonitored(isOn);
  }

  /** Tells of what the core has run for `client` since the last call. */
  crossed(client: Client): void {
    if (!this.isWatched) return;
    const isWhole = this.#engine().core.controls.takeRan(({ database, text }) =>
      this.#tell(client, database, text)
    );
    if (!isWhole) this.#closeAll();
  }

  /** Tells of a host command of `client` in `database`; `text` is its words, see `describeRequest`. */
  ran(client: Client, database: number, text: string): void {
    if (!this.isWatched) return;
    this.#tell(client, database, encoder.encode(text));
  }

  #tell({ address }: Client, database: number, text: Uint8Array): void {
    if (address === LOCAL_ADDRESS) return;
    const ms = this.#clock.wallMs();
    const seconds = Math.floor(ms / 1000);
    const microseconds = `${Math.floor(ms % 1000 * 1000)}`.padStart(6, "0");
    const head = encoder.encode(
      `+${seconds}.${microseconds} [${database} ${address}]`,
    );
    const line = new Uint8Array(head.length + text.length + LINE_END.length);
    line.set(head);
    line.set(text, head.length);
    line.set(LINE_END, head.length + text.length);
    for (const monitor of [...this.#watching.values()]) {
      this.#engine().push(monitor, line);
    }
  }

  /** More ran than was kept for them: an incomplete account is worse than none. */
  #closeAll(): void {
    for (const client of [...this.#watching.values()]) {
      this.#logger.log(
        "warning",
        `Closed monitor ${client.id} at ${client.address}: commands were lost`,
      );
      client.port.abort();
    }
  }
}
