/**
 * Messages of other nodes that wait for the next turn.
 *
 * @module
 */

import {
  laneOf,
  type PeerMessage,
  RAFT_LANES,
  type RaftLane,
} from "../raft/mod.ts";

/** What may wait, for each lane by itself. */
export interface PeerInboxBounds {
  /** Messages of one lane. */
  readonly messagesMax: number;
  /** Bytes of entries in the messages of one lane; one message always fits. */
  readonly bytesMax: number;
}

/** Messages of one lane. */
interface Waiting {
  messages: PeerMessage[];
  bytes: number;
}

/**
 * Gathers messages by lane, and gives out those of the most urgent one first. At a bound the newest is dropped and counted: Raft sends
 * again what matters, and a flood of appends never costs a heartbeat.
 */
export class PeerInbox {
  readonly #bounds: PeerInboxBounds;
  readonly #lanes: Readonly<Record<RaftLane, Waiting>> = {
    control: { messages: [], bytes: 0 },
    append: { messages: [], bytes: 0 },
    snapshot: { messages: [], bytes: 0 },
    other: { messages: [], bytes: 0 },
  };
  #count = 0;
  #dropped = 0;
  #arrival: PromiseWithResolvers<void> | undefined;

  /** Holds at most what `bounds` say. */
  constructor(bounds: PeerInboxBounds) {
    this.#bounds = bounds;
  }

  /** Messages that wait. */
  get count(): number {
    return this.#count;
  }

  /** Messages dropped so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Resolves when a message waits. */
  get arrival(): Promise<void> {
    if (this.#count > 0) return Promise.resolve();
    this.#arrival ??= Promise.withResolvers();
    return this.#arrival.promise;
  }

  /** Adds a message; false if it was dropped. */
  push(message: PeerMessage): boolean {
    const lane = this.#lanes[laneOf(message)];
    const bytes = bytesOf(message);
    const { messagesMax, bytesMax } = this.#bounds;
    const isFull = lane.messages.length >= messagesMax ||
      (lane.bytes > 0 && lane.bytes + bytes > bytesMax);
    if (isFull) {
      this.#dropped++;
      return false;
    }
    lane.messages.push(message);
    lane.bytes += bytes;
    this.#count++;
    this.#arrival?.resolve();
    this.#arrival = undefined;
    return true;
  }

  /** All messages that wait, in the order in which to step them; none waits then. */
  take(): PeerMessage[] {
    const taken: PeerMessage[] = [];
    if (this.#count === 0) return taken;
    for (const name of RAFT_LANES) {
      const lane = this.#lanes[name];
      for (const message of lane.messages) taken.push(message);
      lane.messages = [];
      lane.bytes = 0;
    }
    this.#count = 0;
    return taken;
  }
}

function bytesOf(message: PeerMessage): number {
  if (message.kind === "proposal") return message.entry.data.length;
  if (message.kind === "snapshot") return message.snapshot.data.length;
  if (message.kind !== "append") return 0;
  let bytes = 0;
  for (const entry of message.entries) bytes += entry.data.length;
  return bytes;
}
