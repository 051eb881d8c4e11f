/**
 * The server's side of client-side caching: which clients keep copies of which keys,
 * and the messages that make them forget.
 *
 * ```text
 *   a client reads   ──remembered──► table of keys ──┐
 *                                                    ├──► invalidations
 *   a key changes    ──changed─────► table, prefixes ┘    at once, or to the client
 *                                                         that changed it: see below
 * ```
 *
 * Messages of prefixes wait for {@linkcode Tracking.broadcast}. The caller calls
 * `changed` after the reply of the request that made the change, so that a client's
 * own messages come behind its reply.
 *
 * Source: https://redis.io/docs/latest/develop/reference/client-side-caching/
 *
 * @module
 */

import { brokenRedirection, Invalidation } from "./invalidation.ts";
import { KeyTable } from "./key_table.ts";
import { PrefixTable } from "./prefix_table.ts";
import type {
  ClientTracking,
  Recipient,
  TrackingOptions,
} from "./tracked_client.ts";

/** What is known of a client that tracks. */
interface Tracker extends ClientTracking {
  readonly prefixes: string[];
  isBroken: boolean;
}

/** Finds connected clients. */
export type FindRecipient = (id: number) => Recipient | undefined;

/** Whether a change by client `by` is kept from the client. */
function isOwn(
  { isNoLoop }: TrackingOptions,
  id: number,
  by: number,
): boolean {
  return isNoLoop && id === by;
}

/** Who keeps copies of what. */
export class Tracking {
  /** Keys that clients have read. */
  readonly keys: KeyTable;
  /** Called when the first client tracks, and when the last one does no longer. */
  onClients: () => void = () => {};
  readonly #prefixes = new PrefixTable();
  readonly #clients = new Map<number, Tracker>();
  readonly #find: FindRecipient;

  /** Tracks for clients that `find` finds; the table of keys takes `bytesMax` at most, about. */
  constructor(find: FindRecipient, bytesMax: number) {
    this.#find = find;
    this.keys = new KeyTable(bytesMax);
  }

  // -- Clients --

  /** Clients that track. */
  get clientCount(): number {
    return this.#clients.size;
  }

  /** Prefixes of all of them. */
  get prefixCount(): number {
    return this.#prefixes.size;
  }

  /** What client `id` has asked for, if it tracks. */
  client(id: number): ClientTracking | undefined {
    return this.#clients.get(id);
  }

  /**
   * Client `id` tracks from now on as `options` say. Prefixes are added to those it has.
   * Requires: they do not overlap, and a client that tracks by prefixes goes on so.
   */
  enable(id: number, options: TrackingOptions): void {
    const prefixes = new Set(this.#clients.get(id)?.prefixes);
    if (options.mode === "bcast") {
      const given = options.prefixes.length > 0 ? options.prefixes : [""];
      for (const prefix of given) {
        prefixes.add(prefix);
        this.#prefixes.add(prefix, id);
      }
    }
    const sorted = [...prefixes].sort();
    this.#clients.set(id, { ...options, prefixes: sorted, isBroken: false });
    if (this.#clients.size === 1) this.onClients();
  }

  /** Client `id` tracks no longer, if it did. What it has read is forgotten as keys change. */
  disable(id: number): void {
    const tracker = this.#clients.get(id);
    if (tracker === undefined) return;
    this.#clients.delete(id);
    for (const prefix of tracker.prefixes) this.#prefixes.remove(prefix, id);
    if (this.#clients.size > 0) return;
    this.keys.clear();
    this.onClients();
  }

  // -- Keys --

  /** Client `id` has read `keys`, and may keep copies. */
  remember(id: number, keys: readonly string[]): void {
    if (!this.#clients.has(id)) return;
    for (const key of keys) this.keys.remember(key, id);
    for (;;) {
      const oldest = this.keys.excess();
      if (oldest === undefined) return;
      this.#invalidate(oldest, 0);
    }
  }

  /**
   * `key` was changed by client `by`, 0 = by none.
   *
   * @returns Whether {@linkcode broadcast} has something to tell.
   */
  changed(key: string, by: number): boolean {
    this.#invalidate(key, by);
    return this.#prefixes.changed(key, by);
  }

  #invalidate(key: string, by: number): void {
    const clients = this.keys.take(key);
    if (clients === undefined) return;
    const message = new Invalidation([key]);
    for (const id of clients) {
      const tracker = this.#clients.get(id);
      if (tracker === undefined || tracker.mode === "bcast") continue;
      if (!isOwn(tracker, id, by)) this.#send(id, tracker, message);
    }
  }

  /** All keys are gone: every client that tracks forgets them. */
  emptied(): void {
    this.keys.clear();
    const message = new Invalidation(undefined);
    for (const [id, tracker] of this.#clients) this.#send(id, tracker, message);
  }

  /** Tells of the keys with prefixes that have changed since the last call. */
  broadcast(): void {
    for (const { clients, keys } of this.#prefixes.take()) {
      const all = new Invalidation(keys.map(([key]) => key));
      for (const id of clients) {
        const tracker = this.#clients.get(id);
        if (tracker === undefined) continue;
        const others = keys.filter(([, by]) => !isOwn(tracker, id, by));
        if (others.length === 0) continue;
        const isAll = others.length === keys.length;
        const message = isAll
          ? all
          : new Invalidation(others.map(([key]) => key));
        this.#send(id, tracker, message);
      }
    }
  }

  #send(id: number, tracker: Tracker, message: Invalidation): void {
    const { redirect } = tracker;
    const recipient = this.#find(redirect === 0 ? id : redirect);
    if (recipient === undefined) {
      if (redirect === 0) return;
      tracker.isBroken = true;
      const own = this.#find(id);
      if (own?.protocol === 3) own.receive(brokenRedirection(redirect));
      return;
    }
    const isHeard = recipient.protocol === 3 ||
      (redirect !== 0 && recipient.isSubscribed);
    if (isHeard) recipient.receive(message.bytes(recipient.protocol));
  }
}
