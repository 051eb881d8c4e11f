/**
 * The connection to one other node, for what that node runs when it leads.
 *
 * @module
 */

import { PeerError } from "../base/mod.ts";
import {
  FORWARD_PUBLISHED_BYTES_MAX,
  FORWARD_TAKEN_BYTES,
  FORWARDED_NAME_BYTES_MAX,
} from "../config/mod.ts";
import type { AwayEnd, Client, WaitEnd } from "../engine/mod.ts";
import {
  type Connection,
  countsOf,
  type Frame,
  LANE_BOUNDS,
  type LaneCounts,
  LaneLink,
  malformed,
  type PeerAddress,
  type TransportParts,
} from "../transport/mod.ts";
import {
  CLOSING,
  OPENING,
  REPLIES,
  type Replies,
  type RepliesEnd,
  TAKEN,
  UNBLOCKING,
} from "./messages.ts";
import { Outbox } from "./outbox.ts";
import type { Trip } from "./trip.ts";

/** What becomes of a road's trips. */
export interface RoadEvents {
  /** There may be room, or a connection, that there was not. */
  readonly ready: () => void;
  /** Trips of which nothing has been run, since the connection ended. */
  readonly unsent: (trips: readonly Trip[]) => void;
  /** The node has said that it leads no more. */
  readonly displaced: () => void;
}

/** A client's place on the road. */
interface Channel {
  readonly number: number;
  readonly client: Client;
  /** What the node knows of the client. */
  opening: string;
  trip: Trip | undefined;
  /** Bytes of replies taken, of which the node has not been told. */
  takenBytes: number;
}

/** `text` within the bound of bytes of a name. */
function cut(text: string): string {
  return text.slice(0, Math.floor(FORWARDED_NAME_BYTES_MAX / 3));
}

const { clients: BOUNDS } = LANE_BOUNDS;

/** See the module. */
export class Road {
  /** Where the node is. */
  readonly address: PeerAddress;
  readonly #events: RoadEvents;
  /** Of what is under way as of what waits. */
  readonly #counts: LaneCounts;
  readonly #link: LaneLink;
  readonly #outbox: Outbox;
  readonly #channels = new Map<Client, Channel>();
  readonly #byNumber = new Map<number, Channel>();
  /** Channels without a trip, the one used last at the end. */
  readonly #idle = new Set<Channel>();
  #lastNumber = 0;
  /** Bytes of messages of pub/sub that wait. */
  #publishedBytes = 0;
  #isFlushing = false;

  /** Dials `node` at `address`, and again whenever the connection has ended. */
  constructor(
    node: number,
    address: PeerAddress,
    parts: TransportParts,
    events: RoadEvents,
  ) {
    this.address = address;
    this.#events = events;
    this.#counts = countsOf(parts.counts, node).clients;
    this.#outbox = new Outbox(this.#counts);
    const target = { node, address, lane: "clients" } as const;
    this.#link = new LaneLink(target, parts, {
      opened: (connection) => this.#opened(connection),
      frame: (frame) => this.#take(frame),
      failed: () => this.#failed(),
    });
    this.#link.start();
  }

  #opened(connection: Connection): void {
    connection.establish(BOUNDS.messageBytes, this.#outbox);
    this.#events.ready();
  }

  /** Whether a trip of `bytes` may be sent now. */
  hasRoom(bytes: number): boolean {
    if (this.#link.connection === undefined) return false;
    const { waiting, waitingBytes } = this.#counts;
    if (waiting >= BOUNDS.messages) return false;
    return waiting === 0 || waitingBytes + bytes <= BOUNDS.bytes;
  }

  /** Sends a trip. Requires: there is room, and its client has no other. */
  send(trip: Trip): void {
    const { client, bytes } = trip.batch;
    const channel = this.#channels.get(client) ?? this.#open(client);
    this.#tellOf(channel);
    this.#idle.delete(channel);
    channel.trip = trip;
    channel.takenBytes = 0;
    this.#counts.waiting++;
    this.#counts.waitingBytes += bytes;
    this.#outbox.push({
      next: () => {
        if (channel.trip !== trip) return undefined;
        const content = trip.nextPiece(channel.number);
        return { kind: "requests", content };
      },
      get hasMore() {
        return !trip.isSent;
      },
    });
    this.#flush();
  }

  #open(client: Client): Channel {
    if (this.#channels.size >= BOUNDS.messages) {
      const [oldest] = this.#idle;
      this.#close(oldest!);
    }
    const number = ++this.#lastNumber;
    const channel: Channel = {
      number,
      client,
      opening: "",
      trip: undefined,
      takenBytes: 0,
    };
    this.#channels.set(client, channel);
    this.#byNumber.set(number, channel);
    return channel;
  }

  /** Tells the node who the client is, if it does not know. */
  #tellOf(channel: Channel): void {
    const { client, number } = channel;
    const { user, name, libraryName, libraryVersion } = client;
    const opening = [user, name, libraryName, libraryVersion].join("\n");
    if (opening === channel.opening) return;
    channel.opening = opening;
    const content = OPENING.encode({
      channel: number,
      user,
      name: cut(name),
      address: cut(client.address),
      localAddress: cut(client.localAddress),
      libraryName: cut(libraryName),
      libraryVersion: cut(libraryVersion),
    });
    this.#outbox.pushFrame("channelOpening", content);
  }

  /** All that is sent in a turn leaves in as few writes as can be. */
  #flush(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    queueMicrotask(() => {
      this.#isFlushing = false;
      this.#link.connection?.flush();
    });
  }

  /** Sends a message of pub/sub: at most once, where there is a connection and room. */
  publish(content: Uint8Array): void {
    const { dropped } = this.#counts;
    const { length } = content;
    const waiting = this.#publishedBytes;
    if (this.#link.connection === undefined) {
      dropped.unreachable++;
    } else if (waiting > 0 && waiting + length > FORWARD_PUBLISHED_BYTES_MAX) {
      dropped.bytes++;
    } else {
      this.#publishedBytes += length;
      this.#outbox.push({
        next: () => {
          this.#publishedBytes -= length;
          return { kind: "publication", content };
        },
        hasMore: false,
      });
      this.#flush();
    }
  }

  /** The client is gone. */
  leave(client: Client): void {
    const channel = this.#channels.get(client);
    if (channel !== undefined) this.#close(channel);
  }

  #close(channel: Channel): void {
    this.#forget(channel);
    const { number } = channel;
    const content = CLOSING.encode({ channel: number });
    this.#outbox.pushFrame("channelClosing", content);
    this.#flush();
  }

  #forget(channel: Channel): void {
    this.#endTrip(channel);
    this.#idle.delete(channel);
    this.#channels.delete(channel.client);
    this.#byNumber.delete(channel.number);
  }

  #endTrip(channel: Channel): void {
    if (channel.trip === undefined) return;
    this.#counts.waiting--;
    this.#counts.waitingBytes -= channel.trip.batch.bytes;
    channel.trip = undefined;
    this.#idle.add(channel);
  }

  /** CLIENT UNBLOCK. */
  unblock(client: Client, how: WaitEnd): void {
    const channel = this.#channels.get(client);
    if (channel?.trip === undefined) return;
    const isError = how === "error";
    const content = UNBLOCKING.encode({ channel: channel.number, isError });
    this.#outbox.pushFrame("unblocking", content);
    this.#flush();
  }

  // -- What comes back --

  #take({ kind, content }: Frame): void {
    if (kind !== "replies") {
      throw new PeerError("unexpected", `a frame (${kind}) against the lane`);
    }
    this.#counts.received++;
    this.#counts.receivedBytes += content.length;
    const replies = REPLIES.decode(content);
    const channel = this.#byNumber.get(replies.channel);
    // The client may have left while its replies were on their way.
    if (channel === undefined) {
      if (replies.channel <= this.#lastNumber) return;
      throw malformed("replies on a channel that was never open");
    }
    const { trip } = channel;
    if (trip === undefined) return this.#takeIdle(channel, replies);
    if (replies.bytes.length > 0) this.#takeReplies(channel, trip, replies);
    const { end, database } = replies;
    if (end !== "more") this.#takeEnd(channel, trip, end, database);
  }

  #takeIdle(channel: Channel, { bytes, end }: Replies): void {
    if (bytes.length > 0 || end !== "closed") {
      throw malformed("replies without requests");
    }
    this.#forget(channel);
  }

  #takeReplies(channel: Channel, trip: Trip, { bytes }: Replies): void {
    const { length } = bytes;
    trip.events.replied(bytes, () => {
      if (channel.trip !== trip) return;
      channel.takenBytes += length;
      if (channel.takenBytes < FORWARD_TAKEN_BYTES) return;
      const { number, takenBytes } = channel;
      const content = TAKEN.encode({ channel: number, bytes: takenBytes });
      channel.takenBytes = 0;
      this.#outbox.pushFrame("repliesTaken", content);
      this.#flush();
    });
  }

  #takeEnd(
    channel: Channel,
    trip: Trip,
    end: Exclude<RepliesEnd, "more">,
    database: number,
  ): void {
    // What has just been told of the replies may have closed the client.
    if (channel.trip !== trip) return;
    if (end === "done") this.#endTrip(channel);
    else this.#forget(channel);
    if (end === "displaced") this.#events.displaced();
    trip.events.ended(endOf(end, database));
    this.#events.ready();
  }

  // -- The end of the connection --

  #failed(): void {
    this.#outbox.clear();
    const channels = [...this.#channels.values()];
    this.#channels.clear();
    this.#byNumber.clear();
    this.#idle.clear();
    this.#counts.waiting = 0;
    this.#counts.waitingBytes = 0;
    this.#publishedBytes = 0;
    this.#lastNumber = 0;
    const trips = channels.flatMap(({ trip }) => trip ?? []);
    for (const channel of channels) channel.trip = undefined;
    const lost = trips.filter(({ mayHaveRun }) => mayHaveRun);
    this.#events.unsent(trips.filter(({ mayHaveRun }) => !mayHaveRun));
    for (const { events } of lost) events.ended({ kind: "lost" });
  }

  /** Ends the connection, and dials no more. */
  close(): void {
    this.#link.close();
    this.#failed();
  }
}

function endOf(end: Exclude<RepliesEnd, "more">, database: number): AwayEnd {
  switch (end) {
    case "done":
      return { kind: "done", database };
    case "displaced":
      return { kind: "untaken" };
    case "refused":
      return { kind: "late" };
    case "closed":
      return { kind: "closed" };
  }
}
