/**
 * Memory that clients take all together: `maxmemory-clients`.
 *
 * Source: https://redis.io/docs/latest/develop/reference/clients/
 *
 * @module
 */

import type { Logger } from "../base/mod.ts";
import { CLIENTS_MEMORY_MIN } from "../config/mod.ts";
import type { Core } from "../core/mod.ts";
import type { Client } from "../engine/mod.ts";

/** What is asked of the core: what a session's buffers take. */
export type SessionMemory = Pick<Core, "inputBytes" | "transactionBytes">;

/** Bytes that the buffers of `client` take: what CLIENT LIST shows as `tot-mem`. */
function clientBytes(core: SessionMemory, client: Client): number {
  return core.inputBytes(client.session) +
    core.transactionBytes(client.session) +
    client.port.backlogBytes;
}

/** Bytes that `value` of `maxmemory-clients` allows; `Infinity` = any number. */
export function readClientsLimit(
  value: string,
  maxmemoryBytes: number,
): number {
  const share = /^(\d+)%$/.exec(value)?.[1];
  const bytes = share === undefined
    ? Number(value)
    : Number(share) / 100 * maxmemoryBytes;
  return bytes === 0 ? Infinity : Math.max(bytes, CLIENTS_MEMORY_MIN);
}

/** Closes clients, the largest first, when all of them take too much. */
export class ClientMemory {
  /** What all may take. */
  limitBytes = Infinity;
  /** Clients closed since the start. */
  evicted = 0;
  readonly #core: SessionMemory;
  readonly #logger: Logger;
  readonly #clients: () => Iterable<Client>;

  /** Watches `clients`, whose sessions are in `core`. */
  constructor(
    core: SessionMemory,
    logger: Logger,
    clients: () => Iterable<Client>,
  ) {
    this.#core = core;
    this.#logger = logger;
    this.#clients = clients;
  }

  /** Closes clients until the others keep to the limit. Who asked for NO-EVICT stays. */
  tick(): void {
    if (this.limitBytes === Infinity) return;
    const sizes: { readonly client: Client; readonly bytes: number }[] = [];
    let sum = 0;
    for (const client of this.#clients()) {
      const bytes = clientBytes(this.#core, client);
      sum += bytes;
      if (!client.isNoEvict) sizes.push({ client, bytes });
    }
    if (sum <= this.limitBytes) return;
    sizes.sort((one, other) => other.bytes - one.bytes);
    for (const { client, bytes } of sizes) {
      if (sum <= this.limitBytes) return;
      sum -= bytes;
      this.evicted++;
      this.#logger.log(
        "notice",
        `Evicting client ${client.id} at ${client.address}: ${bytes} bytes`,
      );
      client.port.abort();
    }
  }
}
