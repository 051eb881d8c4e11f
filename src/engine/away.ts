/**
 * Requests that the leader runs for clients of this node: writes, and transactions
 * with one.
 *
 * ```text
 *   core.serve ─► away ─► port: to the leader … replied, replied, ended ─► served on
 * ```
 *
 * Of a client one batch of them is away at a time, and its later requests wait, so
 * replies keep their order. They stay in the client's input until they are answered.
 * What the leader has not taken is sent once more, to whoever leads then; what it may
 * have taken is never sent twice.
 *
 * @module
 */

import type { Clock } from "../base/mod.ts";
import { WAITING_INPUT_BYTES_MAX } from "../config/mod.ts";
import { type AwayRequests, type Core, SESSION_FLAGS } from "../core/mod.ts";
import { countReplies } from "../resp/mod.ts";
import type { Client } from "./client.ts";
import type { WaitEnd } from "./waits.ts";

/** What the leader must know to run a transaction that was queued here. */
export interface AwayTransaction {
  /** The keys it watches, as the core keeps them. */
  readonly watched: Uint8Array;
  /** Index of the last entry that was applied here. */
  readonly index: number;
}

/** Requests of one client on their way. */
export interface AwayBatch {
  /** Whose they are. */
  readonly client: Client;
  /** Database in use in front of them. */
  readonly database: number;
  /** RESP version of the client. */
  readonly protocol: 2 | 3;
  /** CLIENT NO-TOUCH. */
  readonly isNoTouch: boolean;
  /** Bytes of the requests. */
  readonly bytes: number;
  /** Set when they are what MULTI queued. */
  readonly transaction: AwayTransaction | undefined;
  /** Monotonic time since when the first of them waits. */
  readonly sinceMs: number;
  /** A copy of up to `most` of their bytes from `from` on. Good until the batch has ended. */
  piece(from: number, most: number): Uint8Array;
}

/** How a batch ended. */
export type AwayEnd =
  /** All requests are answered; `database` is in use behind them. */
  | { readonly kind: "done"; readonly database: number }
  /** The leader ran those that are answered, and has not taken the others. */
  | { readonly kind: "untaken" }
  /** Nobody knows what became of those that are not answered. */
  | { readonly kind: "lost" }
  /** They were never sent: no leader took them in time. */
  | { readonly kind: "late" }
  /** The leader has closed the client, for what a client is closed for. */
  | { readonly kind: "closed" };

/** Who is told what becomes of a batch. */
export interface AwayEvents {
  /**
   * Replies came, whole ones. `taken` is called when the client has little unread: no
   * more than a window of them may come before.
   */
  readonly replied: (bytes: Uint8Array, taken: () => void) => void;
  /** The batch is over, once. */
  readonly ended: (end: AwayEnd) => void;
}

/** The way to the leader. Nothing here calls back before it has returned. */
export interface AwayPort {
  /** Sends a batch, when there is a leader and room. One of a client at a time. */
  send(batch: AwayBatch, events: AwayEvents): void;
  /** The client is gone, with a batch under way or none: nothing is told of it any more. */
  leave(client: Client): void;
  /** CLIENT UNBLOCK: its last request waits no more, if it does. */
  unblock(client: Client, how: WaitEnd): void;
}

/** What batches need of the engine. */
export interface AwayParts {
  /** The core. */
  readonly core: Core;
  /** Measures how long requests wait. */
  readonly clock: Clock;
  /** The way to the leader. */
  readonly port: AwayPort;
  /** Index of the last entry applied. */
  readonly appliedIndex: () => number;
  /** Sends a client's replies, which nobody changes any more. */
  readonly push: (client: Client, bytes: Uint8Array) => void;
  /** Goes on with a held client. */
  readonly release: (client: Client) => void;
  /** Reply bytes a client may leave unread before further ones wait. */
  readonly backlogBytesMax: number;
}

/** A batch that is away. */
interface OpenBatch {
  readonly requests: AwayRequests;
  readonly sinceMs: number;
  /** Whether CLIENT REPLY drops its replies. */
  readonly isSilent: boolean;
  answered: number;
  /** What is to be called when the client has read what came. */
  untaken: (() => void)[];
}

/** See the module. */
export class Away {
  readonly #parts: AwayParts;
  readonly #open = new Map<Client, OpenBatch>();
  /** Since when requests wait that came back untaken. */
  readonly #since = new WeakMap<Client, number>();

  /** From now on writes go away where this node does not lead. */
  constructor(parts: AwayParts) {
    this.#parts = parts;
    parts.core.away.setWritesGo("away");
  }

  /** Clients whose requests are away. */
  get count(): number {
    return this.#open.size;
  }

  /**
   * Sends the requests at which the core has stopped.
   *
   * @returns Whether the client's socket is read on, to see it close.
   */
  begin(client: Client): boolean {
    const { core, clock, port } = this.#parts;
    if (client.port.displaced !== undefined) {
      // Another node's, which has sent them here to the leader: they go no further.
      client.state = "held";
      client.port.displaced();
      return false;
    }
    client.state = "away";
    const flags = core.flags(client.session);
    const isTransaction = (flags & SESSION_FLAGS.multi) !== 0;
    const batch: OpenBatch = {
      requests: core.away.requests(client.session, isTransaction),
      sinceMs: this.#since.get(client) ?? clock.monotonicMs(),
      isSilent: (flags & (SESSION_FLAGS.silent | SESSION_FLAGS.skip)) !== 0,
      answered: 0,
      untaken: [],
    };
    this.#open.set(client, batch);
    port.send(this.#toSend(client, batch), {
      replied: (bytes, taken) => this.#replied(client, batch, bytes, taken),
      ended: (end) => this.#ended(client, batch, end),
    });
    return batch.requests.mayWait;
  }

  #toSend(client: Client, { requests, sinceMs }: OpenBatch): AwayBatch {
    const { core, appliedIndex } = this.#parts;
    const { session } = client;
    const isNoTouch = core.flags(session) & SESSION_FLAGS.noTouch;
    return {
      client,
      database: core.database(session),
      protocol: core.protocol(session),
      isNoTouch: isNoTouch !== 0,
      bytes: requests.bytes,
      transaction: requests.isTransaction
        ? { watched: core.away.watched(session), index: appliedIndex() }
        : undefined,
      sinceMs,
      piece: (from, most) => core.away.piece(session, from, most),
    };
  }

  /** Bytes came behind requests that are away; whether to read on. */
  readsOn(client: Client): boolean {
    if (this.#open.get(client)?.requests.mayWait !== true) return false;
    const behind = this.#parts.core.away.pendingBehind(client.session);
    return behind < WAITING_INPUT_BYTES_MAX;
  }

  /** The client is gone. */
  leave(client: Client): void {
    this.#open.delete(client);
    this.#parts.port.leave(client);
  }

  /** Ends the client's wait at the leader; false when it cannot wait there. */
  unblock(client: Client, how: WaitEnd): boolean {
    if (this.#open.get(client)?.requests.mayWait !== true) return false;
    this.#parts.port.unblock(client, how);
    return true;
  }

  #replied(
    client: Client,
    batch: OpenBatch,
    bytes: Uint8Array,
    taken: () => void,
  ): void {
    if (this.#open.get(client) !== batch) return;
    const count = countReplies(bytes);
    if (count === undefined) return client.port.abort();
    batch.answered += count;
    if (!batch.isSilent) this.#parts.push(client, bytes);
    if (client.port.backlogBytes <= this.#parts.backlogBytesMax) return taken();
    batch.untaken.push(taken);
    if (batch.untaken.length > 1) return;
    client.port.whenDrained(() => {
      const waiting = batch.untaken;
      batch.untaken = [];
      for (const tell of waiting) tell();
    });
  }

  #ended(client: Client, batch: OpenBatch, end: AwayEnd): void {
    if (this.#open.get(client) !== batch) return;
    this.#open.delete(client);
    this.#since.delete(client);
    if (client.state === "closing") return;
    client.state = "held";
    const { requests, sinceMs, answered } = batch;
    const isSurplus = answered > requests.replies ||
      (end.kind === "done" && answered < requests.replies);
    // What the leader says cannot be: the client's replies would be out of step.
    if (end.kind === "closed" || isSurplus) return client.port.abort();
    const { core, release } = this.#parts;
    if (end.kind === "done") core.setDatabase(client.session, end.database);
    core.away.end(client.session, answered, end.kind === "lost");
    if (end.kind === "untaken") this.#since.set(client, sinceMs);
    if (end.kind !== "late") return release(client);
    core.away.setWritesGo("late");
    release(client);
    core.away.setWritesGo("away");
  }
}
