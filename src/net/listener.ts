/**
 * The client port: accepts connections and refuses those beyond the bound.
 *
 * @module
 */

import { ACCEPT_QUEUE_MAX } from "../config/mod.ts";
import type { Engine } from "../engine/mod.ts";
import { Connection } from "./connection.ts";

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
  readonly #listener: Deno.TcpListener;
  readonly #engine: Engine;
  readonly #options: ListenerOptions;
  #isClosed = false;

  /** Binds the port at once; {@linkcode run} accepts. */
  constructor(engine: Engine, options: ListenerOptions) {
    this.#engine = engine;
    this.#options = options;
    this.#listener = Deno.listen({
      hostname: options.hostname,
      port: options.port,
      tcpBacklog: ACCEPT_QUEUE_MAX,
    });
  }

  /** The port bound. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** Accepts connections until {@linkcode close}. */
  async run(): Promise<void> {
    while (!this.#isClosed) {
      let socket: Deno.TcpConn;
      try {
        socket = await this.#listener.accept();
      } catch (error) {
        if (this.#isClosed) return;
        // Out of file descriptors, or a peer that left before it was accepted:
        // neither concerns the clients already there.
        this.#reject(error instanceof Error ? error.name : "error");
        continue;
      }
      this.#welcome(socket);
    }
  }

  #welcome(socket: Deno.TcpConn): void {
    const refusal = this.#options.refusal(socket.remoteAddr.hostname);
    if (refusal !== undefined) {
      this.#turnAway(socket, "protected-mode", refusal);
    } else if (this.counts.open >= this.#options.connectionsMax()) {
      const text = "-ERR max number of clients reached\r\n";
      this.#turnAway(socket, "maxclients", text);
    } else {
      this.#open(socket);
    }
  }

  #open(socket: Deno.TcpConn): void {
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

  #turnAway(socket: Deno.TcpConn, reason: string, text: string): void {
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
