/**
 * This node's place in its group: whether it leads, what it follows, and what the log
 * did not take of it.
 *
 * @module
 */

import { assert, type Random } from "../base/mod.ts";
import type { Core } from "../core/mod.ts";
import type { Client } from "./client.ts";
import type { ClientTable } from "./client_table.ts";
import type { Proposer } from "./proposer.ts";
import type { Replier } from "./replier.ts";
import type { Waits } from "./waits.ts";

/** What a standing works on. */
export interface StandingParts {
  /** The core. */
  readonly core: Core;
  /** Its clients. */
  readonly clients: ClientTable;
  /** Who proposes what it gathers. */
  readonly proposer: Proposer;
  /** Clients that wait for keys. */
  readonly waits: Waits;
  /** Tells who listens what happened to keys. */
  readonly replier: Replier;
  /** Draws names of processes. */
  readonly random: Random;
  /** Serves clients whose requests were held. */
  readonly release: (clients: readonly Client[]) => void;
  /** Sends what the core wrote for others than a client; those whose requests go on. */
  readonly deliver: () => readonly Client[];
}

/** See the module. A node alone leads from its start, and is never told anything here. */
export class Standing {
  readonly #parts: StandingParts;
  #isLeading = true;

  /** A node that leads. */
  constructor(parts: StandingParts) {
    this.#parts = parts;
  }

  /** Whether this node leads. */
  get isLeading(): boolean {
    return this.#isLeading;
  }

  /**
   * This node leads from now on, and all that earlier leaders have committed is applied.
   * Whoever waited for keys at one of them waits there no more.
   */
  lead(): void {
    if (this.#isLeading) return;
    this.#isLeading = true;
    const { core, proposer, waits } = this.#parts;
    core.controls.setRole("leader");
    proposer.isStopped = false;
    waits.endOthers();
  }

  /** This node leads no more, or not yet. */
  stepDown(): void {
    const { core, proposer, waits, random } = this.#parts;
    if (!this.#isLeading) return;
    this.#isLeading = false;
    core.controls.setRole("follower");
    proposer.isStopped = true;
    waits.abandonAll();
    core.waits.disown(random.u64());
  }

  /** Lets `act` serve requests that are refused, since nobody knows who leads. */
  asCutOff(act: () => void): void {
    const { controls } = this.#parts.core;
    controls.setRole("cutOff");
    act();
    controls.setRole(this.#isLeading ? "leader" : "follower");
  }

  /** Applies entry `index` of the log, which another leader has committed; empty for none. */
  follow(entry: Uint8Array, index: number): void {
    const { core, deliver, release, replier } = this.#parts;
    if (entry.length === 0) return;
    core.followEntry(entry, index);
    const woken = deliver();
    replier.tellEvents();
    release(woken);
  }

  /**
   * The log took none of the proposals up to `proposalId`: their clients are served once
   * more. `isLost`: it may take them yet, so that their writes are answered as
   * uncertain and not run again.
   */
  abandoned(proposalId: number, isLost: boolean): void {
    const { core, clients, proposer, release } = this.#parts;
    assert(proposalId <= proposer.lastId, "only proposals are abandoned");
    const held: Client[] = [];
    for (let id = proposer.endedId + 1; id <= proposalId; id++) {
      for (;;) {
        const session = core.abandonSession(isLost);
        if (session === undefined) break;
        const client = clients.ofSession(session);
        if (client.isGone) clients.forget(client);
        else if (client.state === "committing") {
          client.state = "held";
          held.push(client);
        }
      }
    }
    proposer.ended(proposalId);
    release(held);
    proposer.maybeSeal();
  }
}
