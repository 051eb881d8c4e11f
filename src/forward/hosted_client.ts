/**
 * A client of another node, as this one runs its requests: a client of the engine
 * without a socket.
 *
 * @module
 */

import { FORWARD_TAKEN_BYTES } from "../config/mod.ts";
import { SESSION_FLAGS } from "../core/mod.ts";
import type { Client, ClientPort, Engine } from "../engine/mod.ts";
import type { Publication } from "../pubsub/mod.ts";
import { malformed } from "../transport/mod.ts";
import type { ChannelOpening, RepliesEnd, RequestsPiece } from "./messages.ts";

/** What hosted clients need of this node. */
export interface HostParts {
  /** The engine that runs their requests. */
  readonly engine: Engine;
  /** Makes `client` one of the user called `user`, logged in, though there may be none. */
  readonly enter: (client: Client, user: string) => void;
  /** Tells the clients of this node, and no other. */
  readonly published: (publication: Publication) => void;
  /** Whether this node takes requests: not while it stops. */
  readonly isOpen: () => boolean;
}

/** Where a hosted client's replies go. */
export interface HostedEvents {
  /** Replies, which are the receiver's own. */
  readonly replied: (bytes: Uint8Array) => void;
  /** What becomes of its batch. */
  readonly ended: (end: Exclude<RepliesEnd, "more">, database: number) => void;
}

/** Databases of a core. */
const DATABASES = 16;

const encoder = new TextEncoder();
const MULTI = encoder.encode("*1\r\n$5\r\nMULTI\r\n");
const EXEC = encoder.encode("*1\r\n$4\r\nEXEC\r\n");

/** See the module. */
export class HostedClient implements ClientPort {
  readonly #parts: HostParts;
  readonly #events: HostedEvents;
  #client: Client | undefined;
  /** What the batch is at; a transaction is queued, and then run by EXEC. */
  #stage: "idle" | "receiving" | "queued" | "running" | "over" = "idle";
  #isTransaction = false;
  #unreadBytes = 0;
  /** Parts of a transaction's reply, which core and host write in turns. */
  #parted: Uint8Array[] = [];
  #drained: (() => void) | undefined;

  /** Has no client before {@linkcode open}. */
  constructor(parts: HostParts, events: HostedEvents) {
    this.#parts = parts;
    this.#events = events;
  }

  /** Makes the client, or tells who it is now; false when memory is full. */
  open(opening: ChannelOpening): boolean {
    const { engine, enter } = this.#parts;
    const { address, localAddress, user } = opening;
    if (address === "") throw malformed("a client without an address");
    this.#client ??= engine.connect(this, address, localAddress, true);
    if (this.#client === undefined) return false;
    this.#client.name = opening.name;
    this.#client.libraryName = opening.libraryName;
    this.#client.libraryVersion = opening.libraryVersion;
    enter(this.#client, user);
    return true;
  }

  // -- Requests --

  /** Takes a piece of a batch. */
  take(piece: RequestsPiece): void {
    if (this.#client === undefined) return;
    if (piece.isFirst !== (this.#stage === "idle")) {
      throw malformed("requests out of turn");
    }
    if (!this.#parts.isOpen()) return this.retire();
    if (piece.isFirst && !this.#begin(this.#client, piece)) return;
    if (this.#stage !== "receiving") {
      throw malformed("requests behind the last");
    }
    if (piece.isLast) this.#stage = this.#isTransaction ? "queued" : "running";
    this.#feed(piece.bytes);
  }

  #begin({ session }: Client, piece: RequestsPiece): boolean {
    const { core } = this.#parts.engine;
    if (piece.database >= DATABASES) throw malformed("no such database");
    core.setDatabase(session, piece.database);
    core.setProtocol(session, piece.isResp3 ? 3 : 2);
    core.dropTransaction(session);
    const { silent, noTouch } = SESSION_FLAGS;
    const others = core.flags(session) & ~(silent | noTouch);
    const touch = piece.isNoTouch ? noTouch : 0;
    core.setFlags(
      session,
      others | touch | (piece.isTransaction ? silent : 0),
    );
    this.#isTransaction = piece.isTransaction;
    this.#parted = [];
    this.#unreadBytes = 0;
    this.#stage = "receiving";
    if (!piece.isTransaction) return true;
    if (!core.away.watch(session, piece.watched, piece.index)) {
      this.#end("refused");
      return false;
    }
    this.#feed(MULTI);
    return this.#client !== undefined;
  }

  /** Hands requests to the engine, as if a socket had brought them. */
  #feed(bytes: Uint8Array): void {
    const { engine } = this.#parts;
    const client = this.#client!;
    const room = engine.inputRoom(client, bytes.length);
    if (room === undefined) return this.#end("refused");
    room.set(bytes);
    if (engine.received(client, bytes.length)) this.#settle();
  }

  /** The engine wants more to read: what it was given is answered. */
  #settle(): void {
    const client = this.#client;
    if (client?.state !== "reading") return;
    const { core } = this.#parts.engine;
    if (this.#stage === "queued") {
      this.#stage = "running";
      // It may be in the middle of its own work.
      queueMicrotask(() => this.#exec());
    } else if (this.#stage === "running") {
      if (core.pending(client.session) > 0) return this.#end("closed");
      this.#sendParted();
      this.#stage = "idle";
      this.#unreadBytes = 0;
      this.#events.ended("done", core.database(client.session));
    }
  }

  #exec(): void {
    if (this.#client === undefined) return;
    const { core } = this.#parts.engine;
    const { session } = this.#client;
    core.setFlags(session, core.flags(session) & ~SESSION_FLAGS.silent);
    this.#feed(EXEC);
  }

  // -- What the other node says --

  /** The client has taken `bytes` of its replies. */
  taken(bytes: number): void {
    this.#unreadBytes = Math.max(0, this.#unreadBytes - bytes);
    this.#tellDrained();
  }

  /** CLIENT UNBLOCK. */
  unblock(how: "error" | "timeout"): void {
    if (this.#client?.state !== "waiting") return;
    this.#parts.engine.waits.end(this.#client, how);
  }

  /** This node stops: what it has not begun to write goes back. */
  retire(): void {
    if (this.#client?.state !== "committing") this.#end("displaced");
  }

  /** The client is gone, or its connection; nothing is told any more. */
  close(): void {
    this.#stage = "over";
    const client = this.#client;
    this.#client = undefined;
    if (client !== undefined) this.#parts.engine.disconnected(client);
  }

  /** Tells that the batch ends so, and closes the client. */
  #end(end: "displaced" | "refused" | "closed"): void {
    if (this.#stage === "over") return;
    this.#stage = "over";
    this.#events.ended(end, 0);
    // The engine may be in the middle of something with it.
    queueMicrotask(() => this.close());
  }

  // -- What the engine says --

  /** See {@linkcode ClientPort}. */
  get backlogBytes(): number {
    return this.#unreadBytes;
  }

  /** See {@linkcode ClientPort}. */
  send(bytes: Uint8Array): void {
    this.share(bytes.slice());
  }

  /** See {@linkcode ClientPort}. */
  share(bytes: Uint8Array): void {
    if (this.#stage === "over") return;
    if (this.#isTransaction) {
      this.#parted.push(bytes);
      return;
    }
    this.#unreadBytes += bytes.length;
    this.#events.replied(bytes);
  }

  /** Sends a transaction's reply as a whole. */
  #sendParted(): void {
    const [first, ...others] = this.#parted;
    if (first === undefined) return;
    this.#parted = [];
    if (others.length === 0) return this.#events.replied(first);
    const length = others.reduce(
      (sum, part) => sum + part.length,
      first.length,
    );
    const whole = new Uint8Array(length);
    let at = 0;
    for (const part of [first, ...others]) {
      whole.set(part, at);
      at += part.length;
    }
    this.#events.replied(whole);
  }

  /** See {@linkcode ClientPort}. */
  resume(): void {
    this.#settle();
  }

  /** See {@linkcode ClientPort}. */
  finish(): void {
    this.#end("closed");
  }

  /** See {@linkcode ClientPort}. */
  abort(): void {
    this.#end("closed");
  }

  /** See {@linkcode ClientPort}. */
  displaced(): void {
    this.#end("displaced");
  }

  /**
   * See {@linkcode ClientPort}: here, when little enough is left that the other node
   * says nothing of it.
   */
  whenDrained(then: () => void): void {
    this.#drained = then;
    queueMicrotask(() => this.#tellDrained());
  }

  #tellDrained(): void {
    if (this.#unreadBytes >= FORWARD_TAKEN_BYTES) return;
    const drained = this.#drained;
    this.#drained = undefined;
    drained?.();
  }
}
