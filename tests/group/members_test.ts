/** LANE.CLUSTER: a group of processes that changes while it serves. */

import { assertEquals, assertMatch } from "@std/assert";
import { ELECTION_TICKS, RAFT_TICK_MS } from "../../src/config/mod.ts";
import { itemsOf, type ServerProcess, sleep, textOf } from "../servers/mod.ts";
import { ask, Nodes, others } from "./nodes.ts";

/** `id role` of each member as `node` tells. */
async function members(node: ServerProcess): Promise<string[]> {
  using client = await node.connect();
  return itemsOf(await client.call("LANE.CLUSTER", "MEMBERS")).map((item) => {
    const [id, , role] = itemsOf(item);
    return `${textOf(id!)} ${textOf(role!)}`;
  });
}

/** Asks `node` for a change until it is made: a learner may lag, a leader be new. */
async function change(
  nodes: Nodes,
  node: ServerProcess,
  ...words: string[]
): Promise<void> {
  await nodes.until(words.join(" "), async () => {
    const reply = await ask(node, "LANE.CLUSTER", ...words);
    return reply === "OK" ? true : undefined;
  });
}

Deno.test("a fourth node is taken in, votes, and takes the place of one that is removed", async () => {
  await using nodes = await Nodes.start();
  const leader = await nodes.leader();
  using client = await leader.connect();
  for (let at = 0; at < 100; at++) await client.call("SET", `k:${at}`, at);
  const fourth = await nodes.join();
  await change(nodes, leader, "ADD", "4", nodes.address(4));
  await nodes.converge();
  const id = nodes.idOf(leader);
  const roles = [1, 2, 3].map((one) =>
    `${one} ${one === id ? "leader" : "voter"}`
  );
  assertEquals(await members(leader), [...roles, "4 learner"]);
  await change(nodes, leader, "PROMOTE", "4");
  const [gone, kept] = others(nodes.all, leader);
  await change(nodes, leader, "REMOVE", String(nodes.idOf(gone!)));
  await gone!.kill();
  // Without the removed node two of three are left when one more goes.
  await leader.kill();
  const next = await nodes.leader([kept!, fourth]);
  assertEquals(await ask(next, "GET", "k:99"), "99");
  await leader.restart();
  await nodes.converge([leader, kept!, fourth]);
});

Deno.test("a node that joined finds the others again, and they find it, after all were stopped", async () => {
  await using nodes = await Nodes.start();
  const leader = await nodes.leader();
  const fourth = await nodes.join();
  await change(nodes, leader, "ADD", "4", nodes.address(4));
  await change(nodes, leader, "PROMOTE", "4");
  for (const node of nodes.all) await node.kill();
  const [one, two] = others(nodes.all, fourth);
  await Promise.all([fourth, one!, two!].map((node) => node.restart()));
  const next = await nodes.leader([fourth, one!, two!]);
  await ask(next, "SET", "k", "v");
  await nodes.converge([fourth, one!, two!]);
  assertEquals((await members(next)).length, 4);
});

Deno.test("leadership goes to the node that is named", async () => {
  await using nodes = await Nodes.start();
  const leader = await nodes.leader();
  const [other] = others(nodes.all, leader);
  const id = String(nodes.idOf(other!));
  assertEquals(await ask(leader, "LANE.CLUSTER", "TRANSFER", id), "OK");
  await nodes.leader([other!]);
  assertMatch(await ask(leader, "LANE.CLUSTER", "TRANSFER", "1"), /^NOTLEADER/);
});

Deno.test("changes that make no sense are refused", async () => {
  await using nodes = await Nodes.start();
  const leader = await nodes.leader();
  const own = String(nodes.idOf(leader));
  const refused: readonly (readonly [string[], RegExp])[] = [
    [["ADD", "x", "a:1"], /^ERR a node id is a number/],
    [["ADD", "4", "nowhere"], /^ERR an address is HOST:PORT/],
    [["ADD", own, "a:1"], /^ERR node \d is a member already/],
    [["PROMOTE", "9"], /^ERR node 9 is no member/],
    [["REMOVE", "9"], /^ERR node 9 is no member/],
    [["ADD", "4"], /^ERR wrong number of arguments for 'lane.cluster\|add'/],
    [["NONE"], /^ERR unknown subcommand 'NONE'/],
  ];
  for (const [words, problem] of refused) {
    assertMatch(await ask(leader, "LANE.CLUSTER", ...words), problem);
  }
  const [lost, kept] = others(nodes.all, leader);
  await lost!.kill();
  // The leader looks for who is silent once in each election timeout.
  await sleep(3 * ELECTION_TICKS * RAFT_TICK_MS);
  const id = String(nodes.idOf(kept!));
  assertMatch(await ask(leader, "LANE.CLUSTER", "REMOVE", id), /^NOQUORUM /);
  assertEquals(await ask(leader, "SET", "k", "v"), "OK");
});

Deno.test("writes are forwarded by a node that joined, and to it", async () => {
  await using nodes = await Nodes.start();
  const leader = await nodes.leader();
  const fourth = await nodes.join();
  await change(nodes, leader, "ADD", "4", nodes.address(4));
  await change(nodes, leader, "PROMOTE", "4");
  const write = (node: ServerProcess, key: string) =>
    nodes.until(`a write of ${key}`, async () => {
      const reply = await ask(node, "SET", key, "v");
      return reply === "OK" ? true : undefined;
    });
  await write(fourth, "by the fourth");
  await change(nodes, leader, "TRANSFER", "4");
  await nodes.leader([fourth]);
  for (const node of others(nodes.all, fourth)) await write(node, "to it");
  assertEquals(await ask(fourth, "GET", "to it"), "v");
});
