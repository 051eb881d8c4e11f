/**
 * The system's TCP sockets, plain or with TLS: the one file of this folder that
 * touches them.
 *
 * With TLS both sides show a certificate of the cluster's own authority, and nobody
 * else gets as far as the handshake. Deno's own TLS listener asks nobody for a
 * certificate, so both sides are node:tls, which is loaded only then.
 *
 * @module
 */

import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { assert, ListenError, systemAfter } from "../base/mod.ts";
import {
  addressText,
  HALF_OPEN_MAX,
  HANDSHAKE_MS_MAX,
  PEER_ACCEPT_QUEUE_MAX,
  PEER_ACCEPT_RETRY_MS,
  PEER_CONNECTIONS_MAX,
  PEER_READ_BYTES,
} from "../config/mod.ts";
import type {
  BoundAddress,
  DialEvents,
  ListenEvents,
  Network,
  PeerAddress,
  Wire,
  WireEvents,
} from "./network.ts";

/** Certificates of a node, all PEM text. */
export interface PeerCertificates {
  /** The node's own, and those between it and the authority. It names the host that peers dial. */
  readonly cert: string;
  /** Its private key. */
  readonly key: string;
  /** The authority whose certificates are taken. */
  readonly ca: string;
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** A socket of Deno's. */
class SocketWire implements Wire {
  readonly remote: string;
  readonly #socket: Deno.Conn;
  #isClosed = false;

  constructor(socket: Deno.Conn, remote: string) {
    this.#socket = socket;
    this.remote = remote;
  }

  start(events: WireEvents): void {
    void this.#readAll(events);
  }

  async #readAll(events: WireEvents): Promise<void> {
    const buffer = new Uint8Array(PEER_READ_BYTES);
    while (!this.#isClosed) {
      let bytes: number | null;
      try {
        bytes = await this.#socket.read(buffer);
      } catch (cause) {
        return this.#end(events, reasonOf(cause));
      }
      if (bytes === null) return this.#end(events, "closed by the other side");
      if (!this.#isClosed) events.received(buffer.subarray(0, bytes));
    }
  }

  #end(events: WireEvents, reason: string): void {
    if (this.#isClosed) return;
    this.close();
    events.ended(reason);
  }

  write(bytes: Uint8Array, then: () => void): void {
    this.#writeAll(bytes).then((isWritten) => {
      if (isWritten) then();
    });
  }

  async #writeAll(bytes: Uint8Array): Promise<boolean> {
    for (let at = 0; at < bytes.length && !this.#isClosed;) {
      try {
        at += await this.#socket.write(bytes.subarray(at));
      } catch {
        // The reading side hears of it too, and tells the owner why.
        return false;
      }
    }
    return !this.#isClosed;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      this.#socket.close();
    } catch {
      // The system has closed it already.
    }
  }
}

function remoteOf(address: Deno.Addr): string {
  if (address.transport !== "tcp") return address.transport;
  return addressText(address);
}

function dialPlain(
  { hostname, port }: PeerAddress,
  events: DialEvents,
): () => void {
  const abort = new AbortController();
  const { signal } = abort;
  Deno.connect({ hostname, port, signal }).then((socket) => {
    if (signal.aborted) return socket.close();
    socket.setNoDelay(true);
    events.connected(new SocketWire(socket, remoteOf(socket.remoteAddr)));
  }, (cause) => {
    if (!signal.aborted) events.failed(reasonOf(cause));
  });
  return () => abort.abort();
}

function listenPlain(
  { hostname, port }: PeerAddress,
  { accepted }: ListenEvents,
): BoundAddress {
  const tcpBacklog = PEER_ACCEPT_QUEUE_MAX;
  const listener = Deno.listen({ hostname, port, tcpBacklog });
  const state = { isClosed: false };
  void acceptAll(listener, state, accepted);
  return {
    port: listener.addr.port,
    close: () => {
      if (state.isClosed) return;
      state.isClosed = true;
      listener.close();
    },
  };
}

/** Hands over what comes until the listener is closed. */
async function acceptAll(
  listener: Deno.Listener,
  state: { readonly isClosed: boolean },
  accepted: (wire: Wire) => void,
): Promise<void> {
  while (!state.isClosed) {
    let socket: Deno.Conn;
    try {
      socket = await listener.accept();
    } catch {
      if (state.isClosed) return;
      // Out of file descriptors, or a peer that left before it was accepted.
      const { promise, resolve } = Promise.withResolvers<void>();
      systemAfter(PEER_ACCEPT_RETRY_MS, resolve);
      await promise;
      continue;
    }
    accepted(new SocketWire(socket, remoteOf(socket.remoteAddr)));
  }
}

// -- TLS --

/** A socket of node:tls. */
class TlsWire implements Wire {
  readonly remote: string;
  readonly #socket: TLSSocket;
  #isClosed = false;

  constructor(socket: TLSSocket) {
    this.#socket = socket;
    this.remote = `${socket.remoteAddress}:${socket.remotePort}`;
    socket.setNoDelay(true);
    // An error that nobody listens to would end the process.
    socket.on("error", () => {});
  }

  start(events: WireEvents): void {
    const end = (reason: string) => {
      if (this.#isClosed) return;
      this.close();
      events.ended(reason);
    };
    this.#socket.on("data", (bytes: Uint8Array) => {
      if (!this.#isClosed) events.received(bytes);
    });
    this.#socket.on("error", (cause: Error) => end(cause.message));
    this.#socket.on("end", () => end("closed by the other side"));
    this.#socket.on("close", () => end("closed"));
  }

  write(bytes: Uint8Array, then: () => void): void {
    this.#socket.write(bytes, (cause) => {
      if (!cause && !this.#isClosed) then();
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.destroySoon();
  }
}

/** The TCP socket below `socket`, which has forgotten by now where it came from. */
function beneath(socket: TLSSocket): Socket {
  const { _parent } = socket as TLSSocket & { readonly _parent?: Socket };
  return _parent ?? socket;
}

/** Fails when `certificates` are not what they should be: node:tls takes anything. */
async function checkCertificates(
  { cert, key, ca }: PeerCertificates,
): Promise<void> {
  const { createPrivateKey, X509Certificate } = await import("node:crypto");
  new X509Certificate(ca);
  if (new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) return;
  throw new Error("the private key is not that of the certificate");
}

/**
 * The other side may take the connection and never end its handshake. Deno's own sockets
 * cannot be closed then, and each attempt would keep one.
 */
function dialTls(
  { hostname: host, port }: PeerAddress,
  events: DialEvents,
  certificates: PeerCertificates,
): () => void {
  let isOver = false;
  let end = () => {};
  import("node:tls").then(({ connect }) => {
    if (isOver) return;
    const socket = connect({ host, port, ...certificates });
    end = () => void socket.destroy();
    socket.on("secureConnect", () => {
      if (isOver) return;
      isOver = true;
      events.connected(new TlsWire(socket));
    });
    const fail = (reason: string) => {
      if (isOver) return;
      isOver = true;
      socket.destroy();
      events.failed(reason);
    };
    socket.on("error", ({ message }: Error) => fail(message));
    socket.on("close", () => fail("closed by the other side"));
  });
  return () => {
    if (isOver) return;
    isOver = true;
    end();
  };
}

async function listenTls(
  { hostname, port }: PeerAddress,
  certificates: PeerCertificates,
  events: ListenEvents,
): Promise<BoundAddress> {
  await checkCertificates(certificates);
  const { createServer } = await import("node:tls");
  const server = createServer({
    ...certificates,
    requestCert: true,
    rejectUnauthorized: true,
    handshakeTimeout: HANDSHAKE_MS_MAX,
  }, (socket) => events.accepted(new TlsWire(socket)));
  server.on("tlsClientError", (cause, socket) => {
    const { remoteAddress, remotePort } = beneath(socket);
    events.refused(`${remoteAddress}:${remotePort}`, cause.message);
  });
  server.maxConnections = HALF_OPEN_MAX + PEER_CONNECTIONS_MAX;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.on("error", reject);
  server.listen(
    { host: hostname, port, backlog: PEER_ACCEPT_QUEUE_MAX },
    resolve,
  );
  await promise;
  const address = server.address();
  assert(typeof address === "object" && address !== null, "it has a port");
  return { port: address.port, close: () => void server.close() };
}

// -- The network --

/** The system's network; with `certificates`, all of it is mutual TLS. */
export function systemNetwork(certificates?: PeerCertificates): Network {
  return {
    dial: (address, events) =>
      certificates === undefined
        ? dialPlain(address, events)
        : dialTls(address, events, certificates),
    listen: async (address, events) => {
      try {
        return certificates === undefined
          ? listenPlain(address, events)
          : await listenTls(address, certificates, events);
      } catch (cause) {
        throw new ListenError(address.hostname, address.port, cause);
      }
    },
  };
}
