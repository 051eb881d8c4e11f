/**
 * A client as the engine sees it: a session in the core, and a port to its
 * socket. Facts that CLIENT LIST shows live here too.
 *
 * @module
 */

import type { SessionAddress } from "../core/mod.ts";

/** In place of a time: what a client waits for is not timed. */
export const UNTIMED = -1;

/** What the engine asks of a connection. None of these calls waits. */
export interface ClientPort {
  /** Queues a copy of `bytes` for the socket. */
  send(bytes: Uint8Array): void;
  /** Queues `bytes` themselves, which nobody may change any more. */
  share(bytes: Uint8Array): void;
  /** Closes the socket once everything queued has been written. */
  finish(): void;
  /** Closes the socket now, dropping what is queued. */
  abort(): void;
  /** Reads the socket again, which `Engine.received` had paused. */
  resume(): void;
  /** Bytes queued and not yet taken by the system. */
  readonly backlogBytes: number;
  /** Calls `then` once, when the backlog is empty. */
  whenDrained(then: () => void): void;
  /** Whether its socket speaks TLS. */
  readonly isTls?: boolean;
  /**
   * Of a client of another node, which sends here what the leader is to run: this node
   * leads no more, and what the client has left to serve goes back.
   */
  displaced?(): void;
}

/** State of a client's requests. */
export type ClientState =
  /** Its socket may be read. */
  | "reading"
  /** Its writes are on their way through the log. */
  | "committing"
  /** Its last request waits for a key. */
  | "waiting"
  /** The leader runs its requests. */
  | "away"
  /** A host command, a drain or a full batch holds it back. */
  | "held"
  /** No further request will run. */
  | "closing";

/** One connected client. */
export interface Client {
  /** Number shown by CLIENT ID; never used twice. */
  readonly id: number;
  /** Its session in the core. */
  readonly session: SessionAddress;
  /** Its socket. */
  readonly port: ClientPort;
  /** `ip:port` of the peer. */
  readonly address: string;
  /** `ip:port` of our end. */
  readonly localAddress: string;
  /** Whether it came by TLS. */
  readonly isTls: boolean;
  /** Wall time of the connection in milliseconds. */
  readonly createdMs: number;
  /** Wall time of the last request in milliseconds. */
  usedMs: number;
  /** See {@linkcode ClientState}. */
  state: ClientState;
  /** CLIENT SETNAME. */
  name: string;
  /** CLIENT SETINFO LIB-NAME. */
  libraryName: string;
  /** CLIENT SETINFO LIB-VER. */
  libraryVersion: string;
  /** CLIENT NO-EVICT. */
  isNoEvict: boolean;
  /** ACL user. */
  user: string;
  /** Whether it has logged in, or came when nobody had to. */
  hasAuthenticated: boolean;
  /** Name of the last command run by the host; the core knows its own. */
  lastCommand: string;
  /** Bytes received. */
  bytesIn: number;
  /** Bytes sent. */
  bytesOut: number;
  /** Index of the log entry of its last write that was applied, 0 = none. */
  writtenIndex: number;
  /** Monotonic time at which the writes on their way arrived, or `UNTIMED`. */
  wroteMs: number;
  /** How often they count, see `Meter`. */
  wroteTimes: number;
  /** Whether its transaction under way has asked for the end: no more is sent. */
  isEnding: boolean;
  /** Whether the socket is gone and only the session is left to close. */
  isGone: boolean;
}

/** What the engine knows of a new client. */
export type NewClient = Pick<
  Client,
  "id" | "session" | "port" | "address" | "localAddress" | "createdMs"
>;

/** A client that has sent nothing yet. */
export function newClient(known: NewClient): Client {
  return {
    ...known,
    isTls: known.port.isTls ?? false,
    usedMs: known.createdMs,
    state: "reading",
    name: "",
    libraryName: "",
    libraryVersion: "",
    isNoEvict: false,
    user: "default",
    hasAuthenticated: false,
    lastCommand: "",
    bytesIn: 0,
    bytesOut: 0,
    writtenIndex: 0,
    wroteMs: UNTIMED,
    wroteTimes: 0,
    isEnding: false,
    isGone: false,
  };
}
