/** Ordinary use of the commands by node-redis, over RESP2 and RESP3. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { createClient } from "../packages/redis.ts";
import {
  type ServerProcess,
  startSubject,
  withServers,
} from "../servers/mod.ts";

function makeClient(server: ServerProcess, version: 2 | 3) {
  return createClient({
    url: `redis://127.0.0.1:${server.port}/2`,
    name: "suite",
    RESP: version,
  });
}

async function withClient(
  version: 2 | 3,
  body: (client: ReturnType<typeof makeClient>) => Promise<void>,
): Promise<void> {
  await withServers([startSubject()], async (server) => {
    const client = makeClient(server, version);
    await client.connect();
    try {
      await body(client);
    } finally {
      client.destroy();
    }
  });
}

for (const version of [2, 3] as const) {
  Deno.test(`node-redis works with strings over RESP${version}`, () =>
    withClient(version, async (client) => {
      assertEquals(await client.set("key", "välue"), "OK");
      assertEquals(await client.get("key"), "välue");
      assertEquals(await client.get("missing"), null);
      assertEquals(
        await client.set("key", "new", {
          expiration: { type: "EX", value: 100 },
          condition: "XX",
        }),
        "OK",
      );
      assert(await client.ttl("key") > 90);
      assertEquals(await client.incrBy("count", 42), 42);
      assertEquals(await client.mGet(["count", "missing"]), ["42", null]);
      assertEquals(
        await client.getEx("key", { type: "PX", value: 9 ** 9 }),
        "new",
      );
      assertEquals(await client.exists(["key", "count", "missing"]), 2);
      assertEquals(await client.copy("key", "copy"), 1);
      assertEquals(await client.type("copy"), "string");
      await assertRejects(() => client.incr("key"));
      assertEquals(await client.del(["key", "count", "copy"]), 3);
    }));

  Deno.test(`node-redis works with hashes over RESP${version}`, () =>
    withClient(version, async (client) => {
      assertEquals(await client.hSet("hash", { name: "Ada", age: 36 }), 2);
      const all = await client.hGetAll("hash");
      assertEquals({ ...all }, { name: "Ada", age: "36" });
      assertEquals(await client.hmGet("hash", ["name", "none"]), ["Ada", null]);
      assertEquals(await client.hIncrBy("hash", "age", 1), 37);
      const fields = await client.hRandFieldCountWithValues("hash", 5);
      assertEquals(fields!.length, 2);
      const scanned: string[] = [];
      for await (const page of client.hScanIterator("hash")) {
        for (const { field } of page) scanned.push(field);
      }
      assertEquals(scanned.sort(), ["age", "name"]);
      assertEquals(await client.setBit("bits", 3, 1), 0);
      assertEquals(await client.bitCount("bits"), 1);
    }));

  Deno.test(`node-redis works with streams over RESP${version}`, () =>
    withClient(version, async (client) => {
      const first = await client.xAdd("events", "*", { kind: "one" });
      await client.xAdd("events", "*", { kind: "two" });
      assertEquals(await client.xLen("events"), 2);
      const range = await client.xRange("events", "-", "+");
      assertEquals(range.map(({ message }) => message.kind), ["one", "two"]);
      // xRead() refuses RESP3 in this version, so the reply is read raw: a map
      // of streams in RESP3, a list of pairs in RESP2.
      const read = await client.sendCommand(
        ["XREAD", "COUNT", "10", "STREAMS", "events", first],
      );
      const text = JSON.stringify(read);
      assert(text.includes('["kind","two"]') && !text.includes("one"), text);
      assertEquals(await client.xTrim("events", "MAXLEN", 1), 1);
    }));

  Deno.test(`node-redis scans, and reads the server, over RESP${version}`, () =>
    withClient(version, async (client) => {
      const sets = Array.from(
        { length: 500 },
        (_, index) => client.set(`key:${index}`, index),
      );
      assertEquals(new Set(await Promise.all(sets)), new Set(["OK"]));
      const keys = new Set<string>();
      for await (const page of client.scanIterator({ MATCH: "key:*" })) {
        for (const key of page) keys.add(key);
      }
      assertEquals(keys.size, 500);
      assertEquals(await client.dbSize(), 500);
      assertEquals(await client.clientGetName(), "suite");
      const config = await client.configGet("maxmemory-policy");
      assertEquals({ ...config }, { "maxmemory-policy": "noeviction" });
      assert(String(await client.info("server")).includes("redis_version:7."));
      assertEquals(await client.flushDb(), "OK");
      assertEquals(await client.dbSize(), 0);
    }));

  Deno.test(`node-redis runs transactions and watches keys over RESP${version}`, () =>
    withClient(version, async (client) => {
      const replies = await client.multi()
        .set("a", "1")
        .incrBy("a", 2)
        .hSet("h", { f: "v", g: "w" })
        .hGetAll("h")
        .get("missing")
        .exec();
      assertEquals(JSON.parse(JSON.stringify(replies)), [
        "OK",
        3,
        2,
        { f: "v", g: "w" },
        null,
      ]);
      await assertRejects(() => client.multi().incr("h").exec());
      const other = await client.duplicate().connect();
      try {
        await client.watch("a");
        await other.incr("a");
        const lost = await client.multi().set("a", "lost").exec()
          .catch((error) => error.constructor.name);
        assertEquals(lost, "WatchError");
        await client.watch("a");
        assertEquals(String(await client.multi().incr("a").exec()), "5");
      } finally {
        other.destroy();
      }
    }));
}
