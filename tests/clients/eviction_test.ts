/**
 * Eviction as a cache sees it: writes go on above `maxmemory`, memory stays below it,
 * and what is used survives as often as in redis-server.
 */

import { assert, assertEquals } from "@std/assert";
import { Redis } from "../packages/ioredis.ts";
import type { Buffer } from "node:buffer";
import { Random } from "../differential/random.ts";
import { printedSeed } from "../unit/seed.ts";
import {
  hasRedis,
  type ServerProcess,
  startLanekv,
  startRedis,
  withServers,
} from "../servers/mod.ts";

const POLICIES = [
  "allkeys-lru",
  "volatile-lru",
  "allkeys-lfu",
  "volatile-lfu",
  "allkeys-random",
  "volatile-random",
  "volatile-ttl",
] as const;
const VALUE = "v".repeat(100);
const LIMIT = 16 * 1024 * 1024;
const CHUNK = 500;

async function withClient<T>(
  server: ServerProcess,
  body: (redis: Redis) => Promise<T>,
): Promise<T> {
  const redis = new Redis({ port: server.port, host: "127.0.0.1" });
  try {
    return await body(redis);
  } finally {
    redis.disconnect();
    await new Promise((resolve) => redis.once("end", resolve));
  }
}

/** Sends commands in pipelines; the replies, errors included. */
async function send(
  redis: Redis,
  commands: readonly (readonly (string | Buffer | number)[])[],
): Promise<unknown[]> {
  const replies: unknown[] = [];
  for (let at = 0; at < commands.length; at += CHUNK) {
    const pipeline = redis.pipeline();
    for (const [name, ...args] of commands.slice(at, at + CHUNK)) {
      pipeline.callBuffer(`${name}`, ...args);
    }
    for (const [error, reply] of await pipeline.exec() ?? []) {
      if (error !== null) throw error;
      replies.push(reply);
    }
  }
  return replies;
}

async function info(
  redis: Redis,
  section: string,
): Promise<Map<string, string>> {
  const text = await redis.info(section);
  return new Map(
    text.split("\r\n").map((line) => line.split(":") as [string, string]),
  );
}

/** Bytes that count towards `maxmemory`. */
async function counted(redis: Redis): Promise<number> {
  const memory = await info(redis, "memory");
  return Number(memory.get("used_memory")) -
    Number(memory.get("mem_not_counted_for_evict"));
}

async function evicted(redis: Redis): Promise<number> {
  return Number((await info(redis, "stats")).get("evicted_keys"));
}

function sets(
  prefix: string,
  from: number,
  to: number,
  ...options: readonly (string | number)[]
): (string | number)[][] {
  return Array.from({ length: to - from }, (_, at) => [
    "SET",
    `${prefix}:${from + at}`,
    VALUE,
    ...options,
  ]);
}

for (const policy of POLICIES) {
  Deno.test(`${policy}: writes go on, memory stays below maxmemory, a restart changes nothing`, () =>
    withServers([
      startLanekv({
        durability: "everysec",
        args: [`--maxmemory=${LIMIT}`, `--maxmemory-policy=${policy}`],
      }),
    ], async (server) => {
      const isVolatile = policy.startsWith("volatile");
      const left = await withClient(server, async (redis) => {
        const fixed = isVolatile ? 20_000 : 0;
        await send(redis, sets("fixed", 0, fixed));
        for (let from = 0; from < 200_000; from += 20_000) {
          const options = isVolatile ? ["EX", 1000 + from] : [];
          const to = from + 20_000;
          const replies = await send(redis, sets("key", from, to, ...options));
          assert(replies.every((reply) => `${reply}` === "OK"));
          assert(await counted(redis) <= LIMIT);
        }
        assert(await evicted(redis) > 50_000);
        const memory = await info(redis, "memory");
        assertEquals(memory.get("maxmemory_policy"), policy);
        assertEquals(memory.get("maxmemory"), `${LIMIT}`);
        const kept = await send(
          redis,
          sets("fixed", 0, fixed).map(([, key]) => ["EXISTS", key!]),
        );
        assertEquals(kept.filter((reply) => reply !== 1).length, 0);
        return [await redis.dbsize(), await redis.call("DEBUG", "DIGEST")];
      });
      assert(Number(left[0]) > 50_000, `${left[0]} keys are left`);
      assertEquals(await server.stop(), 0);
      await server.restart();
      await withClient(server, async (redis) => {
        assertEquals(
          [await redis.dbsize(), await redis.call("DEBUG", "DIGEST")],
          left,
        );
        // The room is as scarce as before.
        await send(redis, sets("more", 0, 5000, ...["EX", 5000]));
        assert(await counted(redis) <= LIMIT);
        assert(await evicted(redis) > 1000);
      });
    }));
}

// -- Beside redis-server --

/** Keys that fit below the limit of both servers, whatever a key costs there. */
const ROOM = 8000;

/** Fills the server with `cold:` keys and lets `maxmemory` be what it then uses. */
async function fillUp(redis: Redis, policy: string): Promise<void> {
  await redis.call("CONFIG", "SET", "maxmemory", "0");
  await redis.flushall();
  await redis.call("CONFIG", "SET", "maxmemory-policy", policy);
  await send(redis, sets("cold", 0, ROOM));
  await redis.call("CONFIG", "SET", "maxmemory", `${await counted(redis)}`);
}

/**
 * Gives every cold key a past, as if it had been used then, and writes new keys until
 * about half of the old ones are gone.
 *
 * @returns Which of the cold keys are still there.
 */
async function survivors(
  redis: Redis,
  policy: string,
  past: (index: number) => readonly (string | number)[],
): Promise<boolean[]> {
  await fillUp(redis, policy);
  const payload = await redis.dumpBuffer("cold:0") as Buffer;
  await redis.call("CONFIG", "SET", "maxmemory", "0");
  const restores = Array.from({ length: ROOM }, (_, index) => [
    "RESTORE",
    `cold:${index}`,
    0,
    payload,
    "REPLACE",
    ...past(index),
  ]);
  await send(redis, restores);
  await redis.call("CONFIG", "SET", "maxmemory", `${await counted(redis)}`);
  await send(redis, sets("new", 0, ROOM / 2));
  const exists = Array.from(
    { length: ROOM },
    (_, index) => ["EXISTS", `cold:${index}`],
  );
  return (await send(redis, exists)).map((reply) => reply === 1);
}

/** Share of `kept` among those with an index below `end`, and among the others. */
function shares(kept: readonly boolean[], end: number): [number, number] {
  const share = (part: readonly boolean[]) =>
    part.filter(Boolean).length / part.length;
  return [share(kept.slice(0, end)), share(kept.slice(end))];
}

async function onBoth<T>(body: (redis: Redis) => Promise<T>): Promise<[T, T]> {
  const both: T[] = [];
  await withServers([startLanekv(), startRedis()], async (own, other) => {
    both.push(await withClient(own, body), await withClient(other, body));
  });
  return both as [T, T];
}

/** The first of the cold keys were used of late, or often. */
const HOT = ROOM / 10;

for (
  const [policy, hot, cold] of [
    ["allkeys-lru", ["IDLETIME", 5], "IDLETIME"],
    ["allkeys-lfu", ["FREQ", 100], "FREQ"],
  ] as const
) {
  Deno.test({
    name: `${policy}: hot keys survive as in redis-server`,
    ignore: !hasRedis,
    fn: async () => {
      const seed = printedSeed();
      const [own, other] = await onBoth((redis) => {
        const random = new Random(seed);
        const past = (index: number) => {
          if (index < HOT) return hot;
          const value = random.below(policy === "allkeys-lru" ? 5000 : 90);
          return [cold, value];
        };
        return survivors(redis, policy, past);
      });
      const [ownHot, ownCold] = shares(own, HOT);
      const [otherHot, otherCold] = shares(other, HOT);
      console.log(
        `${policy}: of the hot keys ${ownHot} survive, in redis-server ${otherHot}; ` +
          `of the others ${ownCold}, in redis-server ${otherCold}`,
      );
      assert(ownCold < 0.8 && otherCold < 0.8, "many are evicted");
      assert(ownHot >= Math.min(0.99, otherHot - 0.01));
    },
  });
}

/** Share of hits of a cache that reads by a skewed law and fills what it misses. */
async function hitRate(
  redis: Redis,
  policy: string,
  seed: number,
): Promise<number> {
  await fillUp(redis, policy);
  const random = new Random(seed);
  let hits = 0;
  let reads = 0;
  const names = () => {
    // A high power of an even number: few keys get most reads.
    const share = (random.below(1_000_000) / 1_000_000) ** 6;
    return `item:${Math.floor(share * ROOM * 8)}`;
  };
  for (let round = 0; round < 200; round++) {
    const keys = Array.from({ length: CHUNK }, names);
    const found = await send(redis, keys.map((key) => ["GET", key]));
    const missed = keys.filter((_, index) => found[index] === null);
    await send(redis, missed.map((key) => ["SET", key, VALUE]));
    if (round < 100) continue;
    reads += keys.length;
    hits += keys.length - missed.length;
  }
  return hits / reads;
}

for (const policy of ["allkeys-lru", "allkeys-lfu", "allkeys-random"]) {
  Deno.test({
    name: `${policy}: a cache hits as often as in redis-server`,
    ignore: !hasRedis,
    fn: async () => {
      const seed = printedSeed();
      const [own, other] = await onBoth((redis) =>
        hitRate(redis, policy, seed)
      );
      console.log(`${policy}: ${own} of reads hit, in redis-server ${other}`);
      assert(own > other - 0.02);
    },
  });
}
