/** What an engine does with proposals that the log did not take. */

import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { AssertionError } from "../../../src/base/mod.ts";
import { Bench, turn } from "./harness.ts";

const UNCERTAIN = /^-UNCERTAIN [^\r]*\r\n/;

Deno.test("abandoned() proposes the requests of refused batches once more, in order", async () => {
  const bench = new Bench();
  const [one, two] = [bench.connect(), bench.connect()];
  bench.receive(one, "RPUSH l 1\r\nGET a\r\n");
  await turn();
  bench.receive(two, "RPUSH l 2\r\n");
  await turn();
  assertEquals(bench.log.proposals.length, 2);
  bench.engine.standing.abandoned(2, false);
  await turn();
  assertEquals(bench.log.proposals.map(({ id }) => id), [1, 2, 3]);
  bench.engine.committed(1, 3);
  assertEquals(bench.take(one), ":1\r\n$-1\r\n");
  assertEquals(bench.take(two), ":2\r\n");
  assertEquals([one.state, two.state], ["reading", "reading"]);
});

Deno.test("abandoned() tells clients of lost batches, and never writes them again", async () => {
  const bench = new Bench();
  const [one, two] = [bench.connect(), bench.connect()];
  bench.receive(one, "INCR n\r\nGET n\r\n");
  await turn();
  bench.receive(two, "INCR n\r\n");
  await turn();
  bench.engine.standing.abandoned(1, true);
  const reply = bench.take(one);
  assertEquals(reply.replace(UNCERTAIN, ""), "$-1\r\n");
  assertEquals(one.state, "reading");
  bench.engine.committed(1, 2);
  assertEquals(bench.take(two), ":1\r\n");
  await turn();
  assertEquals(bench.log.proposals.length, 2);
  assertEquals(bench.engine.isQuiet, true);
});

Deno.test("abandoned() forgets clients that have left", async () => {
  const bench = new Bench();
  const client = bench.connect();
  bench.receive(client, "INCR n\r\n");
  await turn();
  bench.engine.disconnected(client);
  bench.engine.standing.abandoned(1, false);
  await turn();
  assertEquals(bench.log.proposals.length, 1);
  assertEquals(bench.engine.clients.size, 0);
});

Deno.test("abandoned() makes room for batches that waited", async () => {
  const bench = new Bench();
  const clients = [bench.connect(), bench.connect(), bench.connect()];
  for (const client of clients) {
    bench.receive(client, "INCR n\r\n");
    await turn();
  }
  assertEquals(bench.log.proposals.length, 2);
  bench.engine.standing.abandoned(2, true);
  await turn();
  assertEquals(bench.log.proposals.length, 3);
  bench.engine.committed(1, 3);
  assertEquals(bench.take(clients[2]!), ":1\r\n");
});

Deno.test("abandoned() takes only proposals in flight", () => {
  const bench = new Bench();
  assertThrows(() => bench.engine.standing.abandoned(1, true), AssertionError);
});

// -- Roles --

Deno.test("stepDown() refuses writes, ends waits, and lets reads go on", async () => {
  const bench = new Bench();
  const { standing, waits } = bench.engine;
  const [one, waiter] = [bench.connect(), bench.connect()];
  bench.receive(waiter, "BLPOP l 0\r\n");
  await bench.settle();
  standing.stepDown();
  await turn();
  assertEquals([standing.isLeading, waits.count], [false, 0]);
  assertMatch(bench.take(waiter), /^-UNBLOCKED /);
  bench.receive(one, "SET a 1\r\nGET a\r\n");
  assertMatch(bench.take(one), /^-READONLY [^\r]*\r\n\$-1\r\n$/);
  standing.asCutOff(() => void bench.receive(one, "GET a\r\n"));
  assertMatch(bench.take(one), /^-MASTERDOWN /);
  bench.receive(one, "GET a\r\n");
  assertEquals(bench.take(one), "$-1\r\n");
  standing.lead();
  await bench.settle();
  bench.receive(one, "SET a 1\r\n");
  await bench.settle();
  assertEquals(bench.take(one), "+OK\r\n");
});

Deno.test("a node that does not lead proposes nothing by itself", async () => {
  const bench = new Bench();
  const client = bench.connect();
  bench.receive(client, "SET a 1 PX 10\r\n");
  await bench.settle();
  bench.engine.standing.stepDown();
  bench.clock.advance(100);
  bench.engine.tick(20);
  await turn();
  assertEquals(bench.log.proposals.length, 1);
  bench.engine.standing.lead();
  bench.engine.tick(20);
  await turn();
  assertEquals(bench.log.proposals.length, 2);
});

Deno.test("follow() applies what another leader proposed, and wakes who reads here", async () => {
  const leader = new Bench();
  const writer = leader.connect();
  leader.receive(writer, "XADD s 1-1 f v\r\nSET watched x\r\n");
  await leader.settle();
  const bench = new Bench();
  const [reader, watcher] = [bench.connect(), bench.connect()];
  bench.engine.standing.stepDown();
  bench.receive(reader, "XREAD BLOCK 0 STREAMS s $\r\nXLEN s\r\n");
  bench.receive(watcher, "WATCH watched\r\nMULTI\r\nGET watched\r\n");
  bench.take(watcher);
  const { entry } = leader.log.proposals[0]!;
  bench.engine.standing.follow(entry, 1);
  await turn();
  assertEquals(
    bench.take(reader),
    "*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n:1\r\n",
  );
  bench.receive(watcher, "EXEC\r\n");
  assertEquals(bench.take(watcher), "*-1\r\n");
  assertEquals(
    bench.core.digest(1n, true),
    leader.core.digest(1n, true),
  );
});

Deno.test("a waiter of this node that an entry of another leader wakes is nobody's", async () => {
  const bench = new Bench();
  const client = bench.connect();
  bench.receive(client, "BLPOP l 0\r\n");
  await bench.settle();
  const waiting = bench.log.proposals[0]!.entry;
  const leader = new Bench();
  leader.engine.replay(waiting, 1);
  const pusher = leader.connect();
  leader.receive(pusher, "RPUSH l x\r\nLLEN l\r\n");
  await turn();
  leader.engine.committed(2, 1);
  bench.engine.standing.stepDown();
  bench.take(client);
  bench.engine.standing.follow(leader.log.proposals[0]!.entry, 2);
  await turn();
  assertEquals(bench.take(client), "");
  assertEquals(bench.core.digest(1n, true), leader.core.digest(1n, true));
  assertEquals(bench.core.check(), 0);
});

Deno.test("lead() drops who waited at earlier leaders", async () => {
  const bench = new Bench();
  const client = bench.connect();
  bench.receive(client, "BLPOP l 0\r\n");
  await bench.settle();
  bench.engine.standing.stepDown();
  bench.engine.standing.lead();
  await bench.settle();
  assertEquals(bench.core.waits.kept(), 0);
  const other = bench.connect();
  bench.receive(other, "RPUSH l x\r\n");
  await bench.settle();
  assertEquals(bench.take(other), ":1\r\n");
});
