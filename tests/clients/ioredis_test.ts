/** Ordinary use of the commands by ioredis. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { Redis } from "../packages/ioredis.ts";
import { Buffer } from "node:buffer";
import { isSubjectRedis, startSubject, withServers } from "../servers/mod.ts";

async function withIoredis(
  body: (redis: Redis) => Promise<void>,
): Promise<void> {
  await withServers([startSubject()], async (server) => {
    const redis = new Redis({
      port: server.port,
      host: "127.0.0.1",
      connectionName: "suite",
      db: 1,
      maxRetriesPerRequest: 1,
    });
    try {
      await body(redis);
    } finally {
      redis.disconnect();
      await new Promise((resolve) => redis.once("end", resolve));
    }
  });
}

Deno.test("ioredis works with strings", () =>
  withIoredis(async (redis) => {
    assertEquals(await redis.set("key", "välue"), "OK");
    assertEquals(await redis.get("key"), "välue");
    assertEquals(await redis.set("key", "new", "EX", 100, "NX"), null);
    assertEquals(await redis.set("key", "new", "PX", 100_000, "GET"), "välue");
    assert(await redis.pttl("key") > 90_000);
    const binary = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    await redis.set("binary", binary);
    assertEquals([...(await redis.getBuffer("binary"))!], [...binary]);
    assertEquals(await redis.incr("count"), 1);
    assertEquals(await redis.incrby("count", 41), 42);
    await redis.mset({ a: "1", b: "2" });
    assertEquals(await redis.mget("a", "missing", "b"), ["1", null, "2"]);
    assertEquals(await redis.getex("a", "EX", 100), "1");
    assertEquals(await redis.getdel("a"), "1");
    assertEquals(await redis.append("b", "22"), 3);
    assertEquals(await redis.getrange("b", 1, -1), "22");
    assertEquals(await redis.setnx("b", "x"), 0);
    await assertRejects(() => redis.incr("key"));
  }));

Deno.test("ioredis adds fractions to strings and fields", () =>
  withIoredis(async (redis) => {
    await redis.set("count", "42");
    assertEquals(await redis.incrbyfloat("count", 0.5), "42.5");
    await redis.hset("hash", "price", "0.1");
    assertEquals(await redis.hincrbyfloat("hash", "price", 0.2), "0.3");
  }));

Deno.test("ioredis works with hashes and bitmaps", () =>
  withIoredis(async (redis) => {
    assertEquals(await redis.hset("hash", { name: "Ada", age: "36" }), 2);
    assertEquals(await redis.hgetall("hash"), { name: "Ada", age: "36" });
    assertEquals(await redis.hmget("hash", "name", "none"), ["Ada", null]);
    assertEquals(await redis.hincrby("hash", "age", 1), 37);
    assertEquals(await redis.hexists("hash", "name"), 1);
    assertEquals(await redis.hdel("hash", "name", "none"), 1);
    assertEquals(await redis.hkeys("hash"), ["age"]);
    assertEquals(await redis.hgetall("missing"), {});
    const found: string[] = [];
    for await (const pairs of redis.hscanStream("hash")) found.push(...pairs);
    assertEquals(found, ["age", "37"]);
    assertEquals(await redis.setbit("bits", 7, 1), 0);
    assertEquals(await redis.bitcount("bits"), 1);
    assertEquals(await redis.bitfield("bits", "GET", "u8", 0), [1]);
  }));

Deno.test("ioredis works with streams", () =>
  withIoredis(async (redis) => {
    const ids: string[] = [];
    for (let index = 0; index < 20; index++) {
      ids.push((await redis.xadd("events", "*", "index", String(index)))!);
    }
    assertEquals(await redis.xlen("events"), 20);
    const tail = await redis.xread("COUNT", 5, "STREAMS", "events", ids[16]!);
    assertEquals(tail![0]![1].map(([id]) => id), ids.slice(17));
    const last = await redis.xrevrange("events", "+", "-", "COUNT", 1);
    assertEquals(last, [[ids[19]!, ["index", "19"]]]);
    assertEquals(await redis.xdel("events", ids[0]!), 1);
    assertEquals(await redis.xtrim("events", "MAXLEN", 10), 9);
    assertEquals((await redis.xrange("events", "-", "+")).length, 10);
  }));

Deno.test("ioredis pipelines and iterates the keyspace", () =>
  withIoredis(async (redis) => {
    const pipeline = redis.pipeline();
    for (let index = 0; index < 1000; index++) {
      pipeline.set(`user:${index}`, index, "EX", 1000);
    }
    pipeline.get("user:7").hget("user:7", "field").type("user:7");
    const results = await pipeline.exec();
    assertEquals(results!.length, 1003);
    assertEquals(results![1000], [null, "7"]);
    assert(/^WRONGTYPE/.test(results![1001]![0]!.message));
    assertEquals(results![1002], [null, "string"]);
    const keys = new Set<string>();
    for await (const page of redis.scanStream({ match: "user:*", count: 50 })) {
      for (const key of page as string[]) keys.add(key);
    }
    assertEquals(keys.size, 1000);
    assertEquals(await redis.unlink(...keys), 1000);
    assertEquals(await redis.dbsize(), 0);
    assertEquals(await redis.client("GETNAME"), "suite");
    const [seconds] = await redis.time();
    assert(Math.abs(Number(seconds) - Date.now() / 1000) < 60);
    assert((await redis.info("server")).includes("redis_version:7."));
    if (!isSubjectRedis) {
      const list = String(await redis.client("LIST"));
      assert(list.includes("lib-name=ioredis"), list);
    }
  }));

Deno.test("ioredis connects again after a restart and finds its data", () =>
  withServers([startSubject({ durability: "always" })], async (server) => {
    const redis = new Redis({
      port: server.port,
      retryStrategy: () => 20,
      maxRetriesPerRequest: null,
    });
    redis.on("error", () => {});
    try {
      await redis.set("key", "kept");
      await server.kill();
      const pending = redis.get("key");
      await server.restart();
      assertEquals(await pending, "kept");
    } finally {
      redis.disconnect();
      await new Promise((resolve) => redis.once("end", resolve));
    }
  }));

Deno.test("ioredis runs transactions", () =>
  withIoredis(async (redis) => {
    const results = await redis.multi()
      .set("a", 1)
      .incr("a")
      .hset("h", "f", "v")
      .incr("h")
      .select(2)
      .get("a")
      .select(1)
      .get("a")
      .exec();
    assertEquals(results!.map(([failure]) => failure === null), [
      ...[true, true, true],
      ...[false, true, true, true, true],
    ]);
    assertEquals(results!.map(([, value]) => value), [
      ...["OK", 2, 1],
      ...[undefined, "OK", null, "OK", "2"],
    ]);
    await redis.multi({ pipeline: false });
    assertEquals(await redis.set("a", "9") as string, "QUEUED");
    assertEquals(await redis.discard(), "OK");
    assertEquals(await redis.get("a"), "2");
    await assertRejects(() =>
      redis.multi().set("b", "1").call("set", "b").exec()
    );
    assertEquals(await redis.exists("b"), 0);
  }));

Deno.test("ioredis watches keys", () =>
  withIoredis(async (redis) => {
    const other = redis.duplicate();
    try {
      await redis.set("a", "1");
      await redis.watch("a", "b");
      await other.incr("a");
      assertEquals(await redis.multi().set("a", "lost").exec(), null);
      assertEquals(await redis.get("a"), "2");
      await redis.watch("a", "b");
      await other.incr("c");
      const results = await redis.multi().incr("a").exec();
      assertEquals(results, [[null, 3]]);
      await redis.watch("a");
      await other.incr("a");
      await redis.unwatch();
      assertEquals(await redis.multi().get("a").exec(), [[null, "4"]]);
    } finally {
      other.disconnect();
      await new Promise((resolve) => other.once("end", resolve));
    }
  }));

Deno.test("ioredis sends transactions and pipelines of many connections at once", () =>
  withIoredis(async (redis) => {
    const others = Array.from({ length: 8 }, () => redis.duplicate());
    try {
      // A transaction reads what it wrote and nothing of the others.
      await Promise.all(others.map(async (other, id) => {
        for (let round = 0; round < 20; round++) {
          const results = await other.multi()
            .set("shared", id)
            .incr(`count:${id}`)
            .get("shared")
            .incr("total")
            .exec();
          assertEquals(results![2], [null, `${id}`]);
          assertEquals(results![1], [null, round + 1]);
        }
      }));
      assertEquals(await redis.get("total"), "160");
    } finally {
      await Promise.all(others.map((other) => {
        other.disconnect();
        return new Promise((resolve) => other.once("end", resolve));
      }));
    }
  }));

Deno.test("ioredis waits for items, members and entries", () =>
  withIoredis(async (redis) => {
    const waiting = redis.duplicate({ db: 1 });
    try {
      const popped = waiting.blpop("list", "other", 0);
      await redis.rpush("other", "one", "two");
      assertEquals(await popped, ["other", "one"]);
      assertEquals(
        await waiting.blmove("other", "done", "LEFT", "RIGHT", 1),
        "two",
      );
      assertEquals(await waiting.brpop("other", 0.01), null);
      const least = waiting.bzpopmin("scores", 0);
      await redis.zadd("scores", 2, "second", 1, "first");
      assertEquals(await least, ["scores", "first", "1"]);
      const entries = waiting.xread("BLOCK", 0, "STREAMS", "stream", "$");
      // Behind the request that waits, so that `$` is settled.
      await new Promise((resolve) => setTimeout(resolve, 50));
      const id = await redis.xadd("stream", "*", "field", "value");
      assertEquals(await entries, [["stream", [[id!, ["field", "value"]]]]]);
      await redis.xgroup("CREATE", "stream", "group", "$");
      const given = waiting.xreadgroup(
        ...["GROUP", "group", "me", "BLOCK", 0] as const,
        ...["STREAMS", "stream", ">"] as const,
      );
      const next = await redis.xadd("stream", "*", "field", "more");
      assertEquals(await given, [["stream", [[next, ["field", "more"]]]]]);
    } finally {
      waiting.disconnect();
    }
  }));
