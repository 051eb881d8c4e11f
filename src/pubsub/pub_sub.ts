/**
 * The registry of pub/sub: who listens to what, and the way of a message.
 *
 * ```text
 *   channel       ──► listeners ──┐
 *   pattern       ──► listeners ──┼── receive(bytes, the same for all)
 *   shard channel ──► listeners ──┘
 * ```
 *
 * Nothing is kept of a message: who does not listen when it comes misses it.
 *
 * Source: https://redis.io/docs/latest/develop/interact/pubsub/
 *
 * @module
 */

import { assert, globMatches } from "../base/mod.ts";
import type { Listener, TopicKind } from "./listener.ts";
import { Message, type Publication } from "./message.ts";
import { Topics } from "./topics.ts";

/** What a subscription takes beside its name: entries of two maps and two sets. */
const SUBSCRIPTION_BYTES = 200;

/** What one listener listens to. */
interface Subscriber {
  readonly listener: Listener;
  readonly names: Readonly<Record<TopicKind, Set<string>>>;
}

/** Names that nobody listens to. */
const NO_NAMES: ReadonlySet<string> = new Set();

/** Who listens to what. */
export class PubSub {
  /** Tells the listeners of other nodes of a message, where there are any. */
  tellOthers: (publication: Publication) => void = () => {};
  /** Called when {@linkcode PubSub.hasAudience} may have changed. */
  onAudience: () => void = () => {};
  readonly #topics: Readonly<Record<TopicKind, Topics>> = {
    channel: new Topics(),
    pattern: new Topics(),
    "shard-channel": new Topics(),
  };
  readonly #subscribers = new Map<number, Subscriber>();
  readonly #bytesMax: number;
  #bytes = 0;

  /** A registry whose subscriptions take `bytesMax` bytes at most, about. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  // -- Subscriptions --

  /** Whether there is room for subscriptions to all of `names`. */
  hasRoomFor(names: readonly string[]): boolean {
    let bytes = this.#bytes;
    for (const name of names) bytes += SUBSCRIPTION_BYTES + name.length;
    return bytes <= this.#bytesMax;
  }

  /** `listener` listens to `name`, if it did not. Requires: there is room. */
  subscribe(kind: TopicKind, listener: Listener, name: string): void {
    if (this.names(kind, listener.id).has(name)) return;
    assert(this.hasRoomFor([name]), "subscriptions stay in their bound");
    this.#bytes += SUBSCRIPTION_BYTES + name.length;
    const { names, listener: known } = this.#subscriber(listener);
    names[kind].add(name);
    this.#topics[kind].add(name, known);
    this.onAudience();
  }

  #subscriber(listener: Listener): Subscriber {
    const known = this.#subscribers.get(listener.id);
    if (known !== undefined) return known;
    const names = {
      channel: new Set<string>(),
      pattern: new Set<string>(),
      "shard-channel": new Set<string>(),
    };
    const subscriber = { listener, names };
    this.#subscribers.set(listener.id, subscriber);
    return subscriber;
  }

  /** Listener `id` listens to `name` no longer, if it did. */
  unsubscribe(kind: TopicKind, id: number, name: string): void {
    const subscriber = this.#subscribers.get(id);
    if (subscriber?.names[kind].delete(name) !== true) return;
    this.#bytes -= SUBSCRIPTION_BYTES + name.length;
    this.#topics[kind].remove(name, subscriber.listener);
    const { names } = subscriber;
    const isLast = names.channel.size === 0 && names.pattern.size === 0 &&
      names["shard-channel"].size === 0;
    if (isLast) this.#subscribers.delete(id);
    this.onAudience();
  }

  /** Listener `id` listens to nothing any more. */
  leave(id: number): void {
    const subscriber = this.#subscribers.get(id);
    if (subscriber === undefined) return;
    for (const kind of ["channel", "pattern", "shard-channel"] as const) {
      for (const name of [...subscriber.names[kind]]) {
        this.unsubscribe(kind, id, name);
      }
    }
  }

  // -- What there is --

  /** Whether anybody may take a message of {@linkcode publish}. */
  get hasAudience(): boolean {
    return this.topicCount("channel") + this.topicCount("pattern") > 0;
  }

  /** Whether listener `id` listens to anything. */
  isSubscribed(id: number): boolean {
    return this.#subscribers.has(id);
  }

  /** What listener `id` listens to, in the order of its subscriptions. */
  names(kind: TopicKind, id: number): ReadonlySet<string> {
    return this.#subscribers.get(id)?.names[kind] ?? NO_NAMES;
  }

  /** Names that anybody listens to. */
  topics(kind: TopicKind): Iterable<string> {
    return this.#topics[kind].names();
  }

  /** How many names anybody listens to. */
  topicCount(kind: TopicKind): number {
    return this.#topics[kind].size;
  }

  /** How many listen to `name`. */
  listenerCount(kind: TopicKind, name: string): number {
    return this.#topics[kind].listeners(name).size;
  }

  // -- Messages --

  /**
   * Hands `message` to who listens to `channel`, then to who listens to patterns
   * that take it.
   *
   * @returns How often it was handed over.
   */
  publish(channel: string, message: Uint8Array): number {
    const { channel: channels, pattern: patterns } = this.#topics;
    const parts = [channel, message];
    let count = deliver(["message", ...parts], channels.listeners(channel));
    for (const [pattern, listeners] of patterns.entries()) {
      if (!globMatches(pattern, channel)) continue;
      count += deliver(["pmessage", pattern, ...parts], listeners);
    }
    return count;
  }

  /** As {@linkcode publish}, for a shard channel: patterns do not take those. */
  publishInShard(channel: string, message: Uint8Array): number {
    const listeners = this.#topics["shard-channel"].listeners(channel);
    return deliver(["smessage", channel, message], listeners);
  }
}

/** Hands the message of `parts` to `listeners`; how many there are. */
function deliver(
  parts: readonly (Uint8Array | string)[],
  listeners: ReadonlySet<Listener>,
): number {
  const count = listeners.size;
  if (count === 0) return 0;
  const message = new Message(parts);
  for (const listener of listeners) {
    listener.receive(message.bytes(listener.protocol));
  }
  return count;
}
