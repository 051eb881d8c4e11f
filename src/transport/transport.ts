/**
 * A node's connections to all others: sends by lanes, and hands over what comes.
 *
 * @module
 */

import { assert, PeerError } from "../base/mod.ts";
import {
  SNAPSHOT_CHUNK_BYTES,
  SNAPSHOT_CHUNKS_IN_FLIGHT_MAX,
} from "../config/mod.ts";
import {
  laneOf,
  type PeerMessage,
  type PlainMessage,
  RAFT_LANES,
} from "../raft/mod.ts";
import { Acceptor } from "./acceptor.ts";
import type { Frame } from "./frame.ts";
import type { Guest } from "./guest.ts";
import type { Hello, NodePorts } from "./handshake_messages.ts";
import type { Lane } from "./lane.ts";
import type { PeerAddress } from "./network.ts";
import type { TransportParts } from "./parts.ts";
import { canBeHandedOn, decodeMessage } from "./message_codec.ts";
import type { MessageLane } from "./message_lane.ts";
import { Peer } from "./peer.ts";
import { malformed } from "./protobuf.ts";
import type {
  OpenSnapshotSink,
  OutgoingSnapshot,
  SnapshotFate,
} from "./snapshot_ports.ts";
import { SnapshotReceiver } from "./snapshot_receiver.ts";
import { countsOf, noCounts, type TransportCounts } from "./statistics.ts";
import { TokenBucket } from "./token_bucket.ts";

/** What a transport is made of. */
export interface TransportOptions extends Omit<TransportParts, "counts"> {
  /** Bytes of snapshots that are sent in a second, to all peers together. */
  readonly snapshotBytesPerSecond: number;
}

/** What a transport tells its node. */
export interface TransportEvents {
  /**
   * A message came, in the order it was sent on its lane. The data of its entries are
   * the receiver's own.
   */
  readonly receive: (message: PeerMessage) => void;
  /** A peer offers a snapshot. When it is kept whole, its message comes by `receive`. */
  readonly openSnapshot: OpenSnapshotSink;
  /**
   * A node has dialled, maybe not for the first time, and says what its other ports are,
   * and its `HOST:PORT` for peers, empty if it does not know it.
   */
  readonly announced?: (
    node: number,
    ports: NodePorts,
    address: string,
  ) => void;
  /**
   * Whether `node` is let in with the data directory `instance`: not with another one than
   * before, for it has forgotten its votes then. Always, without this. It may take its
   * time, within that of a handshake.
   */
  readonly recognizes?: (node: number, instance: string) => Promise<boolean>;
  /** Whether nodes that are no peers any more are let in all the same. @default {() => false} */
  readonly admitsRemoved?: () => boolean;
  /** Messages to `node` on `lane` were lost, or may have been: raft's ReportUnreachable. */
  readonly unreachable: (node: number, lane: Lane) => void;
}

/** See the module. Nothing that its node calls calls it back before it has returned. */
export class Transport {
  readonly #parts: TransportParts;
  readonly #events: TransportEvents;
  readonly #acceptor: Acceptor;
  readonly #bucket: TokenBucket;
  readonly #peers = new Map<number, Peer>();
  /** Takers of snapshots, by the node that sends them. */
  readonly #receivers = new Map<number, SnapshotReceiver>();
  /** Lanes that dropped messages of which the node was not told. */
  readonly #untold = new Map<number, Set<Lane>>();
  /** Nodes that were peers, and are not let in. */
  readonly #removed = new Set<number>();

  /** Neither dials nor accepts before it is told to. */
  constructor(options: TransportOptions, events: TransportEvents) {
    this.#parts = { ...options, counts: noCounts() };
    this.#events = events;
    this.#acceptor = new Acceptor(this.#parts, RAFT_LANES, {
      admits: (node) =>
        !this.#removed.has(node) || events.admitsRemoved?.() === true,
      proved: (_guest, hello) => this.#greeted(hello),
      recognizes: events.recognizes,
      frame: (guest, frame) => this.#take(guest, frame),
      gone: (guest) =>
        this.#receivers.get(guest.hello!.from)?.stop(guest.connection),
    });
    this.#bucket = new TokenBucket(
      options.snapshotBytesPerSecond,
      SNAPSHOT_CHUNKS_IN_FLIGHT_MAX * SNAPSHOT_CHUNK_BYTES,
      options.clock,
    );
  }

  /** All counts, live. */
  get counts(): TransportCounts {
    return this.#parts.counts;
  }

  /** The port bound; 0 before {@linkcode listen}. */
  get port(): number {
    return this.#acceptor.port;
  }

  /**
   * Accepts peers at `address`.
   *
   * @throws {ListenError} When it cannot be had.
   */
  listen(address: PeerAddress): Promise<void> {
    return this.#acceptor.listen(address);
  }

  /** Keeps connections to `node` at `address`, in place of those to another address of it. */
  addPeer(node: number, address: PeerAddress): void {
    assert(node !== this.#parts.own.node, "a node is no peer of its own");
    const { hostname, port } = address;
    const old = this.#peers.get(node)?.address;
    if (old?.hostname === hostname && old.port === port) return;
    this.#peers.get(node)?.close();
    this.#removed.delete(node);
    const unreachable = (lane: Lane) => this.#events.unreachable(node, lane);
    const [parts, bucket] = [this.#parts, this.#bucket];
    this.#peers.set(node, new Peer(node, address, parts, bucket, unreachable));
  }

  /**
   * Ends all connections with `node`, drops and counts what waits for it, and lets it
   * in no more until it is added again, or `admitsRemoved` says so.
   */
  removePeer(node: number): void {
    this.#removed.add(node);
    this.#peers.get(node)?.close();
    this.#peers.delete(node);
    this.#acceptor.drop(node);
  }

  /** Whether `node` is a peer, with a connection or without. */
  hasPeer(node: number): boolean {
    return this.#peers.has(node);
  }

  /** Whether all lanes to `node` have a connection. */
  isConnected(node: number): boolean {
    return this.#peers.get(node)?.isConnected ?? false;
  }

  /**
   * Sends `messages` by their lanes, in order. What a lane has no room for is dropped
   * and counted, as is everything for a node that is no peer. All that is sent in a
   * turn is best sent at once: it then leaves in as few writes as can be.
   */
  send(messages: readonly PlainMessage[]): void {
    const lanes = new Set<MessageLane>();
    for (const message of messages) {
      const name = laneOf(message);
      const lane = this.#peers.get(message.to)?.lane(name);
      if (lane === undefined) {
        countsOf(this.#parts.counts, message.to)[name].dropped.removed++;
      } else if (lane.push(message)) {
        lanes.add(lane);
      } else {
        this.#tellLater(message.to, name);
      }
    }
    for (const lane of lanes) lane.flush();
  }

  /** Tells the node once of any number of messages that were dropped in a turn. */
  #tellLater(node: number, lane: Lane): void {
    if (this.#untold.size === 0) {
      this.#parts.after(0, () => {
        const untold = [...this.#untold];
        this.#untold.clear();
        for (const [node, lanes] of untold) {
          for (const lane of lanes) this.#events.unreachable(node, lane);
        }
      });
    }
    const lanes = this.#untold.get(node) ?? new Set();
    this.#untold.set(node, lanes.add(lane));
  }

  /**
   * Sends a snapshot to the node that its message is for, when those before it are
   * done; `done` is called once, later.
   */
  sendSnapshot(
    snapshot: OutgoingSnapshot,
    done: (fate: SnapshotFate) => void,
  ): void {
    const peer = this.#peers.get(snapshot.message.to);
    if (peer !== undefined) return peer.snapshots.send(snapshot, done);
    this.#parts.after(0, () => {
      snapshot.source.close();
      done("removed");
    });
  }

  /** Nothing goes back on a lane but notes. */
  #greeted({ address, lane, from, ...ports }: Hello): undefined {
    // One of four that say the same.
    if (lane !== "control") return;
    const { clientPort, tlsPort, forwardPort } = ports;
    const known = { clientPort, tlsPort, forwardPort };
    this.#events.announced?.(from, known, address);
  }

  #take(guest: Guest, { kind, content }: Frame): void {
    const { from, lane } = guest.hello!;
    if (lane === "snapshot") {
      return this.#receiverOf(from).take(guest.connection, { kind, content });
    }
    if (kind !== "message") {
      throw new PeerError("unexpected", `a frame (${kind}) on lane ${lane}`);
    }
    const message = decodeMessage(content);
    const isOwn = message.from === from || canBeHandedOn(message);
    const isHere = message.to === this.#parts.own.node;
    if (!isOwn || !isHere || laneOf(message) !== lane) {
      throw malformed(
        `${message.kind} of node ${message.from} on lane ${lane}`,
      );
    }
    this.#received(from, message, content.length);
  }

  #received(from: number, message: PeerMessage, bytes: number): void {
    const counts = countsOf(this.#parts.counts, from)[laneOf(message)];
    counts.received++;
    counts.receivedBytes += bytes;
    this.#events.receive(message);
  }

  #receiverOf(from: number): SnapshotReceiver {
    const found = this.#receivers.get(from);
    if (found !== undefined) return found;
    const made = new SnapshotReceiver(from, this.#parts.own.node, {
      open: this.#events.openSnapshot,
      taken: (message, bytes) => this.#received(from, message, bytes),
      failed: ({ message }) =>
        this.#parts.log(
          "warning",
          `Cannot keep the snapshot of node ${from}: ${message}`,
        ),
    });
    this.#receivers.set(from, made);
    return made;
  }

  /** Ends everything. */
  close(): void {
    for (const node of [...this.#peers.keys()]) this.#peers.get(node)!.close();
    this.#peers.clear();
    this.#acceptor.close();
  }
}
