/**
 * Clients that ask for nothing are closed: `timeout`.
 *
 * Source: https://redis.io/docs/latest/develop/reference/clients/
 *
 * @module
 */

import type { Clock, Logger } from "../base/mod.ts";
import { IDLE_LOOK_MS } from "../config/mod.ts";
import type { Client } from "../engine/mod.ts";

/** Unread bytes of a client, and since when it has left so many. */
interface Unread {
  readonly bytes: number;
  readonly sinceMs: number;
}

/** Looks for idle clients, now and then. */
export class IdleClients {
  /** How long a client may be idle, in milliseconds; 0 = for ever. */
  timeoutMs = 0;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #clients: () => Iterable<Client>;
  readonly #mayBeIdle: (client: Client) => boolean;
  /** Clients that had something unread at the last look. */
  #unread = new Map<number, Unread>();
  #lookedMs = -Infinity;

  /** Looks at `clients`, except those who may be idle for ever: who only listens. */
  constructor(
    clock: Clock,
    logger: Logger,
    clients: () => Iterable<Client>,
    mayBeIdle: (client: Client) => boolean,
  ) {
    this.#clock = clock;
    this.#logger = logger;
    this.#clients = clients;
    this.#mayBeIdle = mayBeIdle;
  }

  /** Closes clients that have been idle for too long, if it is time to look. */
  tick(): void {
    if (this.timeoutMs === 0) return;
    const monotonicMs = this.#clock.monotonicMs();
    if (monotonicMs - this.#lookedMs < IDLE_LOOK_MS) return;
    this.#lookedMs = monotonicMs;
    const nowMs = this.#clock.wallMs();
    const unread = new Map<number, Unread>();
    for (const client of this.#clients()) {
      const usedMs = this.#usedMs(client, unread, nowMs);
      if (nowMs - usedMs <= this.timeoutMs) continue;
      if (this.#isWaiting(client) || this.#mayBeIdle(client)) continue;
      this.#logger.log("verbose", `Closing idle client ${client.id}`);
      client.port.abort();
    }
    this.#unread = unread;
  }

  /** Wall time of the client's last request, or when it was last seen to read. */
  #usedMs(client: Client, unread: Map<number, Unread>, nowMs: number): number {
    const bytes = client.port.backlogBytes;
    if (bytes === 0) return client.usedMs;
    const before = this.#unread.get(client.id);
    const sinceMs = before?.bytes === bytes ? before.sinceMs : nowMs;
    unread.set(client.id, { bytes, sinceMs });
    return Math.max(client.usedMs, sinceMs);
  }

  /** Whether it is the server that lets the client wait. */
  #isWaiting({ state, port }: Client): boolean {
    return state !== "reading" && port.backlogBytes === 0;
  }
}
