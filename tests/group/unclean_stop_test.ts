/** Nodes that do not sync each entry, and end without warning. */

import { assertEquals, assertMatch } from "@std/assert";
import { ELECTION_TICKS, RAFT_TICK_MS } from "../../src/config/mod.ts";
import { sleep } from "../servers/mod.ts";
import { ask, Nodes, others } from "./nodes.ts";

const LAZY = ["--fsync=everysec"];
const NO_VOTE = /its log may lack its end, and it has no vote/g;

/** Waits as long as several elections take, and asks each node for a write. */
async function expectNoLeader(nodes: Nodes): Promise<void> {
  await sleep(4 * ELECTION_TICKS * RAFT_TICK_MS);
  for (const node of nodes.all) {
    assertMatch(await ask(node, "SET", "k", "other"), /^MASTERDOWN /);
  }
}

Deno.test("a quorum that may have lost the end of its log elects nobody before an operator says so", async () => {
  await using nodes = await Nodes.start(LAZY, 2);
  const leader = await nodes.leader();
  assertEquals(await ask(leader, "SET", "k", "v"), "OK");
  await nodes.converge();
  for (const node of nodes.all) await node.kill();
  for (const node of nodes.all) await node.restart();
  await expectNoLeader(nodes);
  // A stop in order gives nothing back that was lost before.
  for (const node of nodes.all) assertEquals(await node.stop(), 0);
  for (const node of nodes.all) await node.restart();
  await expectNoLeader(nodes);
  for (const node of nodes.all) {
    assertEquals([...node.log.matchAll(NO_VOTE)].length, 2, node.log);
    assertMatch(await ask(node, "INFO", "raft"), /raft_log_whole:0\r\n/);
  }
  for (const node of nodes.all) await node.stop();
  for (const node of nodes.all) await node.restart(["--trust-log=yes"]);
  assertEquals(await ask(await nodes.leader(), "GET", "k"), "v");
  // What was trusted is whole from then on.
  for (const node of nodes.all) await node.stop();
  for (const node of nodes.all) await node.restart();
  assertEquals(await ask(await nodes.leader(), "GET", "k"), "v");
});

Deno.test("a node that may have lost the end of its log gets it from a leader, and has its vote again", async () => {
  await using nodes = await Nodes.start(LAZY);
  const leader = await nodes.leader();
  assertEquals(await ask(leader, "SET", "k", "v"), "OK");
  await nodes.converge();
  const [lost] = others(nodes.all, leader);
  await lost!.kill();
  await lost!.restart();
  await nodes.until("its vote", async () => {
    const info = await ask(lost!, "INFO", "raft");
    return info.includes("raft_log_whole:1\r\n") || undefined;
  });
  assertMatch(lost!.log, NO_VOTE);
  await leader.kill();
  const next = await nodes.leader(others(nodes.all, leader));
  assertEquals(await ask(next, "GET", "k"), "v");
});
