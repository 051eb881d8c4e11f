/** Requests of clients of one node that another runs. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  FORWARD_BYTES_MAX,
  FORWARD_CHANNELS_MAX,
  FORWARD_LOOK_MS_MAX,
  FORWARD_PUBLISHED_BYTES_MAX,
  FORWARD_WAIT_MS_MAX,
} from "../../../src/config/mod.ts";
import { array, ForwardNodes, hostOf } from "./nodes.ts";

const UNCERTAIN = /-UNCERTAIN [^\r]*\r\n/g;
const LATE =
  /^-MASTERDOWN No leader took this write in time: it was not run.\r\n$/;

Deno.test("writes of a follower's clients run at the leader, in order with their reads", async () => {
  const nodes = await ForwardNodes.start();
  const client = nodes.connect(2);
  const lines = ["INCR n", "GET n", "INCR n", "GET n", "INCR n"];
  assertEquals(
    await nodes.ask(2, client, ...lines),
    ":1\r\n$1\r\n1\r\n:2\r\n$1\r\n2\r\n:3\r\n",
  );
  assertEquals(await nodes.ask(1, nodes.connect(1), "GET n"), "$1\r\n3\r\n");
  assertEquals(nodes.of(1).reception.clients, 1);
});

Deno.test("a pipeline of 10,000 is one batch of the leader's log or a few", async () => {
  const nodes = await ForwardNodes.start();
  const client = nodes.connect(2);
  nodes.say(2, client, ...Array<string>(10_000).fill("INCR n"));
  await nodes.run(200);
  const wanted = Array.from({ length: 10_000 }, (_, at) => `:${at + 1}\r\n`);
  assertEquals(client.take(), wanted.join(""));
  const { length } = nodes.of(1).bench.log.proposals;
  assert(length <= 10, `${length} proposals`);
});

Deno.test("database, protocol and user are the client's own, and who it is told", async () => {
  const nodes = await ForwardNodes.start();
  const client = nodes.connect(2);
  const { bench, engine } = nodes.of(2);
  bench.core.setProtocol(client.client.session, 3);
  Object.assign(client.client, { user: "größe", name: "n", libraryName: "l" });
  await nodes.ask(2, client, "SELECT 3", "SET a 1", "HSET h f 1");
  assertEquals(
    await nodes.ask(2, client, "GETDEL a", "SPOP s"),
    "$1\r\n1\r\n_\r\n",
  );
  assertEquals(nodes.of(1).entered, ["größe"]);
  const [hosted] = [...nodes.of(1).engine.clients.values()];
  const { user, name, libraryName, address, localAddress } = hosted!;
  assertEquals([user, name, libraryName], ["größe", "n", "l"]);
  assertEquals([address, localAddress], [
    client.client.address,
    client.client.localAddress,
  ]);
  client.client.user = "other";
  await nodes.ask(2, client, "SET a 1");
  assertEquals(nodes.of(1).entered, ["größe", "other"]);
  assertEquals(engine.away!.count, 0);
});

Deno.test("a transaction runs as one, and its database comes back", async () => {
  const nodes = await ForwardNodes.start();
  const client = nodes.connect(2);
  assertEquals(
    await nodes.ask(2, client, "MULTI", "SET a 1", "GET a", "SELECT 2", "EXEC"),
    "+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n*3\r\n+OK\r\n$1\r\n1\r\n+OK\r\n",
  );
  assertEquals(
    await nodes.ask(2, client, "GET a", "SET b 1"),
    "$-1\r\n+OK\r\n",
  );
  assertEquals(
    await nodes.ask(2, client, "SELECT 0", "GET a"),
    "+OK\r\n$1\r\n1\r\n",
  );
});

Deno.test("a transaction that publishes comes back as one reply", async () => {
  const nodes = await ForwardNodes.start();
  const client = nodes.connect(2);
  assertEquals(
    await nodes.ask(
      2,
      client,
      "MULTI",
      "SET a 1",
      "PUBLISH c x",
      "INCR a",
      "EXEC",
    ),
    "+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n*3\r\n+OK\r\n+HOST\r\n:2\r\n",
  );
});

Deno.test("WATCH on a follower sees what the leader's clients write", async () => {
  const nodes = await ForwardNodes.start();
  const [one, two] = [nodes.connect(1), nodes.connect(2)];
  await nodes.ask(1, one, "SET a 1");
  await nodes.ask(2, two, "WATCH a", "GET a", "MULTI", "INCR a");
  assertEquals(await nodes.ask(2, two, "EXEC"), "*1\r\n:2\r\n");
  await nodes.ask(2, two, "WATCH a", "MULTI", "INCR a");
  await nodes.ask(1, one, "SET a 9");
  assertEquals(await nodes.ask(2, two, "EXEC"), "*-1\r\n");
  await nodes.ask(2, two, "WATCH a", "MULTI", "INCR a");
  // Their ways cross: the follower has not heard of the write.
  nodes.say(1, one, "SET a 9");
  nodes.say(2, two, "EXEC");
  await nodes.run(20);
  assertEquals(two.take(), "*-1\r\n");
});

Deno.test("a follower's client waits at the leader, and is served by clients of both", async () => {
  const nodes = await ForwardNodes.start();
  const [one, two] = [nodes.connect(1), nodes.connect(2)];
  nodes.say(2, two, "BLPOP l 0", "ECHO behind");
  await nodes.run(50);
  assertEquals(two.take(), "");
  nodes.say(1, one, "RPUSH l x");
  await nodes.run(20);
  assertEquals(two.take(), "*2\r\n$1\r\nl\r\n$1\r\nx\r\n$6\r\nbehind\r\n");
});

Deno.test("a waiting client's leaving, and CLIENT UNBLOCK, end its wait at the leader", async () => {
  const nodes = await ForwardNodes.start();
  const [one, two, three] = [
    nodes.connect(1),
    nodes.connect(2),
    nodes.connect(2),
  ];
  nodes.say(2, two, "BLPOP l 0");
  nodes.say(2, three, "BLPOP l 0");
  await nodes.run(20);
  assertEquals(nodes.of(1).engine.waits.count, 2);
  nodes.of(2).engine.disconnected(two.client);
  nodes.of(2).engine.away!.unblock(three.client, "error");
  await nodes.run(20);
  assertEquals(nodes.of(1).engine.waits.count, 0);
  assertMatch(three.take(), /^-UNBLOCKED /);
  assertEquals(nodes.of(1).reception.clients, 1);
  assertEquals(await nodes.ask(1, one, "RPUSH l x", "LLEN l"), ":1\r\n:1\r\n");
});

Deno.test("a request of 3 MiB goes in pieces, others between them, and comes back whole", async () => {
  const nodes = await ForwardNodes.start();
  const [large, small] = [nodes.connect(2), nodes.connect(2)];
  const value = "x".repeat(3 << 20);
  nodes.say(2, large, `SET big ${value}`);
  nodes.say(2, small, "INCR n");
  await nodes.run(100);
  assertEquals([large.take(), small.take()], ["+OK\r\n", ":1\r\n"]);
  nodes.say(2, large, "GETDEL big");
  await nodes.run(100);
  assertEquals(large.take(), `$${value.length}\r\n${value}\r\n`);
});

Deno.test("replies that a follower's client does not read hold its requests at the leader", async () => {
  const nodes = await ForwardNodes.start();
  const client = nodes.connect(2);
  await nodes.ask(2, client, `SET v ${"x".repeat(40_000)}`);
  client.port.isClogged = true;
  const reads = Array<string>(50).fill("GET v");
  nodes.say(2, client, ...reads.flatMap((read) => [read, "INCR n"]), "INCR n");
  nodes.say(2, client);
  await nodes.run(100);
  const early = client.port.sent.length;
  assert(early < 3_000_000, `${early} bytes`);
  for (let round = 0; round < 50; round++) {
    client.port.drain();
    await nodes.run(20);
  }
  client.port.isClogged = false;
  client.port.drain();
  await nodes.run(100);
  assert(client.take().endsWith(":50\r\n:51\r\n"));
});

// -- Leaders that come and go --

Deno.test("writes wait for a leader, up to a time", async () => {
  const nodes = await ForwardNodes.start();
  nodes.lead(0);
  const [one, two] = [nodes.connect(2), nodes.connect(2)];
  nodes.say(2, one, "INCR n");
  await nodes.run(FORWARD_WAIT_MS_MAX - 1000);
  nodes.say(2, two, "INCR n", "GET n");
  assertEquals(nodes.of(2).forwarder.waiting, 2);
  await nodes.run(1200);
  assertMatch(one.take(), LATE);
  assertEquals(two.take(), "");
  nodes.lead(1);
  await nodes.run(20);
  assertEquals(two.take(), ":1\r\n$1\r\n1\r\n");
});

Deno.test("what a leader did not take goes to the next, once", async () => {
  const nodes = await ForwardNodes.start(3);
  const client = nodes.connect(2);
  nodes.commits = false;
  nodes.say(2, client, "INCR n", "INCR n");
  await nodes.run(20);
  nodes.depose();
  await nodes.run(300);
  assertEquals(client.take(), "");
  nodes.commits = true;
  nodes.lead(3);
  await nodes.run(200);
  assertEquals(client.take(), ":1\r\n:2\r\n");
});

Deno.test("a leader that does not know yet that it leads is asked again soon", async () => {
  const nodes = await ForwardNodes.start(3);
  const client = nodes.connect(2);
  nodes.lead(0);
  nodes.say(2, client, "INCR n");
  await nodes.run(FORWARD_LOOK_MS_MAX * 5);
  nodes.of(2).forwarder.setLeader(3);
  await nodes.run(10);
  assertEquals(client.take(), "");
  nodes.lead(3, false);
  await nodes.run(FORWARD_LOOK_MS_MAX / 4);
  assertEquals(client.take(), ":1\r\n");
});

Deno.test("a request that comes to a node which does not lead goes no further", async () => {
  const nodes = await ForwardNodes.start(3);
  const client = nodes.connect(2);
  nodes.depose();
  nodes.of(1).forwarder.setLeader(3);
  nodes.of(3).forwarder.setLeader(1);
  await nodes.ask(2, client, "INCR n");
  await nodes.run(500);
  assertEquals(client.take(), "");
  assertEquals(nodes.of(1).engine.away!.count, 0);
  assertEquals(nodes.of(3).reception.clients, 0);
});

Deno.test("a node that comes to lead runs what waits there itself", async () => {
  const nodes = await ForwardNodes.start();
  nodes.lead(0);
  const client = nodes.connect(2);
  nodes.say(2, client, "INCR n");
  await nodes.run(50);
  nodes.lead(2);
  await nodes.run(20);
  assertEquals(client.take(), ":1\r\n");
});

Deno.test("what a lost leader may have committed is uncertain, and counted once at most", async () => {
  const nodes = await ForwardNodes.start(3);
  const client = nodes.connect(2);
  assertEquals(await nodes.ask(2, client, "INCR n"), ":1\r\n");
  nodes.commits = false;
  nodes.say(2, client, "INCR n", "GET n", "INCR n");
  await nodes.run(20);
  nodes.depose(true);
  await nodes.run(20);
  const replies = client.take();
  assertEquals(replies.match(UNCERTAIN)?.length, 2);
});

Deno.test("a connection that breaks leaves what was sent uncertain, and the rest to be sent", async () => {
  const nodes = await ForwardNodes.start();
  const [one, two] = [nodes.connect(2), nodes.connect(2)];
  nodes.commits = false;
  nodes.say(2, one, "INCR n", "GET n");
  await nodes.run(20);
  nodes.network.break(hostOf(1), hostOf(2));
  await nodes.run(5);
  assertEquals(one.take().replace(UNCERTAIN, ""), "$-1\r\n");
  nodes.say(2, two, "INCR m");
  await nodes.run(5);
  assertEquals(two.take(), "");
  nodes.commits = true;
  await nodes.run(2_000);
  assertEquals(two.take(), ":1\r\n");
  assertEquals(await nodes.ask(1, nodes.connect(1), "GET n"), "$1\r\n1\r\n");
});

Deno.test("a leader that is stopped in order sends back what waits there", async () => {
  const nodes = await ForwardNodes.start(3);
  const [waiting, late] = [nodes.connect(2), nodes.connect(2)];
  nodes.say(2, waiting, "BLPOP l 0");
  await nodes.run(20);
  nodes.of(1).reception.retire();
  nodes.say(2, late, "RPUSH k 1");
  await nodes.run(20);
  nodes.lead(3);
  await nodes.run(200);
  assertEquals([waiting.take(), late.take()], ["", ":1\r\n"]);
  nodes.say(2, late, "RPUSH l 1");
  await nodes.run(20);
  assertEquals(waiting.take(), "*2\r\n$1\r\nl\r\n$1\r\n1\r\n");
});

Deno.test("a client that the leader closes is closed", async () => {
  const nodes = await ForwardNodes.start();
  const [busy, idle] = [nodes.connect(2), nodes.connect(2)];
  await nodes.ask(2, idle, "INCR n");
  nodes.say(2, busy, "BLPOP l 0");
  await nodes.run(20);
  for (const { port } of [...nodes.of(1).engine.clients.values()]) port.abort();
  await nodes.run(20);
  assertEquals([busy.port.end, idle.port.end], ["aborted", "open"]);
  assertEquals(nodes.of(1).engine.clients.size, 0);
  assertEquals(await nodes.ask(2, idle, "INCR n"), ":2\r\n");
});

// -- Bounds --

Deno.test("more clients than channels: those that are idle make room", async () => {
  const nodes = await ForwardNodes.start();
  const first = nodes.connect(2);
  await nodes.ask(2, first, "INCR n");
  for (let at = 0; at < FORWARD_CHANNELS_MAX; at++) {
    nodes.say(2, nodes.connect(2), "INCR n");
    if (at % 1000 === 999) await nodes.run(20);
  }
  await nodes.run(50);
  assertEquals(nodes.of(1).reception.clients, FORWARD_CHANNELS_MAX);
  assertEquals(
    await nodes.ask(2, first, "INCR n"),
    `:${FORWARD_CHANNELS_MAX + 2}\r\n`,
  );
});

Deno.test("more bytes than may be under way wait, a lone larger request does not", async () => {
  const nodes = await ForwardNodes.start();
  nodes.commits = false;
  const value = "x".repeat(FORWARD_BYTES_MAX);
  const [one, two] = [nodes.connect(2), nodes.connect(2)];
  nodes.say(2, one, `SET big ${value}`);
  nodes.say(2, two, "INCR n");
  assertEquals(nodes.of(2).forwarder.waiting, 1);
  await nodes.run(300);
  assertEquals(nodes.of(1).reception.clients, 1);
  nodes.commits = true;
  await nodes.run(50);
  assertEquals([one.take(), two.take()], ["+OK\r\n", ":1\r\n"]);
});

// -- Messages of pub/sub --

const encoder = new TextEncoder();

function say(nodes: ForwardNodes, from: number, what: string, isShard = false) {
  const [channel, message] = [encoder.encode("c"), encoder.encode(what)];
  nodes.of(from).forwarder.publish({ channel, message, isShard });
}

Deno.test("a message goes from any node to all others, once", async () => {
  const nodes = await ForwardNodes.start(3);
  say(nodes, 2, "one");
  say(nodes, 2, "two", true);
  say(nodes, 1, "three");
  await nodes.run(20);
  assertEquals(nodes.nodes.map(({ published }) => published.sort()), [
    ["c one", "c two shard"],
    ["c three"],
    ["c one", "c three", "c two shard"],
  ]);
});

Deno.test("messages for a node that cannot be reached are dropped and counted", async () => {
  const nodes = await ForwardNodes.start(2);
  nodes.network.crash(hostOf(1));
  await nodes.run(50);
  say(nodes, 2, "lost");
  const { clients } = nodes.of(2).parts.counts.peers.get(1)!;
  assertEquals(clients.dropped.unreachable, 1);
});

Deno.test("messages that a node does not take are dropped above the bound", async () => {
  const nodes = await ForwardNodes.start(2);
  nodes.network.cut(hostOf(2), hostOf(1));
  const large = "x".repeat(FORWARD_PUBLISHED_BYTES_MAX);
  for (const what of [large, large, large, "small"]) {
    say(nodes, 2, what);
    await nodes.run(1);
  }
  const { clients } = nodes.of(2).parts.counts.peers.get(1)!;
  assertEquals(clients.dropped.bytes, 1);
  nodes.network.heal(hostOf(2), hostOf(1));
  await nodes.run(200);
  assertEquals(nodes.of(1).published.length, 3);
});

Deno.test("both nodes count what goes over the lane, and what is not answered yet", async () => {
  const nodes = await ForwardNodes.start();
  const client = nodes.connect(2);
  const lane = (id: number, other: number) =>
    nodes.of(id).parts.counts.peers.get(other)!.clients;
  const before = lane(2, 1).sent;
  nodes.say(2, client, "BLPOP l 0");
  await nodes.run(20);
  const { sent, sentBytes, waiting, waitingBytes } = lane(2, 1);
  // The client is told of, and its request sent.
  assertEquals([sent - before, waiting], [2, 1]);
  assertEquals(waitingBytes, array("BLPOP l 0").length);
  assertEquals(lane(1, 2).received, sent);
  assertEquals(lane(1, 2).receivedBytes, sentBytes);
  await nodes.ask(1, nodes.connect(1), "RPUSH l x");
  const after = lane(2, 1);
  assertEquals([after.waiting, after.waitingBytes], [0, 0]);
  assertEquals([after.received, after.receivedBytes], [
    lane(1, 2).sent,
    lane(1, 2).sentBytes,
  ]);
  assert(after.received > 0);
  assertEquals([after.connects, after.failures], [1, 0]);
});

Deno.test("array() writes requests", () => {
  assertEquals(array("GET a"), "*2\r\n$3\r\nGET\r\n$1\r\na\r\n");
});
