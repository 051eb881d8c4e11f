import { assertEquals } from "@std/assert";
import { replicationFields } from "../../../../../src/commands/mod.ts";
import { answer, FakeServer, memberOf } from "../harness.ts";
import { groupOfThree } from "./group.ts";

const RUN = "7".repeat(40);

function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}

function fieldsOf({ cluster }: FakeServer): Record<string, string | number> {
  return Object.fromEntries(replicationFields(cluster, RUN));
}

/** A group of three that this node leads. */
function leading(): FakeServer {
  const server = groupOfThree();
  const { cluster } = server;
  cluster.leaderId = 1;
  cluster.lastLeaderId = 1;
  cluster.held.set(2, 19);
  return server;
}

Deno.test("ROLE of a node alone is a master without replicas", async () => {
  const role = await answer(new FakeServer(), "ROLE");
  assertEquals(role, `*3\r\n${bulk("master")}:20\r\n*0\r\n`);
});

Deno.test("ROLE of the leader names those that it is connected to", async () => {
  const server = leading();
  const other = (id: number, offset: string) =>
    `*3\r\n${bulk(`10.0.0.${id}`)}${bulk(`700${id}`)}${bulk(offset)}`;
  assertEquals(
    await answer(server, "ROLE"),
    `*3\r\n${bulk("master")}:20\r\n*2\r\n${other(2, "19")}${other(3, "0")}`,
  );
  server.cluster.nodes = [
    memberOf(1),
    memberOf(2),
    memberOf(3, { connectedMs: 0 }),
  ];
  assertEquals(
    await answer(server, "ROLE"),
    `*3\r\n${bulk("master")}:20\r\n*1\r\n${other(2, "19")}`,
  );
});

Deno.test("ROLE of a follower names the leader, or who led last", async () => {
  const server = groupOfThree();
  const role = (host: string, port: number, state: string) =>
    `*5\r\n${bulk("slave")}${bulk(host)}:${port}\r\n${bulk(state)}:20\r\n`;
  assertEquals(
    await answer(server, "ROLE"),
    role("10.0.0.2", 7002, "connected"),
  );
  server.cluster.leaderId = 0;
  assertEquals(await answer(server, "ROLE"), role("10.0.0.2", 7002, "connect"));
  server.cluster.lastLeaderId = 0;
  assertEquals(await answer(server, "ROLE"), role("", 0, "connect"));
});

Deno.test("INFO of a node alone has its own history, without replicas", () => {
  const server = new FakeServer();
  server.cluster.name = "";
  const fields = fieldsOf(server);
  assertEquals([fields.role, fields.connected_slaves], ["master", 0]);
  assertEquals([fields.master_replid, fields.master_repl_offset], [RUN, 20]);
});

Deno.test("INFO of the leader tells how far each replica is", () => {
  const fields = fieldsOf(leading());
  assertEquals([fields.role, fields.connected_slaves], ["master", 2]);
  assertEquals(
    [fields.slave0, fields.slave1],
    [
      "ip=10.0.0.2,port=7002,state=online,offset=19,lag=0",
      "ip=10.0.0.3,port=7003,state=online,offset=0,lag=0",
    ],
  );
  assertEquals([fields.raft_node_id, fields.raft_leader], [1, 1]);
});

Deno.test("INFO of a follower tells whether it hears the leader", () => {
  const server = groupOfThree();
  const { cluster } = server;
  const link = () => {
    const fields = fieldsOf(server);
    return [
      fields.role,
      fields.master_host,
      fields.master_port,
      fields.master_link_status,
      fields.master_last_io_seconds_ago,
    ];
  };
  assertEquals(link(), ["slave", "10.0.0.2", 7002, "up", 0]);
  cluster.nodes = [memberOf(1), memberOf(2, { connectedMs: 0 })];
  assertEquals(link(), ["slave", "10.0.0.2", 7002, "down", -1]);
  cluster.leaderId = 0;
  assertEquals(link(), ["slave", "10.0.0.2", 7002, "down", -1]);
  cluster.lastLeaderId = 0;
  assertEquals(link(), ["slave", "", 0, "down", -1]);
});

Deno.test("INFO tells of one history on all nodes, and who cannot be elected", () => {
  const server = groupOfThree();
  const followed = fieldsOf(server);
  assertEquals(followed.master_replid, fieldsOf(leading()).master_replid);
  assertEquals([followed.slave_priority, followed.slave_repl_offset], [
    100,
    20,
  ]);
  server.cluster.nodes = [memberOf(1, { isVoter: false }), memberOf(2)];
  assertEquals(fieldsOf(server).slave_priority, 0);
});
