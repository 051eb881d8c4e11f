/**
 * A bound port: hands accepted sockets over until it is closed.
 *
 * @module
 */

import { assert, ListenError } from "../base/mod.ts";
import { ACCEPT_QUEUE_MAX, ACCEPT_RETRY_MS_MAX } from "../config/mod.ts";
import type { Certificate } from "./certificate.ts";
import type { ClientSocket } from "./connection.ts";

/** What is needed of an accepted socket. TLS sockets send small writes at once by themselves. */
export type AcceptedSocket =
  & ClientSocket
  & Partial<Pick<Deno.TcpConn, "setKeepAlive">>;

/** What the system gives for a port. */
export interface PortBinding {
  /** Where it is bound. */
  readonly addr: Deno.Addr;
  /** Resolves with the next client; rejects once closed, or when the system refuses. */
  accept(): Promise<AcceptedSocket>;
  /** Ends it. */
  close(): void;
}

/** Where to listen. */
export interface PortAddress {
  /** Address to bind. */
  readonly hostname: string;
  /** TCP port; 0 picks a free one. */
  readonly port: number;
  /** Clients speak TLS with a server of this certificate; without one they speak plain TCP. */
  readonly certificate?: Certificate;
}

/** Binds a port. */
export type Listen = (address: PortAddress) => PortBinding;

/** Binds a port of the system, with room for clients to queue. */
export const listenSystem: Listen = ({ hostname, port, certificate }) => {
  const options = { hostname, port, tcpBacklog: ACCEPT_QUEUE_MAX };
  return certificate === undefined
    ? Deno.listen(options)
    : Deno.listenTls({ ...options, ...certificate });
};

/** What becomes of clients. */
export interface PortEvents {
  /** A client has come. */
  readonly accepted: (socket: AcceptedSocket) => void;
  /** One could not be accepted. */
  readonly failed: (reason: string) => void;
}

/** See the module. */
export class BoundPort {
  readonly #binding: PortBinding;
  readonly #events: PortEvents;
  #isClosed = false;
  /** Accepts that failed since the last that did not. */
  #failures = 0;

  /**
   * Binds the port at once; {@linkcode run} accepts.
   *
   * @throws {ListenError} When the system refuses.
   */
  constructor(address: PortAddress, listen: Listen, events: PortEvents) {
    this.#events = events;
    try {
      this.#binding = listen(address);
    } catch (cause) {
      throw new ListenError(address.hostname, address.port, cause);
    }
  }

  /** The port bound. */
  get number(): number {
    const { addr } = this.#binding;
    assert(addr.transport === "tcp", "clients come by TCP");
    return addr.port;
  }

  /** Accepts connections until {@linkcode close}. */
  async run(): Promise<void> {
    while (!this.#isClosed) {
      let socket: AcceptedSocket;
      try {
        socket = await this.#binding.accept();
      } catch (error) {
        if (this.#isClosed) return;
        // Out of file descriptors, or a peer that left before it was accepted:
        // neither concerns the clients already there.
        this.#events.failed(error instanceof Error ? error.name : "error");
        await this.#pause();
        continue;
      }
      this.#failures = 0;
      this.#events.accepted(socket);
    }
  }

  /** Lets failures in a row come slower and slower, so that they cost nobody time. */
  async #pause(): Promise<void> {
    const ms = Math.min(2 ** this.#failures++ - 1, ACCEPT_RETRY_MS_MAX);
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
  }

  /** Stops accepting. */
  close(): void {
    this.#isClosed = true;
    this.#binding.close();
  }
}
