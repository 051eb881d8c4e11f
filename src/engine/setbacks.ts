/**
 * Batches that the log did not take, because this node leads no more.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import type { Core } from "../core/mod.ts";
import type { Client } from "./client.ts";
import type { ClientTable } from "./client_table.ts";
import type { Proposer } from "./proposer.ts";

/** Takes back what one core's clients have proposed. */
export class Setbacks {
  readonly #core: Core;
  readonly #clients: ClientTable;
  readonly #proposer: Proposer;

  /** Takes back batches of `clients` that `core` gathered and `proposer` proposed. */
  constructor(core: Core, clients: ClientTable, proposer: Proposer) {
    this.#core = core;
    this.#clients = clients;
    this.#proposer = proposer;
  }

  /**
   * Takes back the batches in flight up to proposal `proposalId`. `isLost`: the log may
   * take them yet, so that their writes are answered as uncertain and not run again.
   *
   * @returns Their clients, held: their requests are to be served once more.
   */
  abandon(proposalId: number, isLost: boolean): readonly Client[] {
    const proposer = this.#proposer;
    assert(proposalId <= proposer.lastId, "only proposals are abandoned");
    const held: Client[] = [];
    for (let id = proposer.endedId + 1; id <= proposalId; id++) {
      for (;;) {
        const session = this.#core.abandonSession(isLost);
        if (session === undefined) break;
        const client = this.#clients.ofSession(session);
        if (client.isGone) this.#clients.forget(client);
        else if (client.state === "committing") {
          client.state = "held";
          held.push(client);
        }
      }
    }
    proposer.ended(proposalId);
    return held;
  }
}
