/** A group of several replicas in one thread: elections, replication, changes of leader. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { DirectoryError } from "../../../src/base/mod.ts";
import { Cluster, logOf, type Member } from "./cluster.ts";
import { text } from "./harness.ts";

/** Data of the entries that the disk of `member` holds at last, without empty ones. */
function words(member: Member): string[] {
  const { stable } = logOf(member.writer);
  if (stable.lastIndex < stable.firstIndex) return [];
  return stable.entries(stable.firstIndex, stable.lastIndex + 1, Infinity)
    .filter((entry) => entry.kind === undefined && entry.data.length > 0)
    .map((entry) => text(entry.data));
}

// -- Elections --

Deno.test("Replica in a group is recovered without a leader, and then told who leads", async () => {
  const cluster = new Cluster();
  await cluster.settle();
  const before = cluster.node(1).frames.map((frame) => frame.split(" ")[0]);
  assertEquals(before.slice(0, 1), ["RECOVERED"]);
  assertEquals(cluster.leader, undefined);
  const leader = await cluster.elect();
  assertEquals(leader.id, 1, "it drew the shortest timeout");
  assertEquals(
    leader.of("LEADERSHIP"),
    [
      "LEADERSHIP 1 0 \x00",
      "LEADERSHIP 2 0 \x00",
      "LEADERSHIP 2 1 \x00",
      "LEADERSHIP 2 1 \x01",
    ].slice(-leader.of("LEADERSHIP").length),
  );
  await cluster.tick();
  assertEquals(cluster.node(2).of("LEADERSHIP").at(-1), "LEADERSHIP 2 1 \x00");
});

Deno.test("Replica in a group hands the first members over, on each node alike", async () => {
  const cluster = new Cluster();
  await cluster.elect();
  await cluster.tick();
  for (const id of [1, 2, 3]) {
    const frames = cluster.node(id).of("MEMBERS", "ENTRY");
    const places = frames.map((frame) =>
      frame.split(" ").slice(0, 3).join(" ")
    );
    assertEquals(places, [
      "MEMBERS 1 1",
      "MEMBERS 2 1",
      "MEMBERS 3 1",
      "ENTRY 4 2",
    ]);
  }
});

Deno.test("Replica whose leader is gone elects another one", async () => {
  const cluster = new Cluster();
  const first = await cluster.elect();
  first.isRunning = false;
  const second = await cluster.elect();
  assertEquals(second.id, 2);
  assert(second.replica.status().term > first.replica.status().term);
});

Deno.test("Replica that slept reads what waits for it before it counts ticks", async () => {
  const cluster = new Cluster();
  const leader = await cluster.elect();
  const sleeper = cluster.node(3);
  const { term } = leader.replica.status();
  sleeper.isRunning = false;
  await cluster.tick(30);
  sleeper.isRunning = true;
  // What the network kept for it.
  cluster.messages.push(
    ...cluster.sent.filter((one) => one.to === 3).slice(-3),
  );
  await cluster.tick(30);
  assertEquals(cluster.leader?.id, leader.id);
  assertEquals(leader.replica.status().term, term);
});

// -- Replication --

Deno.test("Replica in a group commits when a quorum has it on disk, and not before", async () => {
  const cluster = new Cluster();
  const leader = await cluster.elect();
  for (const id of [2, 3]) cluster.node(id).hasDisk = false;
  leader.serve.propose("a");
  await cluster.settle();
  assertEquals(words(leader), ["a"], "it is durable at the leader");
  assertEquals(leader.of("COMMITTED"), []);
  assert(
    cluster.sent.some((one) =>
      one.kind === "append" &&
      one.entries.some(({ data }) => text(data) === "a")
    ),
  );
  cluster.node(2).hasDisk = true;
  await cluster.settle();
  assertEquals(leader.of("COMMITTED"), ["COMMITTED 5 1"]);
  await cluster.tick();
  assertEquals(cluster.node(2).of("ENTRY").at(-1), "ENTRY 5 2 a");
  assertEquals(cluster.node(3).of("COMMITTED"), []);
});

Deno.test("Replica sends entries along with its own append, and counts itself when it is durable", async () => {
  const cluster = new Cluster();
  const leader = await cluster.elect();
  leader.hasDisk = false;
  cluster.node(3).hasDisk = false;
  leader.serve.propose("a");
  await cluster.settle();
  assertEquals(words(cluster.node(2)), ["a"], "the follower was first");
  assertEquals(leader.of("COMMITTED"), [], "one of three has it");
  leader.hasDisk = true;
  await cluster.settle();
  assertEquals(leader.of("COMMITTED"), ["COMMITTED 5 1"]);
});

Deno.test("Replica whose disk stalls goes on leading", async () => {
  const cluster = new Cluster();
  const leader = await cluster.elect();
  const { term } = leader.replica.status();
  leader.hasDisk = false;
  leader.serve.propose("a");
  await cluster.tick(30);
  assertEquals(cluster.leader?.id, leader.id);
  assertEquals(leader.replica.status().term, term);
  assertEquals(leader.replica.status().commit, 5, "the others have it");
  assertEquals(leader.of("COMMITTED"), []);
  leader.hasDisk = true;
  await cluster.settle();
  assertEquals(leader.of("COMMITTED"), ["COMMITTED 5 1"]);
});

Deno.test("Replica brings a node up to date that was away", async () => {
  const cluster = new Cluster();
  const leader = await cluster.elect();
  cluster.isolate(3);
  for (const word of ["a", "b", "c"]) leader.serve.propose(word);
  await cluster.tick(3);
  assertEquals(words(cluster.node(3)), []);
  cluster.isolate(3, false);
  await cluster.tick(5);
  assertEquals(words(cluster.node(3)), ["a", "b", "c"]);
  assertEquals(
    cluster.node(3).of("ENTRY").map((frame) => frame.split(" ")[3]).slice(-3),
    ["a", "b", "c"],
  );
});

// -- Proposals that come to nothing --

Deno.test("Replica refuses proposals while it does not lead", async () => {
  const cluster = new Cluster();
  await cluster.elect();
  const follower = cluster.node(2);
  for (const word of ["a", "b"]) follower.serve.propose(word);
  await cluster.settle();
  assertEquals(follower.of("REFUSED", "LOST", "COMMITTED"), ["REFUSED 1 2"]);
  follower.serve.propose("c");
  await cluster.settle();
  assertEquals(follower.of("REFUSED").at(-1), "REFUSED 3 3");
  assertEquals(words(cluster.node(1)), []);
});

Deno.test("Replica tells of proposals that are lost, and takes others when it leads again", async () => {
  const cluster = new Cluster();
  const old = await cluster.elect();
  old.serve.propose("kept");
  await cluster.settle();
  cluster.isolate(1);
  for (const word of ["lost", "lost too"]) old.serve.propose(word);
  await cluster.settle();
  const next = await cluster.elect(old);
  await cluster.tick(10);
  assertEquals(next.id, 2);
  assertEquals(old.of("LOST"), ["LOST 2 3"], "the check of the quorum ends it");
  old.serve.propose("refused");
  next.serve.propose("new");
  await cluster.settle();
  cluster.isolate(1, false);
  await cluster.tick(5);
  assertEquals(words(old), ["kept", "new"]);
  assertEquals(old.of("ENTRY").at(-1)?.split(" ")[3], "new");
  assertEquals(cluster.leader?.id, 2);
  assert(next.replica.transferLeadership(1));
  await cluster.tick(2);
  assertEquals(cluster.leader?.id, 1);
  old.serve.propose("again");
  await cluster.settle();
  assertEquals(
    old.of("COMMITTED", "LOST", "REFUSED").map((frame) =>
      frame.split(" ").filter((_, at) => at !== 1).join(" ")
    ).map((frame) => frame.split(" ")[0]),
    ["COMMITTED", "LOST", "REFUSED", "COMMITTED"],
  );
  assertEquals(old.of("COMMITTED").at(-1)?.split(" ")[2], "5");
  assertEquals(old.of("REFUSED"), ["REFUSED 4 4"]);
});

Deno.test("Replica hands a lost proposal over as an entry when another leader commits it", async () => {
  const cluster = new Cluster();
  const old = await cluster.elect();
  // The others get it, and the old leader never hears of it.
  for (const id of [2, 3]) cluster.cuts.add(`${id}>1`);
  old.serve.propose("survives");
  await cluster.settle();
  cluster.isolate(1);
  await cluster.elect(old);
  await cluster.tick(10);
  assertEquals(old.of("LOST"), ["LOST 1 1"]);
  assertEquals(old.of("COMMITTED"), []);
  cluster.isolate(1, false);
  await cluster.tick(5);
  assert(old.of("ENTRY").includes("ENTRY 5 2 survives"), "it is data here");
  assertEquals(old.of("COMMITTED"), []);
});

Deno.test("Replica refuses proposals while it hands leadership over", async () => {
  const cluster = new Cluster();
  const leader = await cluster.elect();
  cluster.cuts.add("1>2");
  leader.replica.transferLeadership(2);
  await cluster.settle();
  leader.serve.propose("a");
  await cluster.settle();
  assertEquals(leader.of("REFUSED", "LOST", "COMMITTED"), ["REFUSED 1 1"]);
  cluster.cuts.clear();
  await cluster.tick(12);
  leader.serve.propose("b");
  await cluster.settle();
  assertEquals(leader.of("COMMITTED").length, 1, "it leads on");
});

Deno.test("Replica stops in a group, whether or not it leads", async () => {
  const cluster = new Cluster();
  const leader = await cluster.elect();
  leader.serve.propose("a");
  leader.serve.push(5);
  cluster.node(3).serve.push(5);
  await cluster.settle();
  assertEquals(leader.replica.phase, "drained");
  assertEquals(cluster.node(3).replica.phase, "drained");
  assertEquals(leader.of("COMMITTED").length, 1);
});

Deno.test("Replica stops without a quorum: what is open is lost", async () => {
  const cluster = new Cluster();
  const leader = await cluster.elect();
  cluster.isolate(1);
  leader.serve.propose("a");
  await cluster.settle();
  leader.serve.push(5);
  await cluster.settle();
  assertEquals(leader.replica.phase, "stopping");
  await cluster.tick(25);
  assertEquals(leader.of("LOST"), ["LOST 1 1"]);
  assertEquals(leader.replica.phase, "drained");
});

Deno.test("Replica counts what has come to nothing", async () => {
  const cluster = new Cluster();
  const leader = await cluster.elect();
  cluster.node(2).serve.propose("refused");
  await cluster.settle();
  cluster.isolate(1);
  leader.serve.propose("lost");
  const last = { index: 1, term: 1 };
  const vote = { kind: "pre-vote", from: 2, to: 9, term: 9, last } as const;
  cluster.node(3).replica.receive(vote);
  await cluster.tick(25);
  assertEquals(cluster.node(2).statistics.get("proposalsRefused"), 1);
  assertEquals(leader.statistics.get("proposalsLost"), 1);
  assertEquals(cluster.node(3).statistics.get("peerMessagesDropped"), 1);
});

Deno.test("Replica tells of a new term of the same leader", async () => {
  const cluster = new Cluster();
  await cluster.elect();
  const follower = cluster.node(3);
  const term = follower.replica.status().term + 1;
  const heartbeat = { from: 1, to: 3, term, commit: 0, round: 1 };
  follower.replica.receive({ ...heartbeat, kind: "heartbeat" });
  follower.replica.turn();
  follower.frames.push(...follower.serve.frames());
  assertEquals(follower.of("LEADERSHIP").at(-1), `LEADERSHIP ${term} 1 \x00`);
});

// -- Restarts --

Deno.test("Replica goes on from its disk, and all nodes hold the same", async () => {
  const cluster = new Cluster();
  const leader = await cluster.elect();
  for (const word of ["a", "b"]) leader.serve.propose(word);
  await cluster.tick(2);
  for (const id of [1, 2, 3]) cluster.restart(id);
  const next = await cluster.elect();
  next.serve.propose("c");
  await cluster.tick(2);
  for (const id of [1, 2, 3]) {
    assertEquals(words(cluster.node(id)), ["a", "b", "c"]);
    assertEquals(
      cluster.node(id).replica.status().commit,
      next.replica.status().commit,
    );
  }
});

Deno.test("Replica throws when the group knows entries of it that its log lacks", async () => {
  const cluster = new Cluster();
  const leader = await cluster.elect();
  leader.serve.propose("a");
  await cluster.tick(2);
  const wiped = cluster.start(3, undefined, []);
  wiped.replica.turn();
  cluster.clock.advance(100);
  leader.replica.turn();
  for (const message of cluster.messages.splice(0)) {
    if (message.to === 3) wiped.replica.receive(message);
  }
  assertThrows(() => wiped.replica.turn(), DirectoryError, "under a new id");
});

// -- Members --

Deno.test("Replica lets a new node join as a learner, and then vote", async () => {
  const cluster = new Cluster([1, 2]);
  const leader = await cluster.elect();
  leader.serve.propose("a");
  await cluster.tick();
  const context = new Uint8Array(0);
  const { state } = leader.replica.proposeChange({
    transition: "auto",
    changes: [{ kind: "add-learner-node", nodeId: 3 }],
    context,
  });
  assertEquals(state, "accepted");
  await cluster.tick();
  const joiner = cluster.start(3, undefined, []);
  await cluster.tick(5);
  assertEquals(words(joiner), ["a"]);
  leader.replica.proposeChange({
    transition: "auto",
    changes: [{ kind: "add-node", nodeId: 3 }],
    context,
  });
  await cluster.tick(2);
  for (const id of [1, 3]) {
    const members = cluster.node(id).of("MEMBERS");
    assertEquals(members.length, 4, "two at the beginning, and two changes");
  }
  cluster.isolate(2);
  leader.serve.propose("b");
  await cluster.tick(2);
  assertEquals(leader.of("COMMITTED").length, 2, "the new voter counts");
});

// -- Messages --

Deno.test("Replica leaves messages for another node alone", async () => {
  const cluster = new Cluster();
  const leader = await cluster.elect();
  const { term } = leader.replica.status();
  const last = { index: 99, term: 99 };
  const vote = { kind: "pre-vote", from: 2, to: 9, term: 99, last } as const;
  leader.replica.receive(vote);
  await cluster.settle();
  assertEquals(leader.replica.status().term, term);
  assert(
    !cluster.sent.some((one) =>
      one.kind === "pre-vote-response" && one.term === 99
    ),
  );
});

// -- Reads --

Deno.test("Replica gives reads an index, all that wait by one round", async () => {
  const cluster = new Cluster();
  const leader = await cluster.elect();
  await cluster.tick();
  const rounds = leader.replica.status().newestRound;
  for (const id of [1, 2, 3]) leader.serve.push(6, id);
  await cluster.settle();
  const { commit, newestRound } = leader.replica.status();
  assertEquals(leader.of("READ_AT"), [`READ_AT 3 ${commit}`]);
  assertEquals(newestRound, rounds + 1);
  const follower = cluster.node(2);
  follower.serve.push(6, 1);
  await cluster.settle();
  assertEquals(follower.of("READ_AT"), [`READ_AT 1 ${commit}`]);
});

Deno.test("Replica refuses reads that nobody answers", async () => {
  const cluster = new Cluster();
  const leader = await cluster.elect();
  await cluster.tick();
  const follower = cluster.node(2);
  cluster.isolate(2);
  follower.serve.push(6, 1);
  await cluster.settle();
  assertEquals(follower.of("READ_AT", "READ_REFUSED"), []);
  follower.serve.push(6, 2);
  await cluster.tick(25);
  assertEquals(follower.of("READ_AT", "READ_REFUSED"), [
    "READ_REFUSED 1 0",
    "READ_REFUSED 2 0",
  ]);
  cluster.isolate(1);
  leader.serve.push(6, 1);
  await cluster.tick(25);
  assertEquals(leader.of("READ_AT", "READ_REFUSED"), ["READ_REFUSED 1 0"]);
});
