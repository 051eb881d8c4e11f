/** Sorted sets and places by ioredis and node-redis: rankings of players, shops nearby. */

import { assert, assertEquals } from "@std/assert";
import { withIoredis, withNodeRedis } from "./open_clients.ts";

const PLAYERS = 500;

Deno.test("ioredis keeps a leaderboard", () =>
  withIoredis(1, async (board) => {
    const scores = Array.from(
      { length: PLAYERS },
      (_, index) => [index * 10, `player:${index}`] as const,
    );
    assertEquals(await board.zadd("board", ...scores.flat()), PLAYERS);
    assertEquals(await board.zincrby("board", 7000, "player:3"), "7030");
    assertEquals(await board.zrevrank("board", "player:3"), 0);
    assertEquals(await board.zrevrange("board", 0, 2, "WITHSCORES"), [
      ...["player:3", "7030", "player:499", "4990"],
      ...["player:498", "4980"],
    ]);
    assertEquals(await board.zadd("board", "GT", "CH", 1, "player:3"), 0);
    assertEquals(await board.zcount("board", 100, "(200"), 10);
    assertEquals(
      await board.zrangebyscore("board", "-inf", "+inf", "LIMIT", 1, 2),
      ["player:1", "player:2"],
    );
    assertEquals(
      await board.zrange("board", 30, 0, "BYSCORE", "REV", "LIMIT", 0, 2),
      ["player:2", "player:1"],
    );
    // Neighbours: two above and two below.
    const rank = (await board.zrank("board", "player:100"))!;
    assertEquals(
      await board.zrange("board", rank - 2, rank + 2),
      [98, 99, 100, 101, 102].map((index) => `player:${index}`),
    );
    assertEquals(await board.zpopmin("board", 2), [
      ...["player:0", "0", "player:1", "10"],
    ]);
    const seen = new Set<string>();
    for await (const page of board.zscanStream("board", { count: 20 })) {
      const pairs = page as string[];
      pairs.forEach((text, at) => at % 2 === 0 && seen.add(text));
    }
    assertEquals(seen.size, PLAYERS - 2);
    await board.zadd("bonus", 0.5, "player:5");
    const total = ["total", 2, "board", "bonus", "WEIGHTS", 1, 100] as const;
    assertEquals(await board.zunionstore(...total), PLAYERS - 2);
    assertEquals(await board.zscore("total", "player:5"), "100");
    assertEquals(await board.zremrangebyrank("board", 0, -11), PLAYERS - 12);
    assertEquals(await board.zcard("board"), 10);
  }));

Deno.test("ioredis keeps an index of words", () =>
  withIoredis(1, async (words) => {
    const all = ["apple", "apricot", "banana", "bänd", "cherry"];
    await words.zadd("words", ...all.flatMap((word) => [0, word]));
    assertEquals(await words.zrangebylex("words", "[ap", "[ap\xff"), [
      "apple",
      "apricot",
    ]);
    assertEquals(await words.zlexcount("words", "[b", "(c"), 2);
    assertEquals(await words.zrevrangebylex("words", "+", "[b"), [
      "cherry",
      "bänd",
      "banana",
    ]);
  }));

Deno.test("ioredis finds places nearby", () =>
  withIoredis(1, async (shops) => {
    await shops.geoadd("shops", 13.361389, 38.115556, "Palermo");
    await shops.geoadd("shops", 15.087269, 37.502669, "Catania");
    const near = [
      "shops",
      "FROMLONLAT",
      15,
      37,
      "BYRADIUS",
      200,
      "km",
    ] as const;
    assertEquals(await shops.geosearch(...near, "ASC"), ["Catania", "Palermo"]);
    assertEquals(
      await shops.geosearch(...near, "ASC", "COUNT", 1, "WITHDIST"),
      [
        ["Catania", "56.4413"],
      ],
    );
    assertEquals(
      await shops.geodist("shops", "Palermo", "Catania", "KM"),
      "166.2742",
    );
    assertEquals(
      await shops.geosearchstore(
        "near",
        ...["shops", "FROMMEMBER", "Palermo", "BYBOX", 400, 400, "km"] as const,
      ),
      2,
    );
    assertEquals(await shops.zcard("near"), 2);
  }));

for (const version of [2, 3] as const) {
  Deno.test(`node-redis keeps a leaderboard over RESP${version}`, () =>
    withNodeRedis(1, version, async (board) => {
      const members = Array.from(
        { length: PLAYERS },
        (_, index) => ({ score: index / 4, value: `player:${index}` }),
      );
      assertEquals(await board.zAdd("board", members), PLAYERS);
      assertEquals(await board.zIncrBy("board", 1000.5, "player:3"), 1001.25);
      assertEquals(await board.zRevRank("board", "player:3"), 0);
      assertEquals(
        await board.zRangeWithScores("board", 0, 1, { REV: true }),
        [
          { value: "player:3", score: 1001.25 },
          { value: "player:499", score: 124.75 },
        ],
      );
      assertEquals(
        await board.zAdd("board", { score: Infinity, value: "none" }, {
          condition: "XX",
        }),
        0,
      );
      assertEquals(await board.zScore("board", "none"), null);
      assertEquals(await board.zmScore("board", ["player:2", "none"]), [
        0.5,
        null,
      ]);
      await board.zAdd("board", { score: -Infinity, value: "last" });
      assertEquals(await board.zPopMin("board"), {
        value: "last",
        score: -Infinity,
      });
      const popped = await board.zmPop(["none", "board"], "MAX", { COUNT: 2 });
      assertEquals(popped?.members.map(({ value }) => value), [
        "player:3",
        "player:499",
      ]);
      await board.zAdd("other", [{ score: 1, value: "player:1" }]);
      assertEquals(
        await board.zInterWithScores(["board", "other"], { AGGREGATE: "MAX" }),
        [{ value: "player:1", score: 1 }],
      );
      assertEquals(await board.zInterCard(["board", "other"]), 1);
      const seen = new Set<string>();
      for await (const page of board.zScanIterator("board", { COUNT: 10 })) {
        for (const { value } of page) seen.add(value);
      }
      assertEquals(seen.size, PLAYERS - 2);
      const chosen = await board.zRandMemberCountWithScores("board", -7);
      assertEquals(chosen.length, 7);
    }));

  Deno.test(`node-redis finds places nearby over RESP${version}`, () =>
    withNodeRedis(1, version, async (shops) => {
      await shops.geoAdd("shops", [
        { longitude: 13.361389, latitude: 38.115556, member: "Palermo" },
        { longitude: 15.087269, latitude: 37.502669, member: "Catania" },
      ]);
      const found = await shops.geoSearchWith(
        "shops",
        { longitude: 15, latitude: 37 },
        { radius: 200, unit: "km" },
        ["WITHDIST", "WITHCOORD"],
        { SORT: "ASC" },
      );
      assertEquals(found.map(({ member }) => member), ["Catania", "Palermo"]);
      assertEquals(found.map(({ distance }) => distance), [
        "56.4413",
        "190.4424",
      ]);
      const longitude = Number(found[1]!.coordinates!.longitude);
      assert(Math.abs(longitude - 13.361389) < 0.0001, `${longitude}`);
      assertEquals(await shops.geoDist("shops", "Palermo", "none"), null);
      assertEquals(await shops.geoHash("shops", ["Palermo"]), ["sqc8b49rny0"]);
      const [position, none] = await shops.geoPos("shops", ["Catania", "none"]);
      assertEquals(none, null);
      assert(Math.abs(Number(position!.latitude) - 37.502669) < 0.0001);
    }));
}
