/** Three processes as one group: they elect, replicate, lose nodes and take them back. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { ELECTION_TICKS, RAFT_TICK_MS } from "../../src/config/mod.ts";
import {
  isErrorReply,
  RespClient,
  type ServerProcess,
  sleep,
  startLanekv,
  textOf,
} from "../servers/mod.ts";
import { ask, Nodes, others } from "./nodes.ts";

/** Sets `count` keys `name:…` by one pipeline; all are acknowledged. */
async function write(
  node: ServerProcess,
  name: string,
  count: number,
  value = "v",
): Promise<void> {
  using client = await RespClient.connect(node.port);
  const requests = Array.from(
    { length: count },
    (_, at) => ["SET", `${name}:${at}`, value] as const,
  );
  for (const reply of await client.pipeline(requests)) {
    assertEquals(textOf(reply), "OK");
  }
}

Deno.test("three nodes elect one, and each has what it was sent", async () => {
  await using nodes = await Nodes.start();
  const leader = await nodes.leader();
  await write(leader, "k", 1000);
  await nodes.converge();
  for (const node of nodes.all) {
    assertEquals(await ask(node, "GET", "k:999"), "v");
  }
});

Deno.test("reads of followers see every write that was answered before", async () => {
  await using nodes = await Nodes.start();
  const leader = await nodes.leader();
  const [follower] = others(nodes.all, leader);
  using writer = await leader.connect();
  using reader = await follower!.connect();
  for (let value = 1; value <= 200; value++) {
    await writer.call("SET", "register", value);
    assertEquals(textOf(await reader.call("GET", "register")), String(value));
  }
});

Deno.test("a group goes on without its leader, and takes it back with all that was written", async () => {
  await using nodes = await Nodes.start();
  const first = await nodes.leader();
  await write(first, "one", 500);
  await first.kill();
  const second = await nodes.leader(others(nodes.all, first));
  assertEquals(await ask(second, "GET", "one:499"), "v");
  await write(second, "two", 500);
  await first.restart();
  await nodes.converge();
  assertEquals(await ask(first, "GET", "two:499"), "v");
});

Deno.test("one node of three answers neither writes nor reads", async () => {
  await using nodes = await Nodes.start();
  const leader = await nodes.leader();
  await write(leader, "k", 1);
  for (const other of others(nodes.all, leader)) await other.kill();
  using client = await RespClient.connect(leader.port);
  const write_ = await client.call("SET", "k:0", "lost?");
  assert(isErrorReply(write_));
  assertMatch(textOf(write_), /^(UNCERTAIN|READONLY|MASTERDOWN) /);
  const read = await client.call("GET", "k:0");
  assertMatch(textOf(read), /^MASTERDOWN /);
});

Deno.test("a node that was away for longer than the log gets a snapshot while others serve", async () => {
  await using nodes = await Nodes.start(["--snapshot-bytes=1mb"]);
  const leader = await nodes.leader();
  const [away] = others(nodes.all, leader);
  await away!.kill();
  // More than the leader keeps in memory for nodes that lag behind.
  const value = "x".repeat(100_000);
  for (let round = 0; round < 8; round++) {
    await write(leader, `big:${round % 2}`, 100, value);
  }
  await away!.restart();
  await write(leader, "meanwhile", 100);
  await nodes.converge();
  assertMatch(away!.log, /it goes on behind the snapshot at entry \d+/);
  using client = await RespClient.connect(away!.port);
  assertEquals(textOf(await client.call("GET", "meanwhile:99")), "v");
});

Deno.test("DEBUG RELOAD brings back what a member has, while others write", async () => {
  await using nodes = await Nodes.start();
  const leader = await nodes.leader();
  await write(leader, "k", 500);
  for (const node of others(nodes.all, leader)) {
    const writing = write(leader, "meanwhile", 500);
    assertEquals(await ask(node, "DEBUG", "RELOAD", "NOSAVE"), "OK");
    assertEquals(await ask(node, "DEBUG", "RELOAD"), "OK");
    await writing;
  }
  assertEquals(await ask(leader, "DEBUG", "LOADAOF"), "OK");
  await nodes.converge();
});

Deno.test("a node whose directory is gone does not come back under its id", async () => {
  await using nodes = await Nodes.start();
  const leader = await nodes.leader();
  await write(leader, "k", 100);
  await nodes.converge();
  const [lost] = others(nodes.all, leader);
  await lost!.kill();
  await Deno.remove(lost!.dir, { recursive: true });
  await Deno.mkdir(lost!.dir);
  await lost!.restart().catch(() => {
    // It may notice before it serves.
  });
  assertEquals(await lost!.waitEnd(), 1);
  assertMatch(lost!.log, /its directory was lost or replaced by an older copy/);
  await write(leader, "k", 100);
});

Deno.test("a node whose directory is gone has no vote", async () => {
  await using nodes = await Nodes.start();
  const leader = await nodes.leader();
  await write(leader, "k", 100);
  await nodes.converge();
  const [kept, lost] = others(nodes.all, leader);
  await leader.kill();
  await lost!.kill();
  await Deno.remove(lost!.dir, { recursive: true });
  await Deno.mkdir(lost!.dir);
  await lost!.restart();
  await nodes.until("a refusal", () => {
    const isThere = kept!.log.includes("Refused a peer (directory)");
    return Promise.resolve(isThere || undefined);
  });
  // Time for elections, if there were any.
  await sleep(4 * ELECTION_TICKS * RAFT_TICK_MS);
  for (const node of [kept!, lost!]) {
    assertMatch(await ask(node, "SET", "k", "v"), /^(READONLY|MASTERDOWN) /);
  }
  await leader.restart();
  assertEquals(
    await ask(await nodes.leader([kept!, leader]), "GET", "k:99"),
    "v",
  );
});

Deno.test("a directory of a group is not for a node alone", async () => {
  await using nodes = await Nodes.start([], 1);
  await nodes.leader();
  const [node] = nodes.all;
  assertEquals(await node!.stop(), 0);
  const failed = await startLanekv({ dir: node!.dir }).then(
    () => "it started",
    (error: Error) => error.message,
  );
  assertMatch(failed, /it belongs to node 1 of the cluster "lanekv"/);
});
