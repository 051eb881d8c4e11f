/**
 * Where other nodes bring the requests of their clients: a port of its own, beside
 * that of Raft.
 *
 * @module
 */

import {
  Acceptor,
  countsOf,
  type Guest,
  type PeerAddress,
  type TransportParts,
} from "../transport/mod.ts";
import { Desk } from "./desk.ts";
import type { HostParts } from "./hosted_client.ts";

/** What a reception is made of. */
export interface ReceptionParts extends Omit<HostParts, "isOpen"> {
  /** How connections are made and proved. */
  readonly transport: TransportParts;
}

/** See the module. */
export class Reception {
  readonly #acceptor: Acceptor;
  readonly #desks = new Map<Guest, Desk>();
  #isOpen = true;

  /** Takes nobody before {@linkcode listen}. */
  constructor(parts: ReceptionParts) {
    this.#acceptor = new Acceptor(parts.transport, ["clients"], {
      admits: () => true,
      proved: (guest, { from }) => {
        const host = { ...parts, isOpen: () => this.#isOpen };
        const counts = countsOf(parts.transport.counts, from).clients;
        const desk = new Desk(guest.connection, host, counts);
        this.#desks.set(guest, desk);
        return desk.source;
      },
      frame: (guest, frame) => this.#desks.get(guest)!.take(frame),
      gone: (guest) => {
        this.#desks.get(guest)?.close();
        this.#desks.delete(guest);
      },
    });
  }

  /** The port bound; 0 before {@linkcode listen}. */
  get port(): number {
    return this.#acceptor.port;
  }

  /** Clients of other nodes that are open here. */
  get clients(): number {
    let sum = 0;
    for (const desk of this.#desks.values()) sum += desk.clients;
    return sum;
  }

  /**
   * Accepts other nodes at `address`.
   *
   * @throws {ListenError} When it cannot be had.
   */
  listen(address: PeerAddress): Promise<void> {
    return this.#acceptor.listen(address);
  }

  /** Takes no more requests: what this node has not begun to write goes back, for another leader. */
  retire(): void {
    this.#isOpen = false;
    for (const desk of this.#desks.values()) desk.retire();
  }

  /** Ends everything. */
  close(): void {
    this.#acceptor.close();
  }
}
