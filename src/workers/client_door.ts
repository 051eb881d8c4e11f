/**
 * Where clients come in: closed at first, and maybe bound for a while before it opens.
 *
 * @module
 */

import type { ClientListener, ListenerCounts } from "../net/mod.ts";

/** See the module. */
export class ClientDoor {
  readonly #make: () => ClientListener;
  readonly #noCounts: ListenerCounts = {
    open: 0,
    accepted: 0,
    rejected: new Map(),
  };
  #listener: ClientListener | undefined;

  /** A door whose ports `make` binds; a `ListenError` of it goes through. */
  constructor(make: () => ClientListener) {
    this.#make = make;
  }

  /** Binds its ports, if they are not: clients that come wait. */
  bind(): void {
    this.#listener ??= this.#make();
  }

  /** Lets clients in. */
  open(): void {
    this.bind();
    void this.#listener!.run();
  }

  /** Lets nobody in any more. */
  close(): void {
    this.#listener?.close();
  }

  /** Port for clients; 0 while there is none. */
  get port(): number {
    return this.#listener?.ports[0] ?? 0;
  }

  /** Port for TLS, if there is one. */
  get tlsPort(): number | undefined {
    return this.#listener?.ports[1];
  }

  /** Connections so far. */
  get counts(): ListenerCounts {
    return this.#listener?.counts ?? this.#noCounts;
  }
}
