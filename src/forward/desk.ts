/**
 * What this node runs for the clients of one other node.
 *
 * @module
 */

import { PeerError } from "../base/mod.ts";
import { FORWARD_REPLIES_BYTES_MAX } from "../config/mod.ts";
import {
  type Connection,
  type Frame,
  type FrameSource,
  LANE_BOUNDS,
  type LaneCounts,
  malformed,
} from "../transport/mod.ts";
import { HostedClient, type HostParts } from "./hosted_client.ts";
import {
  type ChannelOpening,
  CLOSING,
  OPENING,
  PUBLICATION,
  REPLIES,
  type RepliesEnd,
  REQUESTS,
  TAKEN,
  UNBLOCKING,
} from "./messages.ts";
import { Outbox } from "./outbox.ts";

const NOTHING = new Uint8Array(0);

/** Replies that wait to be sent; their end may join them until they are. */
interface Answer {
  readonly bytes: Uint8Array;
  end: RepliesEnd;
  database: number;
  isSent: boolean;
}

/** A client, and its last replies. */
interface Channel {
  readonly hosted: HostedClient;
  last: Answer | undefined;
}

/** See the module. */
export class Desk {
  readonly #connection: Connection;
  readonly #parts: HostParts;
  readonly #counts: LaneCounts;
  readonly #outbox: Outbox;
  readonly #channels = new Map<number, Channel>();
  #highest = 0;
  #waitingBytes = 0;
  #isFlushing = false;
  #isClosed = false;

  /** Answers on `connection`, and counts that in `counts`. */
  constructor(connection: Connection, parts: HostParts, counts: LaneCounts) {
    this.#connection = connection;
    this.#parts = parts;
    this.#counts = counts;
    this.#outbox = new Outbox(counts);
  }

  /** What is sent on the connection. */
  get source(): FrameSource {
    return this.#outbox;
  }

  /** Clients that are open. */
  get clients(): number {
    return this.#channels.size;
  }

  /** Takes a frame. A `PeerError` thrown ends the connection. */
  take({ kind, content }: Frame): void {
    this.#counts.received++;
    this.#counts.receivedBytes += content.length;
    switch (kind) {
      case "channelOpening":
        return this.#open(OPENING.decode(content));
      case "requests": {
        const piece = REQUESTS.decode(content);
        return this.#of(piece.channel)?.take(piece);
      }
      case "repliesTaken": {
        const { channel, bytes } = TAKEN.decode(content);
        return this.#of(channel)?.taken(bytes);
      }
      case "unblocking": {
        const { channel, isError } = UNBLOCKING.decode(content);
        return this.#of(channel)?.unblock(isError ? "error" : "timeout");
      }
      case "publication":
        return this.#parts.published(PUBLICATION.decode(content));
      case "channelClosing": {
        const { channel } = CLOSING.decode(content);
        this.#of(channel)?.close();
        this.#channels.delete(channel);
        return;
      }
    }
    throw new PeerError("unexpected", `a frame (${kind}) on lane clients`);
  }

  /** The client of a channel; `undefined` when it was closed here, of which the other node may not know. */
  #of(channel: number): HostedClient | undefined {
    const found = this.#channels.get(channel);
    if (found === undefined && channel > this.#highest) {
      throw malformed("a channel that is not open");
    }
    return found?.hosted;
  }

  #open(opening: ChannelOpening): void {
    const number = opening.channel;
    const known = this.#channels.get(number);
    if (known !== undefined) {
      known.hosted.open(opening);
      return;
    }
    if (number <= this.#highest) return;
    if (this.#channels.size >= LANE_BOUNDS.clients.messages) {
      throw new PeerError("crowded", "too many clients");
    }
    this.#highest = number;
    const hosted = new HostedClient(this.#parts, {
      replied: (bytes) => this.#replied(number, channel, bytes),
      ended: (end, database) => this.#ended(number, channel, end, database),
    });
    const channel: Channel = { hosted, last: undefined };
    this.#channels.set(number, channel);
    if (!hosted.open(opening)) this.#ended(number, channel, "refused", 0);
  }

  // -- Answers --

  #replied(number: number, channel: Channel, bytes: Uint8Array): void {
    this.#answer(number, channel, bytes, "more", 0);
  }

  #ended(
    number: number,
    channel: Channel,
    end: Exclude<RepliesEnd, "more">,
    database: number,
  ): void {
    if (end !== "done") this.#channels.delete(number);
    const { last } = channel;
    channel.last = undefined;
    if (last === undefined || last.isSent) {
      return this.#answer(number, channel, NOTHING, end, database);
    }
    last.end = end;
    last.database = database;
  }

  #answer(
    number: number,
    channel: Channel,
    bytes: Uint8Array,
    end: RepliesEnd,
    database: number,
  ): void {
    if (this.#isClosed) return;
    const answer: Answer = { bytes, end, database, isSent: false };
    if (end === "more") channel.last = answer;
    this.#waitingBytes += bytes.length;
    this.#outbox.push({
      next: () => {
        answer.isSent = true;
        this.#waitingBytes -= bytes.length;
        const { end, database } = answer;
        const content = REPLIES.encode({
          channel: number,
          ...{ bytes, end, database },
        });
        return { kind: "replies", content };
      },
      hasMore: false,
    });
    this.#flush();
  }

  /** All that is answered in a turn leaves in as few writes as can be. */
  #flush(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    queueMicrotask(() => {
      this.#isFlushing = false;
      if (this.#isClosed) return;
      this.#connection.flush();
      if (this.#waitingBytes <= FORWARD_REPLIES_BYTES_MAX) return;
      this.#connection.fail(new PeerError("unread", "it reads no replies"));
    });
  }

  /** This node stops: what it has not begun to write goes back. */
  retire(): void {
    for (const { hosted } of [...this.#channels.values()]) hosted.retire();
  }

  /** The connection has ended: its clients are gone. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#outbox.clear();
    const channels = [...this.#channels.values()];
    this.#channels.clear();
    for (const { hosted } of channels) hosted.close();
  }
}
