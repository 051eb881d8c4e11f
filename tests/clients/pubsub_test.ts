/** Publish and subscribe by ioredis, node-redis and redis-cli. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Redis } from "../packages/ioredis.ts";
import { createClient } from "../packages/redis.ts";
import { startSubject, withServers } from "../servers/mod.ts";

/** Runs `body` with a subscriber and a publisher of ioredis. */
async function withIoredis(
  body: (subscriber: Redis, publisher: Redis) => Promise<void>,
): Promise<void> {
  await withServers([startSubject()], async ({ port }) => {
    const clients = [1, 2].map(() =>
      new Redis({ port, host: "127.0.0.1", maxRetriesPerRequest: 1 })
    );
    try {
      await body(clients[0]!, clients[1]!);
    } finally {
      for (const client of clients) {
        client.disconnect();
        await new Promise((resolve) => client.once("end", resolve));
      }
    }
  });
}

/** The next `count` events `name` of `client`, as lists of texts. */
function events(client: Redis, name: string, count: number) {
  const seen: string[][] = [];
  return new Promise<string[][]>((resolve) => {
    const listen = (...texts: string[]) => {
      seen.push(texts);
      if (seen.length < count) return;
      client.off(name, listen);
      resolve(seen);
    };
    client.on(name, listen);
  });
}

Deno.test("ioredis subscribes to channels and patterns", () =>
  withIoredis(async (subscriber, publisher) => {
    assertEquals(await subscriber.subscribe("news", "weather"), 2);
    assertEquals(await subscriber.psubscribe("n*"), 3);
    const messages = events(subscriber, "message", 2);
    const patterns = events(subscriber, "pmessage", 1);
    assertEquals(await publisher.publish("news", "grüße"), 2);
    assertEquals(await publisher.publish("weather", "sun"), 1);
    assertEquals(await messages, [["news", "grüße"], ["weather", "sun"]]);
    assertEquals(await patterns, [["n*", "news", "grüße"]]);
    assertEquals(await subscriber.call("PING"), ["pong", ""]);
    await assertRejects(() => subscriber.get("key"));
    assertEquals(await publisher.pubsub("NUMSUB", "news"), ["news", 1]);
    assertEquals(await subscriber.punsubscribe("n*"), 2);
    assertEquals(await subscriber.unsubscribe(), 0);
    assertEquals(await publisher.publish("news", "late"), 0);
    assertEquals(await subscriber.get("key"), null);
  }));

Deno.test("ioredis subscribes to shard channels", () =>
  withIoredis(async (subscriber, publisher) => {
    await subscriber.ssubscribe("orders");
    const messages = events(subscriber, "smessage", 1);
    assertEquals(await publisher.spublish("orders", "1"), 1);
    assertEquals(await messages, [["orders", "1"]]);
    await subscriber.sunsubscribe("orders");
    assertEquals(await publisher.spublish("orders", "2"), 0);
  }));

for (const RESP of [2, 3] as const) {
  Deno.test(`node-redis subscribes in RESP${RESP}`, () =>
    withServers([startSubject()], async ({ port }) => {
      const url = `redis://127.0.0.1:${port}`;
      const subscriber = await createClient({ url, RESP }).connect();
      const publisher = await createClient({ url, RESP }).connect();
      try {
        const seen: string[] = [];
        const done = Promise.withResolvers<void>();
        const listen = (message: string, channel: string) => {
          seen.push(`${channel}=${message}`);
          if (seen.length === 3) done.resolve();
        };
        await subscriber.subscribe("news", listen);
        await subscriber.pSubscribe("w*", listen);
        await subscriber.sSubscribe("orders", listen);
        assertEquals(await publisher.publish("news", "one"), 1);
        assertEquals(await publisher.publish("weather", "two"), 1);
        assertEquals(await publisher.sPublish("orders", "three"), 1);
        await done.promise;
        assertEquals(seen, ["news=one", "weather=two", "orders=three"]);
        assertEquals(await publisher.pubSubNumPat(), 1);
        await subscriber.unsubscribe("news");
        await subscriber.pUnsubscribe("w*");
        await subscriber.sUnsubscribe("orders");
        assertEquals(await publisher.publish("news", "late"), 0);
      } finally {
        subscriber.destroy();
        publisher.destroy();
      }
    }));
}

Deno.test("redis-cli subscribes", () =>
  withServers([startSubject()], async ({ port }) => {
    const cli = (...args: string[]) =>
      new Deno.Command("redis-cli", {
        args: ["-p", `${port}`, ...args],
        stdin: "null",
        stdout: "piped",
      });
    const subscriber = cli("SUBSCRIBE", "news").spawn();
    const reader = subscriber.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
    let text = "";
    const readUntil = async (end: string) => {
      while (!text.includes(end)) {
        const { value = "", done } = await reader.read();
        if (done) break;
        text += value;
      }
      assertStringIncludes(text, end);
    };
    try {
      await readUntil("1\n");
      const { stdout } = await cli("PUBLISH", "news", "hello").output();
      assertEquals(new TextDecoder().decode(stdout), "1\n");
      await readUntil("message\nnews\nhello\n");
    } finally {
      subscriber.kill();
      await subscriber.status;
      await reader.cancel();
    }
  }));
