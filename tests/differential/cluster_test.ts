/** The commands of Redis Cluster, against a redis-server that is a cluster of one. */

import { assert, assertEquals } from "@std/assert";
import {
  formatReply,
  fromLatin1,
  hasRedis,
  pickFreePort,
  type RespClient,
  type ServerProcess,
  sleep,
  startLanekv,
  startRedis,
  textOf,
  withServers,
} from "../servers/mod.ts";

const ID = /[0-9a-f]{40}/g;

/** `text` without what names a node, its id and its ports, and how long its log is. */
function withoutNames(text: string, { port }: ServerProcess): string {
  return text.replaceAll(ID, "ID").replace(/@\d+ /, "@PORT ")
    .replaceAll(`${port}`, "PORT")
    .replace(/(replication-offset", :)"\d+"/, "$1N");
}

/** Gives redis-server all slots, and waits until it serves them. */
async function takeSlots(redis: ServerProcess): Promise<void> {
  using client = await redis.connect();
  await client.call("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
  for (;;) {
    const facts = textOf(await client.call("CLUSTER", "INFO"));
    if (facts.includes("cluster_state:ok")) return;
    await sleep(20);
  }
}

async function withBoth(
  body: (lanekv: ServerProcess, redis: ServerProcess) => Promise<void>,
): Promise<void> {
  await withServers([
    startLanekv({ args: ["--cluster-protocol=yes"] }),
    // It knows its address only when others tell it.
    startRedis({
      args: [
        ...["--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1"],
        ...["--cluster-port", `${pickFreePort()}`],
      ],
    }),
  ], async (lanekv, redis) => {
    await takeSlots(redis);
    await body(lanekv, redis);
  });
}

/** Tag whose keys lie in one slot. */
const SLOT_OF_TAG = "8338";

/** Requests whose replies are the same but for names. */
const CALLS: readonly (readonly string[])[] = [
  ["CLUSTER", "SLOTS"],
  ["cluster", "Shards"],
  ["CLUSTER", "LINKS"],
  ["CLUSTER", "KEYSLOT", "foo"],
  ["CLUSTER", "KEYSLOT", "{user1000}.following"],
  ["CLUSTER", "KEYSLOT", "foo{}{bar}"],
  ["CLUSTER", "KEYSLOT", ""],
  ["CLUSTER", "KEYSLOT"],
  ["CLUSTER", "COUNTKEYSINSLOT", SLOT_OF_TAG],
  ["CLUSTER", "COUNTKEYSINSLOT", "0"],
  ["CLUSTER", "COUNTKEYSINSLOT", "16384"],
  ["CLUSTER", "COUNTKEYSINSLOT", "-1"],
  ["CLUSTER", "COUNTKEYSINSLOT", "x"],
  ["CLUSTER", "GETKEYSINSLOT", "0", "10"],
  ["CLUSTER", "GETKEYSINSLOT", SLOT_OF_TAG, "0"],
  ["CLUSTER", "GETKEYSINSLOT", SLOT_OF_TAG, "-1"],
  ["CLUSTER", "GETKEYSINSLOT", "16384", "1"],
  ["CLUSTER", "GETKEYSINSLOT", "1", "x"],
  ["CLUSTER", "GETKEYSINSLOT", "x", "1"],
  ["CLUSTER", "REPLICAS", "0123456789012345678901234567890123456789"],
  ["CLUSTER", "SLAVES", "nosuch"],
  ["CLUSTER", "COUNT-FAILURE-REPORTS", "nosuch"],
  ["CLUSTER", "SAVECONFIG"],
  ["CLUSTER", "NOSUCH"],
  ["CLUSTER", "MYID", "x"],
  ["CLUSTER"],
  ["READONLY"],
  ["READONLY", "x"],
  ["READWRITE"],
  ["ASKING"],
  ["GET", "foo"],
  ["MULTI"],
  ["READONLY"],
  ["CLUSTER", "KEYSLOT", "a"],
  ["CLUSTER", "NOSUCH"],
  ["EXEC"],
  ["INFO", "cluster"],
  ["CONFIG", "GET", "cluster-enabled"],
  ["CONFIG", "SET", "cluster-enabled", "no"],
];

async function ask(client: RespClient, words: readonly string[]) {
  return formatReply(await client.call(...words.map(fromLatin1)), 1000);
}

for (const version of ["2", "3"]) {
  Deno.test({
    name: `cluster commands answer as redis-server's do, in RESP${version}`,
    ignore: !hasRedis,
    fn: () =>
      withBoth(async (lanekv, redis) => {
        using ours = await lanekv.connect();
        using theirs = await redis.connect();
        for (const client of [ours, theirs]) {
          await client.call("HELLO", version);
          for (const at of ["1", "2", "3"]) {
            await client.call("SET", `{tag}${at}`, "x");
          }
        }
        assertEquals(
          textOf(await ours.call("CLUSTER", "KEYSLOT", "{tag}1")),
          SLOT_OF_TAG,
        );
        for (const words of CALLS) {
          assertEquals(
            withoutNames(await ask(ours, words), lanekv),
            withoutNames(await ask(theirs, words), redis),
            words.join(" "),
          );
        }
      }),
  });
}

Deno.test({
  name: "what tells of nodes and keys has redis-server's form",
  ignore: !hasRedis,
  fn: () =>
    withBoth(async (lanekv, redis) => {
      using ours = await lanekv.connect();
      using theirs = await redis.connect();
      const both = async (...words: readonly string[]) => [
        withoutNames(textOf(await ours.call(...words)), lanekv),
        withoutNames(textOf(await theirs.call(...words)), redis),
      ];
      const withoutEpoch = (line: string | undefined) =>
        line!.replace(/ - 0 \d+ \d+ connected/, " - 0 N N connected");
      const [own, other] = await both("CLUSTER", "NODES");
      assertEquals(withoutEpoch(own), withoutEpoch(other));
      const [ownFacts, otherFacts] = (await both("CLUSTER", "INFO")).map((
        text,
      ) =>
        text.split("\r\n").filter((line) =>
          line !== "" && !/epoch|^cluster_stats|^total_/.test(line)
        )
      );
      assertEquals(ownFacts, otherFacts);
      const mine = textOf(await ours.call("CLUSTER", "MYID"));
      assert(/^[0-9a-f]{40}$/.test(mine), mine);
      assertEquals(await ask(ours, ["CLUSTER", "REPLICAS", mine]), "*[]");
    }),
});

Deno.test({
  name: "GETKEYSINSLOT gives the keys that redis-server gives, in any order",
  ignore: !hasRedis,
  fn: () =>
    withBoth(async (lanekv, redis) => {
      const replies = await Promise.all([lanekv, redis].map(async (server) => {
        using client = await server.connect();
        for (let at = 0; at < 100; at++) {
          await client.call(
            "SET",
            `{tag}${at}`,
            "x",
            "PX",
            at % 2 ? "1" : "100000",
          );
        }
        const reply = await client.call(
          "CLUSTER",
          "GETKEYSINSLOT",
          SLOT_OF_TAG,
          "1000",
        );
        const keys = reply.kind === "list" ? reply.items.map(textOf) : [];
        // Those whose time is over go when it suits each server.
        return keys.filter((key) => Number(key.slice(5)) % 2 === 0).sort();
      }));
      assertEquals(replies[0], replies[1]);
      assertEquals(replies[0]!.length, 50);
    }),
});
