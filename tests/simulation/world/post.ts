/**
 * The network: messages get lost, come twice, late, or in another order.
 *
 * @module
 */

import type { Chance } from "../kernel/chance.ts";
import type { EventQueue } from "../kernel/events.ts";

/** How the network behaves. */
export interface PostSettings {
  /** The shortest time of a message. */
  readonly delayMsMin: number;
  /** What comes to that, on average. */
  readonly delayMs: number;
  /** Probability that a message is lost. */
  readonly lossProbability: number;
  /** Probability that it comes twice. */
  readonly duplicateProbability: number;
  /** Whether messages between two nodes keep their order, as on one connection. */
  readonly keepsOrder: boolean;
  /** Probability that a sender is told of a message that was lost. */
  readonly noticeProbability: number;
  /** How many times as long as others snapshots take. */
  readonly snapshotSlowness: number;
}

/** What the post has to know of a message. */
export interface Letter {
  /** The sender. */
  readonly from: number;
  /** The receiver. */
  readonly to: number;
  /** What it is. */
  readonly kind: string;
}

/** Where messages go. */
export interface Addressees<M> {
  /** Hands `message` over; false if nobody is there. */
  deliver(message: M): boolean;
  /** Tells the sender what became of `message`. */
  report(message: M, hasArrived: boolean): void;
  /** Whether the way is cut. */
  isCut(from: number, to: number): boolean;
}

/** See the module. */
export class Post<M extends Letter> {
  readonly #events: EventQueue;
  readonly #chance: Chance;
  readonly #to: Addressees<M>;
  /** Times of the newest arrivals and of the ends of jams, by link. */
  readonly #arrivals = new Map<number, number>();
  readonly #jams = new Map<number, number>();
  #settings: PostSettings;

  /** An empty post. */
  constructor(
    events: EventQueue,
    chance: Chance,
    settings: PostSettings,
    to: Addressees<M>,
  ) {
    this.#events = events;
    this.#chance = chance;
    this.#settings = settings;
    this.#to = to;
  }

  /** The network behaves like this from now on. */
  change(settings: Partial<PostSettings>): void {
    this.#settings = { ...this.#settings, ...settings };
    this.#jams.clear();
  }

  /** Nothing gets from `from` to `to` for `ms`; it arrives later. */
  jam(from: number, to: number, ms: number): void {
    this.#jams.set(linkOf(from, to), this.#events.nowMs + ms);
  }

  /** Takes `message` on its way. */
  send(message: M): void {
    const { lossProbability, duplicateProbability } = this.#settings;
    const isLost = this.#chance.happens(lossProbability) ||
      this.#to.isCut(message.from, message.to);
    if (isLost) {
      this.#events.after(this.#delay(message), () => this.#lose(message));
      return;
    }
    this.#carry(message, true);
    if (this.#chance.happens(duplicateProbability)) this.#carry(message, false);
  }

  #carry(message: M, isFirst: boolean): void {
    this.#events.after(this.#delay(message), () => {
      const hasArrived = this.#to.deliver(message);
      if (!isFirst) return;
      if (hasArrived) this.#to.report(message, true);
      else this.#lose(message);
    });
  }

  /** Snapshots are always reported: their sender waits for it. */
  #lose(message: M): void {
    const isNoticed = message.kind === "snapshot" ||
      this.#chance.happens(this.#settings.noticeProbability);
    if (isNoticed) this.#to.report(message, false);
  }

  #delay(message: M): number {
    const { delayMsMin, delayMs, keepsOrder, snapshotSlowness } =
      this.#settings;
    const slowness = message.kind === "snapshot" ? snapshotSlowness : 1;
    const { nowMs } = this.#events;
    const link = linkOf(message.from, message.to);
    let ms = (delayMsMin + this.#chance.waiting(delayMs)) * slowness;
    ms += Math.max(0, (this.#jams.get(link) ?? 0) - nowMs);
    if (!keepsOrder) return ms;
    const arrivalMs = Math.max(nowMs + ms, this.#arrivals.get(link) ?? 0);
    this.#arrivals.set(link, arrivalMs);
    return arrivalMs - nowMs;
  }
}

/** Ids stay far below this. */
const IDS_MAX = 1024;

function linkOf(from: number, to: number): number {
  return from * IDS_MAX + to;
}
