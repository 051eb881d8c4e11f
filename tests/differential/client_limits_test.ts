/**
 * Clients that ask for too much, too little or come from afar: what becomes of
 * them, beside redis-server.
 */

import { assert, assertEquals } from "@std/assert";
import {
  ConnectionClosedError,
  encodeRequest,
  fromLatin1,
  hasRedis,
  RespClient,
  type ServerProcess,
  sleep,
  startRedis,
  startSubject,
  toLatin1,
  withServers,
} from "../servers/mod.ts";

/** What `ask` gives on each of both servers, which must be the same. */
function compare(
  claim: string,
  ask: (server: ServerProcess) => Promise<unknown>,
): void {
  Deno.test({
    name: claim,
    ignore: !hasRedis,
    fn: () =>
      withServers([startRedis(), startSubject()], async (oracle, subject) => {
        const [expected, actual] = await Promise.all(
          [oracle, subject].map(ask),
        );
        assertEquals(actual, expected);
      }),
  });
}

/** Whether `client` is still served; what it got unasked is passed over. */
async function isServed(client: RespClient): Promise<boolean> {
  try {
    await client.call("PING");
    return true;
  } catch (error) {
    const isEnd = error instanceof ConnectionClosedError ||
      error instanceof Deno.errors.ConnectionReset ||
      error instanceof Deno.errors.BrokenPipe;
    if (!isEnd) throw error;
    return false;
  }
}

async function configure(
  server: ServerProcess,
  ...pairs: readonly string[]
): Promise<void> {
  using client = await server.connect();
  assertEquals(await client.plain("CONFIG", "SET", ...pairs), "OK");
}

async function countClients(server: ServerProcess): Promise<number> {
  using client = await server.connect();
  const list = `${await client.plain("CLIENT", "LIST")}`;
  return list.trimEnd().split("\n").length;
}

async function numberOf(server: ServerProcess, field: string): Promise<number> {
  using client = await server.connect();
  const info = `${await client.plain("INFO", "stats")}`;
  return Number(new RegExp(`${field}:(\\d+)`).exec(info)?.[1]);
}

compare(
  "timeout closes idle clients, but none that listens",
  async (server) => {
    using idle = await server.connect();
    using busy = await server.connect();
    using subscriber = await server.connect();
    using modern = await server.connect();
    using transaction = await server.connect();
    await subscriber.call("SUBSCRIBE", "news");
    await modern.call("HELLO", "3");
    await modern.call("PSUBSCRIBE", "n*");
    await transaction.call("MULTI");
    using blocked = await server.connect();
    await blocked.send(encodeRequest(["BLPOP", "list", "0"]));
    await idle.call("PING");
    await configure(server, "timeout", "1");
    for (let count = 0; count < 16; count++) {
      await sleep(250);
      await busy.call("PING");
    }
    const clients = [idle, busy, subscriber, modern, transaction];
    const served = await Promise.all(clients.map(isServed));
    await busy.call("RPUSH", "list", "item");
    return [served, toLatin1((await blocked.readRaw(1))[0]!)];
  },
);

compare("client-query-buffer-limit closes who sends more", async (server) => {
  await configure(server, "client-query-buffer-limit", "1mb");
  const outcomes: unknown[] = [];
  for (const bytes of [500_000, 1_000_000, 1_500_000, 4_000_000]) {
    using client = await server.connect();
    const request = encodeRequest(["SET", "key", new Uint8Array(bytes)]);
    await client.send(request.subarray(0, request.length - 2))
      .catch(() => {});
    await sleep(200);
    await client.send(fromLatin1("\r\n")).catch(() => {});
    outcomes.push(await isServed(client));
  }
  return outcomes;
});

compare(
  "client-output-buffer-limit normal closes who reads too little",
  async (server) => {
    using writer = await server.connect();
    await writer.call("SET", "small", new Uint8Array(15_000));
    await writer.call("SET", "large", new Uint8Array(2_000_000));
    await configure(server, "client-output-buffer-limit", "normal 1mb 0 0");
    const outcomes: unknown[] = [];
    for (const key of ["small", "large"]) {
      using client = await server.connect();
      await client.call("GET", key).catch(() => {});
      outcomes.push(await isServed(client));
    }
    return outcomes;
  },
);

compare(
  "client-output-buffer-limit normal closes at the soft limit in time",
  async (server) => {
    using writer = await server.connect();
    await writer.call("SET", "value", new Uint8Array(8_000_000));
    await configure(server, "client-output-buffer-limit", "normal 0 1mb 1");
    using slow = await server.connect();
    await slow.send(encodeRequest(["GET", "value"]));
    const before = await countClients(server);
    for (let count = 0; count < 40; count++) {
      await sleep(100);
      // Redis looks when the client asks for more.
      await slow.send(encodeRequest(["PING"])).catch(() => {});
      if (await countClients(server) < before) break;
    }
    return [before, await countClients(server)];
  },
);

compare(
  "maxmemory-clients closes the largest client that does not ask to be spared",
  async (server) => {
    using large = await server.connect();
    using spared = await server.connect();
    using small = await server.connect();
    await spared.call("CLIENT", "NO-EVICT", "ON");
    for (const [client, bytes] of [[large, 7e6], [spared, 6e6]] as const) {
      await client.call("MULTI");
      await client.call("SET", "key", new Uint8Array(bytes));
    }
    await small.call("PING");
    await configure(server, "maxmemory-clients", "12700000");
    await sleep(500);
    const served = await Promise.all([large, spared, small].map(isServed));
    return [served, await numberOf(server, "evicted_clients")];
  },
);

/** An address of this machine that is not of the loopback interface. */
const outside = Deno.networkInterfaces().find(({ address, family }) =>
  family === "IPv4" && !address.startsWith("127.")
)?.address;

/** What a client from `outside` reads first, having sent PING. */
async function greet(server: ServerProcess): Promise<string> {
  using client = await RespClient.connect(server.port, { hostname: outside! });
  await client.send(encodeRequest(["PING"])).catch(() => {});
  const [reply] = await client.readRaw(1);
  return toLatin1(reply!);
}

Deno.test({
  name: "protected-mode refuses others without a password, with Redis's words",
  ignore: !hasRedis || outside === undefined,
  fn: () =>
    withServers(
      [
        startRedis({ args: ["--bind", "0.0.0.0"] }),
        startSubject({ args: ["--bind=0.0.0.0"] }),
      ],
      async (oracle, subject) => {
        const [expected, actual] = await Promise.all([oracle, subject].map(
          async (server) => {
            const replies = [await greet(server)];
            for (
              const pair of [
                ["protected-mode", "no"],
                ["protected-mode", "yes"],
                ["requirepass", "secret"],
              ]
            ) {
              using client = await server.connect();
              await client.plain("CONFIG", "SET", ...pair);
              replies.push(await greet(server));
            }
            return replies;
          },
        ));
        assert(expected![0]!.startsWith("-DENIED Redis is running"));
        assertEquals(actual, expected);
      },
    ),
});
