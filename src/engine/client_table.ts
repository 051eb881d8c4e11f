/**
 * The clients of one engine: by id for whoever lists them, by session for the
 * replies.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import { type Core, SESSION_FLAGS, type SessionAddress } from "../core/mod.ts";
import { type Client, type NewClient, newClient } from "./client.ts";
import type { HostPort } from "./ports.ts";

/** What is known of a connection before it has an id. */
export type Connecting = Omit<NewClient, "id" | "session">;

/** Clients from their connection until nothing holds their sessions any more. */
export class ClientTable {
  readonly #core: Core;
  readonly #host: Pick<HostPort, "arrived">;
  readonly #byId = new Map<number, Client>();
  readonly #bySession = new Map<SessionAddress, Client>();
  #nextId = 1;

  /** Nobody is connected to `core`; `host` is told of who comes. */
  constructor(core: Core, host: Pick<HostPort, "arrived">) {
    this.#core = core;
    this.#host = host;
  }

  /** Those whose sockets are open, by id, in the order of their connection. */
  get open(): ReadonlyMap<number, Client> {
    return this.#byId;
  }

  /** Takes a new connection, or refuses it when the core has no memory left. */
  connect(
    connecting: Connecting,
    isAuthenticated: boolean,
  ): Client | undefined {
    const id = this.#nextId++;
    const session = this.#core.openSession(id);
    if (session === undefined) return undefined;
    if (isAuthenticated) {
      this.#core.setFlags(session, SESSION_FLAGS.authenticated);
    }
    const client = newClient({ id, session, ...connecting });
    this.#byId.set(id, client);
    this.#bySession.set(session, client);
    this.#host.arrived(client);
    return client;
  }

  /** Whose session it is. */
  ofSession(session: SessionAddress): Client {
    const client = this.#bySession.get(session);
    assert(client !== undefined, "a session has its client");
    return client;
  }

  /** The client's socket is closed; its session may still be needed. */
  close(client: Client): void {
    assert(!client.isGone, "a client disconnects once");
    client.isGone = true;
    this.#byId.delete(client.id);
  }

  /** Nothing needs the session of a client that is gone. */
  forget(client: Client): void {
    this.#bySession.delete(client.session);
    this.#core.closeSession(client.session);
  }
}
