/**
 * Clients whose last request waits for a key, and how their waits end.
 *
 * The core wakes them when a key is ready. Time, CLIENT UNBLOCK and a closed
 * socket end a wait without one: at once where the command only reads, and as
 * part of a log entry where it writes, since a key may be on its way to it.
 *
 * @module
 */

import { type After, assert, type Clock } from "../base/mod.ts";
import {
  TIMER_MS_MAX,
  WAIT_END_RETRY_MS,
  WAITING_INPUT_BYTES_MAX,
} from "../config/mod.ts";
import type { Core, WAIT_ENDS } from "../core/mod.ts";
import type { Client } from "./client.ts";
import type { ClientTable } from "./client_table.ts";
import type { Part } from "./parted_output.ts";
import type { Replier } from "./replier.ts";

/** How a wait ends without a key. */
export type WaitEnd = keyof typeof WAIT_ENDS;

/** Who is told of ends. */
export interface WaitsListener {
  /** Waits are over at once: their replies are in the core's output. */
  ended(): void;
  /** Ends have joined the gathering batch. */
  gathered(): void;
}

/** One client's wait. */
interface Wait {
  cancel: (() => void) | undefined;
  isEnding: boolean;
}

const NO_PARTS: readonly Part[] = [];
/** Nothing is made anew for each client whose writes are applied. */
const NOBODY: readonly Client[] = [];

/** The waits of one engine's clients. */
export class Waits {
  readonly #core: Core;
  readonly #clock: Clock;
  readonly #after: After;
  readonly #listener: WaitsListener;
  readonly #waits = new Map<Client, Wait>();
  /** Ends that wait until the engine goes on. */
  #held: [Client, WaitEnd][] | undefined;

  /** Nobody waits. */
  constructor(
    core: Core,
    clock: Clock,
    after: After,
    listener: WaitsListener,
  ) {
    this.#core = core;
    this.#clock = clock;
    this.#after = after;
    this.#listener = listener;
  }

  /** Clients that wait. */
  get count(): number {
    return this.#waits.size;
  }

  /**
   * The client's request, which has just run, waits.
   *
   * @returns Whether its socket is read on, to see it close: not if it has.
   */
  begin(client: Client): boolean {
    const wait: Wait = { cancel: undefined, isEnding: false };
    this.#waits.set(client, wait);
    if (client.isGone || client.state === "closing") {
      this.end(client, "gone");
      return false;
    }
    client.state = "waiting";
    const deadlineMs = this.#core.waits.deadlineMs(client.session);
    if (deadlineMs !== 0) this.#arm(client, wait, deadlineMs);
    return true;
  }

  /** Bytes came from a client; whether it waits and is to be read on. */
  readsOn({ state, session }: Client): boolean {
    return state === "waiting" &&
      this.#core.pending(session) < WAITING_INPUT_BYTES_MAX;
  }

  /** The log is this node's to write: clients of other processes wait no more. */
  endOthers(): void {
    if (this.#core.waits.kept() === 0) return;
    this.#core.waits.endOthers();
    this.#listener.gathered();
  }

  /** This node leads no more: all waits end, and their clients are told so. */
  abandonAll(): void {
    if (this.#waits.size === 0) return;
    for (const { session } of this.#waits.keys()) {
      this.#core.waits.abandon(session);
    }
    this.#listener.ended();
  }

  #arm(client: Client, wait: Wait, deadlineMs: number): void {
    const leftMs = Math.max(0, deadlineMs - this.#clock.wallMs());
    wait.cancel = this.#after(Math.min(leftMs, TIMER_MS_MAX), () => {
      if (this.#clock.wallMs() < deadlineMs) {
        this.#arm(client, wait, deadlineMs);
      } else this.end(client, "timeout");
    });
  }

  /**
   * Sends what the core wrote: `client`'s replies, and those of others whose waits
   * are over.
   *
   * @returns Those others that are still there: their requests go on.
   */
  deliver(
    client: Client | undefined,
    replier: Replier,
    clients: ClientTable,
  ): readonly Client[] {
    const parts = this.#settle(clients);
    if (parts.length === 0) {
      if (client !== undefined) replier.deliver(client);
      return NOBODY;
    }
    replier.deliverParts(client, parts);
    const left: Client[] = [];
    for (const { client: waiter } of parts) {
      if (waiter.isGone) clients.forget(waiter);
      else if (waiter.state === "waiting") {
        waiter.state = "held";
        left.push(waiter);
      }
    }
    return left;
  }

  #settle(clients: ClientTable): readonly Part[] {
    const served = this.#core.waits.served();
    if (served.length === 0) return NO_PARTS;
    return served.map(({ session, from, to, hasOverflown }) => {
      const client = clients.ofSession(session);
      this.#waits.get(client)?.cancel?.();
      this.#waits.delete(client);
      if (hasOverflown) client.port.abort();
      return { client, from, to };
    });
  }

  /** Ends the client's wait; false when it waits for nothing, or its wait ends already. */
  end(client: Client, how: WaitEnd): boolean {
    const wait = this.#waits.get(client);
    if (wait === undefined || wait.isEnding) return false;
    wait.cancel?.();
    wait.isEnding = true;
    if (this.#held !== undefined) this.#held.push([client, how]);
    else this.#endNow(client, wait, how);
    return true;
  }

  #endNow(client: Client, wait: Wait, how: WaitEnd): void {
    const ending = this.#core.waits.end(client.session, how);
    if (ending === "ended") this.#listener.ended();
    else if (ending === "gathered") this.#listener.gathered();
    else {
      wait.cancel = this.#after(
        WAIT_END_RETRY_MS,
        () => this.#endNow(client, wait, how),
      );
    }
  }

  /** Ends nothing from now on, until {@linkcode resume}. */
  hold(): void {
    assert(this.#held === undefined, "ends are held once");
    this.#held = [];
  }

  /** Goes on with what was held; all data may have been loaded anew. */
  resume(): void {
    for (const { session } of this.#waits.keys()) {
      this.#core.waits.goOn(session);
    }
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const [client, how] of held) {
      const wait = this.#waits.get(client);
      if (wait !== undefined) this.#endNow(client, wait, how);
    }
  }
}
