/**
 * Requests that the host runs, in their place among the client's others.
 *
 * @module
 */

import type { Core } from "../core/mod.ts";
import type { Client } from "./client.ts";
import type { HostPort } from "./ports.ts";
import type { Replier } from "./replier.ts";

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
      this.#await(client, outcome.later);
      return false;
    }
    replier.answerHost(client, outcome.reply);
    outcome.after?.();
    if (outcome.isLast) finish(client);
    return client.state !== "closing";
  }

  #await(client: Client, later: Promise<Uint8Array>): void {
    client.state = "held";
    later.then((reply) => {
      if (client.isGone) return;
      this.#parts.replier.answerHost(client, reply);
      this.#parts.release(client);
    });
  }
}
