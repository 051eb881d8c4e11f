/** What operators see of a group: metrics of each node, readiness, INFO. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { pickFreePort, type ServerProcess, sleep } from "../servers/mod.ts";
import { parseExposition, valueOf } from "../unit/admin/exposition.ts";
import { ask, Nodes, others } from "./nodes.ts";

/** Admin ports, by the client port of each node. */
type AdminPorts = ReadonlyMap<number, number>;

async function startWithAdmin(): Promise<[Nodes, AdminPorts]> {
  const admin = [pickFreePort(), pickFreePort(), pickFreePort()];
  const nodes = await Nodes.start((id) => [`--admin-port=${admin[id - 1]}`]);
  return [
    nodes,
    new Map(nodes.all.map(({ port }, at) => [port, admin[at]!])),
  ];
}

async function page(ports: AdminPorts, node: ServerProcess, path: string) {
  const url = `http://127.0.0.1:${ports.get(node.port)}${path}`;
  const response = await fetch(url);
  return { status: response.status, text: await response.text() };
}

async function scrape(ports: AdminPorts, node: ServerProcess) {
  return parseExposition((await page(ports, node, "/metrics")).text);
}

Deno.test("metrics tell of the leader, lanes, leases and reads of a group", async () => {
  const [nodes, ports] = await startWithAdmin();
  await using _ = nodes;
  const leader = await nodes.leader();
  const leaderId = nodes.all.indexOf(leader) + 1;
  const [follower] = others(nodes.all, leader);
  await ask(leader, "SET", "key", "value");
  await nodes.converge();
  assertEquals(await ask(follower!, "GET", "key"), "value");
  await nodes.until("ways to forward requests", async () => {
    const pages = await Promise.all(nodes.all.map((one) => scrape(ports, one)));
    const isThere = pages.every((shown) =>
      shown.get("lanekv_peer_connects_total")!.samples.filter((
        { labels, value },
      ) => labels.lane === "clients" && value === 1).length === 2
    );
    return isThere || undefined;
  });
  assertEquals(await ask(follower!, "SET", "key", "forwarded"), "OK");
  for (const node of nodes.all) {
    const shown = await scrape(ports, node);
    const value = (name: string, labels = {}) =>
      valueOf(shown, `lanekv_${name}`, labels);
    assertEquals(value("raft_leader"), leaderId);
    assertEquals(value("raft_leading"), node === leader ? 1 : 0);
    assert(value("raft_leader_changes_total") >= 1);
    assertEquals(value("raft_log_whole"), 1);
    assertEquals(value("worker_answering", { worker: "raft" }), 1);
    const id = nodes.all.indexOf(node) + 1;
    for (const peer of [1, 2, 3].filter((one) => one !== id)) {
      const lane = { peer: `${peer}`, lane: "control" };
      assertEquals(value("peer_connects_total", lane), 1);
      // Followers need not have said anything to each other.
      if (id !== leaderId && peer !== leaderId) continue;
      assert(value("peer_messages_sent_total", lane) > 0);
      assert(value("peer_messages_received_total", lane) > 0);
    }
    // By two others: four lanes of Raft and that of clients.
    assertEquals(value("peer_connections_open", { state: "proved" }), 10);
    assertEquals(value("reads_refused_total"), 0);
  }
  const ofFollower = await scrape(ports, follower!);
  const toLeader = { peer: `${leaderId}`, lane: "clients" };
  for (const count of ["sent", "received"]) {
    const name = `lanekv_peer_messages_${count}_total`;
    assert(valueOf(ofFollower, name, toLeader) > 0, name);
  }
  const waiting = "lanekv_peer_messages_waiting";
  assertEquals(valueOf(ofFollower, waiting, toLeader), 0);
  assertEquals(valueOf(ofFollower, "lanekv_forward_clients_waiting"), 0);
  assert(valueOf(ofFollower, "lanekv_read_index_rounds_total") >= 1);
  const miss = { result: "miss" };
  assert(valueOf(ofFollower, "lanekv_read_lease_total", miss) >= 1);
  const info = await ask(leader, "INFO", "raft");
  assertMatch(info, new RegExp(`raft_leader:${leaderId}\r\n`));
  assertMatch(info, /raft_leading:1\r\n/);
});

Deno.test("/readyz is 503 on a node that knows no leader, and 200 again when it does", async () => {
  const [nodes, ports] = await startWithAdmin();
  await using _ = nodes;
  const leader = await nodes.leader();
  const [first, second] = others(nodes.all, leader);
  const ready = async (node: ServerProcess) => {
    const { status, text } = await page(ports, node, "/readyz");
    return `${status} ${text.trim()}`;
  };
  await nodes.until("readiness", async () => {
    const all = await Promise.all(nodes.all.map(ready));
    return all.every((one) => one === "200 serving") || undefined;
  });
  await first!.kill();
  await second!.kill();
  await nodes.until(
    "no leader",
    async () => await ready(leader) === "503 no leader" || undefined,
  );
  await first!.restart();
  await nodes.until(
    "readiness",
    async () => await ready(leader) === "200 serving" || undefined,
  );
});

Deno.test("a serve Worker that sleeps holds no page up, and the raft Worker tells its numbers", async () => {
  const [nodes, ports] = await startWithAdmin();
  await using _ = nodes;
  const leader = await nodes.leader();
  await scrape(ports, leader);
  const sleeping = ask(leader, "DEBUG", "SLEEP", "4");
  await sleep(200);
  const shown = await scrape(ports, leader);
  const answers = (worker: string) =>
    valueOf(shown, "lanekv_worker_answering", { worker });
  assertEquals([answers("serve"), answers("raft")], [0, 1]);
  await sleeping;
});
