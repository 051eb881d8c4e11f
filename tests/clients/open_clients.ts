/**
 * Clients of a started server, ended with the test.
 *
 * @module
 */

import { Redis } from "../packages/ioredis.ts";
import { createClient } from "../packages/redis.ts";
import { startSubject, withServers } from "../servers/mod.ts";

function makeClient(port: number, version: 2 | 3) {
  return createClient({ url: `redis://127.0.0.1:${port}`, RESP: version });
}

/** A client of node-redis. */
export type NodeRedis = ReturnType<typeof makeClient>;

/** Runs `body` with `count` clients of ioredis, connected to one new server. */
export async function withIoredis(
  count: number,
  body: (...clients: Redis[]) => Promise<void>,
): Promise<void> {
  await withServers([startSubject()], async ({ port }) => {
    const clients = Array.from(
      { length: count },
      () => new Redis({ port, host: "127.0.0.1" }),
    );
    const ended = clients.map((client) =>
      new Promise((resolve) => client.once("end", resolve))
    );
    try {
      await Promise.all(clients.map((client) => client.ping()));
      await body(...clients);
    } finally {
      for (const client of clients) client.disconnect();
      await Promise.all(ended);
    }
  });
}

/** Runs `body` with `count` clients of node-redis, connected to one new server. */
export async function withNodeRedis(
  count: number,
  version: 2 | 3,
  body: (...clients: NodeRedis[]) => Promise<void>,
): Promise<void> {
  await withServers([startSubject()], async ({ port }) => {
    const clients = Array.from(
      { length: count },
      () => makeClient(port, version),
    );
    try {
      await Promise.all(clients.map((client) => client.connect()));
      await body(...clients);
    } finally {
      for (const client of clients) client.destroy();
    }
  });
}
