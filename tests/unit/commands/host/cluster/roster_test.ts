import { assertEquals } from "@std/assert";
import {
  isReachable,
  rosterFor,
} from "../../../../../src/commands/host/cluster/roster.ts";
import { type FakeCluster, memberOf } from "../harness.ts";
import { groupOfThree, NAMES } from "./group.ts";

function rosterOf(
  cluster: FakeCluster,
  localAddress: string,
  isTls = false,
) {
  return rosterFor({ client: { isTls, localAddress }, server: { cluster } });
}

Deno.test("rosterOf() makes the leader the master of the others", () => {
  const { master, nodes, replicas } = rosterOf(
    groupOfThree().cluster,
    "127.0.0.1:1",
  );
  assertEquals(nodes.map(({ id }) => id), [1, 2, 3]);
  assertEquals(nodes.map(({ name }) => name), Object.values(NAMES));
  assertEquals([master!.id, master!.isMaster, master!.isOwn], [2, true, false]);
  assertEquals(
    replicas.map(({ id, isMaster, isOwn }) => [id, isMaster, isOwn]),
    [[1, false, true], [3, false, false]],
  );
});

Deno.test("rosterOf() keeps the last leader as the master", () => {
  const { cluster } = groupOfThree();
  cluster.leaderId = 0;
  assertEquals(rosterOf(cluster, "x:1").master!.id, 2);
  cluster.lastLeaderId = 0;
  const { master, replicas } = rosterOf(cluster, "x:1");
  assertEquals([master, replicas.length], [undefined, 3]);
});

Deno.test("rosterOf() shows the address that the client came to for an empty one", () => {
  const { cluster } = groupOfThree();
  cluster.nodes = [memberOf(1, { host: "" }), memberOf(2)];
  const hosts = (endpoint: string) =>
    rosterOf(cluster, endpoint).nodes.map(({ host }) => host);
  assertEquals(hosts("192.168.1.2:7001"), ["192.168.1.2", "10.0.0.2"]);
  assertEquals(hosts("[2001:db8::1]:7001"), ["2001:db8::1", "10.0.0.2"]);
});

Deno.test("isReachable() wants a port, and a connection to other nodes", () => {
  const { cluster } = groupOfThree();
  cluster.nodes = [
    memberOf(1, { connectedMs: 0 }),
    memberOf(2, { connectedMs: 0 }),
    memberOf(3, { clientPort: 0 }),
    memberOf(4),
  ];
  const { nodes } = rosterOf(cluster, "x:1");
  assertEquals(nodes.map(isReachable), [true, false, false, true]);
});

Deno.test("rosterOf() shows clients that came by TLS the ports that speak it", () => {
  const { cluster } = groupOfThree();
  cluster.nodes = [memberOf(1, { tlsPort: 8001 }), memberOf(2)];
  const ports = (isTls: boolean) =>
    rosterOf(cluster, "x:1", isTls).nodes.map(({ port }) => port);
  assertEquals([ports(false), ports(true)], [[7001, 7002], [8001, 0]]);
  const { nodes } = rosterOf(cluster, "x:1", true);
  assertEquals(nodes.map(isReachable), [true, false]);
});
