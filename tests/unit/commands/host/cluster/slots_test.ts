import { assert, assertEquals, assertMatch } from "@std/assert";
import { encodeReply } from "../../../../../src/resp/mod.ts";
import { toLatin1 } from "../../../../servers/mod.ts";
import { answer, callHost, type FakeServer, memberOf } from "../harness.ts";
import { groupOfThree, NAMES } from "./group.ts";

function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}

function slotNode(id: keyof typeof NAMES, metadata = "*0"): string {
  return `*4\r\n${bulk(`10.0.0.${id}`)}:700${id}\r\n${
    bulk(NAMES[id])
  }${metadata}\r\n`;
}

function inResp3(server: FakeServer, ...words: string[]): string {
  const reply = callHost(server, ...words);
  if (reply.kind === "last" || reply.kind === "later") throw new Error("late");
  return toLatin1(encodeReply(reply, 3));
}

Deno.test("CLUSTER SLOTS gives all slots to the leader, with the others behind it", async () => {
  const server = groupOfThree();
  assertEquals(
    await answer(server, "CLUSTER", "slots"),
    `*1\r\n*5\r\n:0\r\n:16383\r\n${slotNode(2)}${slotNode(1)}${slotNode(3)}`,
  );
  server.cluster.nodes = [memberOf(2)];
  assertEquals(
    inResp3(server, "CLUSTER", "SLOTS"),
    `*1\r\n*3\r\n:0\r\n:16383\r\n${slotNode(2, "%0")}`,
  );
});

Deno.test("CLUSTER SLOTS leaves out replicas that cannot be reached", async () => {
  const server = groupOfThree();
  server.cluster.nodes = [
    memberOf(1),
    memberOf(2, { connectedMs: 0 }),
    memberOf(3, { connectedMs: 0 }),
  ];
  assertEquals(
    await answer(server, "CLUSTER", "SLOTS"),
    `*1\r\n*4\r\n:0\r\n:16383\r\n${slotNode(2)}${slotNode(1)}`,
  );
});

Deno.test("CLUSTER SLOTS has no slots while their holder is not known", async () => {
  const server = groupOfThree();
  const { cluster } = server;
  cluster.nodes = [memberOf(1), memberOf(2, { clientPort: 0 })];
  assertEquals(await answer(server, "CLUSTER", "SLOTS"), "*0\r\n");
  cluster.nodes = [memberOf(1), memberOf(2)];
  cluster.lastLeaderId = 0;
  assertEquals(await answer(server, "CLUSTER", "SLOTS"), "*0\r\n");
});

function shardNode(
  id: keyof typeof NAMES,
  [role, offset, health]: readonly [string, number, string],
): string {
  return `*14\r\n${bulk("id")}${bulk(NAMES[id])}` +
    `${bulk("port")}:700${id}\r\n` +
    `${bulk("ip")}${bulk(`10.0.0.${id}`)}` +
    `${bulk("endpoint")}${bulk(`10.0.0.${id}`)}` +
    `${bulk("role")}${bulk(role)}` +
    `${bulk("replication-offset")}:${offset}\r\n` +
    `${bulk("health")}${bulk(health)}`;
}

Deno.test("CLUSTER SHARDS has one shard, its master first", async () => {
  const server = groupOfThree();
  const { cluster } = server;
  cluster.nodes = [memberOf(1), memberOf(2), memberOf(3, { connectedMs: 0 })];
  cluster.held.set(2, 19);
  assertEquals(
    await answer(server, "CLUSTER", "SHARDS"),
    `*1\r\n*4\r\n${bulk("slots")}*2\r\n:0\r\n:16383\r\n${bulk("nodes")}*3\r\n` +
      shardNode(2, ["master", 19, "online"]) +
      shardNode(1, ["replica", 20, "online"]) +
      shardNode(3, ["replica", 0, "fail"]),
  );
  assertEquals(
    inResp3(server, "CLUSTER", "SHARDS").split("$2\r\nid")[0],
    `*1\r\n%2\r\n${bulk("slots")}*2\r\n:0\r\n:16383\r\n` +
      `${bulk("nodes")}*3\r\n%7\r\n`,
  );
});

Deno.test("CLUSTER SHARDS has a shard without slots while nobody has led", async () => {
  const server = groupOfThree();
  const { cluster } = server;
  cluster.nodes = [memberOf(1)];
  cluster.lastLeaderId = 0;
  assertEquals(
    await answer(server, "CLUSTER", "SHARDS"),
    `*1\r\n*4\r\n${bulk("slots")}*0\r\n${bulk("nodes")}*1\r\n` +
      shardNode(1, ["replica", 20, "online"]),
  );
});

Deno.test("CLUSTER SLOTS and NODES name the ports that speak TLS to clients that came by it", async () => {
  const server = groupOfThree();
  server.fakes[0]!.isTls = true;
  assertEquals(await answer(server, "CLUSTER", "SLOTS"), "*0\r\n");
  server.cluster.nodes = [1, 2, 3].map((id) =>
    memberOf(id, { tlsPort: 7000 + id, clientPort: 1 })
  );
  assertEquals(
    await answer(server, "CLUSTER", "SLOTS"),
    `*1\r\n*5\r\n:0\r\n:16383\r\n${slotNode(2)}${slotNode(1)}${slotNode(3)}`,
  );
  assertMatch(
    await answer(server, "CLUSTER", "NODES"),
    / 10\.0\.0\.2:7002@17002 /,
  );
});

Deno.test("CLUSTER SHARDS names both ports of a node, to all clients", async () => {
  const server = groupOfThree();
  server.cluster.nodes = [
    memberOf(1, { tlsPort: 8001 }),
    memberOf(2, { clientPort: 0, tlsPort: 8002 }),
  ];
  const text = await answer(server, "CLUSTER", "SHARDS");
  const ports = `${bulk("port")}:7001\r\n${bulk("tls-port")}:8001\r\n`;
  assert(text.includes(`${bulk(NAMES[1])}${ports}${bulk("ip")}`), text);
  const alone = `${bulk("tls-port")}:8002\r\n`;
  assert(text.includes(`${bulk(NAMES[2])}${alone}${bulk("ip")}`), text);
});
