/**
 * Takes connections of other nodes: as many as the bounds allow, one for each lane of
 * a node, from one data directory of it.
 *
 * @module
 */

import { PeerError } from "../base/mod.ts";
import {
  HALF_OPEN_MAX,
  PEER_CONNECTIONS_MAX,
  PEERS_MAX,
} from "../config/mod.ts";
import type { FrameSource } from "./connection.ts";
import type { Frame } from "./frame.ts";
import { Guest } from "./guest.ts";
import type { Hello } from "./handshake_messages.ts";
import type { Lane } from "./lane.ts";
import type { BoundAddress, PeerAddress, Wire } from "./network.ts";
import type { TransportParts } from "./parts.ts";
import { Refusals } from "./refusals.ts";
import type { TransportEvents } from "./transport.ts";

/** What becomes of proved connections. */
export interface AcceptorEvents {
  /** Whether a node that has proved itself is let in. */
  readonly admits: (node: number) => boolean;
  /** It is in; what is sent back to it, if anything. */
  readonly proved: (guest: Guest, hello: Hello) => FrameSource | undefined;
  /** See `TransportEvents.recognizes`. */
  readonly recognizes?: TransportEvents["recognizes"] | undefined;
  /** A frame came. A `PeerError` thrown ends the connection. */
  readonly frame: (guest: Guest, frame: Frame) => void;
  /** A proved connection has ended. */
  readonly gone: (guest: Guest) => void;
}

/** See the module. */
export class Acceptor {
  readonly #parts: TransportParts;
  readonly #lanes: readonly Lane[];
  readonly #events: AcceptorEvents;
  readonly #refusals: Refusals;
  /** Not proved, the oldest first. */
  readonly #halfOpen = new Set<Guest>();
  /** Proved, by node and lane. */
  readonly #proved = new Map<number, Map<Lane, Guest>>();
  #binding: BoundAddress | undefined;
  #isClosed = false;

  /** Takes connections for `lanes`, and nobody before {@linkcode listen}. */
  constructor(
    parts: TransportParts,
    lanes: readonly Lane[],
    events: AcceptorEvents,
  ) {
    this.#parts = parts;
    this.#lanes = lanes;
    this.#events = events;
    this.#refusals = new Refusals(parts);
  }

  /** The port bound; 0 before {@linkcode listen}. */
  get port(): number {
    return this.#binding?.port ?? 0;
  }

  /**
   * Binds `address`.
   *
   * @throws {ListenError} When it cannot be had.
   */
  async listen(address: PeerAddress): Promise<void> {
    const { network } = this.#parts;
    const binding = await network.listen(address, {
      accepted: (wire) => this.#welcome(wire),
      refused: (remote, reason) => {
        const error = new PeerError("certificate", reason);
        this.#refusals.note(remote, undefined, error);
      },
    });
    this.#binding = binding;
    if (this.#isClosed) binding.close();
  }

  #welcome(wire: Wire): void {
    if (this.#isClosed) return wire.close();
    if (this.#halfOpen.size >= HALF_OPEN_MAX) {
      const [oldest] = this.#halfOpen;
      const reason = "too many connections have not proved themselves";
      oldest!.refuse(new PeerError("crowded", reason));
    }
    const guest = new Guest(wire, this.#parts, {
      recognize: (hello) => this.#recognize(hello),
      proved: (proved, hello) => {
        this.#admit(proved, hello);
        return this.#events.proved(proved, hello);
      },
      frame: this.#events.frame,
      gone: (gone, error) => this.#forget(gone, error),
    });
    this.#halfOpen.add(guest);
    this.#count();
  }

  async #recognize({ from, instance }: Hello): Promise<void> {
    const { recognizes } = this.#events;
    if (recognizes === undefined || await recognizes(from, instance)) return;
    throw new PeerError(
      "directory",
      `node ${from} has another data directory than the one that it was met with: it is to be removed and to join under a new id`,
    );
  }

  #admit(guest: Guest, { from, lane, instance }: Hello): void {
    if (!this.#events.admits(from)) {
      throw new PeerError("removed", `node ${from} was removed`);
    }
    if (!this.#lanes.includes(lane)) {
      throw new PeerError("unexpected", `lane ${lane} does not lead here`);
    }
    const { peers } = this.#parts.counts;
    const isCrowded = this.#countProved() >= PEER_CONNECTIONS_MAX ||
      (!peers.has(from) && peers.size >= PEERS_MAX);
    if (isCrowded) throw new PeerError("crowded", "too many peers");
    const lanes = this.#proved.get(from) ?? new Map<Lane, Guest>();
    for (const other of lanes.values()) {
      if (other.hello!.instance === instance) continue;
      const place = `at ${other.connection.remote}`;
      throw new PeerError("duplicate", `node ${from} is here, ${place}`);
    }
    // The same node dials again because it knows its old connection to be dead.
    lanes.get(lane)?.close();
    this.#halfOpen.delete(guest);
    this.#proved.set(from, lanes.set(lane, guest));
    this.#count();
  }

  #forget(guest: Guest, error: PeerError | undefined): void {
    const { connection, hello } = guest;
    if (error !== undefined) {
      this.#refusals.note(connection.remote, hello?.from, error);
    }
    this.#halfOpen.delete(guest);
    if (guest.isProved) {
      const lanes = this.#proved.get(hello!.from);
      if (lanes?.get(hello!.lane) === guest) lanes.delete(hello!.lane);
      if (lanes?.size === 0) this.#proved.delete(hello!.from);
      this.#events.gone(guest);
    }
    this.#count();
  }

  #countProved(): number {
    let sum = 0;
    for (const lanes of this.#proved.values()) sum += lanes.size;
    return sum;
  }

  #count(): void {
    const { counts } = this.#parts;
    counts.halfOpen = this.#halfOpen.size;
    counts.accepted = this.#countProved();
  }

  /** Ends the connections of `node`. */
  drop(node: number): void {
    const lanes = [...this.#proved.get(node)?.values() ?? []];
    for (const guest of lanes) guest.close();
  }

  /** Ends everything. */
  close(): void {
    this.#isClosed = true;
    this.#binding?.close();
    for (const guest of [...this.#halfOpen]) guest.close();
    for (const node of [...this.#proved.keys()]) this.drop(node);
  }
}
