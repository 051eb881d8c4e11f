/** The client-side cache of node-redis: what it keeps, and that it learns of every change. */

import { assert, assertEquals } from "@std/assert";
import { BasicClientSideCache, createClient } from "../packages/redis.ts";
import {
  type ServerProcess,
  sleep,
  startSubject,
  withServers,
} from "../servers/mod.ts";
import { withNodeRedis } from "./open_clients.ts";

function makeCaching(server: ServerProcess, cache: BasicClientSideCache) {
  return createClient({
    url: `redis://127.0.0.1:${server.port}`,
    RESP: 3,
    clientSideCache: cache,
    socket: { reconnectStrategy: 20 },
  });
}

type Caching = ReturnType<typeof makeCaching>;

/** Runs `body` with a client that caches, its cache, and one that does not. */
async function withCache(
  body: (
    caching: Caching,
    cache: BasicClientSideCache,
    writer: Caching,
    server: ServerProcess,
  ) => Promise<void>,
  config: ConstructorParameters<typeof BasicClientSideCache>[0] = {},
): Promise<void> {
  await withServers(
    [startSubject({ durability: "always" })],
    async (server) => {
      const cache = new BasicClientSideCache(config);
      const caching = makeCaching(server, cache);
      caching.on("error", () => {});
      const url = `redis://127.0.0.1:${server.port}`;
      const writer = createClient({ url, RESP: 3 }) as Caching;
      try {
        await Promise.all([caching.connect(), writer.connect()]);
        await body(caching, cache, writer, server);
      } finally {
        caching.destroy();
        writer.destroy();
      }
    },
  );
}

/** Reads until `read` gives `wanted`, as an invalidation is on its way. */
async function until<T>(read: () => Promise<T>, wanted: T): Promise<void> {
  while (JSON.stringify(await read()) !== JSON.stringify(wanted)) {
    await sleep(2);
  }
}

Deno.test("node-redis answers from its cache until a key changes", () =>
  withCache(async (caching, cache, writer) => {
    await writer.set("key", "one");
    assertEquals(await caching.get("key"), "one");
    for (let round = 0; round < 10; round++) {
      assertEquals(await caching.get("key"), "one");
    }
    assertEquals([cache.stats().hitCount, cache.stats().missCount], [10, 1]);
    await writer.set("key", "two");
    await until(() => caching.get("key"), "two");
    await writer.del("key");
    await until(() => caching.get("key"), null);
    // What one writes oneself is told as well.
    await caching.set("key", "mine");
    await until(() => caching.get("key"), "mine");
  }));

Deno.test("node-redis caches values of every type and forgets each", () =>
  withCache(async (caching, cache, writer) => {
    await writer.hSet("hash", { name: "Ada" });
    await writer.rPush("list", ["a", "b"]);
    await writer.sAdd("set", "member");
    await writer.zAdd("scores", { score: 1.5, value: "member" });
    const reads = [
      async () => ({ ...await caching.hGetAll("hash") }),
      () => caching.lRange("list", 0, -1),
      () => caching.sMembers("set"),
      () => caching.zRangeWithScores("scores", 0, -1),
      () => caching.mGet(["hash", "none"]),
    ] as const;
    const first = [
      { name: "Ada" },
      ["a", "b"],
      ["member"],
      [{ value: "member", score: 1.5 }],
      [null, null],
    ];
    for (let round = 0; round < 3; round++) {
      const values = await Promise.all(reads.map((read) => read()));
      assertEquals(JSON.stringify(values), JSON.stringify(first));
    }
    assertEquals(cache.stats().missCount, reads.length);
    assertEquals(cache.stats().hitCount, 2 * reads.length);
    await writer.multi()
      .hSet("hash", "name", "Eve").lPop("list").sRem("set", "member")
      .zIncrBy("scores", 1, "member").set("none", "some").exec();
    const after: readonly unknown[] = [
      { name: "Eve" },
      ["b"],
      [],
      [{ value: "member", score: 2.5 }],
      [null, "some"],
    ];
    for (const [index, read] of reads.entries()) {
      await until<unknown>(read, after[index]);
    }
  }));

Deno.test("node-redis forgets keys that expire and all keys of a flush", () =>
  withCache(async (caching, cache, writer) => {
    await writer.set("soon", "1", { expiration: { type: "PX", value: 100 } });
    await writer.set("later", "1");
    await caching.get("later");
    assertEquals(await caching.get("later"), "1");
    assert(cache.size() > 0);
    await until(() => caching.get("soon"), null);
    assertEquals(await caching.get("later"), "1");
    await writer.flushAll();
    await until(() => caching.get("later"), null);
  }));

Deno.test("node-redis bounds its cache", () =>
  withCache(async (caching, cache, writer) => {
    for (let index = 0; index < 50; index++) {
      await writer.set(`key:${index}`, index);
      assertEquals(await caching.get(`key:${index}`), `${index}`);
    }
    assertEquals(cache.size(), 10);
    assertEquals(cache.stats().evictionCount, 40);
    await writer.set("key:49", "new");
    await until(() => caching.get("key:49"), "new");
  }, { maxEntries: 10, evictPolicy: "LRU" }));

Deno.test("node-redis asks again after its connection was lost", () =>
  withCache(async (caching, cache, writer, server) => {
    writer.on("error", () => {});
    await writer.set("key", "before");
    assertEquals(await caching.get("key"), "before");
    assertEquals(await caching.get("key"), "before");
    assertEquals(cache.stats().hitCount, 1);
    await server.kill();
    while (caching.isReady) await sleep(5);
    await server.restart();
    assertEquals(await caching.get("key"), "before");
    const fresh = createClient({ url: `redis://127.0.0.1:${server.port}` });
    await fresh.connect();
    await fresh.set("key", "after");
    fresh.destroy();
    await until(() => caching.get("key"), "after");
  }));

Deno.test("node-redis never keeps a value that many writers have changed", () =>
  withNodeRedis(3, 3, async (first, second, third) => {
    const cache = new BasicClientSideCache({});
    const caching = first.duplicate({ clientSideCache: cache });
    await caching.connect();
    try {
      const writers = [second, third].map(async (writer) => {
        for (let round = 0; round < 300; round++) await writer.incr("count");
      });
      let last = 0;
      const reading = (async () => {
        while (last < 600) {
          const value = Number(await caching.get("count"));
          assert(value >= last, `${value} after ${last}`);
          last = value;
          // A cached answer takes no turn of the event loop by itself.
          await sleep(0);
        }
      })();
      await Promise.all([...writers, reading]);
      assertEquals(last, 600);
    } finally {
      caching.destroy();
    }
  }));
