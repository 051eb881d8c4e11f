/**
 * The client port: accepts connections and refuses those beyond the bound.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import { ACCEPT_QUEUE_MAX, ACCEPT_RETRY_MS_MAX } from "../config/mod.ts";
import { hostOf } from "./address.ts";
import {
  type ClientSocket,
  Connection,
  type ConnectionEngine,
} from "./connection.ts";

/** What the listener needs of an accepted socket. */
export type AcceptedSocket = ClientSocket & Pick<Deno.TcpConn, "setNoDelay">;

/** A bound port. */
export interface ClientPortBinding {
  /** Where it is bound. */
  readonly addr: Deno.Addr;
  /** Resolves with the next client; rejects once closed, or when the system refuses. */
  accept(): Promise<AcceptedSocket>;
  /** Ends it. */
  close(): void;
}

/** Binds a port; `Deno.listen` but for tests. */
export type Listen = (options: Deno.TcpListenOptions) => ClientPortBinding;

/** Where to listen, and whom to let in. */
export interface ListenerOptions {
  /** Address to bind. */
  readonly hostname: string;
  /** TCP port; 0 picks a free one. */
  readonly port: number;
  /** Connections at once; further ones get an error and are closed. */
  readonly connectionsMax: () => number;
  /** Whether a new client needs no password. */
  readonly isOpen: () => boolean;
  /** Reason to refuse a peer by its address, or `undefined`. */
  readonly refusal: (hostname: string) => string | undefined;
}

/** Connections counted since the start. */
export interface ListenerCounts {
  /** Open now. */
  open: number;
  /** Ever accepted. */
  accepted: number;
  /** Refused, by reason. */
  readonly rejected: Map<string, number>;
}

/** Accepts clients until closed. */
export class ClientListener {
  /** Counts for INFO and metrics. */
  readonly counts: ListenerCounts = {
    open: 0,
    accepted: 0,
    rejected: new Map(),
  };
  readonly #listener: ClientPortBinding;
  readonly #engine: ConnectionEngine;
  readonly #options: ListenerOptions;
  #isClosed = false;
  /** Accepts that failed since the last that did not. */
  #failures = 0;

  /** Binds the port at once; {@linkcode run} accepts. */
  constructor(
    engine: ConnectionEngine,
    options: ListenerOptions,
    listen: Listen = Deno.listen,
  ) {
    this.#engine = engine;
    this.#options = options;
    this.#listener = listen({
      hostname: options.hostname,
      port: options.port,
      tcpBacklog: ACCEPT_QUEUE_MAX,
    });
  }

  /** The port bound. */
  get port(): number {
    const { addr } = this.#listener;
    assert(addr.transport === "tcp", "clients come by TCP");
    return addr.port;
  }

  /** Accepts connections until {@linkcode close}. */
  async run(): Promise<void> {
    while (!this.#isClosed) {
      let socket: AcceptedSocket;
      try {
        socket = await this.#listener.accept();
      } catch (error) {
        if (this.#isClosed) return;
        // Out of file descriptors, or a peer that left before it was accepted:
        // neither concerns the clients already there.
        this.#reject(error instanceof Error ? error.name : "error");
        await this.#pause();
        continue;
      }
      this.#failures = 0;
      this.#welcome(socket);
    }
  }

  /** Lets failures in a row come slower and slower, so that they cost nobody time. */
  async #pause(): Promise<void> {
    const ms = Math.min(2 ** this.#failures++ - 1, ACCEPT_RETRY_MS_MAX);
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
  }

  #welcome(socket: AcceptedSocket): void {
    const refusal = this.#options.refusal(hostOf(socket.remoteAddr));
    if (refusal !== undefined) {
      this.#turnAway(socket, "protected-mode", refusal);
    } else if (this.counts.open >= this.#options.connectionsMax()) {
      const text = "-ERR max number of clients reached\r\n";
      this.#turnAway(socket, "maxclients", text);
    } else {
      this.#open(socket);
    }
  }

  #open(socket: AcceptedSocket): void {
    socket.setNoDelay(true);
    const connection = new Connection(socket, this.#engine, {
      isAuthenticated: this.#options.isOpen(),
      onClosed: () => this.counts.open--,
    });
    this.counts.open++;
    this.counts.accepted++;
    if (connection.start()) return;
    this.counts.open--;
    this.#turnAway(socket, "memory", "-ERR out of memory\r\n");
  }

  #turnAway(socket: AcceptedSocket, reason: string, text: string): void {
    this.#reject(reason);
    socket.write(new TextEncoder().encode(text)).catch(() => {
      // The peer did not wait for the reason.
    }).finally(() => socket.close());
  }

  #reject(reason: string): void {
    const rejected = this.counts.rejected;
    rejected.set(reason, (rejected.get(reason) ?? 0) + 1);
  }

  /** Stops accepting. Connections stay. */
  close(): void {
    this.#isClosed = true;
    this.#listener.close();
  }
}
