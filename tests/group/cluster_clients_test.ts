/** Clients of Redis Cluster beside three processes that are one group. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { Cluster } from "../packages/ioredis.ts";
import { createCluster } from "../packages/redis.ts";
import {
  itemsOf,
  RespClient,
  type ServerProcess,
  sleep,
  textOf,
} from "../servers/mod.ts";
import { ask, Nodes, others } from "./nodes.ts";

const PROTOCOL = ["--cluster-protocol=yes"];

/** Waits until each of `nodes` knows who leads and where clients find all the others. */
async function settle(
  nodes: Nodes,
  of: readonly ServerProcess[] = nodes.all,
): Promise<ServerProcess> {
  const leader = await nodes.leader(of);
  await nodes.until("the nodes to know each other", async () => {
    const slots = await Promise.all(of.map(async (node) => {
      using client = await RespClient.connect(node.port);
      const [range] = itemsOf(await client.call("CLUSTER", "SLOTS"));
      return range === undefined ? [] : itemsOf(range).slice(2);
    }));
    const isWhole = slots.every((members) =>
      members.length === of.length &&
      textOf(itemsOf(members[0]!)[1]!) === `${leader.port}`
    );
    return isWhole ? true : undefined;
  });
  return leader;
}

function endpoints(of: readonly ServerProcess[]) {
  return of.map(({ port }) => ({ host: "127.0.0.1", port }));
}

/** Runs `body` with ioredis connected to one node of `nodes`, which tells of the others. */
async function withIoredis(
  [first]: readonly ServerProcess[],
  body: (cluster: Cluster) => Promise<void>,
): Promise<void> {
  const cluster = new Cluster(endpoints([first!]), {
    clusterRetryStrategy: () => 100,
    retryDelayOnFailover: 100,
    retryDelayOnClusterDown: 100,
    slotsRefreshTimeout: 5000,
    redisOptions: { maxRetriesPerRequest: null },
  });
  try {
    await body(cluster);
  } finally {
    cluster.disconnect();
    await new Promise((resolve) => cluster.once("end", resolve));
  }
}

Deno.test("ioredis finds all nodes of a group, and writes by any of them", async () => {
  await using nodes = await Nodes.start(PROTOCOL);
  const leader = await settle(nodes);
  await withIoredis(others(nodes.all, leader), async (cluster) => {
    const keys = Array.from({ length: 200 }, (_, at) => `key:${at}`);
    await Promise.all(keys.map((key) => cluster.set(key, `value of ${key}`)));
    for (const key of keys) {
      assertEquals(await cluster.get(key), `value of ${key}`);
    }
    assertEquals(await cluster.mset({ "{t}a": "1", "{t}b": "2" }), "OK");
    assertEquals(await cluster.mget("{t}a", "{t}b"), ["1", "2"]);
    const results = await cluster.multi().incr("{t}a").get("{t}b").exec();
    assertEquals(results, [[null, 2], [null, "2"]]);
    assertEquals(cluster.nodes("master").map(({ options }) => options.port), [
      leader.port,
    ]);
    assertEquals(
      cluster.nodes("slave").map(({ options }) => options.port).sort(),
      others(nodes.all, leader).map(({ port }) => port).sort(),
    );
  });
});

Deno.test("ioredis reads from replicas what was written before", async () => {
  await using nodes = await Nodes.start(PROTOCOL);
  await settle(nodes);
  const cluster = new Cluster(endpoints(nodes.all), { scaleReads: "slave" });
  try {
    for (let value = 1; value <= 100; value++) {
      await cluster.set("register", value);
      assertEquals(await cluster.get("register"), String(value));
    }
  } finally {
    cluster.disconnect();
    await new Promise((resolve) => cluster.once("end", resolve));
  }
});

Deno.test("ioredis goes on with the next leader, and misses nothing that was answered", async () => {
  await using nodes = await Nodes.start(PROTOCOL);
  const leader = await settle(nodes);
  const rest = others(nodes.all, leader);
  await withIoredis(rest, async (cluster) => {
    const written: number[] = [];
    let value = 0;
    const write = async () => {
      const next = value++;
      try {
        await cluster.sadd("{set}", next);
        written.push(next);
      } catch (cause) {
        assertMatch(String(cause), /UNCERTAIN/, "only the fate may be unknown");
      }
    };
    while (value < 100) await write();
    await leader.kill();
    while (value < 200) await write();
    assert(written.length >= 199, `${written.length} writes were answered`);
    const members = new Set(await cluster.smembers("{set}"));
    for (const each of written) {
      assert(members.has(String(each)), `${each} was answered and is missing`);
    }
    assertEquals(cluster.nodes("master").length, 1);
  });
});

Deno.test("ioredis hears on one node what is published on another", async () => {
  await using nodes = await Nodes.start(PROTOCOL);
  const leader = await settle(nodes);
  const [one, other] = others(nodes.all, leader);
  await withIoredis(
    [one!],
    (listener) =>
      withIoredis([other!], async (speaker) => {
        const heard = Promise.withResolvers<string>();
        listener.on("message", (_channel, text) => heard.resolve(text));
        await listener.subscribe("news");
        await nodes.until("the message to be heard", async () => {
          await speaker.publish("news", "hello");
          const first = await Promise.race([heard.promise, sleep(100)]);
          return typeof first === "string" ? first : undefined;
        });
        assertEquals(await heard.promise, "hello");
      }),
  );
});

Deno.test("node-redis finds all nodes of a group, and writes by any of them", async () => {
  await using nodes = await Nodes.start(PROTOCOL);
  const leader = await settle(nodes);
  const [follower] = others(nodes.all, leader);
  const cluster = createCluster({
    rootNodes: [{ url: `redis://127.0.0.1:${follower!.port}` }],
    useReplicas: true,
  });
  await cluster.connect();
  try {
    const keys = Array.from({ length: 200 }, (_, at) => `key:${at}`);
    await Promise.all(keys.map((key) => cluster.set(key, `value of ${key}`)));
    for (const key of keys) {
      assertEquals(await cluster.get(key), `value of ${key}`);
    }
    const results = await cluster.multi().incr("{t}a").set("{t}b", "2")
      .get("{t}b").exec();
    assertEquals(results.map(String), ["1", "OK", "2"]);
    assertEquals([cluster.masters.length, cluster.replicas.length], [1, 2]);
  } finally {
    await cluster.close();
  }
});

Deno.test("a follower sends clients to the leader, and reads itself when told to", async () => {
  await using nodes = await Nodes.start(PROTOCOL);
  const leader = await settle(nodes);
  await ask(leader, "SET", "foo", "1");
  const [follower] = others(nodes.all, leader);
  using client = await follower!.connect();
  const call = async (...words: string[]) =>
    textOf(await client.call(...words));
  const moved = `MOVED 12182 127.0.0.1:${leader.port}`;
  assertEquals(await call("GET", "foo"), moved);
  assertEquals(await call("SET", "foo", "2"), moved);
  assertEquals(await call("READONLY"), "OK");
  assertEquals(await call("GET", "foo"), "1");
  assertEquals(await call("SET", "foo", "2"), moved);
  assertEquals(await call("READWRITE"), "OK");
  assertEquals(await call("GET", "foo"), moved);
  assertEquals(await call("MULTI"), "OK");
  assertEquals(await call("GET", "foo"), moved);
  assertMatch(await call("EXEC"), /^EXECABORT /);
  assertEquals(await call("PING"), "PONG");
  const text = await call("INFO", "errorstats");
  assertMatch(text, /errorstat_MOVED:count=\d/);
});

Deno.test("WAIT and WAITAOF tell how many members have a write", async () => {
  await using nodes = await Nodes.start();
  const leader = await nodes.leader();
  const [kept, lost] = others(nodes.all, leader);
  using client = await leader.connect();
  const count = async (...words: string[]) => {
    const reply = await client.call(...words);
    return reply.kind === "list" ? reply.items.map(textOf) : textOf(reply);
  };
  await client.call("SET", "a", "1");
  assertEquals(await count("WAIT", "2", "0"), "2");
  assertEquals(await count("WAITAOF", "1", "2", "0"), ["1", "2"]);
  assertMatch(await ask(kept!, "WAIT", "0", "0"), /^ERR WAIT cannot be used/);
  await lost!.kill();
  await client.call("SET", "a", "2");
  assertEquals(await count("WAIT", "1", "0"), "1");
  assertEquals(await count("WAIT", "2", "50"), "1");
  assertEquals(await count("WAITAOF", "0", "2", "50"), ["1", "1"]);
  // Who comes back gets what it has missed, and ends the wait.
  const waiting = count("WAIT", "2", "0");
  await lost!.restart();
  assertEquals(await waiting, "2");
});

Deno.test("ROLE and INFO tell who leads, and how far each member is", async () => {
  await using nodes = await Nodes.start(PROTOCOL);
  const leader = await settle(nodes);
  using client = await leader.connect();
  await client.call("SET", "a", "1");
  await client.call("WAIT", "2", "0");
  const role = itemsOf(await client.call("ROLE"));
  const offset = textOf(role[1]!);
  assertEquals(textOf(role[0]!), "master");
  assertEquals(
    itemsOf(role[2]!).map((replica) => itemsOf(replica).map(textOf)).sort(),
    others(nodes.all, leader).map(({ port }) => [
      ...["127.0.0.1", `${port}`, offset],
    ]).sort(),
  );
  const info = await ask(leader, "INFO", "replication");
  assertMatch(info, /role:master\r\nconnected_slaves:2\r\nslave0:ip=127/);
  const [follower] = others(nodes.all, leader);
  using other = await follower!.connect();
  assertEquals(
    itemsOf(await other.call("ROLE")).slice(0, 4).map(textOf),
    ["slave", "127.0.0.1", `${leader.port}`, "connected"],
  );
  assertMatch(
    await ask(follower!, "INFO", "replication"),
    new RegExp(
      `role:slave\r\nmaster_host:127.0.0.1\r\nmaster_port:${leader.port}\r\nmaster_link_status:up`,
    ),
  );
});
