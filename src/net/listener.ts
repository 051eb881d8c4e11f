/**
 * The client ports: accept connections and refuse those beyond the bound.
 *
 * @module
 */

import { TURN_AWAY_MS_MAX } from "../config/mod.ts";
import { hostOf } from "./address.ts";
import { Connection, type ConnectionEngine, isTls } from "./connection.ts";
import {
  type AcceptedSocket,
  BoundPort,
  type Listen,
  listenSystem,
  type PortAddress,
} from "./port.ts";

/** Where to listen, and whom to let in. */
export interface ListenerOptions {
  /** Ports to bind: all of them or none. */
  readonly ports: readonly PortAddress[];
  /** Connections at once; further ones get an error and are closed. */
  readonly connectionsMax: () => number;
  /** Whether a new client needs no password. */
  readonly isOpen: () => boolean;
  /** Reason to refuse a peer by its address, or `undefined`. */
  readonly refusal: (hostname: string) => string | undefined;
  /** Whether the system is to ask silent peers now and then whether they are still there. */
  readonly keepsAlive: () => boolean;
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
  readonly #ports: BoundPort[] = [];
  readonly #engine: ConnectionEngine;
  readonly #options: ListenerOptions;

  /**
   * Binds the ports at once; {@linkcode run} accepts.
   *
   * @throws {ListenError} When one cannot be had.
   */
  constructor(
    engine: ConnectionEngine,
    options: ListenerOptions,
    listen: Listen = listenSystem,
  ) {
    this.#engine = engine;
    this.#options = options;
    const events = {
      accepted: (socket: AcceptedSocket) => this.#welcome(socket),
      failed: (reason: string) => this.#reject(reason),
    };
    try {
      for (const address of options.ports) {
        this.#ports.push(new BoundPort(address, listen, events));
      }
    } catch (cause) {
      this.close();
      throw cause;
    }
  }

  /** The ports bound, in the order of the options. */
  get ports(): number[] {
    return this.#ports.map((port) => port.number);
  }

  /** Accepts connections until {@linkcode close}. */
  async run(): Promise<void> {
    await Promise.all(this.#ports.map((port) => port.run()));
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
    socket.setNoDelay?.(true);
    if (this.#options.keepsAlive()) socket.setKeepAlive?.(true);
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
    const patience = Promise.withResolvers<void>();
    const timer = setTimeout(patience.resolve, TURN_AWAY_MS_MAX);
    void Promise.race([this.#tell(socket, text), patience.promise])
      .finally(() => {
        clearTimeout(timer);
        socket.close();
      });
  }

  /** A TLS peer takes nothing before its handshake is over, so it has to send something first. */
  async #tell(socket: AcceptedSocket, text: string): Promise<void> {
    try {
      if (isTls(socket)) await socket.read(new Uint8Array(1));
      await socket.write(new TextEncoder().encode(text));
    } catch {
      // The peer did not wait for the reason.
    }
  }

  #reject(reason: string): void {
    const rejected = this.counts.rejected;
    rejected.set(reason, (rejected.get(reason) ?? 0) + 1);
  }

  /** Stops accepting. Connections stay. */
  close(): void {
    for (const port of this.#ports) port.close();
  }
}
