/**
 * A lane that carries messages of Raft to one peer: a queue and a connection.
 *
 * @module
 */

import { PeerError } from "../base/mod.ts";
import { PEER_REPLY_BYTES_MAX } from "../config/mod.ts";
import type { PeerMessage } from "../raft/mod.ts";
import { LaneLink, type LinkTarget } from "./lane_link.ts";
import { LANE_BOUNDS } from "./lane.ts";
import { LaneQueue } from "./lane_queue.ts";
import { encodeMessage } from "./message_codec.ts";
import type { TransportParts } from "./parts.ts";
import { countsOf } from "./statistics.ts";

/**
 * See the module. Messages wait for a connection that is being made or slow to take
 * them, within the lane's bounds. When an attempt to connect has failed, what waits is
 * dropped, and so is all that follows until there is a connection: Raft's messages
 * are about now.
 */
export class MessageLane {
  readonly #queue: LaneQueue;
  readonly #link: LaneLink;
  readonly #unreachable: () => void;
  /** Whether a message may wait: there is a connection, or one that has not failed yet. */
  #isReachable = true;

  /** `unreachable` is called when messages were lost, or may have been, with their connection. */
  constructor(
    target: LinkTarget,
    parts: TransportParts,
    unreachable: () => void,
  ) {
    const counts = countsOf(parts.counts, target.node)[target.lane];
    this.#queue = new LaneQueue(LANE_BOUNDS[target.lane], counts);
    this.#unreachable = unreachable;
    this.#link = new LaneLink(target, parts, {
      opened: (connection) => {
        this.#isReachable = true;
        connection.establish(PEER_REPLY_BYTES_MAX, {
          next: () => this.#next(),
        });
      },
      frame: ({ kind }) => {
        throw new PeerError("unexpected", `a frame (${kind}) against the lane`);
      },
      failed: () => this.#failed(),
    });
    this.#link.start();
  }

  /** Whether there is a connection. */
  get isConnected(): boolean {
    return this.#link.connection !== undefined;
  }

  /** Puts `message` in the queue, or drops and counts it; {@linkcode flush} sends. */
  push(message: PeerMessage): boolean {
    if (!this.#isReachable) return this.#queue.drop("unreachable");
    if (this.#queue.isFull) return this.#queue.drop("full");
    return this.#queue.push(encodeMessage(message));
  }

  /** Sends what waits as soon as the connection takes it. */
  flush(): void {
    this.#link.connection?.flush();
  }

  /** Ends it; what waits is dropped and counted. */
  close(): void {
    this.#link.close();
    this.#queue.clear("removed");
    this.#isReachable = false;
  }

  #next() {
    const content = this.#queue.shift();
    return content && { kind: "message" as const, content };
  }

  #failed(): void {
    this.#isReachable = false;
    this.#queue.clear("unreachable");
    this.#unreachable();
  }
}
