/** Keyspace events and client-side caching by ioredis, node-redis and raw RESP3. */

import { assertEquals } from "@std/assert";
import { Redis } from "../packages/ioredis.ts";
import { createClient } from "../packages/redis.ts";
import {
  RespClient,
  startSubject,
  toLatin1,
  withServers,
} from "../servers/mod.ts";

Deno.test("ioredis hears that keys expire", () =>
  withServers([startSubject()], async ({ port }) => {
    const options = { port, host: "127.0.0.1", maxRetriesPerRequest: 1 };
    const [listener, writer] = [new Redis(options), new Redis(options)];
    try {
      await writer.config("SET", "notify-keyspace-events", "Ex");
      await listener.psubscribe("__keyevent@*__:expired");
      const expired: string[] = [];
      const both = new Promise<void>((resolve) => {
        listener.on("pmessage", (_pattern, channel: string, key: string) => {
          expired.push(`${channel} ${key}`);
          if (expired.length === 2) resolve();
        });
      });
      await writer.set("session:1", "x", "PX", 20);
      await writer.select(3);
      await writer.set("session:2", "x", "PX", 120);
      await both;
      assertEquals(expired, [
        "__keyevent@0__:expired session:1",
        "__keyevent@3__:expired session:2",
      ]);
      assertEquals(await writer.exists("session:2"), 0);
    } finally {
      for (const client of [listener, writer]) {
        client.disconnect();
        await new Promise((resolve) => client.once("end", resolve));
      }
    }
  }));

Deno.test("node-redis hears what happens to a key, in order", () =>
  withServers([startSubject()], async ({ port }) => {
    const writer = createClient({ socket: { port } });
    const listener = createClient({ socket: { port } });
    await Promise.all([writer.connect(), listener.connect()]);
    try {
      await writer.configSet("notify-keyspace-events", "KA");
      const events: string[] = [];
      const last = new Promise<void>((resolve) => {
        void listener.subscribe("__keyspace@0__:cart", (name) => {
          events.push(name);
          if (name === "del") resolve();
        });
      });
      await writer.hSet("cart", "apple", "3");
      await writer.hIncrBy("cart", "apple", 2);
      await writer.expire("cart", 100);
      await writer.set("other", "1");
      await writer.multi().hSet("cart", "pear", "1").persist("cart").exec();
      await writer.hDel("cart", ["apple", "pear"]);
      await last;
      assertEquals(
        events,
        ["hset", "hincrby", "expire", "hset", "persist", "hdel", "del"],
      );
    } finally {
      writer.destroy();
      listener.destroy();
    }
  }));

/** Connects in RESP3. */
async function connect(port: number): Promise<RespClient> {
  const client = await RespClient.connect(port);
  await client.call("HELLO", "3");
  return client;
}

Deno.test("a client in RESP3 is told to forget the keys it has read", () =>
  withServers([startSubject()], async ({ port }) => {
    using cache = await connect(port);
    using writer = await connect(port);
    await cache.call("CLIENT", "TRACKING", "ON");
    await writer.call("SET", "user:1", "Ada");
    assertEquals(await cache.plain("GET", "user:1"), "Ada");
    await writer.call("SET", "user:2", "Grace");
    await writer.call("APPEND", "user:1", " Lovelace");
    const [push] = await cache.readRaw(1);
    assertEquals(
      toLatin1(push!),
      ">2\r\n$10\r\ninvalidate\r\n*1\r\n$6\r\nuser:1\r\n",
    );
    assertEquals(await cache.plain("GET", "user:1"), "Ada Lovelace");
  }));

Deno.test("a client that tracks gets its own invalidation behind the reply", () =>
  withServers([startSubject()], async ({ port }) => {
    using cache = await connect(port);
    await cache.call("CLIENT", "TRACKING", "ON");
    await cache.call("GET", "key");
    assertEquals(await cache.plain("SET", "key", "1"), "OK");
    const [push] = await cache.readRaw(1);
    assertEquals(toLatin1(push!).split("\r\n")[2], "invalidate");
  }));

Deno.test("a RESP2 cache hears invalidations on its second connection", () =>
  withServers([startSubject()], async ({ port }) => {
    using listener = await RespClient.connect(port);
    using cache = await RespClient.connect(port);
    using writer = await RespClient.connect(port);
    const id = `${await listener.plain("CLIENT", "ID")}`;
    await listener.call("SUBSCRIBE", "__redis__:invalidate");
    await cache.call("CLIENT", "TRACKING", "ON", "REDIRECT", id);
    await cache.call("GET", "key");
    await writer.call("SET", "key", "1");
    await writer.call("FLUSHALL");
    const messages = (await listener.readRaw(2)).map(toLatin1);
    const head = "*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n";
    assertEquals(messages, [`${head}*1\r\n$3\r\nkey\r\n`, `${head}$-1\r\n`]);
  }));

Deno.test("a key that is evicted from the table is told", () =>
  withServers([startSubject()], async ({ port }) => {
    using cache = await connect(port);
    await cache.call("CONFIG", "SET", "tracking-table-max-keys", "2");
    await cache.call("CLIENT", "TRACKING", "ON");
    for (const key of ["a", "b", "c"]) await cache.call("GET", key);
    const [push] = await cache.readRaw(1);
    assertEquals(toLatin1(push!).endsWith("*1\r\n$1\r\na\r\n"), true);
    const info = `${await cache.plain("INFO", "stats")}`;
    assertEquals(/tracking_total_keys:(\d+)/.exec(info)?.[1], "2");
  }));
