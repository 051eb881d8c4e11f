/**
 * What the serve Worker watches its clients for: what they leave unread, how long
 * they are idle, and the memory that they take.
 *
 * @module
 */

import type { Clock, Logger } from "../base/mod.ts";
import type { ParameterStore } from "../config/mod.ts";
import type { Client, Engine, UnreadWatch } from "../engine/mod.ts";
import { readOutputLimit } from "../pubsub/mod.ts";
import { ClientMemory, readClientsLimit } from "./client_memory.ts";
import { IdleClients } from "./idle_clients.ts";
import { type OutputClass, OutputLimits } from "./output_limits.ts";

/** Where the clients are, known once the engine is there. */
export interface WatchedClients {
  /** The engine. */
  readonly engine: () => Pick<Engine, "clients" | "core">;
  /** Whether a client is subscribed to something. */
  readonly isSubscribed: (client: Client) => boolean;
  /** Whether a client watches the commands of the others. */
  readonly isMonitor: (client: Client) => boolean;
}

/** Parameters of which a change is acted on. */
const MEMORY_PARAMETERS = ["maxmemory", "maxmemory-clients"] as const;

/** The watches over one shard's clients. */
export class ClientWatch {
  /** What clients leave unread. */
  readonly output: OutputLimits;
  readonly #idle: IdleClients;
  readonly #memory: ClientMemory;

  /** Watches `watched` by `clock`. Call {@linkcode bind} next. */
  constructor(clock: Clock, logger: Logger, watched: WatchedClients) {
    const { engine, isMonitor, isSubscribed } = watched;
    const clients = () => engine().clients.values();
    this.output = new OutputLimits(clock, logger, {
      classOf: (client) => isSubscribed(client) ? "pubsub" : "normal",
      isListening: (client) => isSubscribed(client) || isMonitor(client),
    });
    this.#idle = new IdleClients(
      clock,
      logger,
      clients,
      (client) => isSubscribed(client) || isMonitor(client),
    );
    const sessions = {
      inputBytes: (session: number) => engine().core.inputBytes(session),
      transactionBytes: (session: number) =>
        engine().core.transactionBytes(session),
    };
    this.#memory = new ClientMemory(sessions, logger, clients);
  }

  /** Follows the parameters, now and whenever they change. */
  bind(parameters: ParameterStore): void {
    const limits = (value: string) => {
      for (const name of ["normal", "pubsub"] satisfies OutputClass[]) {
        this.output.setLimit(name, readOutputLimit(value, name));
      }
    };
    const idle = (seconds: string) => {
      this.#idle.timeoutMs = Number(seconds) * 1000;
    };
    limits(parameters.value("client-output-buffer-limit"));
    idle(parameters.value("timeout"));
    parameters.onChange("client-output-buffer-limit", limits);
    parameters.onChange("timeout", idle);
    const memory = () => {
      const [maxmemory, clients] = MEMORY_PARAMETERS.map((name) =>
        parameters.value(name)
      );
      this.#memory.limitBytes = readClientsLimit(clients!, Number(maxmemory));
    };
    memory();
    for (const name of MEMORY_PARAMETERS) parameters.onChange(name, memory);
  }

  /** What the engine tells of unread bytes. */
  get unread(): UnreadWatch {
    return this.output;
  }

  /** Closes whoever is to be closed by now. */
  tick(): void {
    this.output.tick();
    this.#idle.tick();
    this.#memory.tick();
  }

  /** `client` is gone, or about to. */
  leave(client: Client): void {
    this.output.forget(client);
  }

  /** Clients closed since the start, or since {@linkcode reset}. */
  get closed(): { readonly output: number; readonly memory: number } {
    return { output: this.output.closed, memory: this.#memory.evicted };
  }

  /** Forgets what was counted. */
  reset(): void {
    this.output.closed = 0;
    this.#memory.evicted = 0;
  }
}
