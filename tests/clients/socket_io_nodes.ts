/**
 * Web servers of socket.io that know of each other through one server of Redis
 * alone, by `@socket.io/redis-streams-adapter`.
 *
 * ```text
 *   Socket ──websocket── Node ─┐  XADD, XREAD, PUBLISH
 *                              ├──────────────────────── lanekv
 *   Socket ──websocket── Node ─┘
 * ```
 *
 * @module
 */

import { createAdapter } from "../packages/streams_adapter.ts";
import { Redis } from "../packages/ioredis.ts";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createClient } from "../packages/redis.ts";
import { Server } from "../packages/socket_io.ts";
import { io, type Socket } from "../packages/socket_io_client.ts";
import { sleep, startSubject, withServers } from "../servers/mod.ts";

/** A client of Redis as the adapter takes it, and how to end it. */
interface Store {
  readonly client: unknown;
  readonly close: () => void;
}

/** Names of the clients that the adapter can use. */
export type StoreName = "ioredis" | "node-redis";

const STORES: Record<StoreName, (port: number) => Promise<Store>> = {
  ioredis: (port) => {
    const client = new Redis({ port, host: "127.0.0.1" });
    return Promise.resolve({ client, close: () => client.disconnect() });
  },
  "node-redis": async (port) => {
    const client = createClient({ url: `redis://127.0.0.1:${port}` });
    await client.connect();
    return { client, close: () => client.destroy() };
  },
};

/** Options of the adapter. */
export type AdapterOptions = NonNullable<Parameters<typeof createAdapter>[1]>;

/** One of the web servers. */
export interface Node {
  readonly server: Server;
  readonly url: string;
  /** A new client of this web server, connected. */
  readonly connect: () => Promise<Socket>;
  /** Ends the web server and its clients, not its connection to Redis. */
  readonly stop: () => Promise<void>;
}

/** The next `count` values that arrive at `socket` as events `name`. */
export function received(
  socket: Socket,
  name: string,
  count = 1,
): Promise<unknown[]> {
  const values: unknown[] = [];
  return new Promise((resolve) => {
    const listen = (value: unknown) => {
      values.push(value);
      if (values.length < count) return;
      socket.off(name, listen);
      resolve(values);
    };
    socket.on(name, listen);
  });
}

async function startNode(
  client: unknown,
  options: AdapterOptions,
): Promise<Node> {
  const http = createServer();
  const server = new Server(http, {
    // Readers end after their last wait, so waits are short.
    adapter: createAdapter(client, { blockTimeInMs: 200, ...options }),
    connectionStateRecovery: {},
    transports: ["websocket"],
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const sockets: Socket[] = [];
  return {
    server,
    url,
    connect: async () => {
      const socket = io(url, {
        transports: ["websocket"],
        forceNew: true,
        reconnection: false,
      });
      sockets.push(socket);
      await new Promise<void>((resolve) => socket.once("connect", resolve));
      return socket;
    },
    stop: async () => {
      for (const socket of sockets) socket.disconnect();
      await server.close();
    },
  };
}

/** Waits until each node hears what the other sends by pub/sub and stream. */
async function untilKnown(
  nodes: readonly Node[],
  redis: Redis,
  { useShardedPubSub = false }: AdapterOptions,
): Promise<void> {
  const count = useShardedPubSub ? "SHARDNUMSUB" : "NUMSUB";
  const subscribers = async () =>
    (await redis.call("PUBSUB", count, "socket.io#/#") as unknown[])[1];
  while (await subscribers() !== nodes.length) await sleep(5);
  // A reader begins with the entries after its first XREAD, which may be late.
  const probes = await Promise.all(nodes.map((node) => node.connect()));
  let known = 0;
  probes.forEach((probe, index) => {
    received(probe, `hello of ${1 - index}`).then(() => known++);
  });
  while (known < nodes.length) {
    nodes.forEach((node, index) =>
      node.server.emit(`hello of ${index}`, index)
    );
    await sleep(20);
  }
  for (const probe of probes) probe.disconnect();
}

async function untilConnections(redis: Redis, count: number): Promise<void> {
  const lines = async () => String(await redis.client("LIST")).trim();
  while ((await lines()).split("\n").length > count) await sleep(5);
}

/** Runs `body` with two nodes on one server, and a client of that server. */
export async function withNodes(
  name: StoreName,
  options: AdapterOptions,
  body: (first: Node, second: Node, redis: Redis) => Promise<void>,
): Promise<void> {
  await withServers([startSubject()], async ({ port }) => {
    const redis = new Redis({ port, host: "127.0.0.1" });
    const stores: Store[] = [];
    const nodes: Node[] = [];
    try {
      for (let index = 0; index < 2; index++) {
        stores.push(await STORES[name](port));
        nodes.push(await startNode(stores.at(-1)!.client, options));
      }
      await untilKnown(nodes, redis, options);
      await body(nodes[0]!, nodes[1]!, redis);
    } finally {
      await Promise.all(nodes.map((node) => node.stop()));
      await untilConnections(redis, stores.length + 1);
      for (const store of stores) store.close();
      redis.disconnect();
    }
  });
}
