/** Lists, sets, counts of visitors and stock in transactions, by ioredis and node-redis. */

import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { WatchError } from "../packages/redis.ts";
import { type NodeRedis, withIoredis, withNodeRedis } from "./open_clients.ts";

Deno.test("ioredis keeps a timeline in a list", () =>
  withIoredis(1, async (redis) => {
    for (let index = 0; index < 150; index++) {
      await redis.multi().lpush("timeline", `post ${index}`)
        .ltrim("timeline", 0, 99).exec();
    }
    assertEquals(await redis.llen("timeline"), 100);
    assertEquals(await redis.lrange("timeline", 0, 1), [
      "post 149",
      "post 148",
    ]);
    assertEquals(await redis.lindex("timeline", -1), "post 50");
    assertEquals(await redis.lpos("timeline", "post 100"), 49);
    assertEquals(
      await redis.linsert("timeline", "BEFORE", "post 60", "ad"),
      101,
    );
    assertEquals(await redis.lset("timeline", 0, "edited"), "OK");
    assertEquals(await redis.lrem("timeline", 0, "ad"), 1);
    assertEquals(
      await redis.lmove("timeline", "seen", "RIGHT", "LEFT"),
      "post 50",
    );
    assertEquals(await redis.lpop("timeline", 2), ["edited", "post 148"]);
    const bytes = Buffer.from([0, 255, 13, 10]);
    await redis.rpush("raw", bytes, "");
    assertEquals(
      (await redis.lrangeBuffer("raw", 0, -1)).map((item) => [...item]),
      [[...bytes], []],
    );
  }));

Deno.test("ioredis keeps tags in sets", () =>
  withIoredis(1, async (redis) => {
    await redis.sadd("tag:red", 1, 2, 3, 4);
    await redis.sadd("tag:big", 3, 4, 5);
    await redis.sadd("tag:old", "4");
    const sorted = async (members: Promise<string[]>) => (await members).sort();
    assertEquals(await sorted(redis.sinter("tag:red", "tag:big")), ["3", "4"]);
    assertEquals(await sorted(redis.sdiff("tag:red", "tag:big")), ["1", "2"]);
    assertEquals(await redis.sunionstore("all", "tag:red", "tag:big"), 5);
    assertEquals(await redis.sintercard(2, "tag:red", "tag:big"), 2);
    assertEquals(await redis.smismember("tag:red", 1, 9), [1, 0]);
    assertEquals(await redis.smove("tag:red", "tag:old", 1), 1);
    assertEquals(await sorted(redis.smembers("tag:old")), ["1", "4"]);
    const drawn = await redis.srandmember("all", 3);
    assertEquals(new Set(drawn).size, 3);
    const popped = await redis.spop("all", 10);
    assertEquals(popped.sort(), ["1", "2", "3", "4", "5"]);
    assertEquals(await redis.exists("all"), 0);
    await redis.mset({ "price:3": 30, "price:4": 7, "price:5": 100 });
    assertEquals(
      await redis.sort(
        "tag:big",
        "BY",
        "price:*",
        "GET",
        "#",
        "GET",
        "price:*",
      ),
      ["4", "7", "3", "30", "5", "100"],
    );
  }));

Deno.test("ioredis counts visitors", () =>
  withIoredis(1, async (redis) => {
    const days = [["mon", 0], ["tue", 1000]] as const;
    for (const [day, start] of days) {
      const pipeline = redis.pipeline();
      for (let index = 0; index < 2000; index++) {
        pipeline.pfadd(day, `visitor ${start + index}`);
      }
      await pipeline.exec();
    }
    const near = (count: number, wanted: number) =>
      assert(Math.abs(count - wanted) < wanted * 0.05, `${count}`);
    near(await redis.pfcount("mon"), 2000);
    near(await redis.pfcount("mon", "tue"), 3000);
    assertEquals(await redis.pfmerge("week", "mon", "tue"), "OK");
    near(await redis.pfcount("week"), 3000);
    assertEquals(await redis.pfadd("week", "visitor 5"), 0);
  }));

/** Takes one piece from the stock unless another client is faster; whether there was one. */
async function buy(client: NodeRedis, buyer: string): Promise<boolean> {
  while (true) {
    await client.watch("stock");
    const left = Number(await client.get("stock"));
    if (left === 0) {
      await client.unwatch();
      return false;
    }
    try {
      await client.multi().set("stock", `${left - 1}`).rPush("sold", buyer)
        .exec();
      return true;
    } catch (error) {
      if (!(error instanceof WatchError)) throw error;
    }
  }
}

for (const version of [2, 3] as const) {
  Deno.test(`node-redis sells a stock once by watching over RESP${version}`, () =>
    withNodeRedis(5, version, async (...clients) => {
      const [seller] = clients;
      await seller!.set("stock", "30");
      const bought = await Promise.all(clients.map(async (client, index) => {
        let count = 0;
        while (await buy(client, `${index}`)) count++;
        return count;
      }));
      assertEquals(bought.reduce((sum, count) => sum + count, 0), 30);
      const sold = await seller!.lRange("sold", 0, -1);
      assertEquals(
        clients.map((_, index) =>
          sold.filter((by) => by === `${index}`).length
        ),
        bought,
      );
    }));

  Deno.test(`node-redis works with lists and sets over RESP${version}`, () =>
    withNodeRedis(1, version, async (client) => {
      assertEquals(await client.rPush("list", ["a", "b", "c", "b"]), 4);
      assertEquals(await client.lPosCount("list", "b", 0), [1, 3]);
      assertEquals(await client.lmPop(["none", "list"], "LEFT", { COUNT: 2 }), [
        "list",
        ["a", "b"],
      ]);
      assertEquals(await client.lPopCount("list", 5), ["c", "b"]);
      assertEquals(await client.lPop("list"), null);
      assertEquals(await client.sAdd("set", ["a", "b", "c"]), 3);
      assertEquals((await client.sMembers("set")).sort(), ["a", "b", "c"]);
      assertEquals(await client.sIsMember("set", "a"), 1);
      assertEquals(await client.smIsMember("set", ["a", "z"]), [1, 0]);
      const found = new Set<string>();
      for await (const page of client.sScanIterator("set")) {
        for (const member of page) found.add(member);
      }
      assertEquals(found.size, 3);
      assertEquals((await client.sPopCount("set", 2)).length, 2);
      assertEquals(await client.sCard("set"), 1);
      assertEquals(await client.pfAdd("visitors", ["a", "b"]), 1);
      assertEquals(await client.pfCount("visitors"), 2);
    }));

  Deno.test(`node-redis lets fields of a hash end over RESP${version}`, () =>
    withNodeRedis(1, version, async (client) => {
      await client.hSet("hash", { token: "secret", name: "Ada" });
      assertEquals(await client.hExpire("hash", ["token", "none"], 100), [
        1,
        -2,
      ]);
      const [ttl] = (await client.hTTL("hash", ["token"]))!;
      assert(ttl! > 90 && ttl! <= 100, `${ttl}`);
      assertEquals(await client.hPersist("hash", "token"), [1]);
      assertEquals(await client.hpExpire("hash", "token", 20), [1]);
      while (await client.hExists("hash", "token")) await client.ping();
      assertEquals({ ...await client.hGetAll("hash") }, { name: "Ada" });
    }));
}
