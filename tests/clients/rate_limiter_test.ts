/**
 * Limits of a web service, kept by rate-limiter-flexible.
 *
 * Here is what it does without scripts: `RateLimiterRedisNonAtomic` as a whole,
 * and of `RateLimiterRedis` the limits without a duration, and `set`, `block`,
 * `get` and `delete` of all. With a duration, `consume`, `penalty` and `reward`
 * of `RateLimiterRedis` run a script, and so do `BurstyRateLimiter`,
 * `RateLimiterUnion` and `RateLimiterQueue` over it: they wait for scripts.
 */

import { assert, assertEquals, assertRejects, fail } from "@std/assert";
import { Redis } from "../packages/ioredis.ts";
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRedisNonAtomic,
  RateLimiterRes,
} from "../packages/rate_limiter.ts";
import { createClient } from "../packages/redis.ts";
import { sleep, startSubject, withServers } from "../servers/mod.ts";

/** Options of a limiter that name its connection. */
interface StoreOptions {
  readonly storeClient: unknown;
  readonly useRedisPackage: boolean;
}

const CLIENTS = ["ioredis", "node-redis"] as const;

async function connect(name: typeof CLIENTS[number], port: number): Promise<{
  readonly store: StoreOptions;
  readonly close: () => Promise<unknown>;
}> {
  if (name === "ioredis") {
    const redis = new Redis({ port, host: "127.0.0.1" });
    const ended = new Promise((resolve) => redis.once("end", resolve));
    return {
      store: { storeClient: redis, useRedisPackage: false },
      close: () => (redis.disconnect(), ended),
    };
  }
  const client = createClient({ url: `redis://127.0.0.1:${port}` });
  await client.connect();
  return {
    store: { storeClient: client, useRedisPackage: true },
    close: async () => await client.close(),
  };
}

async function withStore(
  name: typeof CLIENTS[number],
  body: (store: StoreOptions, port: number) => Promise<void>,
): Promise<void> {
  await withServers([startSubject()], async (server) => {
    const { store, close } = await connect(name, server.port);
    try {
      await body(store, server.port);
    } finally {
      await close();
    }
  });
}

/** What the limiter says on refusing; a failure if it takes the points. */
async function refusal(
  limiter: RateLimiterAbstract,
  key: string,
): Promise<RateLimiterRes> {
  try {
    await limiter.consume(key);
  } catch (reason) {
    if (reason instanceof RateLimiterRes) return reason;
    throw reason;
  }
  fail(`${key} should have no points left`);
}

for (const name of CLIENTS) {
  Deno.test(`RateLimiterRedisNonAtomic limits requests over ${name}`, () =>
    withStore(name, async (store) => {
      const limiter = new RateLimiterRedisNonAtomic({
        ...store,
        points: 5,
        duration: 600,
        keyPrefix: "limit",
      });
      const first = await limiter.consume("ada");
      assertEquals(first.isFirstInDuration, true);
      assertEquals(first.remainingPoints, 4);
      const second = await limiter.consume("ada", 2);
      assertEquals(second.consumedPoints, 3);
      assert(second.msBeforeNext > 500_000 && second.msBeforeNext <= 600_000);
      assertEquals((await limiter.penalty("ada", 3)).consumedPoints, 6);
      assertEquals((await refusal(limiter, "ada")).consumedPoints, 7);
      assertEquals((await limiter.reward("ada", 5)).remainingPoints, 3);
      assertEquals((await limiter.consume("ada")).remainingPoints, 2);
      assertEquals((await limiter.consume("bob")).remainingPoints, 4);
      assertEquals(await limiter.delete("ada"), true);
      assertEquals(await limiter.delete("ada"), false);
      assertEquals(await limiter.get("ada"), null);
    }));

  Deno.test(`RateLimiterRedisNonAtomic blocks who asks too often over ${name}`, () =>
    withStore(name, async (store) => {
      const limiter = new RateLimiterRedisNonAtomic({
        ...store,
        points: 2,
        duration: 1,
        blockDuration: 1000,
      });
      await limiter.consume("ada");
      await limiter.consume("ada");
      assertEquals((await refusal(limiter, "ada")).msBeforeNext, 1_000_000);
      const blocked = await limiter.get("ada");
      assert(blocked !== null && blocked.msBeforeNext > 900_000);
      await limiter.consume("bob");
      while (await limiter.get("bob") !== null) await sleep(50);
      assertEquals((await limiter.consume("bob")).isFirstInDuration, true);
    }));

  Deno.test(`RateLimiterRedis sets, blocks, reads and deletes over ${name}`, () =>
    withStore(name, async (store) => {
      const limiter = new RateLimiterRedis({
        ...store,
        points: 10,
        duration: 300,
      });
      assertEquals(await limiter.get("ada"), null);
      assertEquals((await limiter.set("ada", 4, 100)).consumedPoints, 4);
      const read = await limiter.get("ada");
      assert(read !== null);
      assertEquals(read.remainingPoints, 6);
      assert(read.msBeforeNext > 90_000 && read.msBeforeNext <= 100_000);
      await limiter.block("ada", 500);
      const blocked = await limiter.get("ada");
      assertEquals(blocked?.consumedPoints, 11);
      assert(blocked!.msBeforeNext > 400_000);
      await limiter.set("bob", 1, 0);
      assertEquals((await limiter.get("bob"))?.msBeforeNext, -1);
      assertEquals(await limiter.delete("ada"), true);
      assertEquals(await limiter.get("ada"), null);
    }));

  Deno.test(`RateLimiterRedis gives out points once to many connections of ${name}`, () =>
    withStore(name, async (store, port) => {
      const others = await Promise.all(
        [1, 2, 3].map(() => connect(name, port)),
      );
      try {
        const limiters = [store, ...others.map((other) => other.store)].map(
          (of) => new RateLimiterRedis({ ...of, points: 40, duration: 0 }),
        );
        const outcomes = await Promise.allSettled(
          limiters.flatMap((limiter) =>
            Array.from({ length: 25 }, () => limiter.consume("all"))
          ),
        );
        const left = outcomes.flatMap((outcome) =>
          outcome.status === "fulfilled" ? [outcome.value.remainingPoints] : []
        );
        assertEquals(
          left.sort((a, b) => a - b),
          Array.from({ length: 40 }, (_, index) => index),
        );
        assertEquals((await limiters[0]!.get("all"))?.consumedPoints, 100);
        await limiters[1]!.reward("all", 61);
        assertEquals((await limiters[2]!.consume("all")).remainingPoints, 0);
      } finally {
        await Promise.all(others.map(({ close }) => close()));
      }
    }));
}

Deno.test("RateLimiterRedis counts in memory while the server is gone", () =>
  withServers([startSubject({ durability: "always" })], async (server) => {
    const redis = new Redis({
      port: server.port,
      host: "127.0.0.1",
      retryStrategy: () => 20,
    });
    redis.on("error", () => {});
    try {
      const shared = { storeClient: redis, rejectIfRedisNotReady: true };
      const insured = new RateLimiterRedis({
        ...shared,
        points: 9,
        duration: 0,
        insuranceLimiter: new RateLimiterMemory({ points: 3, duration: 0 }),
      });
      const strict = new RateLimiterRedis({
        ...shared,
        points: 9,
        duration: 0,
      });
      await redis.ping();
      assertEquals((await insured.consume("ada")).remainingPoints, 8);
      await server.kill();
      while (redis.status === "ready") await sleep(5);
      assertEquals((await insured.consume("ada")).remainingPoints, 2);
      await assertRejects(() => strict.consume("ada"), Error, "not ready");
      await server.restart();
      while (redis.status as string !== "ready") await sleep(5);
      assertEquals((await insured.consume("ada")).remainingPoints, 7);
    } finally {
      redis.disconnect();
      await new Promise((resolve) => redis.once("end", resolve));
    }
  }));
