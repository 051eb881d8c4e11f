/**
 * What the serve Worker watches its clients for: what they leave unread, how long
 * they are idle, and the memory that they take.
 *
 * @module
 */

import type { Clock, Logger } from "../base/mod.ts";
import {
  LISTENER_BACKLOG_BYTES_MAX,
  MONITOR_BACKLOG_BYTES_MAX,
  type ParameterStore,
} from "../config/mod.ts";
import type { Client, Engine, UnreadWatch } from "../engine/mod.ts";
import { readOutputLimit } from "../pubsub/mod.ts";
import { ClientMemory, readClientsLimit } from "./client_memory.ts";
import { IdleClients } from "./idle_clients.ts";
import { Monitors } from "./monitors.ts";
import { type OutputClass, OutputLimits } from "./output_limits.ts";

/** Where the clients are, known once the engine is there. */
export interface WatchedClients {
  /** The engine. */
  readonly engine: () => Pick<Engine, "clients" | "core" | "push">;
  /** Whether a client is subscribed to something. */
  readonly isSubscribed: (client: Client) => boolean;
}

/** Parameters of which a change is acted on. */
const MEMORY_PARAMETERS = ["maxmemory", "maxmemory-clients"] as const;

/** The watches over one shard's clients. */
export class ClientWatch {
  /** What clients leave unread. */
  readonly output: OutputLimits;
  /** Clients that watch the commands of the others. */
  readonly monitors: Monitors;
  readonly #idle: IdleClients;
  readonly #memory: ClientMemory;

  /** Watches `watched` by `clock`. Call {@linkcode bind} next. */
  constructor(clock: Clock, logger: Logger, watched: WatchedClients) {
    const { engine, isSubscribed } = watched;
    this.monitors = new Monitors(engine, clock, logger);
    const isMonitor = (client: Client) => this.monitors.has(client);
    const clients = () => engine().clients.values();
    this.output = new OutputLimits(clock, logger, {
      classOf: (client) => isSubscribed(client) ? "pubsub" : "normal",
      bytesMaxOf: (client) => {
        if (isMonitor(client)) return MONITOR_BACKLOG_BYTES_MAX;
        return isSubscribed(client) ? LISTENER_BACKLOG_BYTES_MAX : Infinity;
      },
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
    this.monitors.remove(client);
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
