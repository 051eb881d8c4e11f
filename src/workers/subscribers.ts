/**
 * Clients as listeners: messages go to their connections, and a client that
 * leaves too many of them unread is closed.
 *
 * @module
 */

import type { Clock, Logger } from "../base/mod.ts";
import {
  SUBSCRIBER_BACKLOG_BYTES_MAX,
  SUBSCRIPTIONS_BYTES_MAX,
} from "../config/mod.ts";
import type { Core } from "../core/mod.ts";
import type { Client, Engine } from "../engine/mod.ts";
import {
  type Listener,
  type OutputLimit,
  OutputWatch,
  PubSub,
} from "../pubsub/mod.ts";

/** What subscribers need of the engine. */
export interface SubscriberEngine extends Pick<Engine, "push"> {
  /** Its core, which knows the protocol of a session. */
  readonly core: Pick<Core, "protocol">;
}

/** Makes listeners of clients and watches what they leave unread. */
export class Subscribers {
  /** Who listens to what. */
  readonly pubSub: PubSub = new PubSub(SUBSCRIPTIONS_BYTES_MAX);
  /** What a subscriber may leave unread. */
  limit: OutputLimit = { hardBytes: 0, softBytes: 0, softMs: 0 };
  /** Clients closed at the limit since the start. */
  closed = 0;
  readonly #engine: SubscriberEngine;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #watches = new Map<number, OutputWatch>();
  /** Clients at the soft limit: time may close them, without another message. */
  readonly #strained = new Map<number, Client>();

  /** Subscribers of the clients of `engine`. */
  constructor(engine: SubscriberEngine, clock: Clock, logger: Logger) {
    this.#engine = engine;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** The client as a listener. */
  listener(client: Client): Listener {
    const { core } = this.#engine;
    return {
      id: client.id,
      get protocol() {
        return client.isGone ? 2 : core.protocol(client.session);
      },
      receive: (bytes) => {
        this.#engine.push(client, bytes);
        this.#check(client);
      },
    };
  }

  #check(client: Client): void {
    const { id, port } = client;
    const bytes = port.backlogBytes;
    const { hardBytes, softBytes } = this.limit;
    const least = Math.min(
      hardBytes || SUBSCRIBER_BACKLOG_BYTES_MAX,
      softBytes || SUBSCRIBER_BACKLOG_BYTES_MAX,
      SUBSCRIBER_BACKLOG_BYTES_MAX,
    );
    if (bytes < least && !this.#watches.has(id)) return;
    const watch = this.#watches.get(id) ?? new OutputWatch();
    this.#watches.set(id, watch);
    const isOver = bytes >= SUBSCRIBER_BACKLOG_BYTES_MAX ||
      watch.isOver(this.limit, bytes, this.#clock.monotonicMs());
    if (isOver) {
      this.#close(client, bytes);
    } else if (watch.isStrained) {
      this.#strained.set(id, client);
    } else {
      this.#forget(client);
    }
  }

  #close(client: Client, bytes: number): void {
    this.#forget(client);
    this.closed++;
    this.#logger.log(
      "warning",
      `Closed client ${client.id} at ${client.address}: ` +
        `it left ${bytes} bytes of messages unread`,
    );
    client.port.abort();
  }

  /** Closes clients that are at the soft limit for too long. */
  tick(): void {
    for (const client of [...this.#strained.values()]) this.#check(client);
  }

  /** `client` takes no more messages. */
  leave(client: Client): void {
    this.pubSub.leave(client.id);
    this.#forget(client);
  }

  /** Forgets what `client` left unread. */
  #forget({ id }: Client): void {
    this.#watches.delete(id);
    this.#strained.delete(id);
  }
}
