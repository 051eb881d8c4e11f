/**
 * Clients that leave too much unread are closed: `client-output-buffer-limit`.
 *
 * Source: https://redis.io/docs/latest/develop/reference/clients/
 *
 * @module
 */

import type { Clock, Logger } from "../base/mod.ts";
import {
  MONITOR_BACKLOG_BYTES_MAX,
  OUTPUT_UNCOUNTED_BYTES,
} from "../config/mod.ts";
import type { Client, UnreadWatch } from "../engine/mod.ts";
import { type OutputLimit, OutputWatch } from "../pubsub/mod.ts";

/** Classes of clients that have limits of their own. */
export type OutputClass = "normal" | "pubsub";

/** What the limits need to know of a client. */
export interface OutputFacts {
  /** Its class. */
  readonly classOf: (client: Client) => OutputClass;
  /** What it may leave unread whatever its class: for who gets messages that it did not ask for one by one. */
  readonly bytesMaxOf: (client: Client) => number;
}

const NONE: OutputLimit = { hardBytes: 0, softBytes: 0, softMs: 0 };

/** Watches what the clients of one shard leave unread. */
export class OutputLimits implements UnreadWatch {
  /** Unread bytes below which nobody is to be told. */
  leastBytes = MONITOR_BACKLOG_BYTES_MAX;
  /** Clients closed at a limit since the start. */
  closed = 0;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #facts: OutputFacts;
  readonly #limits = new Map<OutputClass, OutputLimit>();
  readonly #watches = new Map<number, OutputWatch>();
  /** Clients at the soft limit: time may close them, without another byte. */
  readonly #strained = new Map<number, Client>();

  /** Limits by the classes that `facts` tells. */
  constructor(clock: Clock, logger: Logger, facts: OutputFacts) {
    this.#clock = clock;
    this.#logger = logger;
    this.#facts = facts;
  }

  /** Sets the limit of a class, for clients of now too. */
  setLimit(name: OutputClass, limit: OutputLimit): void {
    this.#limits.set(name, limit);
    const limits = [...this.#limits.values()];
    const bytes = limits.flatMap(({ hardBytes, softBytes }) => [
      hardBytes,
      softBytes,
    ]).filter((count) => count > 0);
    this.leastBytes = Math.min(...bytes, MONITOR_BACKLOG_BYTES_MAX);
  }

  /** `client` has `leastBytes` unread, or may have. */
  check(client: Client): void {
    const { id, port } = client;
    const bytes = port.backlogBytes;
    const isBeyond = bytes >= this.#facts.bytesMaxOf(client);
    const limit = this.#limits.get(this.#facts.classOf(client)) ?? NONE;
    const watch = this.#watches.get(id) ?? new OutputWatch();
    const counted = Math.max(0, bytes - OUTPUT_UNCOUNTED_BYTES);
    const isOver = watch.isOver(limit, counted, this.#clock.monotonicMs());
    if (isBeyond || isOver) {
      this.#close(client, bytes);
    } else if (watch.isStrained) {
      this.#watches.set(id, watch);
      this.#strained.set(id, client);
    } else {
      this.forget(client);
    }
  }

  #close(client: Client, bytes: number): void {
    this.forget(client);
    this.closed++;
    this.#logger.log(
      "warning",
      `Closed client ${client.id} at ${client.address}: ` +
        `it left ${bytes} bytes unread`,
    );
    client.port.abort();
  }

  /** Closes clients that are at the soft limit for too long. */
  tick(): void {
    for (const client of [...this.#strained.values()]) this.check(client);
  }

  /** Forgets what `client` left unread. */
  forget({ id }: Client): void {
    this.#watches.delete(id);
    this.#strained.delete(id);
  }
}
