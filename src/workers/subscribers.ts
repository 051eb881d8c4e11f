/**
 * Clients as listeners: messages go to their connections.
 *
 * @module
 */

import { SUBSCRIPTIONS_BYTES_MAX } from "../config/mod.ts";
import type { Core } from "../core/mod.ts";
import type { Client, Engine } from "../engine/mod.ts";
import { type Listener, PubSub } from "../pubsub/mod.ts";
import type { Recipient } from "../tracking/mod.ts";

/** What subscribers need of the engine. */
export interface SubscriberEngine extends Pick<Engine, "push" | "clients"> {
  /** Its core, which knows the protocol of a session. */
  readonly core: Pick<Core, "protocol">;
}

/** Makes listeners of clients. */
export class Subscribers {
  /** Who listens to what. */
  readonly pubSub: PubSub = new PubSub(SUBSCRIPTIONS_BYTES_MAX);
  readonly #engine: SubscriberEngine;

  /** Subscribers of the clients of `engine`. */
  constructor(engine: SubscriberEngine) {
    this.#engine = engine;
  }

  /** The client as a listener. */
  listener(client: Client): Listener {
    const { core } = this.#engine;
    return {
      id: client.id,
      get protocol() {
        return client.isGone ? 2 : core.protocol(client.session);
      },
      receive: (bytes) => this.#engine.push(client, bytes),
    };
  }

  /** Client `id`, if it is connected, as one that takes invalidations. */
  recipient(id: number): Recipient | undefined {
    const client = this.#engine.clients.get(id);
    if (client === undefined || client.state === "closing") return undefined;
    const { protocol, receive } = this.listener(client);
    const isSubscribed = this.pubSub.isSubscribed(client.id);
    return { protocol, isSubscribed, receive };
  }

  /** `client` takes no more messages. */
  leave(client: Client): void {
    this.pubSub.leave(client.id);
  }
}
