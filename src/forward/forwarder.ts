/**
 * The way from a node that does not lead to the one that does: for each batch of
 * requests the leader of the moment, as soon as it can be reached.
 *
 * @module
 */

import {
  FORWARD_LOOK_MS_MAX,
  FORWARD_LOOK_MS_MIN,
  FORWARD_WAIT_MS_MAX,
} from "../config/mod.ts";
import type {
  AwayBatch,
  AwayEvents,
  AwayPort,
  Client,
  WaitEnd,
} from "../engine/mod.ts";
import type { Publication } from "../pubsub/mod.ts";
import type { PeerAddress, TransportParts } from "../transport/mod.ts";
import { PUBLICATION } from "./messages.ts";
import { Road } from "./road.ts";
import { Trip } from "./trip.ts";

/** See the module. */
export class Forwarder implements AwayPort {
  readonly #parts: TransportParts;
  readonly #roads = new Map<number, Road>();
  /** Batches that no leader has been sent, the one that came first at the front. */
  readonly #waiting = new Map<Client, Trip>();
  /** Where each client's batch was sent. */
  readonly #sentTo = new Map<Client, Road>();
  #leader = 0;
  /** The node that said it leads no more, until the next look. */
  #displaced = 0;
  #isLooking = false;
  /** Until the next look: a leader that has just come to lead says no for a moment. */
  #lookMs = FORWARD_LOOK_MS_MIN;
  #cancelLook: () => void = () => {};

  /** Knows no leader yet. */
  constructor(parts: TransportParts) {
    this.#parts = parts;
  }

  /** Batches that wait for a leader. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Node `node` takes what is forwarded at `address`; undefined: it is no peer any more. */
  setPeer(node: number, address: PeerAddress | undefined): void {
    const old = this.#roads.get(node);
    const isSame = old !== undefined && address !== undefined &&
      old.address.hostname === address.hostname &&
      old.address.port === address.port;
    if (isSame) return;
    this.#roads.delete(node);
    old?.close();
    if (address === undefined) return;
    const road = new Road(node, address, this.#parts, {
      ready: () => this.#sendWaiting(),
      unsent: (trips) => this.#takeBack(trips),
      displaced: () => {
        this.#displaced = node;
        this.#lookLater();
      },
    });
    this.#roads.set(node, road);
  }

  /** Node `node` leads; 0: nobody knows who. What waits is served here by a node that leads itself. */
  setLeader(node: number): void {
    this.#leader = node;
    this.#displaced = 0;
    this.#lookSoon();
    if (node !== this.#parts.own.node) return this.#sendWaiting();
    const trips = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { events } of trips) events.ended({ kind: "untaken" });
  }

  // -- For the engine --

  /** See {@linkcode AwayPort}. */
  send(batch: AwayBatch, events: AwayEvents): void {
    const trip = new Trip(batch, events);
    const road = this.#waiting.size === 0 ? this.#road : undefined;
    if (road?.hasRoom(batch.bytes)) return this.#sendTo(road, trip);
    this.#waiting.set(batch.client, trip);
    this.#lookLater();
  }

  /** See {@linkcode AwayPort}. */
  leave(client: Client): void {
    this.#waiting.delete(client);
    for (const road of this.#roads.values()) road.leave(client);
    this.#sentTo.delete(client);
  }

  /** See {@linkcode AwayPort}. */
  unblock(client: Client, how: WaitEnd): void {
    this.#sentTo.get(client)?.unblock(client, how);
  }

  /** Tells the clients of all other nodes, as far as these can be reached now. */
  publish(publication: Publication): void {
    if (this.#roads.size === 0) return;
    const content = PUBLICATION.encode(publication);
    for (const road of this.#roads.values()) road.publish(content);
  }

  // -- Roads --

  /** The road to the leader, if it may be one that takes requests. */
  get #road(): Road | undefined {
    const isBarred = this.#leader === this.#displaced;
    return isBarred ? undefined : this.#roads.get(this.#leader);
  }

  #sendTo(road: Road, trip: Trip): void {
    this.#sentTo.set(trip.batch.client, road);
    road.send(trip);
  }

  #sendWaiting(): void {
    for (const [client, trip] of this.#waiting) {
      const road = this.#road;
      if (road?.hasRoom(trip.batch.bytes) !== true) return;
      this.#waiting.delete(client);
      this.#sendTo(road, trip);
    }
  }

  #takeBack(trips: readonly Trip[]): void {
    for (const trip of trips) {
      trip.restart();
      this.#sentTo.delete(trip.batch.client);
      this.#waiting.set(trip.batch.client, trip);
    }
    if (trips.length > 0) this.#lookLater();
  }

  // -- Time --

  #lookLater(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    this.#cancelLook = this.#parts.after(this.#lookMs, () => {
      this.#isLooking = false;
      this.#look();
    });
    this.#lookMs = Math.min(2 * this.#lookMs, FORWARD_LOOK_MS_MAX);
  }

  /** Begins anew with short times. */
  #lookSoon(): void {
    this.#lookMs = FORWARD_LOOK_MS_MIN;
    if (!this.#isLooking) return;
    this.#cancelLook();
    this.#isLooking = false;
    this.#lookLater();
  }

  /** Tries again, and ends what has waited for too long. */
  #look(): void {
    this.#displaced = 0;
    this.#sendWaiting();
    const isOwn = this.#leader === this.#parts.own.node;
    const nowMs = this.#parts.clock.monotonicMs();
    const over: Trip[] = [];
    for (const [client, trip] of this.#waiting) {
      const isLate = nowMs - trip.batch.sinceMs >= FORWARD_WAIT_MS_MAX;
      if (!isOwn && !isLate) continue;
      this.#waiting.delete(client);
      over.push(trip);
    }
    if (this.#waiting.size > 0) this.#lookLater();
    else this.#lookMs = FORWARD_LOOK_MS_MIN;
    const end = { kind: isOwn ? "untaken" : "late" } as const;
    for (const { events } of over) events.ended(end);
  }

  /** Ends all connections; what waits stays as it is. */
  close(): void {
    this.#cancelLook();
    this.#isLooking = true;
    for (const road of this.#roads.values()) road.close();
    this.#roads.clear();
  }
}
