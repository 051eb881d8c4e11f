/** Clients of Redis Cluster that speak TLS, beside some that do not. */

import { assertEquals, assertMatch } from "@std/assert";
import { Cluster, Redis } from "../packages/ioredis.ts";
import { pickFreePort } from "../servers/mod.ts";
import { ask, Nodes, others } from "./nodes.ts";

const FOLDER = new URL("../clients/certificate/", import.meta.url).pathname;
const tls = { ca: await Deno.readTextFile(`${FOLDER}ca.pem`) };

Deno.test("clients that came by TLS are sent to ports that speak it, and others to the others", async () => {
  const tlsPorts = [pickFreePort(), pickFreePort(), pickFreePort()];
  await using nodes = await Nodes.start((id) => [
    "--cluster-protocol=yes",
    `--tls-port=${tlsPorts[id - 1]}`,
    `--tls-cert=${FOLDER}cert.pem`,
    `--tls-key=${FOLDER}key.pem`,
  ]);
  const leader = await nodes.leader();
  const [follower] = others(nodes.all, leader);
  const host = "127.0.0.1";
  const port = tlsPorts[nodes.idOf(follower!) - 1]!;
  const leaderPort = tlsPorts[nodes.idOf(leader) - 1]!;
  await nodes.until("a way to the leader", async () => {
    const text = await ask(follower!, "SET", "key", "plain");
    return text.endsWith(`${host}:${leader.port}`) || undefined;
  });
  const redis = new Redis({ host, port, tls });
  const refusal = await redis.set("key", "lost").catch(String);
  assertMatch(`${refusal}`, new RegExp(`MOVED 12539 ${host}:${leaderPort}$`));
  redis.disconnect();
  const cluster = new Cluster([{ host, port }], { redisOptions: { tls } });
  try {
    assertEquals(await cluster.set("key", "by TLS"), "OK");
    const [master] = cluster.nodes("master");
    assertEquals(master!.options.port, leaderPort);
  } finally {
    cluster.disconnect();
    await new Promise((resolve) => cluster.once("end", resolve));
  }
  assertEquals(await ask(leader, "GET", "key"), "by TLS");
});
