/**
 * Applies batches that the log has committed, and answers their clients.
 *
 * @module
 */

import type { Clock } from "../base/mod.ts";
import type { Core } from "../core/mod.ts";
import { type Client, UNTIMED } from "./client.ts";
import type { ClientTable } from "./client_table.ts";
import type { Meter } from "./meter.ts";
import type { Replier } from "./replier.ts";
import type { SlowWatch } from "./slow_watch.ts";
import type { Waits } from "./waits.ts";

/** What an applier works on. */
export interface ApplierParts {
  /** The core. */
  readonly core: Core;
  /** Wall time. */
  readonly clock: Clock;
  /** Its clients. */
  readonly clients: ClientTable;
  /** Clients that wait for keys. */
  readonly waits: Waits;
  /** Sends replies. */
  readonly replier: Replier;
  /** Measures. */
  readonly meter: Meter;
  /** Watches for what takes long. */
  readonly slowWatch: SlowWatch;
  /** Ends a client that asked for it. */
  readonly finish: (client: Client) => void;
  /** Whether a client leaves too much unread to go on. */
  readonly hasBacklog: (client: Client) => boolean;
  /** Goes on with a client that has nothing left to serve. */
  readonly readOn: (client: Client) => void;
  /** Serves clients whose requests were held. */
  readonly release: (clients: readonly Client[]) => void;
}

/** See the module. */
export class Applier {
  readonly #parts: ApplierParts;

  /** Nothing is applied yet. */
  constructor(parts: ApplierParts) {
    this.#parts = parts;
  }

  /** Applies the oldest batch as entry `index`. */
  apply(index: number): void {
    const { clock, core, meter, release, replier, slowWatch, waits } =
      this.#parts;
    core.beginBatch(index);
    slowWatch.began(clock.wallMs());
    const applied: Client[] = [];
    const unserved: Client[] = [];
    const wake = (waiters: readonly Client[]) => {
      for (const waiter of waiters) {
        waiter.writtenIndex = index;
        unserved.push(waiter);
      }
    };
    wake(this.#deliver(undefined));
    replier.tellEvents();
    for (;;) {
      const startMs = meter.start();
      const session = core.stepBatch();
      if (session === undefined) break;
      const client = this.#parts.clients.ofSession(session);
      if (startMs === UNTIMED) slowWatch.untimed(client);
      else slowWatch.timed(client, meter.applied(startMs), false);
      const { stepHasInput, stepWaits } = core;
      client.writtenIndex = index;
      wake(this.#deliver(client));
      if (stepWaits) {
        if (waits.begin(client)) client.port.resume();
        continue;
      }
      if (core.stepNeedsHost) {
        replier.runQueued(client);
        continue;
      }
      applied.push(client);
      if (this.#goesOn(client, stepHasInput)) unserved.push(client);
    }
    meter.answered(applied);
    release(unserved);
  }

  /** Whether a client whose write is answered has requests to be served. */
  #goesOn(client: Client, hasInput: boolean): boolean {
    const { clients, finish, hasBacklog, readOn } = this.#parts;
    if (client.isGone) clients.forget(client);
    else if (client.isEnding) finish(client);
    else if (hasInput || hasBacklog(client)) {
      client.state = "held";
      return true;
    } else readOn(client);
    return false;
  }

  #deliver(client: Client | undefined): readonly Client[] {
    const { clients, replier, waits } = this.#parts;
    return waits.deliver(client, replier, clients);
  }
}
