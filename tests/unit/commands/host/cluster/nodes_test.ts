import { assertEquals } from "@std/assert";
import { answer, memberOf } from "../harness.ts";
import { groupOfThree, NAMES } from "./group.ts";

function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}

const OWN = `${NAMES[1]} 10.0.0.1:7001@17001 myself,slave ${
  NAMES[2]
} 0 0 3 connected`;
const MASTER = `${
  NAMES[2]
} 10.0.0.2:7002@17002 master - 0 0 3 connected 0-16383`;
const THIRD = `${NAMES[3]} 10.0.0.3:7003@17003 slave ${
  NAMES[2]
} 0 0 3 connected`;

Deno.test("CLUSTER NODES has a line for each member", async () => {
  const server = groupOfThree();
  assertEquals(
    await answer(server, "CLUSTER", "NODES"),
    bulk(`${OWN}\n${MASTER}\n${THIRD}\n`),
  );
});

Deno.test("CLUSTER NODES tells what keeps a node from serving or leading", async () => {
  const server = groupOfThree();
  const { cluster } = server;
  cluster.nodes = [
    memberOf(1, { isVoter: false }),
    memberOf(2, { connectedMs: 0 }),
    memberOf(3, { clientPort: 0 }),
  ];
  cluster.leaderId = 0;
  const text = await answer(server, "CLUSTER", "NODES");
  const fields = text.split("\r\n")[1]!.split("\n").map((line) =>
    line.split(" ")
  );
  assertEquals(fields.slice(0, 3).map((line) => [line[2], line[7]]), [
    ["myself,slave,nofailover", "connected"],
    ["master,fail?", "disconnected"],
    ["slave,noaddr", "connected"],
  ]);
  cluster.lastLeaderId = 0;
  cluster.nodes = [memberOf(1)];
  assertEquals(
    await answer(server, "CLUSTER", "NODES"),
    bulk(`${NAMES[1]} 10.0.0.1:7001@17001 myself,slave - 0 0 3 connected\n`),
  );
});

Deno.test("CLUSTER REPLICAS and SLAVES have the lines of the master's replicas", async () => {
  const server = groupOfThree();
  for (const name of ["replicas", "SLAVES"]) {
    const ask = (node: string) => answer(server, "CLUSTER", name, node);
    assertEquals(await ask(NAMES[2]), `*2\r\n${bulk(OWN)}${bulk(THIRD)}`);
    assertEquals(
      await ask(NAMES[1]),
      "-ERR The specified node is not a master\r\n",
    );
    assertEquals(await ask("x"), "-ERR Unknown node x\r\n");
  }
});

Deno.test("CLUSTER COUNT-FAILURE-REPORTS has none for nodes that there are", async () => {
  const server = groupOfThree();
  const ask = (node: string) =>
    answer(server, "CLUSTER", "count-failure-reports", node);
  assertEquals(await ask(NAMES[3]), ":0\r\n");
  assertEquals(await ask("y"), "-ERR Unknown node y\r\n");
});

Deno.test("CLUSTER LINKS has two for each node that is connected", async () => {
  const server = groupOfThree();
  server.cluster.nodes = [
    memberOf(1),
    memberOf(2, { connectedMs: 5 }),
    memberOf(3, { connectedMs: 0 }),
  ];
  const link = (direction: string) =>
    `*12\r\n${bulk("direction")}${bulk(direction)}` +
    `${bulk("node")}${bulk(NAMES[2])}${bulk("create-time")}:5\r\n` +
    `${bulk("events")}${bulk("r")}${bulk("send-buffer-allocated")}:0\r\n` +
    `${bulk("send-buffer-used")}:0\r\n`;
  assertEquals(
    await answer(server, "CLUSTER", "LINKS"),
    `*2\r\n${link("to")}${link("from")}`,
  );
});

Deno.test("CLUSTER MYID and MYSHARDID are forty digits", async () => {
  const server = groupOfThree();
  assertEquals(await answer(server, "CLUSTER", "MYID"), bulk(NAMES[1]));
  assertEquals(
    await answer(server, "CLUSTER", "MYSHARDID"),
    bulk("0dbf2e2ee643c2cf6f596db3b272cb9414bc3530"),
  );
});
