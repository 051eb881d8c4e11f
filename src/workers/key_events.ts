/**
 * What the core notes about keys, on its way to those who listen: keyspace events
 * through pub/sub, invalidations to clients that keep copies of keys.
 *
 * ```text
 *   notify-keyspace-events, subscriptions ──┐
 *                                           ├──► mask of the core
 *   CLIENT TRACKING ────────────────────────┘
 *   core's notes ──► publish __keyspace@…, __keyevent@…
 *               └──► tracking: remember, changed, emptied ──► end of turn: broadcast
 * ```
 *
 * Source: https://redis.io/docs/latest/develop/use/keyspace-notifications/
 *
 * @module
 */

import { byteText } from "../base/mod.ts";
import { keysRead } from "../commands/mod.ts";
import { TRACKING_BYTES_MAX } from "../config/mod.ts";
import { type CoreEvent, EVENT_CLASSES, type EventFeed } from "../core/mod.ts";
import type { PubSub } from "../pubsub/mod.ts";
import { Tracking } from "../tracking/mod.ts";
import type { Subscribers } from "./subscribers.ts";

/** Letters of `notify-keyspace-events`. */
const CLASS_LETTERS: Readonly<Record<string, number>> = {
  $: EVENT_CLASSES.string,
  e: EVENT_CLASSES.evicted,
  g: EVENT_CLASSES.generic,
  h: EVENT_CLASSES.hash,
  l: EVENT_CLASSES.list,
  m: EVENT_CLASSES.miss,
  n: EVENT_CLASSES.new,
  s: EVENT_CLASSES.set,
  t: EVENT_CLASSES.stream,
  x: EVENT_CLASSES.expired,
  z: EVENT_CLASSES.sortedSet,
};
/** What `A` stands for. */
const ALL_LETTERS = "g$lshzxet";

const encoder = new TextEncoder();

/** Hands on what happens to keys. */
export class KeyEvents {
  readonly #feed: EventFeed;
  readonly #pubSub: PubSub;
  /** Who keeps copies of keys. */
  readonly tracking: Tracking;
  #letters = "";
  #hasBroadcast = false;

  /** Hands on the notes of `feed` to `listeners`, and says what is to be noted. */
  constructor(
    feed: EventFeed,
    listeners: Pick<Subscribers, "pubSub" | "recipient">,
  ) {
    this.#feed = feed;
    this.#pubSub = listeners.pubSub;
    this.tracking = new Tracking(
      (id) => listeners.recipient(id),
      TRACKING_BYTES_MAX,
    );
    this.#pubSub.onAudience = () => this.#update();
    this.tracking.onClients = () => this.#update();
  }

  /** Sets `notify-keyspace-events`. */
  setClasses(letters: string): void {
    this.#letters = letters;
    this.#update();
  }

  /** Lets the core note what somebody may hear. */
  #update(): void {
    const wanted = this.#wantedClasses() |
      (this.tracking.clientCount > 0 ? EVENT_CLASSES.change : 0);
    if (wanted !== this.#feed.mask) this.#feed.mask = wanted;
  }

  #wantedClasses(): number {
    const letters = this.#letters;
    const isPublished = letters.includes("K") || letters.includes("E");
    if (!isPublished || !this.#pubSub.hasAudience) return 0;
    const all = letters.replace("A", ALL_LETTERS);
    return [...all].reduce(
      (mask, letter) => mask | (CLASS_LETTERS[letter] ?? 0),
      0,
    );
  }

  /** Hands on `events`, which client `by` caused, 0 = none. */
  happened(events: readonly CoreEvent[], by: number): void {
    let isEmptied = false;
    for (const event of events) {
      // All databases are emptied one by one, which is one message.
      if (event.kind === "emptied") {
        if (!isEmptied) this.tracking.emptied();
        isEmptied = true;
        continue;
      }
      isEmptied = false;
      this.#handOn(event, by);
    }
  }

  #handOn(event: CoreEvent, by: number): void {
    switch (event.kind) {
      case "event":
        return this.#publish(event.database, event.name, event.key);
      case "change":
        if (this.tracking.changed(byteText(event.key), by)) {
          this.#broadcastSoon();
        }
        return;
      case "read":
        return this.tracking.remember(by, keysRead(event.command, event.words));
    }
  }

  #publish(database: number, name: string, key: Uint8Array): void {
    if (this.#letters.includes("K")) {
      const channel = `__keyspace@${database}__:${byteText(key)}`;
      this.#pubSub.publish(channel, encoder.encode(name));
    }
    if (this.#letters.includes("E")) {
      this.#pubSub.publish(`__keyevent@${database}__:${name}`, key);
    }
  }

  /** What changes in this turn of the event loop is told at once, at its end. */
  #broadcastSoon(): void {
    if (this.#hasBroadcast) return;
    this.#hasBroadcast = true;
    queueMicrotask(() => {
      this.#hasBroadcast = false;
      this.tracking.broadcast();
    });
  }
}
