/**
 * Requests that the host runs, in their place among the client's others.
 *
 * @module
 */

import type { Core } from "../core/mod.ts";
import type { Client } from "./client.ts";
import type { HostOutcome, HostPort } from "./ports.ts";
import type { Replier } from "./replier.ts";
import type { WaitEnd } from "./waits.ts";

/** What host turns work with. */
export interface HostTurnsParts {
  /** The core, which hands the requests over. */
  readonly core: Core;
  /** Who runs them. */
  readonly host: HostPort;
  /** Sends replies. */
  readonly replier: Replier;
  /** Ends a client. */
  readonly finish: (client: Client) => void;
  /** Goes on with a client that was held. */
  readonly release: (client: Client) => void;
}

/** See the module. */
export class HostTurns {
  readonly #parts: HostTurnsParts;
  /** Clients whose requests wait for others, each with how to end that. */
  readonly #waits = new Map<Client, (how: WaitEnd) => void>();

  /** Nothing runs yet. */
  constructor(parts: HostTurnsParts) {
    this.#parts = parts;
  }

  /** Runs the request in hand; whether the client's next one may run at once. */
  run(client: Client): boolean {
    const { core, finish, host, replier } = this.#parts;
    const commandId = core.requestCommand();
    const outcome = host.run(client, commandId, core.requestArguments());
    if (client.isGone) return false;
    core.finishHost(client.session);
    if (outcome.later !== undefined) {
      this.#await(client, outcome.later, outcome.end);
      return false;
    }
    replier.answerHost(client, outcome.reply);
    outcome.after?.();
    if (outcome.isLast) finish(client);
    return client.state !== "closing";
  }

  #await(
    client: Client,
    later: Promise<Uint8Array>,
    end: HostOutcome["end"],
  ): void {
    client.state = "held";
    if (end !== undefined) {
      client.state = "waiting";
      this.#waits.set(client, end);
      client.port.resume();
    }
    later.then((reply) => {
      this.#waits.delete(client);
      if (client.isGone) return;
      client.state = "held";
      this.#parts.replier.answerHost(client, reply);
      this.#parts.release(client);
    });
  }

  /** Clients whose requests wait for others. */
  get waiting(): number {
    return this.#waits.size;
  }

  /** Ends the wait of the client's request, if it waits for others; whether it does. */
  end(client: Client, how: WaitEnd): boolean {
    const end = this.#waits.get(client);
    if (end === undefined) return false;
    this.#waits.delete(client);
    if (client.state === "waiting") client.state = "held";
    end(how);
    return true;
  }
}
